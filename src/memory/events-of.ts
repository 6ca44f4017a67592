import type { FeedEntry } from './change.ts';
import { eventTypeOf, type MemoryEvent } from './event.ts';
import type { Tenant } from './scope.ts';
import type { Store } from './store.ts';
import { formatTime } from './time.ts';

/** The events that entries of one tenant's feed tell, in their order. Some tell none. */
export async function eventsOf(
  store: Pick<Store, 'notes'>,
  tenant: Tenant,
  entries: readonly FeedEntry[],
): Promise<readonly MemoryEvent[]> {
  const ids = [...new Set(entries.flatMap(({ kind, noteId }) => (kind === 'erased' ? [] : (noteId ?? []))))];
  const found = ids.length === 0 ? [] : await store.notes(tenant, ids);
  const notes = new Map(found.map(({ note }) => [note.id, note]));
  return entries.flatMap((entry) => {
    const { noteId, scope, sequence, at, detail } = entry;
    const type = eventTypeOf(entry, noteId === null ? null : (notes.get(noteId) ?? null));
    if (type === null) return [];
    const operationId = entry.kind === 'job-done' ? (detail ?? null) : null;
    const { namespace } = scope;
    return [{ id: String(sequence), type, namespace, memoryId: noteId, operationId, at: formatTime(at) }];
  });
}
