import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { makeScope, may8, remembered } from '../../../test/builders.ts';
import type { Change } from '../../memory/change.ts';
import { isEcphoryError } from '../../memory/errors.ts';
import { readScope } from '../../memory/scope.ts';
import { isLockedByAnother } from '../file-lock.ts';
import { openSqliteStore, type SqliteStore, type SqliteStoreOptions } from './open.ts';

const scope = makeScope();
let folder: string;
let path: string;
const opened: SqliteStore[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ecphory-open-'));
  path = join(folder, 'data', 'memory.db');
});

afterEach(async () => {
  for (const store of opened.splice(0)) await store.close();
  rmSync(folder, { recursive: true, force: true });
});

async function open(options: Partial<SqliteStoreOptions> = {}): Promise<SqliteStore> {
  const store = await openSqliteStore({ path, clock: () => may8, ...options });
  opened.push(store);
  return store;
}

async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => 'it succeeded',
    (error: unknown) => error,
  );
}

describe('opening a SQLite store', () => {
  test('makes the folder and its files for the owner only', async () => {
    const store = await open();
    await store.apply(scope, remembered(scope, 'A secret.').changes);

    expect(statSync(join(folder, 'data')).mode & 0o777).toBe(0o700);
    for (const name of readdirSync(join(folder, 'data'))) {
      expect([name, statSync(join(folder, 'data', name)).mode & 0o777]).toEqual([name, 0o600]);
    }
  });

  test('a second store on the file is refused at once, and the refusal names the holder', async () => {
    await open();

    const refusal = await failureOf(open());

    expect(isLockedByAnother(refusal)).toBe(true);
    expect(refusal).toMatchObject({
      code: 'unavailable',
      message: expect.stringMatching(new RegExp(`process ${process.pid} on .+ since 2024-05-08T13:56:00.000Z`)),
    });
  });

  test('another name of the same file meets the same lock', async () => {
    const store = await open();
    symlinkSync(path, join(folder, 'alias.db'));

    expect(isLockedByAnother(await failureOf(open({ path: join(folder, 'alias.db') })))).toBe(true);
    await store.close();
    expect(await failureOf(open({ path: join(folder, 'alias.db') }))).toBe('it succeeded');
  });

  test('closing lets the next one in and leaves no log behind', async () => {
    const first = await open();
    const { note, changes } = remembered(scope, 'Kept.');
    await first.apply(scope, changes);
    await first.close();
    await first.close();

    expect(readdirSync(join(folder, 'data')).sort()).toEqual(['memory.db', 'memory.db.lock']);
    const late = await failureOf(first.vectorCount(readScope(scope), 'e'));
    expect(late).toMatchObject({ code: 'unavailable', message: 'The store is closed.' });
    const second = await open();
    expect((await second.note(scope.tenant, note.id))?.note.text).toBe('Kept.');
  });

  test('a file that is no database is refused and left as it is', async () => {
    mkdirSync(join(folder, 'data'));
    writeFileSync(path, 'This is a diary, not a database. '.repeat(100));

    const refusal = await failureOf(open());

    expect(isEcphoryError(refusal) && refusal.code).toBe('unavailable');
    expect(isLockedByAnother(refusal)).toBe(false);
    expect(statSync(path).size).toBe(3_300);
  });
});

describe('a SQLite store without room', () => {
  test('says so, keeps reading and erasing, and writes again when there is room', async () => {
    const store = await open({ sizeMaxBytes: 600_000 });
    const kept: ReturnType<typeof remembered>[] = [];
    let refusal: unknown = null;
    while (refusal === null && kept.length < 200) {
      const memory = remembered(scope, 'Long. '.repeat(1_000));
      await store.apply(scope, memory.changes).then(
        () => kept.push(memory),
        (error: unknown) => {
          refusal = error;
        },
      );
    }
    const listed = await store.list(readScope(scope), { limit: 200, cursor: null, filter: null, states: ['active'] });

    expect(refusal).toMatchObject({ code: 'out_of_space' });
    expect(listed.data.length).toBe(kept.length);
    expect((await store.health()).writable).toBe(true);

    const erasures: Change[] = kept.slice(0, 5).map(({ note }) => ({ kind: 'erased', noteIds: [note.id] }));
    await store.apply(scope, erasures);
    const again = remembered(scope, 'Long. '.repeat(1_000));
    await store.apply(scope, again.changes);

    expect(await store.note(scope.tenant, again.note.id)).not.toBeNull();
  });
});

describe('writes that arrive together', () => {
  test('share commits, and one that fails fails alone', async () => {
    const store = await open();
    const memories = Array.from({ length: 32 }, (_, index) => remembered(scope, `Memory ${index}.`));
    const before = (await store.health()).commits;
    const [twice] = memories;

    const outcomes = await Promise.allSettled(
      [...memories, twice].map((memory) => store.apply(scope, memory?.changes ?? [])),
    );

    expect(outcomes.slice(0, 32).every((outcome) => outcome.status === 'fulfilled')).toBe(true);
    expect(outcomes[32]).toMatchObject({ status: 'rejected', reason: { code: 'conflict' } });
    const { commits, applies, notes } = await store.health();
    expect({ commits: commits - before, applies, notes }).toEqual({ commits: 1, applies: 32, notes: 32 });
  });

  test('are all kept when the store is closed under them', async () => {
    const store = await open();
    const memories = Array.from({ length: 10 }, (_, index) => remembered(scope, `Memory ${index}.`));
    const writes = memories.map(({ changes }) => store.apply(scope, changes));
    await store.close();
    await Promise.all(writes);

    const again = await open();
    expect((await again.health()).notes).toBe(10);
    expect(existsSync(`${path}-wal`)).toBe(true);
  });
});
