/**
 * BM25 over units of words, by inverted lists: what a search by words costs when everything is looked at, and when only the
 * turns of some sessions are. k1 1.2, b .75. Terms are numbers.
 */
export interface WordIndex {
  /** Scores of all units that share a term with the cue; 0 for others. Postings read are added to `cost`. */
  scores(cue: readonly number[], cost: Cost): Float64Array;
  /** Score of one unit: its terms are looked through once. */
  score(unit: number, cue: readonly number[]): number;
}

/** Comparisons of the cue with something: postings, units or vectors read. */
export interface Cost {
  comparisons: number;
}

const k1 = 1.2;
const b = 0.75;

export function newWordIndex(units: readonly (readonly number[])[]): WordIndex {
  const postings = new Map<number, { readonly units: number[]; readonly frequencies: number[] }>();
  const lengths = Float64Array.from(units, (terms) => terms.length);
  const meanLength = lengths.reduce((sum, length) => sum + length, 0) / Math.max(1, units.length);
  const forward = units.map((terms, unit) => {
    const counts = new Map<number, number>();
    for (const term of terms) counts.set(term, (counts.get(term) ?? 0) + 1);
    for (const [term, count] of counts) {
      const list = postings.get(term) ?? { units: [], frequencies: [] };
      postings.set(term, list);
      list.units.push(unit);
      list.frequencies.push(count);
    }
    return counts;
  });
  const accumulated = new Float64Array(units.length);

  return {
    scores(cue, cost) {
      accumulated.fill(0);
      for (const term of cue) {
        const list = postings.get(term);
        if (list === undefined) continue;
        const weight = idf(list.units.length);
        cost.comparisons += list.units.length;
        for (let index = 0; index < list.units.length; index += 1) {
          const unit = list.units[index]!;
          accumulated[unit]! += weight * saturated(list.frequencies[index]!, lengths[unit]!);
        }
      }
      return accumulated;
    },
    score(unit, cue) {
      const counts = forward[unit]!;
      let sum = 0;
      for (const term of cue) {
        const frequency = counts.get(term);
        if (frequency === undefined) continue;
        sum += idf(postings.get(term)?.units.length ?? 0) * saturated(frequency, lengths[unit]!);
      }
      return sum;
    },
  };

  function idf(frequency: number): number {
    return Math.log(1 + (units.length - frequency + 0.5) / (frequency + 0.5));
  }

  function saturated(frequency: number, length: number): number {
    return (frequency * (k1 + 1)) / (frequency + k1 * (1 - b + (b * length) / meanLength));
  }
}

/** The best positive ones, best first, ties by position. Cost: scores * log(limit). */
export function bestOf(scores: ArrayLike<number>, limit: number, positions?: readonly number[]): readonly number[] {
  const best: { readonly position: number; readonly score: number }[] = [];
  const count = positions?.length ?? scores.length;
  for (let index = 0; index < count; index += 1) {
    const score = scores[index]!;
    if (score <= 0 || (best.length === limit && score <= best.at(-1)!.score)) continue;
    let at = best.length;
    while (at > 0 && best[at - 1]!.score < score) at -= 1;
    best.splice(at, 0, { position: positions?.[index] ?? index, score });
    if (best.length > limit) best.pop();
  }
  return best.map(({ position }) => position);
}
