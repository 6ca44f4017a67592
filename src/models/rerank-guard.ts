import { EcphoryError, isEcphoryError } from '../memory/errors.ts';
import type { GuardedReranker, Reranker } from '../memory/reranker.ts';
import { type GuardClock, systemClock, withinDeadline } from './deadline.ts';

export interface RerankGuardOptions {
  readonly clock?: GuardClock;
}

/**
 * The one door to any reranker: splits texts into batches, one after the other, holds the whole call to one deadline
 * and checks every answer. Nothing is tried again: whoever searches is waiting, and has a ranking without it.
 */
export function guardReranker(reranker: Reranker, options: RerankGuardOptions = {}): GuardedReranker {
  const { clock = systemClock } = options;
  const { id } = reranker;
  let closing: Promise<void> | null = null;

  return {
    id,
    async score(query, texts, deadlineMs) {
      if (closing !== null) throw new EcphoryError('unavailable', `Reranker ${id} is closed.`);
      if (texts.length === 0) return [];
      return withinDeadline({ clock, deadlineMs, who: `Reranker ${id}` }, (signal) =>
        scoreBatches(reranker, query, texts, signal),
      );
    },
    close() {
      closing ??= reranker.close?.() ?? Promise.resolve();
      return closing;
    },
  };
}

async function scoreBatches(
  reranker: Reranker,
  query: string,
  texts: readonly string[],
  signal: AbortSignal,
): Promise<readonly number[]> {
  const pairsMax = Math.max(1, reranker.pairsMax);
  const scores: number[] = [];
  for (let start = 0; start < texts.length && !signal.aborted; start += pairsMax) {
    const batch = texts.slice(start, start + pairsMax);
    scores.push(...checked(reranker.id, batch.length, await scoreBatch(reranker, query, batch, signal)));
  }
  return scores;
}

async function scoreBatch(
  reranker: Reranker,
  query: string,
  batch: readonly string[],
  signal: AbortSignal,
): Promise<readonly number[]> {
  try {
    return await reranker.score(query, batch, signal);
  } catch (cause) {
    if (isEcphoryError(cause)) throw cause;
    const name = cause instanceof Error ? cause.name : 'unknown';
    throw new EcphoryError('unavailable', `Reranker ${reranker.id} failed: ${name}.`, { cause });
  }
}

function checked(id: string, count: number, answer: readonly number[]): readonly number[] {
  if (!Array.isArray(answer) || answer.length !== count) {
    const came = Array.isArray(answer) ? `${answer.length} scores` : 'no list of scores';
    throw wrongAnswer(id, `expected ${count} scores for ${count} texts, got ${came}`);
  }
  // By index, because a list with holes would be skipped over.
  for (let index = 0; index < count; index += 1) {
    const score: unknown = answer[index];
    if (typeof score !== 'number' || !(score >= 0 && score <= 1)) {
      throw wrongAnswer(id, `expected a number of 0 to 1, got ${String(score)} for text ${index}`);
    }
  }
  return answer;
}

function wrongAnswer(id: string, what: string): EcphoryError {
  return new EcphoryError('unavailable', `Reranker ${id} gave a wrong answer: ${what}.`);
}
