import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';
import type { NoteId } from '../../src/memory/ids.ts';
import { readScope } from '../../src/memory/scope.ts';
import { loadDriver } from '../../src/store/sqlite/driver.ts';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import { makeScope, may8, remembered } from '../builders.ts';
import { stateOf } from '../consolidated-state.ts';
import { builtModule } from './built-store.ts';

const scopes = [makeScope('one', 'users/a'), makeScope('two', 'users/b'), makeScope('two', 'users/c')];

const conversations = scopes.map((scope, person) => ({
  scope,
  stored: Array.from({ length: 90 }, (_, index) => {
    const text = `${index % 4 === 0 ? 'I moved to Oslo last week.' : 'Magnus came to the museum.'} Number ${index}, ${person}.`;
    const episode = { sessionId: `session-${index % 3}`, speaker: 'Alma', eventAt: may8 + index * 60_000 };
    return remembered(scope, text, { episode });
  }),
}));

test('a worker process that is killed while it consolidates leaves nothing half done, and the next comes to the same state', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'ecphory-worker-kill-'));
  try {
    const command = builtModule('src/cli/main.js');
    const [whole, killed] = [join(folder, 'whole.db'), join(folder, 'killed.db')];
    for (const path of [whole, killed]) await fill(path);
    expect(consolidate(command, whole)).toMatchObject({ memories: 270, waiting: 0, dead: 0 });

    // At the end of one of the first jobs the others are under way.
    await killedAtFirstLine(command, killed);
    await expectSound(killed);
    await endLeases(killed);
    expect(consolidate(command, killed)).toMatchObject({ waiting: 0, dead: 0 });

    expect(await statesOf(killed)).toEqual(await statesOf(whole));
    expect(consolidate(command, killed)).toMatchObject({ memories: 0, changes: {} });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}, 60_000);

async function fill(path: string): Promise<void> {
  const store = await openSqliteStore({ path, clock: () => may8 });
  for (const { scope, stored } of conversations) {
    await store.apply(
      scope,
      stored.flatMap(({ changes }) => changes),
    );
  }
  await store.close();
}

function worker(command: string, path: string): readonly string[] {
  return [command, 'worker', '--once', '--json', '--database', path];
}

function consolidate(command: string, path: string): unknown {
  const { status, stdout, stderr } = spawnSync(process.execPath, worker(command, path), { encoding: 'utf8', env: {} });
  if (status !== 0) throw new Error(`The worker ended with ${status}: ${stderr}`);
  return JSON.parse(stdout);
}

function killedAtFirstLine(command: string, path: string): Promise<void> {
  const child = spawn(process.execPath, worker(command, path), { stdio: ['ignore', 'ignore', 'pipe'], env: {} });
  createInterface({ input: child.stderr }).once('line', () => child.kill('SIGKILL'));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (_code, signal) => {
      if (signal === 'SIGKILL') resolve();
      else reject(new Error('The worker ended by itself.'));
    });
  });
}

async function expectSound(path: string): Promise<void> {
  const raw = (await loadDriver()).open(path);
  expect(raw.pragma('integrity_check', { simple: true })).toBe('ok');
  expect(raw.pragma('foreign_key_check')).toEqual([]);
  raw.close();
  const store = await openSqliteStore({ path, clock: Date.now });
  const owed = await Promise.all(scopes.map((scope) => store.underived(readScope(scope), 1_000)));
  const left = owed.flat();
  expect(left.length).toBeGreaterThan(0);
  // A step is a whole: what is owed a look has none of its effects.
  const links = await store.links(scopes[0]?.tenant ?? expect.fail(), owed[0] ?? ([] as NoteId[]));
  expect(links.filter(({ from }) => owed[0]?.includes(from))).toEqual([]);
  await store.close();
}

/** As if a minute had passed. */
async function endLeases(path: string): Promise<void> {
  const store = await openSqliteStore({ path, clock: Date.now });
  const now = Date.now() + 3_600_000;
  for (;;) {
    const job = await store.jobs.lease({ now, leaseUntil: now + 1 });
    if (job === null) break;
    await store.jobs.settle({ jobId: job.id, token: job.token }, { state: 'queued', now, runAfter: 0 });
    if (job.attempts > 2) break;
  }
  await store.close();
}

async function statesOf(path: string) {
  const store = await openSqliteStore({ path, clock: Date.now });
  const states = await Promise.all(scopes.map((scope) => stateOf(store, scope)));
  await store.close();
  return states;
}
