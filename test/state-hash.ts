import { createHash } from 'node:crypto';
import { noteStates } from '../src/memory/note.ts';
import { readScope, type Scope } from '../src/memory/scope.ts';
import type { Store, StoredNote } from '../src/memory/store.ts';

/**
 * SHA-256, hex, of everything that a store holds of a scope: notes of every state, their history, links, mentions and uses, what
 * ranking reads of them, and what is owed. Not of the feed, which remembers whatever happened.
 */
export async function stateHash(store: Store, scope: Scope): Promise<string> {
  const read = readScope(scope);
  const notes = await everyNote(store, scope);
  const ids = notes.map(({ note }) => note.id);
  const { tenant } = scope;
  const state = [
    notes,
    await Promise.all(ids.map((id) => store.history(tenant, id))),
    await Promise.all(ids.map((id) => store.mentions(tenant, id))),
    await store.links(tenant, ids),
    [...(await store.uses(tenant, ids))].sort(([left], [right]) => (left < right ? -1 : 1)),
    await store.workingRows(read, 0, 1_000_000),
    await store.claims(read, { states: noteStates, limit: 1_000_000 }),
    await store.summaries(read, { limit: 1_000_000 }),
    await store.underived(read, 1_000_000),
    await store.stats(read),
  ];
  return createHash('sha256').update(JSON.stringify(state)).digest('hex');
}

export async function everyNote(store: Store, scope: Scope): Promise<readonly StoredNote[]> {
  const notes: StoredNote[] = [];
  for (let cursor: string | null = null; ; ) {
    const page = await store.list(readScope(scope), { limit: 100, cursor, filter: null, states: noteStates });
    notes.push(...page.data);
    if (page.nextCursor === null) return notes;
    cursor = page.nextCursor;
  }
}
