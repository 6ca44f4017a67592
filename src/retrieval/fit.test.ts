import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Candidate, type FitPolicy, fitted } from './fit.ts';

const policy: FitPolicy = {
  neighbourShare: 0.3,
  memoryShare: 0.5,
  partShare: 0.5,
  partTokensMin: 20,
  rankOffset: 20,
  lengthExponent: 0,
};

function item(id: string, tokens: number, heading: string | null = null): Candidate {
  return {
    id,
    characters: tokens * 4.3,
    tokens: () => tokens,
    cutTo: () => null,
    heading: heading === null ? null : { key: heading, tokens: 10 },
  };
}

const cuttable = (one: Candidate): Candidate => ({ ...one, cutTo: (tokensMax) => tokensMax - 1 });
const ids = (chosen: readonly { readonly item: Candidate }[]) => chosen.map((one) => one.item.id);

describe('what fits', () => {
  test('is taken in order of rank, and what is too long for the rest is passed over', () => {
    const hits = [item('a', 30), item('b', 40), item('c', 39), item('d', 25)];
    expect(ids(fitted({ hits, around: () => [], tokensMax: 100, policy }))).toEqual(['a', 'b', 'd']);
  });

  test('pays for a heading once', () => {
    const hits = [item('a', 40, 'monday'), item('b', 40, 'monday'), item('c', 10, 'tuesday')];
    expect(ids(fitted({ hits, around: () => [], tokensMax: 100, policy }))).toEqual(['a', 'b']);
    expect(ids(fitted({ hits, around: () => [], tokensMax: 110, policy }))).toEqual(['a', 'b', 'c']);
  });

  test('cuts what would take more than its share', () => {
    const hits = [item('a', 400), item('b', 40), item('c', 40)].map(cuttable);
    const chosen = fitted({ hits, around: () => [], tokensMax: 100, policy });
    expect(chosen.map(({ item: { id }, isCut }) => [id, isCut])).toEqual([
      ['a', true],
      ['b', false],
    ]);
    // a has 49 tokens, b has 40: a part of c would be too small.
  });

  test('takes what is short before what is long and hardly likelier', () => {
    const hits = [item('a', 10), item('b', 150), item('c', 10), item('d', 10)];
    const valuing = { ...policy, lengthExponent: 0.25 };
    // (1 + 20) 160^.25 = 74.7 is more than (3 + 20) 20^.25 = 48.6.
    expect(ids(fitted({ hits, around: () => [], tokensMax: 400, policy: valuing }))).toEqual(['a', 'c', 'd', 'b']);
    expect(ids(fitted({ hits, around: () => [], tokensMax: 400, policy }))).toEqual(['a', 'b', 'c', 'd']);
  });

  test('neighbours take their share at most, hits what they leave', () => {
    const hits = ['a', 'b', 'c', 'd', 'e'].map((id) => item(id, 20));
    const around = (hit: Candidate) => [item(`${hit.id}+`, 12), item(`${hit.id}-`, 12)];
    expect(ids(fitted({ hits, around, tokensMax: 100, policy }))).toEqual(['a', 'b', 'c', 'a+', 'a-']);
    expect(ids(fitted({ hits, around: () => [], tokensMax: 100, policy }))).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  test('a neighbour that is a hit is taken once', () => {
    const hits = ['a', 'b', 'c', 'd'].map((id) => item(id, 20));
    const around = (hit: Candidate) => (hit.id === 'a' ? [item('b', 20), item('d', 20)] : []);
    expect(ids(fitted({ hits, around, tokensMax: 100, policy }))).toEqual(['a', 'b', 'c', 'd']);
  });

  test('costs no more than allowed, neighbours no more than their share, and nothing is there twice', () => {
    const tokens = fc.integer({ min: 1, max: 120 });
    const items = (prefix: string) =>
      fc
        .array(fc.tuple(tokens, fc.constantFrom(null, 'x', 'y', 'z')), { maxLength: 20 })
        .map((all) => all.map(([cost, heading], index) => item(`${prefix}${index}`, cost, heading)));
    fc.assert(
      fc.property(items('h'), items('n'), fc.integer({ min: 0, max: 400 }), (hits, near, tokensMax) => {
        const parts = new Map<string, number>();
        const noting = (one: Candidate): Candidate => ({
          ...one,
          cutTo(max) {
            parts.set(one.id, max - 1);
            return max - 1;
          },
        });
        const chosen = fitted({ hits: hits.map(noting), around: () => [...near, ...hits], tokensMax, policy });
        expect(new Set(ids(chosen)).size).toBe(chosen.length);
        const headings = new Set<string>();
        let all = 0;
        let neighbours = 0;
        for (const { item: one, isCut, isNeighbour } of chosen) {
          const heading = one.heading === null || headings.has(one.heading.key) ? 0 : one.heading.tokens;
          if (one.heading !== null) headings.add(one.heading.key);
          const cost = heading + (isCut ? parts.get(one.id)! : one.tokens(tokensMax));
          all += cost;
          if (isNeighbour) neighbours += cost;
        }
        expect(all).toBeLessThanOrEqual(tokensMax);
        expect(neighbours).toBeLessThanOrEqual(tokensMax * policy.neighbourShare);
      }),
    );
  });
});
