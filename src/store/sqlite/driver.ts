import { createRequire } from 'node:module';
import type Database from 'better-sqlite3';
import { EcphoryError } from '../../memory/errors.ts';

export type Connection = Database.Database;

/** The native packages, loaded on demand and only once it is known that they will not crash the process. */
export interface Driver {
  open(path: string, options?: Database.Options): Connection;
  /** Adds the `vec0` virtual table to a connection. */
  addVectors(connection: Connection): void;
}

/** @throws EcphoryError `unavailable` when the installed versions do not fit each other. */
export async function loadDriver(): Promise<Driver> {
  const packageFile: unknown = createRequire(import.meta.url)('better-sqlite3/package.json');
  assertDriverFits(process.versions.node, versionOf(packageFile));
  const { default: DatabaseConstructor } = await import('better-sqlite3');
  const vectors = await import('sqlite-vec');
  return {
    open: (path, options) => new DatabaseConstructor(path, options),
    addVectors: (connection) => vectors.load(connection),
  };
}

/** better-sqlite3 13 carries binaries that end the process, with no error to catch, on Node before 22. */
export function assertDriverFits(nodeVersion: string, driverVersion: string): void {
  if (majorOf(nodeVersion) < 22 && majorOf(driverVersion) >= 13) {
    throw new EcphoryError(
      'unavailable',
      `better-sqlite3 ${driverVersion} needs Node 22 or newer and this is Node ${nodeVersion}: ` +
        'use a newer Node, or run `npm install better-sqlite3@12`.',
    );
  }
}

/**
 * Versions before 3.51.3 can corrupt a WAL file that two connections write or checkpoint at once
 * (https://sqlite.org/wal.html#walresetbug).
 */
export function assertSqliteIsNew(version: string): void {
  const [major = 0, minor = 0, patch = 0] = version.split('.').map(Number);
  if (major * 1e6 + minor * 1e3 + patch < 3_051_003) {
    throw new EcphoryError('unavailable', `SQLite ${version} is too old: 3.51.3 or newer is needed.`);
  }
}

function versionOf(packageFile: unknown): string {
  if (typeof packageFile === 'object' && packageFile !== null && 'version' in packageFile) {
    return String(packageFile.version);
  }
  throw new EcphoryError('unavailable', 'The package better-sqlite3 does not say which version it is.');
}

function majorOf(version: string): number {
  return Number.parseInt(version, 10);
}
