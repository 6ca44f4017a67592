import type { Change } from '../memory/change.ts';
import type { GuardedEmbedder } from '../memory/embedder.ts';
import type { NoteId } from '../memory/ids.ts';
import { limits } from '../memory/limits.ts';
import { embeddingText } from '../memory/note-text.ts';
import type { Store, StoredNote } from '../memory/store.ts';

export interface EmbedAnewParts {
  readonly store: Pick<Store, 'notes'>;
  /** Null when no vectors are kept. */
  readonly embedder: Pick<GuardedEmbedder, 'id' | 'embed'> | null;
}

type Derivation = Extract<Change, { readonly kind: 'note-derived' }>;

/**
 * The new vectors of notes whose text to embed a plan changes, to be applied with it. Empty when the embedder does not answer:
 * the old vector is dropped all the same, and the backfill makes the new one.
 */
export async function embedAnew(
  changes: readonly Change[],
  due: readonly StoredNote[],
  { store, embedder }: EmbedAnewParts,
): Promise<readonly Change[]> {
  const last = lastDerivations(changes);
  if (embedder === null || last.size === 0) return [];
  const notes = await withText([...last.keys()], due, store);
  const texts = notes.map(({ note, episode }) =>
    embeddingText({ text: note.text, derived: last.get(note.id)?.derived ?? null }, episode),
  );
  const vectors = await embedder.embed(texts, 'passage', limits.embedderTimeoutMs).catch(() => []);
  return vectors.flatMap((vector, index): Change[] => {
    const derivation = last.get(notes[index]?.note.id ?? ('' as NoteId));
    if (derivation === undefined) return [];
    const { noteId, expectedVersion: version, expectedDerivation } = derivation;
    return [
      { kind: 'note-embedded', noteId, version, derivation: expectedDerivation + 1, embedder: embedder.id, vector },
    ];
  });
}

/** Of each note whose text to embed changes at any point of the plan, what it comes to in the end. */
function lastDerivations(changes: readonly Change[]): ReadonlyMap<NoteId, Derivation> {
  const last = new Map<NoteId, Derivation>();
  const anew = new Set<NoteId>();
  for (const change of changes) {
    if (change.kind !== 'note-derived') continue;
    last.set(change.noteId, change);
    if (change.isEmbeddedAnew) anew.add(change.noteId);
  }
  return new Map([...last].filter(([noteId]) => anew.has(noteId)));
}

async function withText(
  ids: readonly NoteId[],
  due: readonly StoredNote[],
  store: Pick<Store, 'notes'>,
): Promise<readonly StoredNote[]> {
  const known = new Map(due.map((stored) => [stored.note.id, stored]));
  const tenant = due[0]?.note.scope.tenant;
  const missing = ids.filter((id) => !known.has(id));
  const read = tenant === undefined || missing.length === 0 ? [] : await store.notes(tenant, missing);
  for (const stored of read) known.set(stored.note.id, stored);
  return ids.flatMap((id) => known.get(id) ?? []);
}
