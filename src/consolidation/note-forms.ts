import type { Change } from '../memory/change.ts';
import type { Derived } from '../memory/derived.ts';
import type { NoteId } from '../memory/ids.ts';
import type { StoredNote } from '../memory/store.ts';

/** What a plan so far leaves a note with. */
export interface NoteForm {
  readonly stored: StoredNote;
  readonly derived: Derived;
  readonly derivation: number;
}

/** Notes as the store has them, with what is planned for them laid over it. Notes that no pass has seen are not in it. */
export function noteForms(stored: readonly StoredNote[], planned: readonly Change[]): Map<NoteId, NoteForm> {
  const forms = new Map<NoteId, NoteForm>();
  const newest = new Map<NoteId, { derived: Derived; derivation: number }>();
  for (const change of planned) {
    if (change.kind !== 'note-derived') continue;
    newest.set(change.noteId, { derived: change.derived, derivation: change.expectedDerivation + 1 });
  }
  for (const one of stored) {
    const { id, derived, derivation } = one.note;
    const planned = newest.get(id);
    if (planned !== undefined) forms.set(id, { stored: one, ...planned });
    else if (derived !== null) forms.set(id, { stored: one, derived, derivation });
  }
  return forms;
}
