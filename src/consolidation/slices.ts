import type { Change } from '../memory/change.ts';
import type { NoteId } from '../memory/ids.ts';

/**
 * A plan in parts of about `size` changes, in order. Changes of one note that follow each other are never parted, so that a
 * process may end between any two parts.
 */
export function slicesOf(changes: readonly Change[], size: number): readonly (readonly Change[])[] {
  const slices: Change[][] = [];
  let slice: Change[] = [];
  for (const [index, change] of changes.entries()) {
    const before = changes[index - 1];
    const isSameNote = before !== undefined && noteOf(change) !== null && noteOf(before) === noteOf(change);
    if (slice.length >= size && !isSameNote) {
      slices.push(slice);
      slice = [];
    }
    slice.push(change);
  }
  if (slice.length > 0) slices.push(slice);
  return slices;
}

function noteOf(change: Change): NoteId | null {
  switch (change.kind) {
    case 'note-added':
      return change.note.id;
    case 'link-set':
      return change.link.from;
    default:
      return 'noteId' in change ? change.noteId : null;
  }
}
