import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newPostings } from './postings.ts';
import type { Postings } from './working-set.ts';

/** Live units of a term with their frequencies, over all its runs. */
function found(postings: Postings, term: number): [number, number][] {
  const hits: [number, number][] = [];
  postings.forEachRun(term, (units, frequencies, start, end) => {
    for (let index = start; index < end; index += 1) {
      if (postings.slotOf[units[index]!]! >= 0) hits.push([units[index]!, frequencies[index]!]);
    }
  });
  return hits;
}

describe('postings', () => {
  it('tell which units have a term and how often, packed and young ones alike', () => {
    const postings = newPostings();
    postings.add(0, [3, 5, 3]);
    postings.add(1, [5]);
    postings.pack();
    postings.add(2, [5, 7]);
    expect(found(postings, 3)).toEqual([[0, 2]]);
    expect(found(postings, 5)).toEqual([
      [0, 1],
      [1, 1],
      [2, 1],
    ]);
    expect(found(postings, 7)).toEqual([[2, 1]]);
    expect(found(postings, 4)).toEqual([]);
    expect(found(postings, 99)).toEqual([]);
    expect(found(postings, -1)).toEqual([]);
    expect([...postings.lengthOf.subarray(0, 3)]).toEqual([3, 1, 2]);
  });

  it('count live notes, a note of several units once', () => {
    const postings = newPostings();
    const first = postings.add(0, [1, 2]);
    postings.add(0, [2, 3, 3]);
    postings.add(1, [2]);
    postings.pack();
    postings.setLive(first, 2, true);
    expect([1, 2, 3].map(postings.noteFrequency)).toEqual([1, 1, 1]);
    postings.setLive(2, 1, true);
    expect([1, 2, 3].map(postings.noteFrequency)).toEqual([1, 2, 1]);
    expect([postings.liveUnits, postings.liveLength]).toEqual([3, 6]);
    postings.setLive(first, 2, false);
    expect([1, 2, 3].map(postings.noteFrequency)).toEqual([0, 1, 0]);
    expect([postings.liveUnits, postings.liveLength]).toEqual([1, 1]);
  });

  it('count a term up to 255 times in one unit', () => {
    const postings = newPostings();
    postings.add(
      0,
      Array.from({ length: 300 }, () => 4),
    );
    postings.pack();
    expect(found(postings, 4)).toEqual([[0, 255]]);
    expect(postings.lengthOf[0]).toBe(300);
  });

  it('leave nothing of a killed unit', () => {
    const postings = newPostings();
    postings.add(0, [6, 8]);
    postings.add(1, [8]);
    postings.pack();
    const released: number[] = [];
    postings.kill(0, 1, (term) => released.push(term));
    expect(released).toEqual([6, 8]);
    expect(found(postings, 8)).toEqual([[1, 1]]);
    expect([...postings.unitTerms.subarray(0, 2)]).toEqual([0, 0]);
    postings.pack();
    let visited = 0;
    postings.forEachRun(6, () => {
      visited += 1;
    });
    expect(visited).toBe(0);
  });

  it('find the same however often they were packed in between', () => {
    const units = fc.array(fc.array(fc.nat({ max: 40 }), { maxLength: 30 }), { maxLength: 200 });
    fc.assert(
      fc.property(units, fc.func(fc.nat({ max: 9 })), (unitsTerms, chance) => {
        const plain = newPostings();
        const mixed = newPostings();
        mixed.pack();
        for (const [slot, terms] of unitsTerms.entries()) {
          plain.add(slot, terms);
          mixed.add(slot, terms);
          if (chance(slot) === 0) mixed.pack();
        }
        plain.pack();
        for (let term = 0; term <= 40; term += 1) expect(found(mixed, term)).toEqual(found(plain, term));
      }),
    );
  });
});
