import type { Analyzer } from '../memory/analyzer.ts';
import type { Change } from '../memory/change.ts';
import type { Note, NoteRevision } from '../memory/note.ts';
import { embeddingText, keyInput } from '../memory/note-text.ts';
import type { UpdateInput } from '../memory/service.ts';
import type { StoredNote } from '../memory/store.ts';
import { requireTime } from './check-input.ts';

export interface Revised {
  readonly change: Change;
  /** The version the note will have. */
  readonly version: number;
  readonly embeddingText: string;
}

/** A caller's update as a new version. Pure; `input` has been checked. */
export function revise(stored: StoredNote, input: UpdateInput, parts: { analyzer: Analyzer; now: number }): Revised {
  const { note, episode } = stored;
  const revision: NoteRevision = {
    ...(input.text !== undefined && { text: input.text }),
    ...(input.tags !== undefined && { tags: [...new Set(input.tags)] }),
    ...(input.metadata !== undefined && { metadata: input.metadata }),
    ...(input.validAt !== undefined && { validAt: timeOrNull(input.validAt, '/valid_at') }),
    ...(input.invalidAt !== undefined && { invalidAt: timeOrNull(input.invalidAt, '/invalid_at') }),
  };
  // What was derived was derived from the old text.
  const revised: Note = { ...note, ...revision, derived: null };
  return {
    version: note.version + 1,
    embeddingText: embeddingText(revised, episode),
    change: {
      kind: 'note-revised',
      noteId: note.id,
      expectedVersion: note.version,
      revision,
      keys: parts.analyzer.keys(keyInput(revised, episode)),
      cause: 'updated',
      at: parts.now,
    },
  };
}

function timeOrNull(value: string | null, pointer: string): number | null {
  return value === null ? null : requireTime(value, pointer);
}
