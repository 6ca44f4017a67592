import type { Change } from '../../src/memory/change.ts';
import { limits } from '../../src/memory/limits.ts';
import type { Hit } from '../../src/memory/service.ts';
import type { SignalWeights } from '../../src/retrieval/weights.ts';
import type { Question } from '../datasets/dataset.ts';
import { type DatedMemory, openDatedMemory, scope } from './memory.ts';
import { activeRows, type ForgettingPolicy } from './policies.ts';
import { askedAfterMonths, type Year } from './year.ts';

/** A question, asked at one point of the year. */
export interface Asking {
  readonly question: Question;
  /** From 1. */
  readonly month: number;
  /** Nobody had asked it before. */
  readonly isFirst: boolean;
  /** Share of its evidence among the first ten. */
  readonly recall: number;
  /** Of the first ten and what is offered as archived. */
  readonly recallWithOffers: number;
  /** Of a question for an updated value: whether the newest evidence is among the first ten and none of the older above it. */
  readonly isCurrent: boolean | null;
}

export interface Lived {
  readonly askings: readonly Asking[];
  /** Active of all, at the end of the year. */
  readonly keptShare: number;
  /** Of the conversation's notes alone. */
  readonly keptOfConversation: number;
  readonly uses: number;
}

export interface LiveOptions {
  /** Null: nothing is ever forgotten. */
  readonly policy: ForgettingPolicy | null;
  /** Of all notes that there will be, what may be active. */
  readonly share: number;
  readonly weights?: SignalWeights;
}

/**
 * The year again, with forgetting at the end of every month. Questions are asked after some of them; what an answer would rest on is
 * reported as used, for all policies alike and for none. What that is the system says itself (`usedHits`): gold is only ever
 * looked at to score.
 */
export async function liveThrough(year: Year, { policy, share, weights }: LiveOptions): Promise<Lived> {
  const memory = openDatedMemory(weights);
  try {
    const askings: Asking[] = [];
    const capacity = Math.round(share * year.notes);
    let next = 0;
    let uses = 0;
    for (const [index, end] of year.months.entries()) {
      next = await writeUntil(memory, year, next, end);
      memory.setTime(end);
      if (policy !== null) await applyAll(memory, await policy.plan(memory, capacity));
      const month = index + 1;
      if (!askedAfterMonths.some((at) => at === month)) continue;
      for (const question of year.conversation.questions) {
        const first = year.firstAsked.get(question) ?? 1;
        if (first > month) continue;
        const {
          hits,
          confidence,
          archived = [],
        } = await memory.service.search({
          namespace: scope.namespace,
          query: question.text,
          limit: 50,
          ...(question.askedAt !== null && { queryTimestamp: question.askedAt }),
        });
        const turns = [...new Set(hits.map(({ memory: { id } }) => year.turnOf.get(id) ?? id))];
        const offered = archived.map((id) => year.turnOf.get(id) ?? id);
        askings.push({ question, month, isFirst: first === month, ...scored(question, turns, offered) });
        const used = usedHits(hits, confidence);
        uses += used.length;
        if (used.length > 0) {
          await memory.service.feedback({ memories: used.map(({ memory: { id } }) => ({ id, kind: 'used' })) });
        }
      }
    }
    const active = await activeRows(memory);
    return {
      askings,
      keptShare: active.length / year.notes,
      keptOfConversation: active.filter(({ id }) => year.turnOf.has(id)).length / year.turnOf.size,
      uses,
    };
  } finally {
    await memory.close();
  }
}

/**
 * What an answer would cite, as far as the system itself can tell: when it is at least as likely as not that the answer is
 * there, the hits that come near the first one, ten at most.
 */
export function usedHits(hits: readonly Hit[], confidence: number): readonly Hit[] {
  const best = hits[0]?.score ?? 0;
  return confidence < confidentMin ? [] : hits.slice(0, citedMax).filter(({ score }) => score >= nearShare * best);
}

const confidentMin = 0.5;
const citedMax = 10;
const nearShare = 0.75;

async function writeUntil(memory: DatedMemory, { written }: Year, from: number, end: number): Promise<number> {
  let next = from;
  let batch: Change[] = [];
  for (; next < written.length; next += 1) {
    const { at, changes } = written[next] ?? { at: Number.POSITIVE_INFINITY, changes: [] };
    if (at > end) break;
    memory.setTime(at);
    batch.push(...changes);
    if (batch.length < limits.groupCommitChanges) continue;
    await memory.store.apply(scope, batch);
    batch = [];
  }
  if (batch.length > 0) await memory.store.apply(scope, batch);
  return next;
}

async function applyAll(memory: DatedMemory, changes: readonly Change[]): Promise<void> {
  for (let start = 0; start < changes.length; start += limits.groupCommitChanges) {
    await memory.store.apply(scope, changes.slice(start, start + limits.groupCommitChanges));
  }
}

function scored(question: Question, turns: readonly string[], offered: readonly string[]) {
  const first = turns.slice(0, 10);
  const among = (found: readonly string[]) =>
    question.gold.filter((id) => found.includes(id)).length / question.gold.length;
  const { update } = question;
  const best = (ids: readonly string[]): number =>
    Math.min(...ids.map((id) => first.indexOf(id)).filter((place) => place >= 0));
  return {
    recall: among(first),
    recallWithOffers: among([...first, ...offered]),
    isCurrent:
      update === undefined ? null : Number.isFinite(best(update.newest)) && best(update.newest) < best(update.older),
  };
}
