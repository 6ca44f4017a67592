import { describe, expect, it } from 'vitest';
import { holmAdjusted, pairedPermutationTest } from './paired-test.ts';

describe('pairedPermutationTest', () => {
  it('gives the share of sign assignments that are as extreme, counted by hand', () => {
    // Three questions better by 1: of 8 assignments only +++ and --- reach a sum of 3.
    expect(pairedPermutationTest([0, 0, 0, 1], [1, 1, 1, 1])).toEqual({ difference: 0.75, pValue: 2 / 8 });
    // Differences 1 and -.5: the sums are ±.5 and ±1.5, all at least .5.
    expect(pairedPermutationTest([0, 1], [1, 0.5])).toEqual({ difference: 0.25, pValue: 1 });
  });

  it('finds nothing in equal rankings', () => {
    expect(pairedPermutationTest([0.5, 1], [0.5, 1])).toEqual({ difference: 0, pValue: 1 });
  });

  it('is the same both ways round, but for the sign', () => {
    const base = Array.from({ length: 60 }, (_, index) => (index % 3) / 2);
    const changed = Array.from({ length: 60 }, (_, index) => ((index * 7) % 4) / 3);
    const there = pairedPermutationTest(base, changed);
    const back = pairedPermutationTest(changed, base);
    expect(back.pValue).toBe(there.pValue);
    expect(back.difference).toBeCloseTo(-there.difference, 12);
  });

  it('samples where there are too many assignments, never gives 0, and repeats', () => {
    const base = new Array<number>(40).fill(0);
    const changed = new Array<number>(40).fill(1);
    expect(pairedPermutationTest(base, changed)).toEqual({ difference: 1, pValue: 1 / 10_001 });
    const mixed = changed.map((_, index) => (index % 5 < 3 ? 1 : -1));
    const once = pairedPermutationTest(base, mixed, { seed: 3 });
    expect(pairedPermutationTest(base, mixed, { seed: 3 })).toEqual(once);
    // 24 of 40 by a fair coin, two-sided: .268.
    expect(once.pValue).toBeGreaterThan(0.25);
    expect(once.pValue).toBeLessThan(0.29);
  });
});

describe('holmAdjusted', () => {
  it('multiplies by the tests that are left, never decreases, and stays at most 1', () => {
    // Sorted: .01 * 3, .02 * 2, .9 * 1.
    expect(holmAdjusted([0.9, 0.01, 0.02])).toEqual([0.9, 0.03, 0.04]);
    expect(holmAdjusted([0.02, 0.021, 0.5])).toEqual([0.06, 0.06, 0.5]);
    expect(holmAdjusted([0.6, 0.7])).toEqual([1, 1]);
    expect(holmAdjusted([])).toEqual([]);
  });
});
