export interface BoundaryScore {
  readonly found: number;
  readonly given: number;
  readonly matched: number;
}

/** One to one, each with the nearest that is left, at most `tolerance` turns apart. Both ascend. */
export function boundaryScore(found: readonly number[], given: readonly number[], tolerance: number): BoundaryScore {
  const pairs = found
    .flatMap((at, one) => given.map((other, index) => ({ one, index, apart: Math.abs(at - other) })))
    .filter(({ apart }) => apart <= tolerance)
    .sort((a, b) => a.apart - b.apart || a.one - b.one);
  const taken = { found: new Set<number>(), given: new Set<number>() };
  for (const { one, index } of pairs) {
    if (taken.found.has(one) || taken.given.has(index)) continue;
    taken.found.add(one);
    taken.given.add(index);
  }
  return { found: found.length, given: given.length, matched: taken.found.size };
}

export function summed(scores: readonly BoundaryScore[]): BoundaryScore {
  return scores.reduce(
    (sum, score) => ({
      found: sum.found + score.found,
      given: sum.given + score.given,
      matched: sum.matched + score.matched,
    }),
    { found: 0, given: 0, matched: 0 },
  );
}

/** Harmonic mean of precision and recall; 1 where there was nothing to find and nothing was found. */
export function f1({ found, given, matched }: BoundaryScore): number {
  return found + given === 0 ? 1 : (2 * matched) / (found + given);
}
