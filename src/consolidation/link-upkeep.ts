import type { Change } from '../memory/change.ts';
import type { NoteId } from '../memory/ids.ts';
import { limits } from '../memory/limits.ts';
import type { Link } from '../memory/link.ts';
import type { Retention } from '../memory/note.ts';
import { readScope, type Scope } from '../memory/scope.ts';
import type { Store } from '../memory/store.ts';

export interface UpkeepInput {
  readonly links: readonly Link[];
  /** How the notes at their ends were used; a link with an end that is missing here is left as it is. */
  readonly retention: ReadonlyMap<NoteId, Pick<Retention, 'uses' | 'lastUsedAt'>>;
  /** Whether anybody reports uses here at all: where nobody does, never having been used says nothing. */
  readonly isUseReported: boolean;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/**
 * Links earn their place. One between notes that are both used gains weight, by the less used of the two:
 *
 *   weight' = max(weight, uses / (uses + 2))        2 uses: .5, 6: .75
 *
 * and a `related` one is taken away when 90 days after it was made neither of its ends has ever been used. Other types state
 * something, used or not, and stay.
 *
 * The weight depends on the uses and not on how often this is run, so that a second run changes nothing.
 * Pure. Cost: the links.
 */
export function linkUpkeep({ links, retention, isUseReported, now }: UpkeepInput): readonly Change[] {
  return links.flatMap((link): readonly Change[] => {
    const [from, to] = [retention.get(link.from), retention.get(link.to)];
    if (from === undefined || to === undefined || link.type !== 'related') return [];
    const isUnused = from.uses === 0 && to.uses === 0;
    if (isUnused && isUseReported && now - link.createdAt > unusedDays * dayMs) {
      return [{ kind: 'link-removed', linkId: link.id }];
    }
    const uses = Math.min(from.uses, to.uses);
    const weight = Math.max(link.weight, Math.round((uses / (uses + usesHalf)) * 1_000) / 1_000);
    return weight > link.weight ? [{ kind: 'link-set', link: { ...link, weight } }] : [];
  });
}

const unusedDays = 90;
const usesHalf = 2;
const dayMs = 86_400_000;

/** The upkeep of all links from or to these notes, gathered from the store. `noteIds` are of one scope. */
export async function planLinkUpkeep(
  scope: Scope,
  noteIds: readonly NoteId[],
  { store, now }: { readonly store: Pick<Store, 'links' | 'notes'>; readonly now: number },
): Promise<readonly Change[]> {
  const links = await store.links(scope.tenant, noteIds);
  const ids = new Set([...noteIds, ...links.flatMap(({ from, to }) => [from, to])]);
  const notes = (await store.notes(scope.tenant, [...ids])).filter(
    ({ note }) => note.scope.namespace === scope.namespace,
  );
  const retention = new Map(notes.map(({ note }) => [note.id, note.retention]));
  return linkUpkeep({ links, retention, isUseReported: notes.some(({ note }) => note.retention.uses > 0), now });
}

/** The upkeep of all links of a scope. No note is read, only rows; where nobody reports uses, no link either. */
export async function planAllLinkUpkeep(
  scope: Scope,
  { store, now }: { readonly store: Pick<Store, 'links' | 'workingRows'>; readonly now: number },
): Promise<readonly Change[]> {
  const retention = new Map<NoteId, Pick<Retention, 'uses' | 'lastUsedAt'>>();
  let isUseReported = false;
  for (let after = 0; ; ) {
    const rows = await store.workingRows(readScope(scope), after, limits.mergePage);
    for (const { id, accesses, lastUsedAt } of rows) {
      // The making is the first of them.
      retention.set(id, { uses: accesses === null ? 0 : accesses.count - 1, lastUsedAt });
      isUseReported ||= accesses !== null;
    }
    const last = rows.at(-1);
    if (last === undefined) break;
    after = last.order;
    await new Promise((resolve) => setImmediate(resolve));
  }
  if (!isUseReported) return [];
  const ids = [...retention.keys()];
  const changes: Change[] = [];
  for (let start = 0; start < ids.length; start += limits.mergePage) {
    const page = new Set(ids.slice(start, start + limits.mergePage));
    // Each link is of the page of the note that it leads from.
    const links = (await store.links(scope.tenant, [...page])).filter(({ from }) => page.has(from));
    changes.push(...linkUpkeep({ links, retention, isUseReported, now }));
    await new Promise((resolve) => setImmediate(resolve));
  }
  return changes;
}
