import type { NoteId } from '../../src/memory/ids.ts';
import type { Scope } from '../../src/memory/scope.ts';
import type { ReadOnlyVectorSource } from '../../src/store/sqlite/vector-source.ts';

export interface FileVectorSource extends ReadOnlyVectorSource {
  /** Gives a note its vector; returns the sequence. */
  put(scope: Scope, embedder: string, noteId: NoteId, vector: Float32Array): number;
  /** As a revision does: the note is there, its vector is gone. */
  drop(scope: Scope, noteId: NoteId): void;
  erase(scope: Scope, noteId: NoteId): void;
}

/** @param path of a file that exists, empty for a new source. */
export function openFileVectorSource(path: string): FileVectorSource;
export const openReadOnlyVectorSource: typeof openFileVectorSource;
