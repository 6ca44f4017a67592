import { expect, test } from 'vitest';
import { newScratch } from './scratch.ts';

test('what is given back is lent again, and clean', () => {
  const scratch = newScratch();
  const first = scratch.floats(10);
  first[3] = 1;
  first[7] = 2;
  scratch.giveBack(first, [3, 7]);
  const second = scratch.floats(10);
  expect(second).toBe(first);
  expect(second.every((value) => value === 0)).toBe(true);
});

test('a longer one is made when those that are held are too short', () => {
  const scratch = newScratch();
  scratch.giveBack(scratch.floats(10), []);
  expect(scratch.floats(5_000).length).toBeGreaterThanOrEqual(5_000);
});

test('two that are lent at once are two', () => {
  const scratch = newScratch();
  expect(scratch.floats(10)).not.toBe(scratch.floats(10));
});
