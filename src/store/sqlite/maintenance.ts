import { EcphoryError } from '../../memory/errors.ts';
import type { Clock } from '../../memory/ids.ts';
import { type FileLock, lockFile } from '../file-lock.ts';
import { migrationFolder, migrationState } from '../migrate.ts';
import { openConnection } from './connection.ts';
import { type Connection, loadDriver } from './driver.ts';
import type { StoredEmbedder } from './inspect.ts';
import { storeError } from './sqlite-error.ts';
import { createSearchTable, vectorTable } from './vector-tables.ts';

/** What can be done to the vectors of a database that no server has open. */
export interface VectorMaintenance {
  embedders(): readonly StoredEmbedder[];
  /** Makes the search tables anew from the vectors as they were stored: all of an embedder's, or on failure none. */
  rebuildSearch(onProgress: (done: number, total: number) => void): void;
  /** Takes away every vector of an embedder. */
  forget(embedder: string): void;
  close(): void;
}

/**
 * @throws EcphoryError `unavailable` when another process has the file (see `isLockedByAnother`), or when it is of an older
 *   version that was not upgraded yet
 */
export async function openVectorMaintenance(path: string, clock: Clock): Promise<VectorMaintenance> {
  const driver = await loadDriver();
  let lock: FileLock | null = null;
  let connection: Connection | null = null;
  try {
    lock = lockFile(driver, path, clock);
    connection = openConnection(driver, { path, mode: 'write', synchronous: 'full' });
    const { pending } = migrationState(connection, migrationFolder('sqlite'));
    if (pending.length > 0) {
      throw new EcphoryError(
        'unavailable',
        'The database is of an older version: start "ecphory serve" once, which upgrades it and keeps a copy.',
      );
    }
    return newVectorMaintenance(connection, lock);
  } catch (error) {
    connection?.close();
    lock?.release();
    throw storeError(error);
  }
}

interface EmbedderRow extends StoredEmbedder {
  readonly id: number;
}

/** 1.5 MB of 384-dimensional floats. */
const vectorsPerPage = 1_000;

interface VectorRow {
  readonly sequence: number;
  readonly note: number;
  readonly scope_id: number;
  readonly vector: Buffer;
}

function newVectorMaintenance(connection: Connection, lock: FileLock): VectorMaintenance {
  const statement = {
    embedders: connection.prepare<[], EmbedderRow>(
      `SELECT e.id, e.name, e.dimensions, (SELECT count(*) FROM vectors v WHERE v.embedder = e.id) AS vectors
       FROM embedders e ORDER BY e.id`,
    ),
    vectors: connection.prepare<[number, number, number], VectorRow>(
      'SELECT sequence, note, scope_id, vector FROM vectors WHERE embedder = ? AND sequence > ? ORDER BY sequence LIMIT ?',
    ),
    dropVectors: connection.prepare('DELETE FROM vectors WHERE embedder = ?'),
    dropEmbedder: connection.prepare('DELETE FROM embedders WHERE id = ?'),
  };

  return {
    embedders: () => statement.embedders.all().map(({ name, dimensions, vectors }) => ({ name, dimensions, vectors })),

    rebuildSearch(onProgress) {
      const embedders = statement.embedders.all();
      const total = embedders.reduce((sum, { vectors }) => sum + vectors, 0);
      let done = 0;
      for (const embedder of embedders) {
        connection.transaction(() => {
          connection.exec(`DROP TABLE IF EXISTS vec_${embedder.id}`);
          createSearchTable(connection, embedder.id, embedder.dimensions);
          const table = vectorTable(connection, embedder.id, embedder.dimensions);
          // A page at a time: a statement that is being stepped through allows no write beside it.
          let page = statement.vectors.all(embedder.id, -1, vectorsPerPage);
          while (page.length > 0) {
            for (const row of page) table.insert.run(BigInt(row.note), BigInt(row.scope_id), row.vector);
            done += page.length;
            onProgress(done, total);
            page = statement.vectors.all(embedder.id, page.at(-1)?.sequence ?? 0, vectorsPerPage);
          }
        })();
      }
      onProgress(done, total);
    },

    forget(name) {
      const embedder = statement.embedders.all().find((row) => row.name === name);
      if (embedder === undefined) return;
      connection.transaction(() => {
        connection.exec(`DROP TABLE IF EXISTS vec_${embedder.id}`);
        statement.dropVectors.run(embedder.id);
        statement.dropEmbedder.run(embedder.id);
      })();
    },

    close() {
      connection.close();
      lock.release();
    },
  };
}
