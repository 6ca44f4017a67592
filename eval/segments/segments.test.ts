import { describe, expect, test } from 'vitest';
import { boundaryScore, f1, summed } from './boundary-score.ts';
import { newStream, streamKinds } from './streams.ts';

describe('the score of boundaries', () => {
  test('matches each one once, the nearest first, within the tolerance', () => {
    // 10 goes to 10 and 20 to 21; 11 is left without one, 40 is too far from 30.
    const score = boundaryScore([10, 11, 20, 40], [10, 21, 30], 1);
    expect(score).toEqual({ found: 4, given: 3, matched: 2 });
    expect(f1(score)).toBeCloseTo(4 / 7);
    expect(summed([score, score])).toEqual({ found: 8, given: 6, matched: 4 });
  });

  test('is perfect when there was nothing to find and nothing was found', () => {
    expect(f1(boundaryScore([], [], 1))).toBe(1);
  });
});

describe('a generated stream', () => {
  test.each(streamKinds)('of %s is the same for the same seed and has a boundary per change of topic', (kind) => {
    const stream = newStream(kind, 5);
    expect(newStream(kind, 5)).toEqual(stream);
    expect(newStream(kind, 6)).not.toEqual(stream);
    expect(stream.boundaries).toHaveLength(7);
    expect(stream.boundaries.every((at) => at > 0 && at < stream.turns.length)).toBe(true);
  });
});
