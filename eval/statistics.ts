/** Numbers about many numbers. Pure; what is random is seeded. */

export interface Percentiles {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

/** The smallest value that at least `fraction` of the values do not exceed (nearest rank). NaN of no values. */
export function percentile(values: readonly number[], fraction: number): number {
  if (values.length === 0) return Number.NaN;
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.max(0, Math.ceil(fraction * sorted.length) - 1)] ?? Number.NaN;
}

export function percentiles(values: readonly number[]): Percentiles {
  return { p50: percentile(values, 0.5), p95: percentile(values, 0.95), p99: percentile(values, 0.99) };
}

/** The middle value; of an even number of values, the mean of the middle two. */
export function median(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort();
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

export function mean(values: readonly number[]): number {
  return values.length === 0 ? Number.NaN : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/**
 * The area under the ROC curve: the chance that one of `positives` is above one of `negatives`, ties counting half
 * (Mann and Whitney 1947). NaN when either is empty.
 */
export function areaUnderCurve(groups: {
  readonly positives: readonly number[];
  readonly negatives: readonly number[];
}): number {
  const { positives, negatives } = groups;
  let wins = 0;
  for (const positive of positives) {
    for (const negative of negatives) wins += positive > negative ? 1 : positive === negative ? 0.5 : 0;
  }
  return wins / (positives.length * negatives.length);
}

export interface BootstrapOptions {
  readonly seed?: number;
  readonly resamples?: number;
  /** How much of the distribution the interval holds. */
  readonly level?: number;
}

/**
 * A confidence interval for the mean by the percentile bootstrap (Efron 1979): the mean of as many values drawn with
 * replacement, many times over; the interval cuts equal tails. [NaN, NaN] of no values.
 */
export function bootstrapInterval(
  values: readonly number[],
  options: BootstrapOptions = {},
): readonly [number, number] {
  const { seed = 1, resamples = 2_000, level = 0.95 } = options;
  if (values.length === 0) return [Number.NaN, Number.NaN];
  const random = seededRandom(seed);
  const means = Array.from({ length: resamples }, () => {
    let sum = 0;
    for (let draw = 0; draw < values.length; draw += 1) sum += values[Math.floor(random() * values.length)]!;
    return sum / values.length;
  });
  const tail = (1 - level) / 2;
  return [percentile(means, tail), percentile(means, 1 - tail)];
}

/** Numbers in [0, 1), the same for the same seed: mulberry32 (Tommy Ettinger, public domain). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
