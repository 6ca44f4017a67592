import type { NoteId } from '../../memory/ids.ts';
import type { VectorAnswer } from '../../memory/store.ts';

/** The best hits by cosine of these vectors, ties by id; each note once. */
export function merged(
  vectors: readonly { readonly noteId: NoteId; readonly vector: Float32Array }[],
  query: Float32Array,
  limit: number,
): VectorAnswer['hits'] {
  const hits = new Map(vectors.map(({ noteId, vector }) => [noteId, { noteId, similarity: cosine(vector, query) }]));
  return bestHits([...hits.values()], limit);
}

export function bestHits(hits: VectorAnswer['hits'], limit: number): VectorAnswer['hits'] {
  return [...hits]
    .sort((left, right) => right.similarity - left.similarity || (left.noteId < right.noteId ? -1 : 1))
    .slice(0, limit);
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
