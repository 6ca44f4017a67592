import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fused, highest } from './fuse.ts';

test('a fused score is the weighted sum, and a signal of weight 0 has no say', () => {
  const values = (...numbers: number[]): Float64Array => Float64Array.from(numbers);
  const scores = fused(2, [
    { name: 'words', weight: 2, values: values(0.5, 1) },
    { name: 'speaker', weight: 1, values: values(1, 0) },
    { name: 'off', weight: 0, values: values(9, 9) },
  ]);
  expect([...scores]).toEqual([2, 2]);
});

test('the highest are what sorting everything would give, ties in the order that is asked for', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 5 })), fc.nat(20), (numbers, count) => {
      const sorted = [...numbers.keys()].sort((a, b) => numbers[b]! - numbers[a]! || a - b).slice(0, count);
      expect(highest(Float64Array.from(numbers), count, (a, b) => a < b)).toEqual(sorted);
    }),
  );
});
