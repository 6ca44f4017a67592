import type { NoteId } from '../memory/ids.ts';
import type { Link } from '../memory/link.ts';
import type { Tenant } from '../memory/scope.ts';
import type { Store } from '../memory/store.ts';

/** A note found first, and how good it is: 1 for the best. */
export interface LinkSeed {
  readonly noteId: NoteId;
  readonly strength: number;
}

/** First hits whose links are followed; the same as pass on what they bring to mind by rare words. */
export const linkSeedsMax = 8;

/** Reads the links of the notes found first, once, and says what they lead to; see `linkNearness`. */
export async function linkedNotes(
  store: Pick<Store, 'links'>,
  tenant: Tenant,
  seeds: readonly LinkSeed[],
): Promise<ReadonlyMap<NoteId, number>> {
  const followed = seeds.filter(({ strength }) => strength > 0).slice(0, linkSeedsMax);
  if (followed.length === 0) return new Map();
  const links = await store.links(
    tenant,
    followed.map(({ noteId }) => noteId),
  );
  return linkNearness(followed, links);
}

/**
 * What links lead to, 0 to 1 (A-MEM's linked notes, arXiv 2502.12110, section 3.4, but ranked and not merely appended):
 *
 *   near(note) = max over seeds ≠ note  strength² · weight of the strongest link between them
 *
 * Links are followed both ways: who came later says nothing of what is asked. `contradicts` and `supersedes` lead nowhere: what
 * they join is told apart, not brought together. Pure. Cost: the links given.
 */
export function linkNearness(seeds: readonly LinkSeed[], links: readonly Link[]): ReadonlyMap<NoteId, number> {
  const strengths = new Map(seeds.map(({ noteId, strength }) => [noteId, strength]));
  const near = new Map<NoteId, number>();
  for (const { from, to, type, weight } of links) {
    if (!leading.has(type)) continue;
    for (const [seed, note] of [
      [from, to],
      [to, from],
    ] as const) {
      const strength = strengths.get(seed);
      if (strength === undefined || seed === note) continue;
      near.set(note, Math.max(near.get(note) ?? 0, strength * strength * weight));
    }
  }
  return near;
}

const leading: ReadonlySet<Link['type']> = new Set(['related', 'supports', 'follows', 'same_as']);
