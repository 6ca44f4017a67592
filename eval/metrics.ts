/**
 * Retrieval metrics over one ranking: ids best first against the ids that hold the evidence.
 *
 * Ids that occur twice in a ranking (two parts of one message) count once, at their best rank. Every metric is a
 * fraction from 0 to 1. Gold must not be empty except where said: a question without evidence has no recall, and
 * the caller skips it with a reason.
 */

/** |gold in the first k| / |gold|. */
export function fractionalRecall(ranked: readonly string[], gold: readonly string[], k: number): number {
  const wanted = nonEmpty(gold);
  return foundIn(ranked, wanted, k) / wanted.size;
}

/** 1 when every gold id is among the first k: what a question that joins facts needs. */
export function allEvidenceRecall(ranked: readonly string[], gold: readonly string[], k: number): number {
  const wanted = nonEmpty(gold);
  return foundIn(ranked, wanted, k) === wanted.size ? 1 : 0;
}

/**
 * Normalised discounted cumulative gain with binary relevance (Järvelin and Kekäläinen 2002):
 * sum of 1 / log2(rank + 1) over the gold ids found, divided by its greatest possible value at k.
 */
export function ndcg(ranked: readonly string[], gold: readonly string[], k: number): number {
  const wanted = nonEmpty(gold);
  let gain = 0;
  distinct(ranked)
    .slice(0, k)
    .forEach((id, index) => {
      if (wanted.has(id)) gain += 1 / Math.log2(index + 2);
    });
  let ideal = 0;
  for (let rank = 1; rank <= Math.min(k, wanted.size); rank += 1) ideal += 1 / Math.log2(rank + 1);
  return gain / ideal;
}

/** What LongMemEval's `evaluate_retrieval` gives for one question at one k. */
export interface LongMemEvalScore {
  readonly recallAny: number;
  readonly recallAll: number;
  readonly ndcg: number;
}

/**
 * LongMemEval's own score (`src/retrieval/eval_utils.py`), quirks kept so that figures compare:
 * - its gain is rel_1 + sum from i = 2 of rel_i / log2(i): ranks 1 and 2 weigh alike;
 * - with empty gold, recall_any is 0, recall_all is 1 (`all([])`) and nDCG is 0.
 *
 * `corpus` is every id that could be returned, with repeats where several documents share an id: the ideal gain
 * counts each of them.
 */
export function longMemEvalScore(
  ranked: readonly string[],
  gold: readonly string[],
  corpus: readonly string[],
  k: number,
): LongMemEvalScore {
  const wanted = new Set(gold);
  const top = new Set(ranked.slice(0, k));
  const found = [...wanted].filter((id) => top.has(id)).length;
  const relevant = corpus.filter((id) => wanted.has(id)).length;
  const ideal = longMemEvalGain(new Array<number>(Math.min(k, relevant)).fill(1));
  const actual = longMemEvalGain(ranked.slice(0, k).map((id) => (wanted.has(id) ? 1 : 0)));
  return {
    recallAny: found > 0 ? 1 : 0,
    recallAll: found === wanted.size ? 1 : 0,
    ndcg: ideal === 0 ? 0 : actual / ideal,
  };
}

/**
 * The same with turns ranked and sessions judged (`evaluate_retrieval_turn2session`): k widens until k distinct
 * sessions have been seen, and every turn of a gold session is relevant. All three lists name sessions, one entry a turn.
 */
export function longMemEvalSessionScore(
  rankedSessions: readonly string[],
  goldSessions: readonly string[],
  corpusSessions: readonly string[],
  k: number,
): LongMemEvalScore {
  let widened = k;
  const seen = new Set(rankedSessions.slice(0, widened));
  while (widened < rankedSessions.length && seen.size < k) {
    const next = rankedSessions[widened];
    if (next !== undefined) seen.add(next);
    widened += 1;
  }
  return longMemEvalScore(rankedSessions, goldSessions, corpusSessions, widened);
}

function longMemEvalGain(relevances: readonly number[]): number {
  return relevances.reduce((gain, relevance, index) => gain + relevance / (index < 2 ? 1 : Math.log2(index + 1)), 0);
}

function foundIn(ranked: readonly string[], wanted: ReadonlySet<string>, k: number): number {
  return distinct(ranked)
    .slice(0, k)
    .filter((id) => wanted.has(id)).length;
}

function distinct(ids: readonly string[]): string[] {
  return [...new Set(ids)];
}

function nonEmpty(gold: readonly string[]): ReadonlySet<string> {
  if (gold.length === 0) throw new RangeError('A question without evidence has no recall; skip it.');
  return new Set(gold);
}
