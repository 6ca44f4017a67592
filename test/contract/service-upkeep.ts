import { describe, expect, test } from 'vitest';
import { defaultPolicy } from '../../src/memory/policy.ts';
import { failureOf } from './failure.ts';
import type { ServiceAtHand } from './service-facts.ts';

/** What every `MemoryService` does with uses, forgetting curves, pins, ends and policies. */
export function upkeepContract({ memory, stranger, newNamespace }: ServiceAtHand): void {
  describe('upkeep', () => {
    const add = async (input: { namespace: string; text: string; pinned?: boolean; expiresAt?: string }) => {
      const { memories } = await memory().add(input);
      return memories[0]?.id ?? '';
    };

    test('a use is a review: it is in the retention of the memory, and makes it stay longer', async () => {
      const id = await add({ namespace: newNamespace(), text: 'Minka is a grey cat.' });
      const before = await memory().retention(id);
      expect(before).toMatchObject({ id, curve: 'fsrs', isPinned: false, expiresAt: null, archivedFrom: null });
      expect(before.reviews).toHaveLength(1);
      expect(before.retrievability).toBeGreaterThan(0.99);
      const { memories } = await memory().feedback({ memories: [{ id, kind: 'confirmed' }] });
      expect(memories).toEqual([{ id, stabilityDays: expect.any(Number), retrievability: 1 }]);
      expect(memories[0]?.stabilityDays).toBeGreaterThan(before.stabilityDays);
      const after = await memory().retention(id);
      expect(after.stabilityDays).toBe(memories[0]?.stabilityDays);
      expect(after.reviews.map(({ grade }) => grade)).toEqual(['good', 'easy']);
      expect(after.forecast).toHaveLength(before.forecast.length);
      expect(after.activation).toBeGreaterThan(0);
    });

    test('a search is no use unless it says so', async () => {
      const namespace = newNamespace();
      const id = await add({ namespace, text: 'Minka is a grey cat.' });
      await memory().search({ namespace, query: 'grey cat' });
      expect((await memory().retention(id)).reviews).toHaveLength(1);
      await memory().search({ namespace, query: 'grey cat', reinforce: true });
      expect((await memory().retention(id)).reviews).toHaveLength(2);
    });

    test('a memory is pinned, and given an end, without a new version', async () => {
      const id = await add({ namespace: newNamespace(), text: 'Minka is a grey cat.' });
      const expiresAt = '2034-05-08T00:00:00.000Z';
      expect(await memory().get(id)).toMatchObject({ pinned: false, expiresAt: null });
      expect(await memory().update(id, { pinned: true, expiresAt })).toMatchObject({
        pinned: true,
        expiresAt,
        version: 1,
      });
      expect(await memory().update(id, { text: 'Minka is a white cat.', expiresAt: null })).toMatchObject({
        pinned: true,
        expiresAt: null,
        version: 2,
      });
      expect(await failureOf(memory().update(id, { expiresAt: 'soon' }))).toMatchObject({ code: 'invalid' });
      expect(await failureOf(memory().update(id, { pinned: false }, { ifVersion: 1 }))).toMatchObject({
        code: 'stale',
      });
    });

    test('what has expired is not found, and what is pinned is all the same', async () => {
      const namespace = newNamespace();
      const expiresAt = '2024-05-08T00:00:00Z';
      const kept = await add({ namespace, text: 'The code of the grey door is 4711.', expiresAt, pinned: true });
      await add({ namespace, text: 'The code of the grey door was 1234.', expiresAt });
      const { hits } = await memory().search({ namespace, query: 'code of the grey door' });
      expect(hits.map((hit) => hit.memory.id)).toEqual([kept]);
    });

    test('a namespace forgets as the nearest one above it says', async () => {
      const namespace = newNamespace();
      expect(await memory().policy(namespace)).toEqual(defaultPolicy);
      const policy = await memory().setPolicy({ namespace, isForgetting: true, capacity: 1_000 });
      expect(policy).toEqual({ ...defaultPolicy, isForgetting: true, capacity: 1_000 });
      expect(await memory().policy(`${namespace}/work`)).toEqual(policy);
      expect(await stranger().policy(namespace)).toEqual(defaultPolicy);
      const id = await add({ namespace, text: 'Minka is a grey cat.' });
      expect((await memory().retention(id)).archivedFrom).not.toBeNull();
      expect(await failureOf(memory().setPolicy({ namespace, capacity: 0 }))).toMatchObject({ code: 'invalid' });
    });

    test('says what a namespace holds', async () => {
      const namespace = newNamespace();
      await add({ namespace, text: 'Minka is a grey cat.' });
      await add({ namespace, text: 'minka is a grey cat!' });
      await add({ namespace: `${namespace}/work`, text: 'The printer is on the second floor.' });
      const stats = await memory().stats(namespace);
      expect(stats).toMatchObject({
        namespace,
        memories: { active: 2, archived: 0, invalidated: 0, quarantined: 0 },
        duplicates: { groups: 1, memories: 1 },
        neverUsed: 2,
        retention: [0, 0, 0, 0, 0, 0, 0, 0, 0, 2],
      });
      expect((await memory().stats(`${namespace}/**`)).memories.active).toBe(3);
      expect((await stranger().stats(namespace)).memories.active).toBe(0);
    });

    test('is nobody else’s', async () => {
      const id = await add({ namespace: newNamespace(), text: 'Minka is a grey cat.' });
      expect(await failureOf(stranger().retention(id))).toMatchObject({ code: 'not_found' });
      expect(await failureOf(stranger().feedback({ memories: [{ id, kind: 'used' }] }))).toMatchObject({
        code: 'not_found',
      });
    });
  });
}
