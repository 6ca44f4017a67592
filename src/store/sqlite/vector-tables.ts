import type { Statement } from 'better-sqlite3';
import { EcphoryError } from '../../memory/errors.ts';
import type { Connection } from './driver.ts';

/**
 * Vectors as they are written: the blob that is the truth, and beside it the same vector in the embedder's search
 * table, partitioned by scope so that a search reads its own scope only.
 */
export interface VectorTables {
  put(vector: NewVector): void;
  /** All vectors of a note, of every embedder, from both places. */
  drop(note: number): void;
  /** Null when the store has never seen this embedder. */
  table(embedder: string): VectorTable | null;
  /** Vectors of an embedder in a scope. */
  count(table: VectorTable, scopeId: number): number;
  /** After a rollback: what is remembered may not be there. */
  forget(): void;
}

export interface NewVector {
  readonly embedder: string;
  readonly scopeId: number;
  readonly note: number;
  readonly sequence: number;
  readonly vector: Float32Array;
}

export interface VectorTable {
  readonly id: number;
  readonly dimensions: number;
  readonly insert: Statement<[bigint, bigint, Buffer]>;
  readonly remove: Statement<[bigint]>;
  /** Of a scope: the vector, k, the scope. Nearest first. */
  readonly nearest: Statement<[Buffer, bigint, bigint], { readonly note: number; readonly distance: number }>;
}

export function newVectorTables(connection: Connection, mode: 'write' | 'read'): VectorTables {
  const statement = {
    embedder: connection.prepare<[string], { id: number; dimensions: number }>(
      'SELECT id, dimensions FROM embedders WHERE name = ?',
    ),
    addEmbedder: connection.prepare('INSERT INTO embedders (name, dimensions) VALUES (?, ?)'),
    put: connection.prepare('INSERT INTO vectors (sequence, embedder, scope_id, note, vector) VALUES (?, ?, ?, ?, ?)'),
    ofNote: connection.prepare<[number], { embedder: string; scope_id: number }>(
      `SELECT embedders.name AS embedder, vectors.scope_id
       FROM vectors JOIN embedders ON embedders.id = vectors.embedder WHERE vectors.note = ?`,
    ),
    drop: connection.prepare('DELETE FROM vectors WHERE note = ? AND embedder = ?'),
    count: connection
      .prepare<[number, number], number>('SELECT count(*) FROM vectors WHERE embedder = ? AND scope_id = ?')
      .pluck(),
  };
  const tables = new Map<string, VectorTable>();
  /** By embedder and scope. Only the one writer can keep counts: a reader does not hear of changes. */
  const counts = new Map<string, number>();

  return {
    put({ embedder, scopeId, note, sequence, vector }) {
      assertDirection(vector);
      const target = table(embedder) ?? addTable(embedder, vector.length);
      if (vector.length !== target.dimensions) {
        throw new EcphoryError(
          'invalid',
          `Vectors of "${embedder}" have ${target.dimensions} dimensions; this one has ${vector.length}.`,
        );
      }
      remove(target, note, scopeId);
      const bytes = Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength);
      statement.put.run(sequence, target.id, scopeId, note, bytes);
      target.insert.run(BigInt(note), BigInt(scopeId), bytes);
      count(target, scopeId, +1);
    },
    drop(note) {
      for (const { embedder, scope_id } of statement.ofNote.all(note)) {
        const target = table(embedder);
        if (target !== null) remove(target, note, scope_id);
      }
    },
    table,
    count(target, scopeId) {
      const key = `${target.id}:${scopeId}`;
      const counted = counts.get(key) ?? statement.count.get(target.id, scopeId) ?? 0;
      if (mode === 'write') counts.set(key, counted);
      return counted;
    },
    forget() {
      tables.clear();
      counts.clear();
    },
  };

  function table(embedder: string): VectorTable | null {
    const known = tables.get(embedder);
    if (known !== undefined) return known;
    const row = statement.embedder.get(embedder);
    if (row === undefined) return null;
    const found = vectorTable(connection, row.id, row.dimensions);
    tables.set(embedder, found);
    return found;
  }

  function addTable(embedder: string, dimensions: number): VectorTable {
    const id = Number(statement.addEmbedder.run(embedder, dimensions).lastInsertRowid);
    createSearchTable(connection, id, dimensions);
    const made = vectorTable(connection, id, dimensions);
    tables.set(embedder, made);
    return made;
  }

  function remove(target: VectorTable, note: number, scopeId: number): void {
    if (statement.drop.run(note, target.id).changes === 0) return;
    target.remove.run(BigInt(note));
    count(target, scopeId, -1);
  }

  function count(target: VectorTable, scopeId: number, difference: number): void {
    const key = `${target.id}:${scopeId}`;
    const known = counts.get(key);
    if (known !== undefined) counts.set(key, known + difference);
  }
}

/**
 * 64 vectors to a chunk: sqlite-vec gives each partition whole chunks, and its default of 1,024 spends 1.5 MB of
 * 384-dimensional floats on a scope with one note.
 */
export function createSearchTable(connection: Connection, id: number, dimensions: number): void {
  connection.exec(
    `CREATE VIRTUAL TABLE vec_${id} USING vec0 (
       scope_id integer partition key, embedding float[${dimensions}] distance_metric=cosine, chunk_size=64)`,
  );
  // sqlite-vec finds the chunks of a partition by reading the list of all chunks, which would make a search in one
  // scope slower with every other scope in the file.
  connection.exec(`CREATE INDEX vec_${id}_chunks_by_scope ON vec_${id}_chunks (partition00)`);
}

/** Row ids of vec0 must be integers for SQLite, which only a BigInt is to the driver. */
export function vectorTable(connection: Connection, id: number, dimensions: number): VectorTable {
  return {
    id,
    dimensions,
    insert: connection.prepare(`INSERT INTO vec_${id} (rowid, scope_id, embedding) VALUES (?, ?, ?)`),
    remove: connection.prepare(`DELETE FROM vec_${id} WHERE rowid = ?`),
    nearest: connection.prepare(
      `SELECT rowid AS note, distance FROM vec_${id} WHERE embedding MATCH ? AND k = ? AND scope_id = ?`,
    ),
  };
}

/** sqlite-vec takes NaN and infinity and then puts them first; a zero vector is at no angle to anything. */
export function assertDirection(vector: Float32Array): void {
  let squares = 0;
  for (let index = 0; index < vector.length; index += 1) squares += vector[index]! ** 2;
  if (!(squares > 0 && squares < Number.POSITIVE_INFINITY)) {
    throw new EcphoryError('invalid', 'A vector is of finite numbers, not all of them zero.');
  }
}
