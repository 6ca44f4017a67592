import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { makeClaim, makeNote, makeScope, may8, noteAdded, noteDerived, remembered } from '../../../test/builders.ts';
import { readScope } from '../../memory/scope.ts';
import { openSqliteStore, type SqliteStore } from './open.ts';
import { openReadOnlySqliteStore, type ReadOnlySqliteStore } from './open-read-only.ts';

const scope = makeScope();
const read = readScope(scope);
let folder: string;
let path: string;
let store: SqliteStore;
let reader: ReadOnlySqliteStore;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ecphory-reader-'));
  path = join(folder, 'memory.db');
  store = await openSqliteStore({ path, clock: () => may8 });
  reader = await openReadOnlySqliteStore(path);
});

afterEach(async () => {
  await reader.close();
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('a store opened for reading beside the one that writes', () => {
  test('answers as that one does, after every write', async () => {
    const { note, episode, changes } = remembered(scope, 'I live in Porto.');
    const claim = makeNote({ origin: 'derived', claim: makeClaim(), sources: [episode.id] });
    for (const batch of [changes, [noteDerived(note)], [noteAdded(claim)], [{ kind: 'erased', noteIds: [note.id] }]]) {
      await store.apply(scope, batch as typeof changes);
      for (const each of ['note', 'history'] as const) {
        expect(await reader[each](scope.tenant, note.id)).toEqual(await store[each](scope.tenant, note.id));
      }
      const query = { subjects: ['alice'], limit: 5 };
      expect(await reader.claims(read, query)).toEqual(await store.claims(read, query));
      expect(await reader.derivedFrom(scope.tenant, [episode.id])).toEqual(
        await store.derivedFrom(scope.tenant, [episode.id]),
      );
      expect(await reader.workingRows(read, 0, 9)).toEqual(await store.workingRows(read, 0, 9));
      expect(await reader.underived(read, 9)).toEqual(await store.underived(read, 9));
      expect(await reader.head(read)).toBe(await store.head(read));
    }
  });

  test('takes no lock and holds up no erasure', async () => {
    const { note, changes } = remembered(scope, 'Gone soon.');
    await store.apply(scope, changes);
    await reader.note(scope.tenant, note.id);
    await store.apply(scope, [{ kind: 'erased', noteIds: [note.id] }]);
    await reader.close();
    expect((await store.health()).writable).toBe(true);
    await store.close();
    expect(readdirSync(folder).sort()).toEqual(['memory.db', 'memory.db.lock']);
  });

  test('is unavailable once it is closed, and where there is no file', async () => {
    await reader.close();
    await expect(reader.head(read)).rejects.toMatchObject({ code: 'unavailable' });
    await expect(openReadOnlySqliteStore(join(folder, 'nothing.db'))).rejects.toMatchObject({ code: 'unavailable' });
  });
});
