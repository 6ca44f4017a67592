/** A text's vector, not necessarily of unit length. */
export type VectorOf = (text: string) => Float32Array;

export interface DenseSearch {
  /** Positions of documents by falling cosine, ties by position. */
  readonly search: (query: string, limit: number) => readonly number[];
}

/**
 * Exact search by cosine(q, d) = q · d / (|q| |d|), in memory. A vector of zeros has cosine 0 with everything. Cost: every
 * document for every query.
 */
export function newDenseSearch(documents: readonly string[], vectorOf: VectorOf): DenseSearch {
  const vectors = documents.map((text) => unit(vectorOf(text)));
  return {
    search(query, limit) {
      const asked = unit(vectorOf(query));
      return vectors
        .map((vector, document) => ({ document, cosine: dot(asked, vector) }))
        .sort((left, right) => right.cosine - left.cosine || left.document - right.document)
        .slice(0, limit)
        .map(({ document }) => document);
    },
  };
}

function unit(vector: Float32Array): Float32Array {
  const length = Math.sqrt(dot(vector, vector));
  return length === 0 ? vector : vector.map((value) => value / length);
}

function dot(left: Float32Array, right: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < left.length; i += 1) sum += left[i]! * right[i]!;
  return sum;
}
