import { describe, expect, it } from 'vitest';
import {
  areaUnderCurve,
  bootstrapInterval,
  mean,
  median,
  percentile,
  percentiles,
  seededRandom,
} from './statistics.ts';

describe('percentile', () => {
  it('is the nearest rank of the sorted values', () => {
    const values = Array.from({ length: 100 }, (_, index) => 100 - index);
    expect(percentiles(values)).toEqual({ p50: 50, p95: 95, p99: 99 });
    expect(percentile([7], 0.99)).toBe(7);
    expect(percentile([], 0.5)).toBeNaN();
  });

  it('sorts numbers as numbers', () => {
    expect(percentile([10, 9, 100], 0.5)).toBe(10);
  });
});

describe('median', () => {
  it('is the middle value, or the mean of the middle two', () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 2, 3])).toBe(2.5);
  });
});

describe('bootstrapInterval', () => {
  const values = Array.from({ length: 400 }, (_, index) => (index % 4 === 0 ? 0 : 1));

  it('holds the mean and is about 1.96 standard errors wide on each side', () => {
    const [low, high] = bootstrapInterval(values);
    // Standard error of .75 over 400: sqrt(.75 * .25 / 400) = .0217.
    expect(mean(values)).toBe(0.75);
    expect(low).toBeGreaterThan(0.75 - 0.05);
    expect(low).toBeLessThan(0.75 - 0.035);
    expect(high).toBeGreaterThan(0.75 + 0.035);
    expect(high).toBeLessThan(0.75 + 0.05);
  });

  it('gives the same interval for the same seed', () => {
    expect(bootstrapInterval(values, { seed: 7 })).toEqual(bootstrapInterval(values, { seed: 7 }));
  });

  it('has no width when all values are one', () => {
    expect(bootstrapInterval([1, 1, 1])).toEqual([1, 1]);
  });
});

describe('areaUnderCurve', () => {
  it('is the share of pairs in the right order, a tie being half of one', () => {
    // Of six pairs: 3 > 2 and 1; 2 > 1 and ties 2; 0 is below both.
    expect(areaUnderCurve({ positives: [3, 2, 0], negatives: [1, 2] })).toBe(3.5 / 6);
    expect(areaUnderCurve({ positives: [0.9, 0.8], negatives: [0.1] })).toBe(1);
    expect(areaUnderCurve({ positives: [0.1], negatives: [0.8, 0.9] })).toBe(0);
    expect(areaUnderCurve({ positives: [1, 1], negatives: [1] })).toBe(0.5);
  });

  it('is no number without both kinds', () => {
    expect(areaUnderCurve({ positives: [], negatives: [1] })).toBeNaN();
    expect(areaUnderCurve({ positives: [1], negatives: [] })).toBeNaN();
  });
});

describe('seededRandom', () => {
  it('repeats for a seed, differs for another, and spreads over [0, 1)', () => {
    const one = Array.from({ length: 1_000 }, seededRandom(1));
    expect(one).toEqual(Array.from({ length: 1_000 }, seededRandom(1)));
    expect(one).not.toEqual(Array.from({ length: 1_000 }, seededRandom(2)));
    expect(mean(one)).toBeGreaterThan(0.47);
    expect(mean(one)).toBeLessThan(0.53);
    expect(one.every((value) => value >= 0 && value < 1)).toBe(true);
  });
});
