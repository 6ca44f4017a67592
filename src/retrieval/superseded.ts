import type { EpisodeId, NoteId } from '../memory/ids.ts';
import type { RecalledNote } from '../memory/recall.ts';
import type { ReadScope } from '../memory/scope.ts';
import type { Store, StoredNote } from '../memory/store.ts';
import type { Superseded } from './newest-first.ts';

/** Which of the first hits' episodes say something that a claim made from another of them superseded: one indexed read. */
export async function readSuperseded(
  store: Pick<Store, 'claims'>,
  read: ReadScope,
  hits: readonly RecalledNote[],
): Promise<Superseded> {
  const sources = hits.slice(0, hitsMax).flatMap(({ stored }) => (stored.episode === null ? [] : [stored.episode.id]));
  return sources.length < 2 ? new Map() : supersededBy(await store.claims(read, { sources, states, limit: claimsMax }));
}

const hitsMax = 10;
const claimsMax = 200;
const states = ['active', 'invalidated'] as const;

/** By episode, those whose claims its own superseded, at once or over others. Pure. */
export function supersededBy(claims: readonly StoredNote[]): Superseded {
  const byId = new Map<NoteId, StoredNote>(claims.map((one) => [one.note.id, one]));
  const found = new Map<EpisodeId, Set<EpisodeId>>();
  for (const { note } of claims) {
    const seen = new Set<NoteId>([note.id]);
    for (let next = note.supersededBy; next !== null && !seen.has(next); ) {
      seen.add(next);
      const newer = byId.get(next);
      for (const source of newer?.note.sources ?? []) {
        const older = found.get(source) ?? new Set();
        for (const one of note.sources) if (one !== source) older.add(one);
        found.set(source, older);
      }
      next = newer?.note.supersededBy ?? null;
    }
  }
  return found;
}
