import type { VectorAnswer, VectorQuery } from '../memory/store.ts';
import { compareText, type NoteRecord } from './in-memory-state.ts';

/** Exact nearest neighbours by cosine, by looking at every vector: O(notes x dimensions). */
export function nearestOf(records: readonly NoteRecord[], query: VectorQuery): VectorAnswer {
  const hits = records
    .flatMap(({ note, vectors }) => {
      const vector = vectors.get(query.embedder);
      if (vector === undefined || vector.length !== query.vector.length) return [];
      return [{ noteId: note.id, similarity: cosine(vector, query.vector) }];
    })
    .sort((left, right) => right.similarity - left.similarity || compareText(left.noteId, right.noteId))
    .slice(0, query.limit);
  return { hits, exact: true, degraded: null };
}

/** -1 to 1; 0 when either has no direction. */
function cosine(left: Float32Array, right: Float32Array): number {
  let dot = 0;
  let leftSquares = 0;
  let rightSquares = 0;
  for (let index = 0; index < left.length; index += 1) {
    dot += left[index]! * right[index]!;
    leftSquares += left[index]! ** 2;
    rightSquares += right[index]! ** 2;
  }
  const lengths = Math.sqrt(leftSquares * rightSquares);
  return lengths === 0 ? 0 : Math.max(-1, Math.min(1, dot / lengths));
}
