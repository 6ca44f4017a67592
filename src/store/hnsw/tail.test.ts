import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { NoteId } from '../../memory/ids.ts';
import { newTail, unit } from './tail.ts';

const id = (name: string): NoteId => name as NoteId;
const row = (name: string, sequence: number, ...vector: number[]) => ({
  noteId: id(name),
  sequence,
  vector: new Float32Array(vector),
});

describe('the tail of an index', () => {
  it('gives the nearest first, whatever their length, and equal ones by id', () => {
    const tail = newTail(2, 10);
    tail.add([row('c', 11, 3, 4), row('b', 12, 6, 8), row('a', 13, 0, -1), row('d', 14, 1, 0)]);
    expect(tail.nearest(unit(new Float32Array([6, 8])), 10)).toEqual(['b', 'c', 'd', 'a']);
    expect(tail.nearest(unit(new Float32Array([6, 8])), 1)).toEqual(['b']);
  });

  it('keeps the latest vector of a note, in whatever order pages come, and a page twice changes nothing', () => {
    const tail = newTail(2, 0);
    const late = [row('a', 5, 0, 1)];
    tail.add(late);
    tail.add([row('a', 2, 1, 0), row('b', 3, 1, 0)]);
    tail.add(late);
    expect(tail.notes).toBe(2);
    expect(tail.position).toBe(5);
    expect(tail.nearest(new Float32Array([1, 0]), 2)).toEqual(['b', 'a']);
  });

  it('lets go of what an index holds, and keeps what is newer', () => {
    const tail = newTail(2, 0);
    tail.add([row('a', 1, 1, 0), row('b', 2, 1, 0), row('a', 3, 1, 0), row('c', 4, 1, 0)]);
    tail.forgetUntil(2);
    expect([tail.has(id('a')), tail.has(id('b')), tail.has(id('c'))]).toEqual([true, false, true]);
    expect(tail.nearest(new Float32Array([1, 0]), 9)).toEqual(['a', 'c']);
    tail.forgetUntil(9);
    expect([tail.notes, tail.position]).toEqual([0, 9]);
  });

  it('refuses a vector of other dimensions', () => {
    expect(() => newTail(2, 0).add([row('a', 1, 1, 0, 0)])).toThrow(/3 dimensions came after ones of 2/);
  });

  it('agrees with sorting everything', () => {
    const component = fc.integer({ min: -3, max: 3 });
    const vectors = fc.array(fc.tuple(component, component, component), { maxLength: 200 });
    fc.assert(
      fc.property(vectors, fc.integer({ min: 1, max: 20 }), (rows, count) => {
        const tail = newTail(3, 0);
        tail.add(rows.map((vector, n) => row(`n${String(n).padStart(3, '0')}`, n + 1, ...vector)));
        const query = unit(new Float32Array([1, 2, 3]));
        const score = (vector: readonly number[]) =>
          unit(new Float32Array(vector)).reduce((sum, value, index) => sum + value * query[index]!, 0);
        const sorted = rows.map(score).sort((left, right) => right - left);
        const given = tail.nearest(query, count).map((name) => score(rows[Number(name.slice(1))]!));
        expect(given).toHaveLength(Math.min(count, rows.length));
        for (const [rank, value] of given.entries()) expect(value).toBeCloseTo(sorted[rank]!, 6);
      }),
    );
  });
});
