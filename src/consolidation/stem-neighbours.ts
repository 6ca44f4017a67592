import { limits } from '../memory/limits.ts';
import { countBelow, type Posting } from './ordinal-postings.ts';

/** A note's stems, each once, with 1 + ln(how often it has them). */
export interface StemVector {
  readonly postings: readonly Posting[];
  readonly frequencies: readonly number[];
}

export interface StemNotes {
  readonly vectorAt: (ordinal: number) => StemVector | null;
  /** Notes up to an ordinal, it included. */
  readonly sizeUpTo: (ordinal: number) => number;
}

export interface NearestQuery {
  /** Of the notes up to this ordinal. */
  readonly until: number;
  readonly limit: number;
  /** Which of two as alike comes first. */
  readonly before: (one: number, other: number) => boolean;
}

export interface StemNeighbours {
  /** Best first. */
  nearest(ordinal: number, query: NearestQuery): readonly { readonly ordinal: number; readonly similarity: number }[];
  /** Stems that both have, by what they give to the cosine as the later of the two saw it, most first. */
  shared(one: number, other: number): readonly string[];
}

/**
 * Cosine of tf-idf vectors, with the statistics of the notes up to `until`:
 *
 *   weight = (1 + ln tf) · ln(1 + n / notes with the stem)
 *
 * Exact for the candidates, which are the notes that share the rarest stems: lists are read in order of their length while
 * all of them together are no more than `limits.neighbourPostings`, and the notes that share the most, for their own
 * length, are compared. A list is read whole or not at all, so that the answer does not depend on the order of notes.
 * Cost: the postings read, and `limits.neighbourCandidates` notes' stems.
 */
export function newStemNeighbours({ vectorAt, sizeUpTo }: StemNotes): StemNeighbours {
  let sums = new Float64Array(1_024);

  return { nearest, shared };

  function nearest(ordinal: number, { until, limit, before }: NearestQuery) {
    const vector = vectorAt(ordinal);
    if (vector === null || limit < 1) return [];
    const size = sizeUpTo(until);
    const weights = new Map<Posting, number>();
    let norm = 0;
    const lists = vector.postings.map((posting, index) => {
      const having = countBelow(posting.ordinals, until + 1);
      const weight = vector.frequencies[index]! * inverse(size, having);
      weights.set(posting, weight);
      norm += weight * weight;
      return { posting, having, weight };
    });
    lists.sort((a, b) => a.having - b.having || (a.posting.key < b.posting.key ? -1 : 1));
    const touched = candidatesOf(lists, ordinal, until);
    const chosen = bestOf(touched, before);
    for (const other of touched) sums[other] = 0;
    return chosen
      .map((other) => ({ ordinal: other, similarity: cosine(weights, norm, other, { size, until }) }))
      .sort((a, b) => b.similarity - a.similarity || (before(a.ordinal, b.ordinal) ? -1 : 1))
      .slice(0, limit);
  }

  /** The candidates with the highest sums, in one pass: thousands may share a word, a handful is compared. */
  function bestOf(touched: readonly number[], before: NearestQuery['before']): readonly number[] {
    const best: number[] = [];
    for (const other of touched) {
      const sum = sums[other]!;
      const isBelow = (held: number): boolean => sums[held]! < sum || (sums[held] === sum && before(other, held));
      if (best.length === limits.neighbourCandidates && !isBelow(best.at(-1)!)) continue;
      let at = best.length;
      while (at > 0 && isBelow(best[at - 1]!)) at -= 1;
      best.splice(at, 0, other);
      if (best.length > limits.neighbourCandidates) best.pop();
    }
    return best;
  }

  /** Ordinals that share any of the lists read; `sums` then says how much. */
  function candidatesOf(
    lists: readonly { readonly posting: Posting; readonly having: number; readonly weight: number }[],
    ordinal: number,
    until: number,
  ): number[] {
    if (sums.length <= until) {
      sums = new Float64Array(Math.max(until + 1, 2 * sums.length));
    }
    const touched: number[] = [];
    let left = limits.neighbourPostings;
    for (const { posting, having, weight } of lists) {
      left -= having;
      if (left < 0) break;
      for (let at = 0; at < having; at += 1) {
        const other = posting.ordinals[at]!;
        if (other === ordinal) continue;
        if (sums[other] === 0) touched.push(other);
        sums[other] = sums[other]! + weight * weight;
      }
    }
    for (const other of touched) sums[other] = sums[other]! / Math.sqrt(vectorAt(other)?.postings.length ?? 1);
    return touched;
  }

  function cosine(
    weights: ReadonlyMap<Posting, number>,
    norm: number,
    other: number,
    { size, until }: { readonly size: number; readonly until: number },
  ): number {
    const vector = vectorAt(other);
    if (vector === null) return 0;
    let dot = 0;
    let otherNorm = 0;
    for (let index = 0; index < vector.postings.length; index += 1) {
      const posting = vector.postings[index]!;
      const weight = vector.frequencies[index]! * inverse(size, countBelow(posting.ordinals, until + 1));
      otherNorm += weight * weight;
      const own = weights.get(posting);
      if (own !== undefined) dot += own * weight;
    }
    return dot === 0 ? 0 : Math.min(1, dot / Math.sqrt(norm * otherNorm));
  }

  function shared(one: number, other: number): readonly string[] {
    const [left, right] = [vectorAt(one), vectorAt(other)];
    if (left === null || right === null) return [];
    const until = Math.max(one, other);
    const size = sizeUpTo(until);
    const frequencies = new Map(right.postings.map((posting, index) => [posting, right.frequencies[index]!]));
    return left.postings
      .flatMap((posting, index) => {
        const frequency = frequencies.get(posting);
        if (frequency === undefined) return [];
        const idf = inverse(size, countBelow(posting.ordinals, until + 1));
        return [{ stem: posting.key, gives: left.frequencies[index]! * frequency * idf * idf }];
      })
      .sort((a, b) => b.gives - a.gives || (a.stem < b.stem ? -1 : 1))
      .map(({ stem }) => stem);
  }
}

function inverse(size: number, having: number): number {
  return Math.log(1 + size / Math.max(1, having));
}
