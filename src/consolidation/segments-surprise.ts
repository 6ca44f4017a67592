import type { SegmentBackground, SegmentTurn } from './segments.ts';
import { newTermWeights } from './segments-similarity.ts';

/**
 * How surprising each turn of a session is after those before it:
 *
 *   novelty + distance + pause
 *   novelty = sum of idf(t) * (1 - memory ^ (turns since t was said)) over the turn's terms / (their idf + `slack`)
 *   distance = 1 - cos(vector, exponentially weighted mean of the vectors before), when there are vectors
 *   pause = `pauseWeight` * ln(1 + minutes since the turn before)
 */
export interface Surprise {
  next(turn: SegmentTurn): number;
}

/** What a word said one turn ago still counts for; that of an exponential mean over six turns: 1 - 2 / (6 + 1). */
const memory = 5 / 7;
/** So that a turn of one or two words is not all new: about the weight of two rare words. */
const slack = 8;
/** A day's pause alone is as much as all words being new. */
const pauseWeight = 0.13;
const minuteMs = 60_000;

export function newSurprise(background: SegmentBackground): Surprise {
  const weights = newTermWeights(background);
  const lastSaid = new Map<string, number>();
  let mean: Float32Array | null = null;
  let before: number | null = null;
  let turns = 0;

  return {
    next({ stems, vector, at }) {
      const terms = new Set(stems);
      weights.add(terms);
      const surprise = novelty(terms) + distance(vector) + pause(at);
      for (const term of terms) lastSaid.set(term, turns);
      turns += 1;
      return surprise;
    },
  };

  function novelty(terms: ReadonlySet<string>): number {
    let fresh = 0;
    let all = slack;
    for (const term of terms) {
      const weight = weights.of(term);
      const said = lastSaid.get(term);
      all += weight;
      fresh += said === undefined ? weight : weight * (1 - memory ** (turns - said));
    }
    return fresh / all;
  }

  function distance(vector: Float32Array | null): number {
    if (vector === null) return 0;
    if (mean === null || mean.length !== vector.length) {
      mean = vector.slice();
      return 0;
    }
    let dot = 0;
    let squares = 0;
    for (let index = 0; index < vector.length; index += 1) {
      dot += vector[index]! * mean[index]!;
      squares += mean[index]! ** 2;
      mean[index] = memory * mean[index]! + (1 - memory) * vector[index]!;
    }
    return squares === 0 ? 0 : 1 - dot / Math.sqrt(squares);
  }

  function pause(at: number): number {
    const elapsed = before === null ? 0 : Math.max(0, at - before);
    before = at;
    return pauseWeight * Math.log(1 + elapsed / minuteMs);
  }
}
