import type { NoteId } from '../../memory/ids.ts';
import { limits } from '../../memory/limits.ts';
import type { ReadScope } from '../../memory/scope.ts';
import type { VectorAnswer, VectorQuery } from '../../memory/store.ts';
import type { Connection } from './driver.ts';
import type { Scopes } from './scopes.ts';
import { assertDirection, type VectorTable, type VectorTables } from './vector-tables.ts';

type Hit = VectorAnswer['hits'][number];
export type ExactNearest = (read: ReadScope, query: VectorQuery) => VectorAnswer;

/** Looks at every vector of each partition that the read covers: O(vectors of the scope x dimensions). */
export function newExactNearest(connection: Connection, scopes: Scopes, vectors: VectorTables): ExactNearest {
  const noteId = connection
    .prepare<[number, number], NoteId>('SELECT id FROM notes WHERE position = ? AND scope_id = ?')
    .pluck();

  return (read, query) => {
    const table = vectors.table(query.embedder);
    if (table === null) return { hits: [], exact: true, degraded: null };
    if (table.dimensions !== query.vector.length) {
      const degraded = `the query has ${query.vector.length} dimensions, the vectors have ${table.dimensions}`;
      return { hits: [], exact: true, degraded };
    }
    assertDirection(query.vector);
    const limit = Math.min(query.limit, limits.exactVectorHits);
    const hits = scopes.covered(read).flatMap(({ id }) => nearestInScope(table, id, query.vector, limit));
    return { hits: hits.sort(bestFirst).slice(0, limit), exact: true, degraded: null };
  };

  /** sqlite-vec breaks ties as it likes, so ask for more until the last of them is no tie of the last one wanted. */
  function nearestInScope(table: VectorTable, scopeId: number, vector: Float32Array, limit: number): Hit[] {
    const bytes = Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength);
    for (let k = limit + 8; ; k *= 2) {
      const asked = Math.min(k, limits.exactVectorHits);
      const rows = table.nearest.all(bytes, BigInt(asked), BigInt(scopeId));
      const isComplete = rows.length < asked || asked === limits.exactVectorHits;
      if (!isComplete && rows[limit - 1]?.distance === rows.at(-1)?.distance) continue;
      return rows.flatMap(({ note, distance }) => {
        const id = noteId.get(note, scopeId);
        return id === undefined ? [] : [{ noteId: id, similarity: Math.max(-1, Math.min(1, 1 - distance)) }];
      });
    }
  }
}

function bestFirst(left: Hit, right: Hit): number {
  return right.similarity - left.similarity || (left.noteId < right.noteId ? -1 : left.noteId > right.noteId ? 1 : 0);
}
