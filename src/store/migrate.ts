import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { EcphoryError } from '../memory/errors.ts';
import type { Clock } from '../memory/ids.ts';

/** What a migration needs of a database. */
export interface MigrationTarget {
  exec(sql: string): unknown;
  prepare(sql: string): {
    run(...parameters: unknown[]): unknown;
    all(...parameters: unknown[]): unknown[];
  };
}

export interface MigrateOptions {
  /** Holds `0001-words.sql` and so on. */
  readonly folder: string;
  readonly clock: Clock;
  /** Called once before the first change to a database that already had some: the time for a backup. */
  readonly beforeUpgrade?: (lastApplied: string) => void;
}

interface MigrationFile {
  readonly number: number;
  readonly name: string;
  readonly sql: string;
  readonly checksum: string;
}

interface AppliedMigration {
  readonly number: number;
  readonly name: string;
  readonly checksum: string;
}

/**
 * Brings a database to the newest shape: applies what is missing in order, each file in one transaction, and never
 * goes back. Returns the names of the files it applied.
 *
 * @throws EcphoryError `unavailable`, with nothing changed, when the history of the database is not a beginning of
 *   the folder: a file that is missing, was changed since, or would have to be applied before a later one.
 */
export function migrate(database: MigrationTarget, options: MigrateOptions): readonly string[] {
  const files = migrationFiles(options.folder);
  const applied = appliedMigrations(database);
  assertSameHistory(files, applied);
  const pending = files.slice(applied.length);
  const last = applied.at(-1);
  if (pending.length > 0 && last !== undefined) options.beforeUpgrade?.(last.name);
  for (const file of pending) applyFile(database, file, options.clock());
  return pending.map((file) => file.name);
}

/**
 * The names of the files that were applied to a database and of those that are missing, both in order. Changes nothing.
 *
 * @throws EcphoryError `unavailable` where `migrate` would
 */
export function migrationState(
  database: MigrationTarget,
  folder: string,
): { readonly applied: readonly string[]; readonly pending: readonly string[] } {
  const files = migrationFiles(folder);
  const applied = appliedMigrations(database);
  assertSameHistory(files, applied);
  return {
    applied: applied.map(({ name }) => name),
    pending: files.slice(applied.length).map(({ name }) => name),
  };
}

/** The folder of one dialect, wherever the package lies: `src/` under test, `dist/src/` when built. */
export function migrationFolder(dialect: 'sqlite'): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) {
    const parent = dirname(folder);
    if (parent === folder) throw new EcphoryError('internal', 'The package has no package.json above it.');
    folder = parent;
  }
  return join(folder, 'migrations', dialect);
}

function migrationFiles(folder: string): MigrationFile[] {
  const files = readdirSync(folder)
    .sort()
    .flatMap((name) => {
      const match = /^(\d{4})-[a-z0-9-]+\.sql$/.exec(name);
      if (match === null) return [];
      // A checkout on Windows may turn line ends around; the statements are the same.
      const sql = readFileSync(join(folder, name), 'utf8').replaceAll('\r\n', '\n');
      const checksum = createHash('sha256').update(sql).digest('hex');
      return [{ number: Number(match[1]), name, sql, checksum }];
    });
  for (const [index, file] of files.entries()) {
    if (file.number !== index + 1) {
      throw new EcphoryError(
        'unavailable',
        `Migrations are numbered 1, 2, 3: ${file.name} cannot be number ${index + 1}.`,
      );
    }
  }
  return files;
}

function appliedMigrations(database: MigrationTarget): AppliedMigration[] {
  const tables = database.prepare(`SELECT name FROM sqlite_schema WHERE type = 'table'`).all() as { name: string }[];
  if (tables.some((table) => table.name === 'migrations')) {
    return database
      .prepare('SELECT number, name, checksum FROM migrations ORDER BY number')
      .all() as AppliedMigration[];
  }
  if (tables.length > 0) {
    throw new EcphoryError('unavailable', 'This is a database of another program: it has tables but no migrations.');
  }
  return [];
}

function assertSameHistory(files: readonly MigrationFile[], applied: readonly AppliedMigration[]): void {
  for (const [index, was] of applied.entries()) {
    const file = files[index];
    if (was.number !== index + 1) {
      throw refused(`its migration ${was.name} was applied out of order, before number ${index + 1}`);
    }
    if (file === undefined) {
      throw refused(`it was written by a newer version of Ecphory, which applied ${was.name}; use that version`);
    }
    if (file.name !== was.name) throw refused(`it applied ${was.name}, where this version has ${file.name}`);
    if (file.checksum !== was.checksum) throw refused(`${file.name} is not the file that was applied to it`);
  }
}

function applyFile(database: MigrationTarget, file: MigrationFile, at: number): void {
  database.exec('BEGIN IMMEDIATE');
  try {
    database.exec(
      'CREATE TABLE IF NOT EXISTS migrations ' +
        '(number INTEGER PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL, applied_at REAL NOT NULL) STRICT',
    );
    database.exec(file.sql);
    database
      .prepare('INSERT INTO migrations (number, name, checksum, applied_at) VALUES (?, ?, ?, ?)')
      .run(file.number, file.name, file.checksum, at);
    database.exec('COMMIT');
  } catch (error) {
    // A full disk has already ended the transaction; then there is nothing to take back.
    try {
      database.exec('ROLLBACK');
    } catch {}
    throw new EcphoryError('unavailable', `The migration ${file.name} failed and changed nothing.`, { cause: error });
  }
}

function refused(reason: string): EcphoryError {
  return new EcphoryError('unavailable', `The database is not opened: ${reason}.`);
}
