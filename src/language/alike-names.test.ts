import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isTelling, minHash, normalisedName, resolvedEntities, shinglesIn } from './alike-names.ts';

describe('resolvedEntities', () => {
  it('joins names that differ in case, spaces and signs', () => {
    expect(groups(['New York', 'new  york', 'New-York', 'York'])).toEqual([
      ['New York', 'new  york', 'New-York'],
      ['York'],
    ]);
  });

  it('joins long names that differ by a letter at the end, and no others', () => {
    const names = [
      'Transatlantic Communications Group',
      'Transatlantic Communications Groups',
      'Transatlantic Airways',
    ];
    expect(groups(names)).toEqual([names.slice(0, 2), names.slice(2)]);
  });

  it('keeps short names apart, however alike they are', () => {
    expect(groups(['Anna', 'Anne', 'Hanna'])).toEqual([['Anna'], ['Anne'], ['Hanna']]);
  });

  it('resolves alike in any order', () => {
    const name = fc.constantFrom(
      'Transatlantic Communications Group',
      'Transatlantic Communications Groups',
      'Acme',
      'ACME',
      'Ann',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(name, fc.string({ maxLength: 12 }))), (names) => {
        const forward = groups(names).map(sorted).sort();
        const backward = groups([...names].reverse())
          .map(sorted)
          .sort();
        expect(backward).toEqual(forward);
      }),
    );
  });

  it('names a representative that stands for itself', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), (names) => {
        const resolved = resolvedEntities(names);
        for (const index of resolved) expect(resolved[index]).toBe(index);
      }),
    );
  });
});

describe('minHash', () => {
  it('agrees in about as many places as the sets are similar', () => {
    // Two sets of 200 with 100 in common: similarity 1/3; ten pairs of 32 values have a deviation of .026.
    const shares = Array.from({ length: 10 }, (_, pair) => {
      const one = minHash(numbered(pair, 0, 200));
      const other = minHash(numbered(pair, 100, 300));
      return one.filter((value, index) => value === other[index]).length / 32;
    });
    expect(Math.abs(shares.reduce((sum, share) => sum + share, 0) / 10 - 1 / 3)).toBeLessThan(0.08);
  });

  it('does not depend on the order of a set', () => {
    const shingles = [...shinglesIn('north atlantic treaty')];
    expect(minHash(new Set(shingles.reverse()))).toEqual(minHash(new Set(shingles)));
  });
});

describe('isTelling', () => {
  it('is false of what is short or of one letter', () => {
    expect(['bob', 'aaaaaaa', 'lol lol'].map((name) => isTelling(normalisedName(name)))).toEqual([false, false, false]);
    expect(['bob dylan', 'caroline'].map((name) => isTelling(normalisedName(name)))).toEqual([true, true]);
  });
});

function numbered(pair: number, from: number, to: number): ReadonlySet<string> {
  return new Set(Array.from({ length: to - from }, (_, index) => `${pair}-${from + index}`));
}

function groups(names: readonly string[]): string[][] {
  const found = new Map<number, string[]>();
  for (const [index, to] of resolvedEntities(names).entries()) found.set(to, [...(found.get(to) ?? []), names[index]!]);
  return [...found.values()];
}

function sorted(names: readonly string[]): string {
  return [...names].sort().join('|');
}
