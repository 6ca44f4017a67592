import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { makeScope, remembered } from '../../test/builders.ts';
import type { NoteId } from '../memory/ids.ts';
import { type Rerankable, rerankBoost, reranked, rerankText } from './rerank.ts';

const by = 'scripted';

describe('a reranked list', () => {
  test('has its scores multiplied by 1 to 2, and is in their order', () => {
    const hits = [hit('a', 0.6), hit('b', 0.5), hit('c', 0.4)];
    const scores = new Map([
      [id('a'), 0],
      [id('b'), 0.5],
      [id('c'), 1],
    ]);
    // .6 · 1, .5 · 1.5, .4 · 2.
    expect(listed(reranked({ hits, scores, by }))).toEqual([
      ['c', 0.8],
      ['b', 0.75],
      ['a', 0.6],
    ]);
  });

  test('lets nothing pass what has over twice its score, however sure the reranker is', () => {
    const hits = [hit('a', 0.61), hit('b', 0.3)];
    const scores = new Map([
      [id('a'), 0],
      [id('b'), 1],
    ]);
    expect(listed(reranked({ hits, scores, by })).map(([name]) => name)).toEqual(['a', 'b']);
  });

  test('adds a line to an explanation, whose arithmetic still holds', () => {
    const explanation = { channels: [], steps: [{ step: 'session', factor: 0.5, detail: '' }], score: 0.4 };
    const [first] = reranked({ hits: [{ ...hit('a', 0.4), explanation }], scores: new Map([[id('a'), 0.25]]), by });
    expect(first?.explanation).toEqual({
      channels: [],
      steps: [
        { step: 'session', factor: 0.5, detail: '' },
        { step: 'rerank', factor: 1.25, detail: 'scripted gives it 0.250 of 1' },
      ],
      score: 0.5,
    });
  });

  test('has the same hits; what was not shown keeps its score and order, and stays below', () => {
    const unit = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.array(unit, { maxLength: 20 }), fc.array(unit, { maxLength: 20 }), (own, said) => {
        const hits = own.sort((a, b) => b - a).map((score, index) => hit(`n${String(index).padStart(2, '0')}`, score));
        const shown = hits.slice(0, said.length);
        const scores = new Map(shown.map((one, index) => [one.id, said[index] ?? 0]));
        const result = reranked({ hits, scores, by });
        expect(result.slice(shown.length)).toEqual(hits.slice(shown.length));
        expect(new Set(result.map((one) => one.id))).toEqual(new Set(hits.map((one) => one.id)));
        for (const [index, { score }] of result.entries()) {
          expect(score).toBeLessThanOrEqual(result[index - 1]?.score ?? Number.POSITIVE_INFINITY);
        }
        const before = new Map(hits.map((one) => [one.id, one.score]));
        for (const one of result) {
          const was = before.get(one.id) ?? Number.NaN;
          expect(one.score).toBeGreaterThanOrEqual(was);
          expect(one.score).toBeLessThanOrEqual(was * (1 + rerankBoost));
        }
      }),
    );
  });

  test('is the list itself when every text is said to answer equally badly', () => {
    const hits = [hit('b', 0.6), hit('a', 0.5), hit('c', 0.5)];
    expect(reranked({ hits, scores: new Map(hits.map((one) => [one.id, 0])), by })).toEqual(hits);
  });
});

test('a reranker is told who spoke', () => {
  const { note, episode } = remembered(makeScope(), 'I moved to Bern.', { episode: { speaker: 'Ana' } });
  const stored = { note, episode };
  expect(rerankText(stored)).toBe('Ana: I moved to Bern.');
  expect(rerankText({ ...stored, episode: null })).toBe('I moved to Bern.');
});

const id = (name: string): NoteId => name as NoteId;

function hit(name: string, score: number): Rerankable {
  return { id: id(name), score, explanation: null };
}

function listed(hits: readonly Rerankable[]): readonly (readonly [string, number])[] {
  return hits.map((one) => [one.id, one.score]);
}
