import { expect, test } from 'vitest';
import { newProgress } from './progress.ts';
import type { CommandWorld } from './world.ts';

test('a log gets a line for every tenth of the way, once', () => {
  const { world, said } = worldOf(false);
  const progress = newProgress('copying', world);
  for (let done = 0; done <= 1_000; done += 1) progress.at(done, 1_000);
  progress.at(1_000, 1_000);
  progress.end();
  expect(said).toHaveLength(10);
  expect(said[0]).toBe('copying: 100 of 1000\n');
  expect(said[9]).toBe('copying: 1000 of 1000\n');
});

test('a terminal gets one line that changes, and is left below it', () => {
  const { world, said } = worldOf(true);
  const progress = newProgress('copying', world);
  progress.at(0, 0);
  progress.at(5, 10);
  progress.end();
  progress.end();
  expect(said).toEqual([
    `\r\u001b[Kcopying [${' '.repeat(24)}] 0 of 0`,
    `\r\u001b[Kcopying [${'='.repeat(12)}${' '.repeat(12)}] 5 of 10`,
    '\n',
  ]);
});

function worldOf(isError: boolean) {
  const said: string[] = [];
  const world: CommandWorld = {
    write: () => {},
    writeError: (text) => said.push(text),
    stopRequested: new Promise<void>(() => {}),
    terminal: { isInput: false, isOutput: false, isError, columns: 80 },
  };
  return { world, said };
}
