import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allEvidenceRecall, fractionalRecall, longMemEvalScore, longMemEvalSessionScore, ndcg } from './metrics.ts';

describe('recall', () => {
  const ranked = ['a', 'x', 'b', 'y', 'c'];

  it('counts the fraction of the evidence among the first k', () => {
    expect(fractionalRecall(ranked, ['a', 'b', 'c', 'd'], 3)).toBe(0.5);
    expect(fractionalRecall(ranked, ['a', 'b', 'c', 'd'], 5)).toBe(0.75);
  });

  it('wants every piece of evidence for all-evidence recall', () => {
    expect(allEvidenceRecall(ranked, ['a', 'b'], 2)).toBe(0);
    expect(allEvidenceRecall(ranked, ['a', 'b'], 3)).toBe(1);
  });

  it('counts evidence that is named twice, or found twice, once', () => {
    expect(fractionalRecall(['a', 'a', 'b'], ['a', 'a', 'b'], 2)).toBe(1);
  });

  it('refuses a question without evidence, because it would score 1 for nothing', () => {
    expect(() => fractionalRecall(ranked, [], 5)).toThrow(RangeError);
  });

  it('never falls as k grows', () => {
    const ids = fc.uniqueArray(fc.constantFrom(...'abcdefghij'), { minLength: 1 });
    fc.assert(
      fc.property(ids, ids, fc.integer({ min: 1, max: 9 }), (list, gold, k) => {
        expect(fractionalRecall(list, gold, k + 1)).toBeGreaterThanOrEqual(fractionalRecall(list, gold, k));
        expect(allEvidenceRecall(list, gold, k)).toBeLessThanOrEqual(fractionalRecall(list, gold, k));
      }),
    );
  });
});

describe('ndcg', () => {
  it('weighs rank 1 by 1, rank 2 by 1/log2(3), rank 3 by 1/2', () => {
    expect(ndcg(['a', 'x'], ['a'], 10)).toBe(1);
    expect(ndcg(['x', 'a'], ['a'], 10)).toBeCloseTo(0.6309, 4);
    expect(ndcg(['x', 'y', 'a'], ['a'], 10)).toBe(0.5);
  });

  it('divides by what the best ranking of that much evidence would give', () => {
    // (1 + 1/log2(4)) / (1 + 1/log2(3)) = 1.5 / 1.63093
    expect(ndcg(['a', 'x', 'b'], ['a', 'b'], 10)).toBeCloseTo(0.9197, 4);
    expect(ndcg(['a'], ['a', 'b', 'c'], 1)).toBe(1);
  });
});

describe("LongMemEval's own score", () => {
  const corpus = ['a', 'b', 'c', 'd', 'e'];

  it('weighs ranks 1 and 2 alike', () => {
    expect(longMemEvalScore(['a', 'b'], ['a'], corpus, 5).ndcg).toBe(1);
    expect(longMemEvalScore(['b', 'a'], ['a'], corpus, 5).ndcg).toBe(1);
    // Rank 3 weighs 1 / log2(3).
    expect(longMemEvalScore(['b', 'c', 'a'], ['a'], corpus, 5).ndcg).toBeCloseTo(0.6309, 4);
  });

  it('tells any from all', () => {
    const score = longMemEvalScore(['a', 'c', 'd'], ['a', 'b'], corpus, 3);
    expect(score).toMatchObject({ recallAny: 1, recallAll: 0 });
  });

  it('gives recall_all 1 and nDCG 0 for empty gold, as the original does for 51 questions', () => {
    expect(longMemEvalScore(['a'], [], corpus, 5)).toEqual({ recallAny: 0, recallAll: 1, ndcg: 0 });
  });

  it('widens k until k distinct sessions were seen', () => {
    const ranked = ['s1', 's1', 's1', 's2', 's3'];
    const turns = ['s1', 's1', 's1', 's2', 's2', 's3'];
    expect(longMemEvalSessionScore(ranked, ['s2'], turns, 2).recallAll).toBe(1);
    expect(longMemEvalSessionScore(ranked, ['s3'], turns, 2).recallAll).toBe(0);
    // Widened to 4 turns; the ideal is two turns of s2 at ranks 1 and 2, the actual one at rank 4: .5 / 2.
    expect(longMemEvalSessionScore(ranked, ['s2'], turns, 2).ndcg).toBe(0.25);
  });
});
