import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Change } from '../../src/memory/change.ts';
import { everyNote, stateHash } from '../state-hash.ts';
import { openInMemory, openSqlite } from './open-stores.ts';
import { action } from './store-commands.ts';
import { changesOf, newWorld } from './store-model.ts';

describe.each([
  ['in-memory', openInMemory],
  ['SQLite', openSqlite],
])('the %s store', (_, open) => {
  it('is after archiving everything and restoring everything what it was', async () => {
    const law = fc.asyncProperty(fc.array(action, { minLength: 5, maxLength: 40 }), async (actions) => {
      const world = newWorld();
      const scope = world.scopes[0]!;
      const opened = await open({ clock: world.clock });
      const { store } = opened;
      try {
        for (const one of actions) {
          const changes = await changesOf(world, store, scope, [one]);
          const applied = await store.apply(scope, changes).catch(() => null);
          if (applied === null) continue;
          for (const id of applied.erased) world.erased.add(id);
          for (const change of changes) if (change.kind === 'note-added') world.notes.set(change.note.id, scope);
        }
        const before = await stateHash(store, scope);
        const active = (await everyNote(store, scope))
          .map(({ note }) => note)
          .filter(({ state }) => state === 'active');
        const setTo = (state: 'active' | 'archived'): readonly Change[] =>
          active.map(({ id, stateReason }) => {
            const reason = state === 'active' ? stateReason : 'forgotten';
            return { kind: 'note-state-set', noteId: id, state, reason, at: world.nowMs };
          });
        await store.apply(scope, setTo('archived'));
        if (active.length > 0) expect(await stateHash(store, scope)).not.toBe(before);
        await store.apply(scope, setTo('active'));
        expect(await stateHash(store, scope)).toBe(before);
      } finally {
        await opened.cleanup();
      }
    });
    await fc.assert(law, { numRuns: 40 });
  }, 60_000);
});
