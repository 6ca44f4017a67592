import { describe, expect, test } from 'vitest';
import { bestOf, newWordIndex } from './word-index.ts';

describe('the word index', () => {
  test('scores a unit by itself as among all of them, and counts the postings it reads', () => {
    const index = newWordIndex([[1, 2, 2], [2, 3], [4]]);
    const cost = { comparisons: 0 };
    const scores = [...index.scores([2, 4], cost)];
    expect(scores).toEqual([0, 1, 2].map((unit) => index.score(unit, [2, 4])));
    expect(cost.comparisons).toBe(3);
    expect(scores[2]).toBeGreaterThan(scores[1] ?? 0);
  });

  test('gives the best first, ties by position, nothing that scores nothing', () => {
    expect(bestOf([0, 2, 5, 2, 7], 3)).toEqual([4, 2, 1]);
    expect(bestOf([1, 3], 5, [10, 20])).toEqual([20, 10]);
  });
});
