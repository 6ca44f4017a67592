import { expect, test } from 'vitest';
import { neighbourSlots } from './neighbours.ts';

/** Two sessions: slots 0 to 4, and 5 to 6. */
const set = {
  slots: {
    previous: Int32Array.of(-1, 0, 1, 2, 3, -1, 5),
    next: Int32Array.of(1, 2, 3, 4, -1, 6, -1),
  },
};
const all = new Uint8Array(7).fill(1);
const near = (slots: readonly number[], radius: number, eligible = all) =>
  neighbourSlots(set, eligible, slots, radius).map(({ slot, of, distance }) => [slot, of, distance]);

test('the turn after comes before the turn before, and the nearest first', () => {
  expect(near([2], 2)).toEqual([
    [3, 2, 1],
    [1, 2, -1],
    [4, 2, 2],
    [0, 2, -2],
  ]);
});

test('a session ends where it ends', () => {
  expect(near([0], 2)).toEqual([
    [1, 0, 1],
    [2, 0, 2],
  ]);
  expect(near([4, 6], 1)).toEqual([
    [3, 4, -1],
    [5, 6, -1],
  ]);
});

test('what may not be returned is passed over and still counts as a step', () => {
  const eligible = Uint8Array.of(1, 1, 1, 0, 1, 1, 1);
  expect(near([2], 1, eligible)).toEqual([[1, 2, -1]]);
  expect(near([2], 2, eligible)).toEqual([
    [1, 2, -1],
    [4, 2, 2],
    [0, 2, -2],
  ]);
});
