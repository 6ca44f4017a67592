import type { NoteId } from '../../memory/ids.ts';
import { readScope } from '../../memory/scope.ts';
import { openConnection } from './connection.ts';
import { type Connection, loadDriver } from './driver.ts';
import { newExactNearest } from './exact-vectors.ts';
import { newFeed } from './feed.ts';
import { newScopes, type Scopes } from './scopes.ts';
import { storeError } from './sqlite-error.ts';
import type { ReadOnlyVectorSource, SequencedVector, VectorSource } from './vector-source.ts';
import { newVectorTables, type VectorTables } from './vector-tables.ts';

/**
 * Opens the vectors of a database beside the store that has it, for building an index in a child process.
 *
 * @throws EcphoryError `unavailable` when the file is not there or is no database.
 */
export async function openReadOnlyVectorSource(path: string): Promise<ReadOnlyVectorSource> {
  const driver = await loadDriver();
  try {
    const connection = openConnection(driver, { path, mode: 'read', synchronous: 'full' });
    const scopes = newScopes(connection);
    const source = newVectorSource(connection, { path, scopes, vectors: newVectorTables(connection, 'read') });
    return { ...source, close: async () => void connection.close() };
  } catch (error) {
    throw storeError(error);
  }
}

export interface VectorSourceParts {
  readonly path: string;
  readonly scopes: Scopes;
  readonly vectors: VectorTables;
}

interface VectorRow {
  readonly id: NoteId;
  readonly sequence: number;
  readonly vector: Buffer;
}

export function newVectorSource(connection: Connection, parts: VectorSourceParts): VectorSource {
  const { path, scopes, vectors } = parts;
  const select = 'SELECT n.id, v.sequence, v.vector FROM vectors v JOIN notes n ON n.position = v.note';
  const statement = {
    afterInScope: connection.prepare<[number, number, number, number], VectorRow>(
      `${select} WHERE v.embedder = ? AND v.scope_id = ? AND v.sequence > ? ORDER BY v.sequence LIMIT ?`,
    ),
    // Chosen from the index alone, so that a page does not sort the vectors of the whole subtree.
    afterInSubtree: connection.prepare<[number, string, number, number], VectorRow>(
      `${select} WHERE v.sequence IN (
         SELECT sequence FROM vectors INDEXED BY vectors_by_scope
         WHERE embedder = ? AND scope_id IN (SELECT value FROM json_each(?)) AND sequence > ?
         ORDER BY sequence LIMIT ?)
       ORDER BY v.sequence`,
    ),
    // Without the hint SQLite would look through all vectors of the embedder for those of a few notes.
    ofNotes: connection.prepare<[number, string, string], VectorRow>(
      `SELECT n.id, v.sequence, v.vector
       FROM notes n CROSS JOIN vectors v INDEXED BY vectors_by_note ON v.note = n.position AND v.embedder = ?
       WHERE n.id IN (SELECT value FROM json_each(?)) AND n.scope_id IN (SELECT value FROM json_each(?))`,
    ),
  };
  const exactNearest = newExactNearest(connection, scopes, vectors);
  const feed = newFeed(connection, scopes, () => 0);

  return {
    path,
    exactNearest: (read, query) => answered(() => exactNearest(read, query)),
    vectorCount: (read, embedder) =>
      answered(() => {
        const table = vectors.table(embedder);
        if (table === null) return 0;
        return scopes.covered(read).reduce((sum, { id }) => sum + vectors.count(table, id), 0);
      }),
    vectorsAfter: (read, embedder, afterSequence, limit) =>
      answered(() => {
        const table = vectors.table(embedder);
        if (table === null) return [];
        const rows = read.subtree
          ? statement.afterInSubtree.all(table.id, scopes.coveredAsJson(read), afterSequence, limit)
          : scopes.covered(read).flatMap(({ id }) => statement.afterInScope.all(table.id, id, afterSequence, limit));
        return rows.map(sequencedVector);
      }),
    vectorsOf: (read, embedder, noteIds) =>
      answered(() => {
        const table = vectors.table(embedder);
        if (table === null || noteIds.length === 0) return [];
        return statement.ofNotes
          .all(table.id, JSON.stringify(noteIds), scopes.coveredAsJson(read))
          .map(sequencedVector);
      }),
    vectorScopes: (read, embedder) =>
      answered(() => {
        const table = vectors.table(embedder);
        if (table === null) return [];
        return scopes
          .covered(read)
          .map(({ id, scope }) => ({ scope, vectors: vectors.count(table, id) }))
          .filter((part) => part.vectors > 0);
      }),
    erasedSince: (scope, sequence) => answered(() => feed.erasedSince(readScope(scope), sequence)),
  };
}

/** The buffer of a row need not lie at a multiple of four, and is not ours to keep. */
function sequencedVector(row: VectorRow): SequencedVector {
  const { buffer, byteOffset, byteLength } = row.vector;
  return {
    noteId: row.id,
    sequence: row.sequence,
    vector: new Float32Array(buffer.slice(byteOffset, byteOffset + byteLength)),
  };
}

async function answered<Answer>(read: () => Answer): Promise<Answer> {
  try {
    return read();
  } catch (error) {
    throw storeError(error);
  }
}
