import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { NoteId } from '../../memory/ids.ts';
import { parseNamespace, parseTenant, readScope } from '../../memory/scope.ts';
import { migrate, migrationFolder } from '../migrate.ts';
import { loadDriver } from './driver.ts';
import { openSqliteStore } from './open.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ecphory-upgrade-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('a database from before consolidation keeps its notes and their history, and owes them all a look', async () => {
  const path = join(folder, 'memory.db');
  const first = join(folder, 'migrations');
  mkdirSync(first);
  cpSync(join(migrationFolder('sqlite'), '0001-memory.sql'), join(first, '0001-memory.sql'));
  const old = (await loadDriver()).open(path);
  migrate(old, { folder: first, clock: () => 1 });
  old.exec(`
    INSERT INTO scopes (id, tenant, namespace) VALUES (1, 'acme', 'users/alice');
    INSERT INTO episodes (position, id, scope_id, event_at, recorded_at, origin, trust, metadata, text)
    VALUES (1, 'episode_1', 1, 5, 6, 'user', 2, '{}', 'Minka is a cat.');
    INSERT INTO notes (position, id, scope_id, episode, kind, state, version, trust, importance, stability, difficulty,
      last_used_at, uses, created_at, revised_at, keys, origin, cause, keywords, tags, metadata, text)
    VALUES (1, 'note_1', 1, 1, 'episodic', 'active', 2, 2, .5, 2, 3, 6, 1, 6, 9, '[1,0,"t",[],[["minka"]]]', 'user',
      'updated', '[]', '["pets"]', '{"a":1}', 'Minka is a dog.');
    INSERT INTO note_versions (note, version, at, cause, keywords, tags, metadata, text)
    VALUES (1, 1, 6, 'added', '[]', '["pets"]', '{}', 'Minka is a cat.');`);
  old.close();

  const store = await openSqliteStore({ path, clock: () => 10 });

  const scope = { tenant: parseTenant('acme'), namespace: parseNamespace('users/alice') };
  const id = 'note_1' as NoteId;
  const now = { version: 2, derivation: 0, text: 'Minka is a dog.', tags: ['pets'], derived: null, metadata: { a: 1 } };
  expect((await store.note(scope.tenant, id))?.note).toMatchObject({ ...now, claim: null, sources: ['episode_1'] });
  expect(await store.history(scope.tenant, id)).toEqual([
    { ...now, version: 1, text: 'Minka is a cat.', metadata: {}, at: 6, cause: 'added' },
    { ...now, at: 9, cause: 'updated' },
  ]);
  expect(await store.underived(readScope(scope), 10)).toEqual([id]);
  // It was used once, when only the time of the last use was kept.
  expect(await store.uses(scope.tenant, [id])).toEqual(new Map([[id, [{ at: 6, grade: 'good' }]]]));
  await store.close();
});
