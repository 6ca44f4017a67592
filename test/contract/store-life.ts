import { describe, expect, it } from 'vitest';
import type { ApiKeyId } from '../../src/memory/ids.ts';
import { noteStates } from '../../src/memory/note.ts';
import { parseTenant, readScope } from '../../src/memory/scope.ts';
import type { ApiKey, Store } from '../../src/memory/store.ts';
import { goodUse, makeEntity, makeLink, makeNote, makeScope, may8, noteAdded, remembered } from '../builders.ts';
import { benchOf, expectFailure, type StoreUnderTest } from './open-store.ts';

const scope = makeScope();
const { tenant } = scope;
const read = readScope(scope);

export function lifeContract(subject: StoreUnderTest): void {
  describe('API keys', () => {
    const bench = benchOf(subject);

    it('are found by id, listed oldest first, and revoked', async () => {
      const [second, first] = [
        makeApiKey('key_2', { createdAt: may8 + 1 }),
        makeApiKey('key_1', { expiresAt: may8 + 9 }),
      ];
      await bench.store.keys.add(second);
      await bench.store.keys.add(first);
      expect(await bench.store.keys.find(first.id)).toEqual(first);
      expect(await bench.store.keys.list()).toEqual([first, second]);
      await bench.store.keys.revoke(first.id, may8 + 5);
      expect(await bench.store.keys.find(first.id)).toEqual({ ...first, revokedAt: may8 + 5 });
      expect(await bench.store.keys.list()).toEqual([{ ...first, revokedAt: may8 + 5 }, second]);
    });

    it('that are not there are null to find and not_found to revoke', async () => {
      const nobody = 'key_nobody' as ApiKeyId;
      expect(await bench.store.keys.find(nobody)).toBeNull();
      expect(await bench.store.keys.list()).toEqual([]);
      await expectFailure(bench.store.keys.revoke(nobody, may8), 'not_found');
    });

    it('have ids of their own', async () => {
      await bench.store.keys.add(makeApiKey('key_1'));
      await expectFailure(bench.store.keys.add(makeApiKey('key_1', { tenant: parseTenant('rival') })), 'conflict');
      expect((await bench.store.keys.find('key_1' as ApiKeyId))?.tenant).toBe('acme');
    });

    it('are hashed under a pepper that stays the same and is no other store’s', async () => {
      const pepper = await bench.store.keys.pepper();
      expect(pepper).toMatch(/^[0-9a-f]{32,}$/);
      expect(await bench.store.keys.pepper()).toBe(pepper);
      const other = await subject.open({ clock: () => may8 });
      expect(await other.store.keys.pepper()).not.toBe(pepper);
      await other.cleanup();
    });
  });

  describe('health', () => {
    const bench = benchOf(subject);

    it('counts notes of every tenant, the head, commits and applies', async () => {
      const before = await bench.store.health();
      expect(before).toMatchObject({ writable: true, notes: 0, sequence: 0 });
      const rival = makeScope('rival');
      await bench.store.apply(scope, [...remembered(scope, 'one').changes, noteAdded(makeNote())]);
      const { sequence } = await bench.store.apply(rival, remembered(rival, 'two').changes);
      const after = await bench.store.health();
      expect(after).toMatchObject({ kind: before.kind, writable: true, notes: 3, sequence });
      expect(after.commits).toBeGreaterThan(before.commits);
      expect(after.applies).toBeGreaterThanOrEqual(before.applies + 2);
      expect(after.commits - before.commits).toBeLessThanOrEqual(after.applies - before.applies);
      expect(after.diskBytes).toBeGreaterThanOrEqual(0);
    });
  });

  describe('close', () => {
    const bench = benchOf(subject);

    it('waits for writes under way, may be called twice, and ends everything', async () => {
      const added = Array.from({ length: 5 }, (_, index) => remembered(scope, `Fact ${index}.`));
      const writes = added.map(({ changes }) => bench.store.apply(scope, changes));
      const firstClose = bench.store.close();
      await Promise.all([firstClose, bench.store.close()]);
      await bench.store.close();
      for (const write of writes) expect((await write).replayed).toBeNull();
      await expectFailure(bench.store.apply(scope, remembered(scope, 'late').changes), 'unavailable');
      await expectFailure(bench.store.note(tenant, added[0]!.note.id), 'unavailable');
      await expectFailure(bench.store.head(read), 'unavailable');
      await expectFailure(bench.store.health(), 'unavailable');
      await expectFailure(bench.store.keys.list(), 'unavailable');
    });

    it('loses nothing: the store opens as it was left', async ({ skip }) => {
      const { reopen } = bench.opened;
      if (reopen === undefined) return skip('it forgets by design');
      const [one, two, gone] = [remembered(scope, 'one'), remembered(scope, 'two'), remembered(scope, 'gone')];
      const receipt = { key: 'k', fingerprint: 'f', answer: '{}', expiresAt: may8 + 9_000 };
      await bench.store.apply(scope, one.changes, { receipt });
      await bench.store.apply(scope, [
        ...two.changes,
        ...gone.changes,
        { kind: 'link-set', link: makeLink(one.note.id, two.note.id) },
        { kind: 'entities-set', noteId: one.note.id, mentions: [{ entity: makeEntity('one'), start: 0, end: 3 }] },
        {
          kind: 'note-embedded',
          noteId: one.note.id,
          version: 1,
          derivation: 0,
          embedder: 'a',
          vector: new Float32Array([1, 0]),
        },
        {
          kind: 'note-used',
          noteId: one.note.id,
          retention: { stability: 9, difficulty: 3, lastUsedAt: 4, uses: 5 },
          use: goodUse,
        },
        { kind: 'cursor-advanced', name: 'worker', from: 0, to: 3 },
      ]);
      const last = (await bench.store.workingRowsOf(read, [gone.note.id]))[0]!.order;
      await bench.store.apply(scope, [{ kind: 'erased', noteIds: [gone.note.id] }]);
      await bench.store.keys.add(makeApiKey('key_1'));
      const before = await everything(bench.store);
      const reopened = await reopen();
      expect(await everything(reopened)).toEqual(before);
      const replay = await reopened.apply(scope, one.changes, { receipt });
      expect(replay.replayed).toEqual(receipt);
      const { sequence } = await reopened.apply(scope, remembered(scope, 'three').changes);
      expect(sequence).toBeGreaterThan(before.head);
      const rows = await reopened.workingRows(read, last, 10);
      expect(rows).toHaveLength(1);
      await reopened.close();
    });
  });
}

async function everything(store: Store) {
  const rows = await store.workingRows(read, 0, 100);
  const ids = rows.map((row) => row.id);
  return {
    rows,
    notes: await store.notes(tenant, ids),
    list: await store.list(read, { limit: 100, cursor: null, filter: null, states: noteStates }),
    histories: await Promise.all(ids.map((id) => store.history(tenant, id))),
    mentions: await Promise.all(ids.map((id) => store.mentions(tenant, id))),
    links: await store.links(tenant, ids),
    feed: await store.feedOfEveryTenant(0, 100),
    head: await store.head(read),
    cursor: await store.cursor('worker'),
    receipt: await store.receipt(tenant, 'k'),
    unembedded: await store.unembedded('a', 100),
    pepper: await store.keys.pepper(),
    keys: await store.keys.list(),
    noteCount: (await store.health()).notes,
  };
}

function makeApiKey(id: string, overrides: Partial<ApiKey> = {}): ApiKey {
  return {
    id: id as ApiKeyId,
    tenant,
    name: 'laptop',
    scopes: ['read', 'write', 'admin', 'erase'],
    namespaces: null,
    secretHash: 'ab'.repeat(32),
    createdAt: may8,
    expiresAt: null,
    revokedAt: null,
    ...overrides,
  };
}
