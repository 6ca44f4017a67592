import { EcphoryError, isEcphoryError } from '../../memory/errors.ts';
import type { Clock, RunId } from '../../memory/ids.ts';
import type { ModelRecord, RunStore } from '../../memory/job.ts';
import type { LanguageModel } from '../../memory/language-model.ts';
import { limits } from '../../memory/limits.ts';
import type { Scope } from '../../memory/scope.ts';
import type { Store } from '../../memory/store.ts';
import type { SummarySentence } from '../../memory/summary.ts';
import type { SummaryText, SummaryTopic } from '../summary-notes.ts';
import { newFence } from './construct-prompt.ts';
import { capitalisedIn, groundsOf, ungrounded } from './grounds.ts';
import { keptAnswers, shownIds } from './kept-answers.ts';
import { sourcesOf } from './note-sources.ts';
import { fieldProblem } from './plain-field.ts';
import type { ShownNote } from './shown-notes.ts';
import { parseSummaryAnswer, type SummaryAnswer, summaryPrompt, summaryRequest } from './summary-prompt.ts';
import { checkTokenBudget } from './token-budget.ts';

export interface SummaryWriterParts {
  readonly model: LanguageModel;
  readonly runs: Pick<RunStore, 'record' | 'records' | 'run' | 'list' | 'tokensSince'>;
  readonly store: Pick<Store, 'notes'>;
  readonly clock: Clock;
  /** Of one tenant, UTC. */
  readonly tokensPerDay?: number;
  readonly random?: (bytes: Uint8Array) => Uint8Array;
}

/**
 * A summary in the words of a model, checked: every sentence names the turns it rests on, and holds no name, number, date or
 * address that these do not. What does not pass is left out; null when nothing is left, the model refuses, or there is more to read
 * than one call takes: then the rules do it. The answer is recorded under the run before it is looked at, and one that an
 * earlier try of the same job was given for the same turns is used again.
 *
 * @throws as `Proposer.propose`.
 */
export type WriteSummary = (scope: Scope, runId: RunId, topic: SummaryTopic) => Promise<SummaryText | null>;

export function newSummaryWriter(parts: SummaryWriterParts): WriteSummary {
  const { model, runs, store, clock, tokensPerDay = limits.modelTokensPerDay } = parts;
  const { random = (bytes) => crypto.getRandomValues(bytes) } = parts;
  const by = `model:${model.id} ${summaryPrompt}`;

  return async (scope, runId, { turns }) => {
    const shown = turns.map((stored, index): ShownNote => {
      return { handle: `n${index + 1}`, stored, text: stored.note.text, isNew: true, turnBefore: null };
    });
    if (shown.reduce((sum, { text }) => sum + text.length, 0) > limits.modelSummaryCharacters) return null;
    const kept = await keptAnswers(runs, scope, runId);
    const record = kept.to(shown, { prompt: summaryPrompt, model: model.id })[0] ?? (await ask(kept.next()));
    const answer = record === null ? null : parseSummaryAnswer(record.answer);
    const sentences = answer === null ? [] : checkedSentences(answer, shown);
    return sentences.length === 0 ? null : { sentences, by };

    async function ask(ordinal: number): Promise<ModelRecord | null> {
      await checkTokenBudget(runs, { tenant: scope.tenant, tokensPerDay, now: clock() });
      const at = clock();
      const answered = await model.complete(summaryRequest(shown, newFence(random, shown))).catch((error: unknown) => {
        if (isEcphoryError(error) && error.code === 'invalid') return null;
        throw error;
      });
      if (answered === null) return null;
      const held = await store.notes(
        scope.tenant,
        shown.map(({ stored }) => stored.note.id),
      );
      // What was erased meanwhile must not come back in the words of a model.
      if (held.length < shown.length) throw new EcphoryError('stale', 'A note was erased while a model was shown it.');
      const { text, inputTokens, outputTokens } = answered;
      const said = { runId, ordinal, prompt: summaryPrompt, model: model.id, answer: text, inputTokens, outputTokens };
      const made: ModelRecord = { ...said, at, shown: shownIds(shown) };
      await runs.record(made);
      return made;
    }
  };
}

/** Pure. At most `limits.summarySentences`, each once. */
export function checkedSentences(answer: SummaryAnswer, shown: readonly ShownNote[]): readonly SummarySentence[] {
  const byHandle = new Map(shown.map((note) => [note.handle, note]));
  const names = capitalisedIn(shown.map(({ text }) => text));
  const sentences = new Map<string, SummarySentence>();
  for (const { text: given, handles } of answer.slice(0, limits.summarySentences)) {
    const text = given.trim();
    const rests = [...new Set(handles)].map((handle) => byHandle.get(handle));
    const known = rests.filter((note) => note !== undefined);
    if (known.length === 0 || known.length < rests.length) continue;
    if (fieldProblem(text, limits.summarySentenceCharacters) !== null) continue;
    if (ungrounded(text, groundsOf(known.flatMap(sourcesOf)), names) !== null) continue;
    sentences.set(text, { text, episodes: [...new Set(known.flatMap(({ stored }) => stored.note.sources))] });
  }
  return [...sentences.values()];
}
