import { existsSync } from 'node:fs';
import { EcphoryError } from '../../memory/errors.ts';
import { migrationFolder, migrationState } from '../migrate.ts';
import { openConnection } from './connection.ts';
import { type Connection, loadDriver } from './driver.ts';
import { isDiskFailure, storeError } from './sqlite-error.ts';

export interface Inspection {
  readonly migrations: { readonly applied: readonly string[]; readonly pending: readonly string[] };
  /** What is wrong with the file, in SQLite's words; empty when nothing is. */
  readonly problems: readonly string[];
  readonly notes: number;
  /** Notes that are to have a vector. */
  readonly embeddable: number;
  readonly embedders: readonly StoredEmbedder[];
}

export interface StoredEmbedder {
  readonly name: string;
  readonly dimensions: number;
  readonly vectors: number;
}

/**
 * Looks at a database without a lock and without changing it, also while a server has it open. `isThorough` also compares
 * every index with its table.
 *
 * @throws EcphoryError `not_found` when there is no file; `unavailable` when it is no database of Ecphory's, or of a newer
 *   version.
 */
export async function inspectDatabase(path: string, isThorough: boolean): Promise<Inspection> {
  if (!existsSync(path)) throw new EcphoryError('not_found', `There is no file ${path}.`);
  const driver = await loadDriver();
  let connection: Connection | null = null;
  try {
    connection = openConnection(driver, { path, mode: 'read', synchronous: 'full' });
    const migrations = migrationState(connection, migrationFolder('sqlite'));
    if (migrations.applied.length === 0)
      throw new EcphoryError('unavailable', `${path} holds no memories: it is empty.`);
    return { migrations, problems: problemsOf(connection, isThorough), ...countsOf(connection) };
  } catch (error) {
    if (isDiskFailure(error))
      throw new EcphoryError('unavailable', `${path} cannot be read as a database.`, { cause: error });
    throw storeError(error);
  } finally {
    connection?.close();
  }
}

function problemsOf(connection: Connection, isThorough: boolean): readonly string[] {
  const check = isThorough ? 'integrity_check(20)' : 'quick_check(20)';
  const rows = connection.pragma(check) as readonly Readonly<Record<string, unknown>>[];
  const said = rows.map((row) => String(Object.values(row)[0])).filter((text) => text !== 'ok');
  const dangling = connection.pragma('foreign_key_check') as readonly { readonly table: string }[];
  const tables = [...new Set(dangling.map(({ table }) => table))];
  return [...said, ...tables.map((table) => `rows of ${table} refer to rows that are not there`)];
}

function countsOf(connection: Connection): Pick<Inspection, 'notes' | 'embeddable' | 'embedders'> {
  const count = (sql: string) => connection.prepare<[], number>(sql).pluck().get() ?? 0;
  return {
    notes: count('SELECT count(*) FROM notes'),
    embeddable: count(`SELECT count(*) FROM notes WHERE origin <> 'derived'`),
    embedders: connection
      .prepare<[], StoredEmbedder>(
        `SELECT e.name, e.dimensions, (SELECT count(*) FROM vectors v WHERE v.embedder = e.id) AS vectors
         FROM embedders e ORDER BY e.id`,
      )
      .all(),
  };
}
