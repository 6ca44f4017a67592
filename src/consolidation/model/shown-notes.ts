import type { NoteId } from '../../memory/ids.ts';
import { limits } from '../../memory/limits.ts';
import type { StoredNote } from '../../memory/store.ts';
import type { PassParts } from '../plan.ts';

/** A note as a model sees it in one call, under a handle that means nothing outside of it. */
export interface ShownNote {
  /** `n1`, `n2` and on. */
  readonly handle: string;
  readonly stored: StoredNote;
  /** What of its text was shown. */
  readonly text: string;
  /** Whether the model is to construct it; the others were there before. */
  readonly isNew: boolean;
  /** The note said before it in its session, if it is shown too. */
  readonly turnBefore: NoteId | null;
}

export interface ShownParts extends Pick<PassParts, 'view'> {
  readonly store: Pick<PassParts['store'], 'notes'>;
}

/**
 * The new notes of one call with those they may be linked to: for each the turn before it and the most alike from before,
 * taken in turns so that none crowds out the others'. Only active notes of the same scope that are no keys over others.
 * `fresh` in its order first, then the others in the order they were found.
 */
export async function shownNotes(
  fresh: readonly StoredNote[],
  { store, view }: ShownParts,
): Promise<readonly ShownNote[]> {
  const own = new Set(fresh.map(({ note }) => note.id));
  const wanted = fresh.map(({ note }) => wantedFor(note.id, view));
  const chosen = new Set<NoteId>();
  for (let rank = 0; rank <= limits.modelNeighboursPerNote; rank += 1) {
    for (const ids of wanted) {
      const id = ids[rank];
      if (id !== undefined && !own.has(id) && chosen.size < limits.modelNeighbours) chosen.add(id);
    }
  }
  const found = chosen.size === 0 ? [] : await store.notes(view.scope.tenant, [...chosen]);
  const before = found.filter(({ note }) => {
    return note.state === 'active' && note.origin !== 'derived' && note.scope.namespace === view.scope.namespace;
  });
  const all = [...fresh, ...before];
  const present = new Set(all.map(({ note }) => note.id));
  return all.map((stored, index) => {
    const turn = view.turnBefore(stored.note.id);
    return {
      handle: `n${index + 1}`,
      stored,
      text: cut(stored.note.text, limits.modelNoteCharacters),
      isNew: index < fresh.length,
      turnBefore: turn !== null && present.has(turn) ? turn : null,
    };
  });
}

function wantedFor(id: NoteId, view: PassParts['view']): readonly NoteId[] {
  const turn = view.turnBefore(id);
  const alike = view.neighbours(id, limits.modelNeighboursPerNote).map(({ noteId }) => noteId);
  return turn === null ? alike : [turn, ...alike.filter((other) => other !== turn)];
}

/** Never between the two halves of a character. */
function cut(text: string, charactersMax: number): string {
  return text.length <= charactersMax ? text : text.slice(0, charactersMax).replace(/[\uD800-\uDBFF]$/, '');
}
