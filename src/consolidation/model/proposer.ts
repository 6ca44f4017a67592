import { newTimeReader } from '../../language/interval.ts';
import { EcphoryError, isEcphoryError } from '../../memory/errors.ts';
import type { Clock, RunId } from '../../memory/ids.ts';
import type { ModelRecord, RunStore } from '../../memory/job.ts';
import type { LanguageModel } from '../../memory/language-model.ts';
import { limits } from '../../memory/limits.ts';
import type { Batch, Proposals } from '../plan.ts';
import type { TimesOf } from './check-claim.ts';
import { checkOperations, type Refusal } from './check-operations.ts';
import { parseConstructAnswer } from './construct-answer.ts';
import { constructPrompt, constructRequest, newFence } from './construct-prompt.ts';
import { type KeptAnswers, keptAnswers, shownIds } from './kept-answers.ts';
import { type ShownNote, type ShownParts, shownNotes } from './shown-notes.ts';
import { checkTokenBudget } from './token-budget.ts';

export interface ProposerParts {
  readonly model: LanguageModel;
  readonly runs: Pick<RunStore, 'record' | 'records' | 'run' | 'list' | 'tokensSince'>;
  readonly clock: Clock;
  /** Of one tenant, UTC. */
  readonly tokensPerDay?: number;
  readonly random?: (bytes: Uint8Array) => Uint8Array;
  /** Told of everything that was not taken. */
  readonly onRefused?: (refusals: readonly Refusal[]) => void;
}

export interface Proposer {
  /**
   * What the model proposes for the due notes of a batch, checked; null when it has nothing usable, which leaves them to
   * the rules. Every answer is recorded under the run before it is looked at; one that an earlier try of the same job
   * was given for the same notes is used again and not asked for.
   *
   * @throws EcphoryError `unavailable`, `timeout`, `too_large` or `rate_limited` when the endpoint does not answer as it should or
   *   the day's tokens are used up: the job is to wait. `stale` when a note was erased while the model read it.
   */
  propose(runId: RunId, batch: Pick<Batch, 'due'>, parts: ShownParts): Promise<Proposals | null>;
  counts(): ProposerCounts;
}

/** Since it was made. */
export interface ProposerCounts {
  /** Calls of the model, second tries included. */
  readonly asked: number;
  /** Answers that were there from before. */
  readonly kept: number;
  /** Groups of notes left to the rules because no answer could be used. */
  readonly givenUp: number;
  /** Operations, or parts of them, that were not taken. */
  readonly refused: number;
}

export function newProposer(parts: ProposerParts): Proposer {
  const { model, runs, clock, tokensPerDay = limits.modelTokensPerDay } = parts;
  const { random = (bytes) => crypto.getRandomValues(bytes) } = parts;
  const by = `model:${model.id} ${constructPrompt}`;
  const counts = { asked: 0, kept: 0, givenUp: 0, refused: 0 };
  let times: Promise<TimesOf> | null = null;
  /** Of the run under way. Runs that alternate only read their records again. */
  let present: { readonly runId: RunId; readonly answers: Promise<KeptAnswers> } | null = null;

  return {
    async propose(runId, { due }, { store, view }) {
      const { scope } = view;
      if (present?.runId !== runId) present = { runId, answers: keptAnswers(runs, scope, runId) };
      const answers = await present.answers.catch((error: unknown) => {
        present = null;
        throw error;
      });
      times ??= loadTimesOf();
      const timesOf = await times;
      const proposals: Proposals[] = [];
      for (let start = 0; start < due.length; start += limits.modelNotes) {
        const shown = await shownNotes(due.slice(start, start + limits.modelNotes), { store, view });
        const operations = await usableAnswer(shown, {
          answers,
          ask: (complaint) => ask(shown, complaint, { runId, answers, view, store }),
        });
        if (operations === null) {
          counts.givenUp += 1;
          continue;
        }
        const checked = checkOperations({ operations, shown, by, timesOf });
        counts.refused += checked.refusals.length;
        if (checked.refusals.length > 0) parts.onRefused?.(checked.refusals);
        proposals.push(checked.proposals);
      }
      return proposals.length === 0 ? null : merged(by, proposals);
    },
    counts: () => ({ ...counts }),
  };

  /** A second try is told what was wrong with the first; there is no third. */
  async function usableAnswer(
    shown: readonly ShownNote[],
    {
      answers,
      ask,
    }: { readonly answers: KeptAnswers; readonly ask: (complaint: string | null) => Promise<ModelRecord | null> },
  ): Promise<OperationsRead | null> {
    const before = answers.to(shown, { prompt: constructPrompt, model: model.id });
    let complaint: string | null = null;
    for (let tries = 0; tries < 2; tries += 1) {
      const known = before[tries];
      if (known !== undefined) counts.kept += 1;
      const record: ModelRecord | null = known ?? (await ask(complaint));
      if (record === null) return null;
      const parsed = parseConstructAnswer(record.answer);
      if (parsed.kind === 'operations') return parsed.operations;
      complaint = parsed.problem;
    }
    return null;
  }

  /** Null when the model refused the request for good. */
  async function ask(
    shown: readonly ShownNote[],
    complaint: string | null,
    present: Asking,
  ): Promise<ModelRecord | null> {
    const { runId, answers, view, store } = present;
    const { tenant } = view.scope;
    await checkTokenBudget(runs, { tenant, tokensPerDay, now: clock() });
    const askedAt = clock();
    counts.asked += 1;
    const answer = await model
      .complete(constructRequest(shown, newFence(random, shown), complaint))
      .catch((error: unknown) => {
        if (isEcphoryError(error) && error.code === 'invalid') return null;
        throw error;
      });
    if (answer === null) return null;
    // What was erased meanwhile must not come back in the words of a model.
    if (
      (
        await store.notes(
          tenant,
          shown.map(({ stored }) => stored.note.id),
        )
      ).length < shown.length
    ) {
      throw new EcphoryError('stale', 'A note was erased while a model was shown it.');
    }
    const record: ModelRecord = {
      runId,
      ordinal: answers.next(),
      prompt: constructPrompt,
      model: model.id,
      answer: answer.text,
      inputTokens: answer.inputTokens,
      outputTokens: answer.outputTokens,
      at: askedAt,
      shown: shownIds(shown),
    };
    await runs.record(record);
    answers.add(record);
    return record;
  }
}

type OperationsRead = Parameters<typeof checkOperations>[0]['operations'];

interface Asking extends ShownParts {
  readonly runId: RunId;
  readonly answers: KeptAnswers;
}

async function loadTimesOf(): Promise<TimesOf> {
  const reader = await newTimeReader();
  return (text, at) =>
    reader.read(text, at).flatMap((found) => {
      if (found.kind !== 'interval' || found.from === null || found.until === null) return [];
      return [{ from: found.from, until: found.until }];
    });
}

/** Groups of a batch have no new note in common, but may evolve the same old one: the last to speak has seen no less. */
function merged(by: string, all: readonly Proposals[]): Proposals {
  const evolutions = new Map(
    all.flatMap((each) => each.evolutions.map((evolution) => [evolution.noteId, evolution] as const)),
  );
  return {
    by,
    notes: new Map(all.flatMap(({ notes }) => [...notes])),
    links: all.flatMap(({ links }) => links),
    evolutions: [...evolutions.values()],
    claims: all.flatMap(({ claims }) => claims),
  };
}
