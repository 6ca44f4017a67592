import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openConnection } from './connection.ts';
import { type Connection, loadDriver } from './driver.ts';
import { type GroupCommit, newGroupCommit } from './group-commit.ts';

/** So long that a test which waits for it fails by its own timeout. */
const never = 2 ** 30;

let folder: string;
let connection: Connection;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ecphory-group-'));
  const path = join(folder, 'memory.db');
  writeFileSync(path, '');
  connection = openConnection(await loadDriver(), { path, mode: 'write', synchronous: 'full' });
  connection.exec('CREATE TABLE kept (value INTEGER NOT NULL UNIQUE)');
});

afterEach(() => {
  connection.close();
  rmSync(folder, { recursive: true, force: true });
});

function newGroup(options: { waitMs?: number; changesMax?: number; afterRollback?: () => void } = {}): GroupCommit {
  return newGroupCommit(connection, { waitMs: never, changesMax: 100, ...options });
}

function insert(value: number): () => number {
  return () => {
    connection.prepare('INSERT INTO kept VALUES (?)').run(value);
    return value;
  };
}

function kept(): unknown[] {
  return connection.prepare('SELECT value FROM kept ORDER BY rowid').pluck().all();
}

function diskError(code: string): Error {
  return Object.assign(new Error('disk I/O error'), { name: 'SqliteError', code });
}

describe('group commit', () => {
  test('a caller by itself does not wait for others', async () => {
    const group = newGroup();

    await group.submit(insert(1), 1);
    await group.submit(insert(2), 1);

    expect(group.commits()).toBe(2);
  });

  test('calls that arrive together share one commit, applied in the order of arrival', async () => {
    const group = newGroup();

    const values = await Promise.all([3, 1, 2].map((value) => group.submit(insert(value), 1)));

    expect(values).toEqual([3, 1, 2]);
    expect(kept()).toEqual([3, 1, 2]);
    expect(group.commits()).toBe(1);
  });

  test('waits until as many have come as last time', async () => {
    const group = newGroup();
    await Promise.all([group.submit(insert(1), 1), group.submit(insert(2), 1)]);

    const third = group.submit(insert(3), 1);
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
    expect(kept()).toEqual([1, 2]);
    await Promise.all([third, group.submit(insert(4), 1)]);

    expect(group.commits()).toBe(2);
  });

  test('does not wait longer than it may when the others stay away, and then expects one', async () => {
    const group = newGroup({ waitMs: 1 });
    await Promise.all([group.submit(insert(1), 1), group.submit(insert(2), 1)]);

    await group.submit(insert(3), 1);
    await group.submit(insert(4), 1);

    expect(group.commits()).toBe(3);
  });

  test('takes at most so many changes into one transaction, and a larger call by itself', async () => {
    const group = newGroup({ changesMax: 4 });

    await Promise.all([2, 2, 2, 9].map((changes, index) => group.submit(insert(index), changes)));

    expect(group.commits()).toBe(3);
    expect(kept()).toEqual([0, 1, 2, 3]);
  });

  test('a call that fails changes nothing and fails alone', async () => {
    let rollbacks = 0;
    const group = newGroup({ afterRollback: () => (rollbacks += 1) });

    const outcomes = await Promise.allSettled([
      group.submit(insert(1), 1),
      group.submit(() => {
        insert(2)();
        insert(1)();
      }, 2),
      group.submit(insert(3), 1),
    ]);

    expect(outcomes.map((outcome) => outcome.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(outcomes[1]).toMatchObject({ reason: { name: 'EcphoryError', code: 'conflict' } });
    expect(kept()).toEqual([1, 3]);
    expect([group.commits(), rollbacks]).toEqual([1, 1]);
  });

  test('a call that takes the whole transaction with it still fails alone', async () => {
    const group = newGroup();

    const outcomes = await Promise.allSettled([
      group.submit(insert(1), 1),
      group.submit(() => {
        // What SQLite does by itself when the disk is full.
        connection.exec('ROLLBACK');
        throw diskError('SQLITE_FULL');
      }, 1),
      group.submit(insert(3), 1),
    ]);

    expect(outcomes.map((outcome) => outcome.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(outcomes[1]).toMatchObject({ reason: { code: 'out_of_space' } });
    expect(kept()).toEqual([1, 3]);
  });

  test('after the disk has failed, nobody is told that a write is safe any more', async () => {
    const group = newGroup();

    const outcomes = await Promise.allSettled([
      group.submit(insert(1), 1),
      group.submit(() => {
        throw diskError('SQLITE_IOERR_FSYNC');
      }, 1),
    ]);
    const later = await group.submit(insert(2), 1).catch((error: unknown) => error);

    expect(outcomes.map((outcome) => outcome.status)).toEqual(['rejected', 'rejected']);
    expect(later).toMatchObject({ code: 'unavailable', message: expect.stringContaining('SQLITE_IOERR_FSYNC') });
    expect(kept()).toEqual([]);
    expect(group.failure()).not.toBeNull();
  });

  test('flushAll commits what is waiting at once', async () => {
    const group = newGroup();
    await Promise.all([group.submit(insert(1), 1), group.submit(insert(2), 1)]);
    const waiting = group.submit(insert(3), 1);

    group.flushAll();

    expect(kept()).toEqual([1, 2, 3]);
    await waiting;
  });
});
