import { expect, test } from 'vitest';
import { newTurns } from './turns.ts';

test('what has one key is done one after the other, in the order asked; what has another key is not held up', async () => {
  const inTurn = newTurns();
  const done: string[] = [];
  let open = () => {};
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  const first = inTurn('a', async () => {
    await gate;
    done.push('a1');
    throw new Error('The first fails.');
  });
  const second = inTurn('a', async () => done.push('a2'));
  await inTurn('b', async () => done.push('b1'));
  expect(done).toEqual(['b1']);
  open();
  await expect(first).rejects.toThrow('The first fails.');
  expect(await second).toBe(3);
  expect(done).toEqual(['b1', 'a1', 'a2']);
});
