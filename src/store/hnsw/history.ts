import type { NoteId } from '../../memory/ids.ts';
import { readScope, type Scope } from '../../memory/scope.ts';
import type { VectorSource } from '../sqlite/vector-source.ts';
import { identityOf, type Manifest } from './manifest.ts';

/**
 * The place of the scope's last erasure in the feed; 0 when nothing was ever erased. Found by halving, since
 * "was anything erased after n" is all that a source tells: at most twice as many questions as the number has bits, each one look into an index.
 */
export async function lastErasure(source: Pick<VectorSource, 'erasedSince'>, scope: Scope): Promise<number> {
  if (!(await source.erasedSince(scope, 0))) return 0;
  let before = 0;
  let after = 1;
  while (await source.erasedSince(scope, after)) {
    before = after;
    after *= 2;
  }
  while (after - before > 1) {
    const middle = before + Math.floor((after - before) / 2);
    if (await source.erasedSince(scope, middle)) before = middle;
    else after = middle;
  }
  return after;
}

/**
 * Why the index does not belong to this database as it is now, or null. Erasure is one reason. The other is a
 * database put back from a backup, whose feed counts the same numbers for other vectors: some notes of the index
 * must still have the vector that the index saw, or a later one.
 */
export async function historyProblem(
  source: Pick<VectorSource, 'erasedSince' | 'vectorsOf'>,
  manifest: Manifest,
): Promise<string | null> {
  const { scope, embedder } = identityOf(manifest);
  if (await source.erasedSince(scope, manifest.erasedUntil)) return 'something in it was erased';
  const ids = manifest.witnesses.map((witness) => witness.noteId as NoteId);
  const now = new Map(
    (await source.vectorsOf(readScope(scope), embedder, ids)).map((vector) => [vector.noteId, vector]),
  );
  for (const { noteId, sequence } of manifest.witnesses) {
    const vector = now.get(noteId as NoteId);
    if (vector === undefined) return 'a note in it has no vector now';
    if (vector.sequence !== sequence && vector.sequence <= manifest.position) return 'it is of another history';
  }
  return null;
}
