import type { NoteId } from '../src/memory/ids.ts';
import { noteStates } from '../src/memory/note.ts';
import { readScope, type Scope } from '../src/memory/scope.ts';
import type { Store, StoredNote } from '../src/memory/store.ts';

/**
 * All that consolidation makes of a scope, with texts in place of the ids that it drew and without the times at which it
 * ran: two runs of the same notes come to the same.
 */
export async function stateOf(store: Store, scope: Scope) {
  const read = readScope(scope);
  const listed: StoredNote[] = [];
  for (let cursor: string | null = null; ; ) {
    const page = await store.list(read, { limit: 200, cursor, filter: null, states: noteStates });
    listed.push(...page.data);
    cursor = page.nextCursor;
    if (cursor === null) break;
  }
  const claims = await store.claims(read, { states: noteStates, limit: 10_000 });
  const all = [...new Map([...listed, ...claims].map((stored) => [stored.note.id, stored])).values()];
  const ids = all.map(({ note }) => note.id);
  const found = new Map(all.map((stored) => [stored.note.id, stored]));
  const links = await store.links(scope.tenant, ids);
  const notes = await Promise.all(
    all.map(async ({ note }) => ({
      name: nameOf(note.id),
      derived: note.derived,
      derivation: note.derivation,
      claim: note.claim,
      state: note.state,
      version: note.version,
      validAt: note.validAt,
      invalidAt: note.invalidAt,
      isExpired: note.expiredAt !== null,
      supersededBy: note.supersededBy === null ? null : nameOf(note.supersededBy),
      sources: note.sources.length,
      mentions: (await store.mentions(scope.tenant, note.id)).map(({ entity, start, end }) => ({
        name: entity.name,
        kind: entity.kind,
        start,
        end,
      })),
      history: (await store.history(scope.tenant, note.id)).map(({ derived, cause }) => ({
        derived,
        cause: withoutIds(cause),
      })),
    })),
  );
  const entities = await store.entities(read, { prefix: null, limit: 1_000 });
  return {
    notes: sorted(notes),
    links: sorted(
      links.map(({ from, to, type, weight, reason }) => ({ from: nameOf(from), to: nameOf(to), type, weight, reason })),
    ),
    entities: sorted(entities.map(({ entity: { name, kind }, notes: mentions }) => ({ name, kind, mentions }))),
  };

  /** Notes of a conversation are named by their ids, which the caller drew; claims by what they say and since when, summaries by what they are of. */
  function nameOf(id: NoteId): string {
    const note = found.get(id)?.note;
    if (note === undefined) return `missing ${id}`;
    if (note.summary !== null) return `${note.summary.level} ${note.summary.key} ${note.summary.sourceHash}`;
    return note.claim === null ? id.slice(-4) : `${note.text} ${note.validAt} ${note.sources.length}`;
  }

  function withoutIds(text: string): string {
    return text.replaceAll(/note_[0-9a-z]{26}/g, 'note');
  }
}

function sorted<Item>(items: readonly Item[]): readonly Item[] {
  return [...items].sort((left, right) => (JSON.stringify(left) < JSON.stringify(right) ? -1 : 1));
}
