import type { NoteId } from './memory/ids.ts';
import { limits } from './memory/limits.ts';
import type { NoteVersion } from './memory/note.ts';
import type { Tenant } from './memory/scope.ts';
import type { Store } from './memory/store.ts';

/**
 * How a memory was said again: the texts of those that a pass merged into it, oldest first. They are archived memories of
 * their own, with their history, and come back with `restore`.
 */
export async function mergedForms(
  store: Pick<Store, 'links' | 'notes'>,
  tenant: Tenant,
  id: NoteId,
): Promise<readonly NoteVersion[]> {
  const links = await store.links(tenant, [id]);
  const again = links.filter(({ type, to }) => type === 'same_as' && to === id).map(({ from }) => from);
  const found = await store.notes(tenant, again.slice(0, limits.linksPerMemory));
  return found
    .filter(({ note }) => note.state === 'archived')
    .map(({ note }) => ({
      version: note.version,
      derivation: note.derivation,
      text: note.text,
      tags: note.tags,
      derived: note.derived,
      metadata: note.metadata,
      at: note.createdAt,
      cause: `said again as ${note.id}`,
    }))
    .sort((left, right) => left.at - right.at);
}
