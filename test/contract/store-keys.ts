import { describe, expect, it } from 'vitest';
import type { AuditEntry } from '../../src/memory/audit.ts';
import type { ApiKeyId } from '../../src/memory/ids.ts';
import { parseNamespace, parseTenant } from '../../src/memory/scope.ts';
import type { ApiKey } from '../../src/memory/store.ts';
import { makeScope, may8 } from '../builders.ts';
import { benchOf, expectFailure, type StoreUnderTest } from './open-store.ts';

const { tenant } = makeScope();
const rival = parseTenant('rival');

export function keyContract(subject: StoreUnderTest): void {
  describe('what a key may do', () => {
    const bench = benchOf(subject);

    it('is kept with it', async () => {
      const bound = makeApiKey('key_1', { scopes: ['read'], namespaces: [parseNamespace('users/alice')] });
      const none = makeApiKey('key_2', { createdAt: may8 + 1, scopes: [], namespaces: [] });
      await bench.store.keys.add(bound);
      await bench.store.keys.add(none);
      expect(await bench.store.keys.list()).toEqual([bound, none]);
      if (bench.opened.reopen !== undefined) {
        const again = await bench.opened.reopen();
        expect(await again.keys.list()).toEqual([bound, none]);
      }
    });

    it('is listed for one tenant', async () => {
      const ours = makeApiKey('key_1');
      await bench.store.keys.add(ours);
      await bench.store.keys.add(makeApiKey('key_2', { tenant: rival }));
      expect(await bench.store.keys.list(tenant)).toEqual([ours]);
    });
  });

  describe('a rotation', () => {
    const bench = benchOf(subject);

    it('adds the successor and has the old key expire', async () => {
      const old = makeApiKey('key_1');
      const successor = makeApiKey('key_2', { createdAt: may8 + 1 });
      await bench.store.keys.add(old);
      await bench.store.keys.rotate(old.id, successor, may8 + 50);
      expect(await bench.store.keys.list()).toEqual([{ ...old, expiresAt: may8 + 50 }, successor]);
    });

    it('never makes a key last longer', async () => {
      const old = makeApiKey('key_1', { expiresAt: may8 + 10 });
      await bench.store.keys.add(old);
      await bench.store.keys.rotate(old.id, makeApiKey('key_2'), may8 + 50);
      expect((await bench.store.keys.find(old.id))?.expiresAt).toBe(may8 + 10);
    });

    it('changes nothing when it fails', async () => {
      const old = makeApiKey('key_1');
      await bench.store.keys.add(old);
      await expectFailure(bench.store.keys.rotate('key_9' as ApiKeyId, makeApiKey('key_2'), may8), 'not_found');
      await expectFailure(bench.store.keys.rotate(old.id, makeApiKey('key_1'), may8 + 50), 'conflict');
      expect(await bench.store.keys.list()).toEqual([old]);
    });
  });

  describe('the audit log', () => {
    const bench = benchOf(subject);
    const keep = { entriesMax: 1_000, since: 0 };

    it('gives a tenant its own entries, newest first and numbered', async () => {
      const [one, other, two] = [makeEntry(1), { ...makeEntry(2), tenant: rival }, makeEntry(3)];
      await bench.store.audit.append([one, other], keep);
      await bench.store.audit.append([two], keep);
      expect(await bench.store.audit.list(tenant, { limit: 10 })).toEqual([
        { ...two, number: 2 },
        { ...one, number: 1 },
      ]);
      expect(await bench.store.audit.list(rival, { limit: 10 })).toEqual([{ ...other, number: 1 }]);
    });

    it('is asked by key, by time, and a page at a time', async () => {
      const entries = [1, 2, 3, 4].map((step) => makeEntry(step, step % 2 === 0 ? 'key_even' : 'key_odd'));
      await bench.store.audit.append(entries, keep);
      const numbers = async (query: Parameters<typeof bench.store.audit.list>[1]) =>
        (await bench.store.audit.list(tenant, query)).map(({ number }) => number);
      expect(await numbers({ limit: 2 })).toEqual([4, 3]);
      expect(await numbers({ limit: 2, before: 3 })).toEqual([2, 1]);
      expect(await numbers({ limit: 9, keyId: 'key_odd' })).toEqual([3, 1]);
      expect(await numbers({ limit: 9, from: may8 + 2, until: may8 + 4 })).toEqual([3, 2]);
    });

    it('keeps so many entries of each tenant', async () => {
      const theirs = { ...makeEntry(0), tenant: rival };
      await bench.store.audit.append([theirs], { ...keep, entriesMax: 3 });
      for (const step of [1, 2, 3, 4, 5]) await bench.store.audit.append([makeEntry(step)], { ...keep, entriesMax: 3 });
      const kept = await bench.store.audit.list(tenant, { limit: 10 });
      expect(kept.map(({ number }) => number)).toEqual([5, 4, 3]);
      expect(await bench.store.audit.list(rival, { limit: 10 })).toHaveLength(1);
    });

    it('forgets what is too old', async () => {
      await bench.store.audit.append([makeEntry(1), makeEntry(2)], keep);
      await bench.store.audit.append([makeEntry(3)], { ...keep, since: may8 + 2 });
      const kept = await bench.store.audit.list(tenant, { limit: 10 });
      expect(kept.map(({ number }) => number)).toEqual([3, 2]);
    });

    it('is there after a restart', async () => {
      await bench.store.audit.append([makeEntry(1)], keep);
      if (bench.opened.reopen === undefined) return;
      const again = await bench.opened.reopen();
      expect(await again.audit.list(tenant, { limit: 10 })).toEqual([{ ...makeEntry(1), number: 1 }]);
    });
  });
}

function makeApiKey(id: string, changes: Partial<ApiKey> = {}): ApiKey {
  return {
    id: id as ApiKeyId,
    tenant,
    name: 'test',
    secretHash: 'ab'.repeat(32),
    scopes: ['read', 'write', 'admin', 'erase'],
    namespaces: null,
    createdAt: may8,
    expiresAt: null,
    revokedAt: null,
    ...changes,
  };
}

function makeEntry(step: number, keyId = 'key_1'): AuditEntry {
  return {
    at: may8 + step,
    tenant,
    keyId: keyId as ApiKeyId,
    method: 'POST',
    route: '/v1/search',
    status: 200,
    requestId: `request-${step}`,
    namespaces: ['users/alice'],
    memories: 2,
    memoryIds: ['note_1', 'note_2'],
  };
}
