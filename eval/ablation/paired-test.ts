import { mean, seededRandom } from '../statistics.ts';

export interface PairedTest {
  /** Mean of (changed - base): positive when the change is better. */
  readonly difference: number;
  /** Two-sided. */
  readonly pValue: number;
}

export interface PairedTestOptions {
  readonly seed?: number;
  readonly resamples?: number;
}

/**
 * Paired permutation test of the mean difference over questions (Fisher 1935; Smucker, Allan and Carterette 2007 for
 * retrieval): were the two rankings alike, each question's difference would be as likely with the other sign.
 *
 *   p = share of sign assignments whose |sum| is at least the observed one
 *
 * Questions that do not differ add nothing to any sum and are left out. Up to 2^16 assignments are all tried; beyond,
 * a seeded sample, where the observed one counts too: (hits + 1) / (resamples + 1), so that p is never 0.
 */
export function pairedPermutationTest(
  base: readonly number[],
  changed: readonly number[],
  { seed = 1, resamples = 10_000 }: PairedTestOptions = {},
): PairedTest {
  if (base.length !== changed.length) throw new RangeError(`${base.length} questions against ${changed.length}.`);
  const differences = base.map((value, index) => changed[index]! - value);
  const moved = Float64Array.from(differences.filter((value) => value !== 0));
  const difference = mean(differences);
  if (moved.length === 0) return { difference, pValue: 1 };
  // A rounding error must not make an equal sum a smaller one.
  const observed = Math.abs(moved.reduce((sum, value) => sum + value, 0)) - 1e-9;
  const pValue =
    moved.length <= exactQuestions
      ? shareOfAll(moved, observed)
      : (sampledHits(moved, observed, resamples, seed) + 1) / (resamples + 1);
  return { difference, pValue };
}

const exactQuestions = 16;

function shareOfAll(moved: Float64Array, observed: number): number {
  const assignments = 2 ** moved.length;
  let hits = 0;
  for (let signs = 0; signs < assignments; signs += 1) {
    let sum = 0;
    for (let index = 0; index < moved.length; index += 1) sum += (signs >> index) & 1 ? moved[index]! : -moved[index]!;
    if (Math.abs(sum) >= observed) hits += 1;
  }
  return hits / assignments;
}

function sampledHits(moved: Float64Array, observed: number, resamples: number, seed: number): number {
  const random = seededRandom(seed);
  let hits = 0;
  for (let sample = 0; sample < resamples; sample += 1) {
    let sum = 0;
    for (let index = 0; index < moved.length; index += 1) sum += random() < 0.5 ? moved[index]! : -moved[index]!;
    if (Math.abs(sum) >= observed) hits += 1;
  }
  return hits;
}

/**
 * p-values of one family of tests, so adjusted that the chance of one or more false alarms stays below the level that they
 * are compared with (Holm 1979): sorted ascending, p_i becomes the greatest of (m - j) · p_j over j <= i, at most 1.
 */
export function holmAdjusted(pValues: readonly number[]): readonly number[] {
  const order = [...pValues.keys()].sort((left, right) => pValues[left]! - pValues[right]!);
  const adjusted = new Array<number>(pValues.length).fill(1);
  let greatest = 0;
  order.forEach((index, position) => {
    greatest = Math.max(greatest, Math.min(1, (pValues.length - position) * pValues[index]!));
    adjusted[index] = greatest;
  });
  return adjusted;
}
