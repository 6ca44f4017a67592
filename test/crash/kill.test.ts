import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { NoteId } from '../../src/memory/ids.ts';
import { readScope } from '../../src/memory/scope.ts';
import { loadDriver } from '../../src/store/sqlite/driver.ts';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import { makeScope } from '../builders.ts';
import { builtModule, crashScript } from './built-store.ts';

const kills = 30;
const scope = makeScope();
const read = readScope(scope);

/**
 * DESIGN: after a kill the store equals a prefix of the batches and includes every acknowledged one. A kill says
 * nothing about a power cut: for that, `synchronous = FULL` is set and read back (connection.test.ts).
 */
test(`${kills} kills at random moments lose no acknowledged write and leave no half of one`, async () => {
  const seed = Number(process.env.SEED ?? Date.now() % 1e9);
  console.log(`kill test: SEED=${seed}`);
  const random = mulberry32(seed);
  const openModule = builtModule('src/store/sqlite/open.js');
  const folder = mkdtempSync(join(tmpdir(), 'ecphory-kill-'));
  const path = join(folder, 'memory.db');
  try {
    let stored = 0;
    for (let kill = 1; kill <= kills; kill += 1) {
      const acknowledged = await killedWhileWriting(openModule, path, stored + 1, random() * 60);
      const now = await storedPrefix(path, stored);
      const last = Math.max(stored, ...acknowledged);
      expect(now, `kill ${kill}, SEED=${seed}: acknowledged ${last}`).toBeGreaterThanOrEqual(last);
      stored = now;
    }
    expect(stored).toBeGreaterThan(kills);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}, 120_000);

/** Runs the writer and kills it `delayMs` after its first acknowledgement. Returns the numbers it acknowledged. */
function killedWhileWriting(openModule: string, path: string, first: number, delayMs: number): Promise<number[]> {
  const child = spawn(process.execPath, [crashScript('write-until-killed.mjs'), openModule, path, String(first)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return new Promise((resolve, reject) => {
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      if (output === '') setTimeout(() => child.kill('SIGKILL'), delayMs);
      output += text;
    });
    child.on('error', reject);
    child.on('close', (_code, signal) => {
      if (signal === 'SIGKILL') resolve(output.split('\n').slice(0, -1).map(Number));
      else reject(new Error('The writer ended by itself.'));
    });
  });
}

/** The last number of the batches in the file, after checking that it holds all of 1 to that number, whole. */
async function storedPrefix(path: string, checkedBefore: number): Promise<number> {
  const raw = (await loadDriver()).open(path);
  expect(raw.pragma('integrity_check', { simple: true })).toBe('ok');
  expect(raw.pragma('foreign_key_check')).toEqual([]);
  raw.close();

  const store = await openSqliteStore({ path, clock: () => 0 });
  const last = await store.cursor('counter');
  const { notes, sequence } = await store.health();
  expect(notes).toBe(last);
  expect(await store.vectorCount(read, 'test')).toBe(last);
  // Five of the six changes of a batch are told by the feed, and nothing else was written.
  expect(sequence).toBe(last * 5);
  const entries = await store.feed(read, checkedBefore * 5, (last - checkedBefore + 1) * 5);
  for (let number = checkedBefore + 1; number <= last; number += 1) {
    const id = `note_${String(number).padStart(26, '0')}` as NoteId;
    const stored = await store.note(scope.tenant, id);
    expect([stored?.note.version, `${stored?.episode?.text}!`]).toEqual([2, stored?.note.text]);
    expect((await store.history(scope.tenant, id)).length).toBe(2);
    expect(
      entries.slice((number - checkedBefore - 1) * 5, (number - checkedBefore) * 5).map(({ kind }) => kind),
    ).toEqual(['episode-added', 'note-added', 'note-embedded', 'note-revised', 'note-embedded']);
  }
  await store.close();
  return last;
}

/** A small seeded generator (Tommy Ettinger's Mulberry32), so that a failing run can be repeated. */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
