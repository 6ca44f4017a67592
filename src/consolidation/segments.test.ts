import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { may8 } from '../../test/builders.ts';
import { newAnalyzer } from '../encoding/analyzer.ts';
import {
  emptyBackground,
  newSegmenter,
  proposedStarts,
  type SegmentTurn,
  segmentParameters,
  segmentStarts,
} from './segments.ts';
import { bestStarts, type Gain, modularity, worth } from './segments-refinement.ts';
import { newTurnSimilarity } from './segments-similarity.ts';
import { newSurprise } from './segments-surprise.ts';

const minuteMs = 60_000;

describe('segments', () => {
  it('begin where the talk turns to something else', () => {
    const bread = ['The dough needs flour.', 'More flour, or the dough sticks.', 'My dough rises with fresh yeast.'];
    const bikes = ['The chain fell off my bicycle.', 'Oil the chain of the bicycle.', 'The bicycle brakes squeak too.'];
    const said = [...bread, ...bread, ...bread, ...bikes, ...bikes, ...bikes];
    expect(segmentStarts(turnsOf(said))).toEqual([0, 9]);
  });

  it('are one where the talk stays with one thing', () => {
    const said = Array.from({ length: 30 }, (_, turn) => `The dough needs ${turn % 3 === 0 ? 'flour' : 'yeast'}.`);
    expect(segmentStarts(turnsOf(said))).toEqual([0]);
  });

  it('are the same turn by turn, however often one looks in between, as all at once', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(turns(), fc.boolean()), { maxLength: 90 }), (given) => {
        const at = given.map(([turn]) => turn);
        const segmenter = newSegmenter(emptyBackground, segmentParameters);
        for (const [turn, isLooked] of given) {
          segmenter.add(turn);
          if (isLooked) segmenter.starts();
        }
        expect(segmenter.starts()).toEqual(segmentStarts(at));
      }),
      { numRuns: 60 },
    );
  });

  it('have their least and their greatest size', () => {
    const parameters = { ...segmentParameters, turnsMin: 3, turnsMax: 9 };
    fc.assert(
      fc.property(fc.array(turns(), { minLength: 3, maxLength: 60 }), (given) => {
        const starts = segmentStarts(given, emptyBackground, parameters);
        const sizes = starts.map((start, index) => (starts[index + 1] ?? given.length) - start);
        expect(starts[0]).toBe(0);
        expect(sizes.every((size) => size >= 3 && size <= 9)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it('are none without turns, and one for a few', () => {
    expect(segmentStarts([])).toEqual([]);
    expect(newSegmenter().starts()).toEqual([]);
    expect(segmentStarts(turnsOf(['Hello.', 'Hi.']))).toEqual([0]);
  });
});

describe('surprise', () => {
  it('is greater for new words, after a pause, and far from the turns before', () => {
    const surpriseOfLast = (last: Partial<SegmentTurn>): number => {
      const usual = { stems: ['dough', 'flour'], vector: Float32Array.of(1, 0), at: may8 };
      const surprise = newSurprise(emptyBackground);
      for (let turn = 0; turn < 5; turn += 1) surprise.next(usual);
      return surprise.next({ ...usual, ...last });
    };
    const usual = surpriseOfLast({});
    expect(surpriseOfLast({ stems: ['chain', 'brake'] })).toBeGreaterThan(usual);
    expect(surpriseOfLast({ vector: Float32Array.of(0, 1) })).toBeCloseTo(usual + 1);
    // .13 ln(1 + 60) for an hour.
    expect(surpriseOfLast({ at: may8 + 60 * minuteMs })).toBeCloseTo(usual + 0.13 * Math.log(61));
  });

  it('proposes a segment where it is gamma deviations over the mean', () => {
    const parameters = { ...segmentParameters, gamma: 1 };
    expect(proposedStarts([0, 0, 0, 0, 1.5, 0.9, 0, 0.5, 0, 0], parameters)).toEqual([0, 4]);
  });
});

describe('modularity', () => {
  it('of a path of four turns cut in the middle is 1/6', () => {
    // 2m = 6, k = 1, 2, 2, 1: twice 2/6 - (3/6)^2.
    const path = { size: 4, weight: (one: number, other: number) => (Math.abs(one - other) === 1 ? 1 : 0) };
    expect(modularity(path, [0, 2])).toBeCloseTo(1 / 6);
    expect(modularity(path, [0])).toBeCloseTo(0);
    // 2 * (2/6 - 9/36) against (0 - 1/36) + (4/6 - 25/36).
    expect(modularity(path, [0, 1])).toBeCloseTo(-1 / 18);
  });

  it('of two pairs that share nothing is 1/2', () => {
    const pairs = { size: 4, weight: (one: number, other: number) => (one + other === 1 || one + other === 5 ? 1 : 0) };
    expect(modularity(pairs, [0, 2])).toBeCloseTo(1 / 2);
  });
});

describe('the best partition', () => {
  it('is never worth less than any other within the bounds', () => {
    const bounds = { turnsMin: 2, turnsMax: 5 };
    const sizes = fc.array(fc.integer({ min: 2, max: 5 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(
        sizes,
        fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: 97, maxLength: 97 }),
        (some, values) => {
          const gain: Gain = (from, until) => values[(from * 31 + until * 17) % values.length] ?? 0;
          const size = some.reduce((sum, one) => sum + one, 0);
          const starts = some.map((_, index) => some.slice(0, index).reduce((sum, one) => sum + one, 0));
          const best = bestStarts(size, gain, bounds);
          expect(worth(size, best, gain)).toBeGreaterThanOrEqual(worth(size, starts, gain) - 1e-9);
        },
      ),
    );
  });
});

describe('likeness of turns', () => {
  it('counts what is shared, symmetrically, within the band', () => {
    const graph = newTurnSimilarity(emptyBackground, 2);
    for (const turn of turnsOf(['dough', 'chain', 'dough', 'dough'])) graph.add(turn);
    expect(graph.weight(0, 1)).toBe(0);
    expect(graph.weight(0, 2)).toBeGreaterThan(0.3);
    expect(graph.weight(2, 0)).toBe(graph.weight(0, 2));
    expect(graph.weight(0, 3)).toBe(0);
    expect(graph.weightBefore(3, 2)).toBeCloseTo(graph.weight(3, 2) + graph.weight(3, 1));
  });
});

function turnsOf(texts: readonly string[]): readonly SegmentTurn[] {
  const analyzer = newAnalyzer();
  return texts.map((text, turn) => ({ stems: analyzer.stems(text), vector: null, at: may8 + turn * minuteMs }));
}

function turns(): fc.Arbitrary<SegmentTurn> {
  return fc.record({
    stems: fc.array(fc.constantFrom('dough', 'flour', 'yeast', 'chain', 'brake', 'wheel', 'chess', 'pawn'), {
      maxLength: 6,
    }),
    vector: fc.option(fc.constantFrom(Float32Array.of(1, 0), Float32Array.of(0, 1), Float32Array.of(0.6, 0.8))),
    at: fc.integer({ min: may8, max: may8 + 1_000 * minuteMs }),
  });
}
