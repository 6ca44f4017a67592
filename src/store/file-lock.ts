import { closeSync, existsSync, openSync } from 'node:fs';
import { hostname } from 'node:os';
import { EcphoryError, isEcphoryError } from '../memory/errors.ts';
import type { Clock } from '../memory/ids.ts';
import type { Connection, Driver } from './sqlite/driver.ts';
import { sqliteCode } from './sqlite/sqlite-error.ts';

export interface FileLock {
  release(): void;
}

export interface LockHolder {
  readonly pid: number;
  readonly host: string;
  /** Milliseconds since 1970. */
  readonly since: number;
}

/**
 * Lets one store at a time have the file. `<path>.lock` is a tiny SQLite file: the holder writes its name into it,
 * commits, and then keeps a write transaction open for life. The kernel's lock under that transaction ends with the
 * process, however it ends, so a lock left by a killed process is simply free; and while it is held, others can
 * still read who holds it.
 *
 * @throws EcphoryError `unavailable` at once, naming the holder, when it is held; see `isLockedByAnother`.
 */
export function lockFile(driver: Driver, path: string, clock: Clock): FileLock {
  const lockPath = `${path}.lock`;
  createPrivateFile(lockPath);
  const connection = driver.open(lockPath, { timeout: 0 });
  try {
    // The names need not survive a power cut: neither do the holders.
    connection.pragma('synchronous = OFF');
    connection.exec('BEGIN IMMEDIATE');
    connection.exec(
      'CREATE TABLE IF NOT EXISTS holder (pid INTEGER NOT NULL, host TEXT NOT NULL, since REAL NOT NULL)',
    );
    connection.exec('DELETE FROM holder');
    connection.prepare('INSERT INTO holder (pid, host, since) VALUES (?, ?, ?)').run(process.pid, hostname(), clock());
    connection.exec('COMMIT');
    connection.exec('BEGIN IMMEDIATE');
  } catch (error) {
    const refusal = sqliteCode(error)?.startsWith('SQLITE_BUSY') ? lockedByAnother(path, holderOf(connection)) : error;
    connection.close();
    throw refusal;
  }
  return {
    release() {
      // Closing ends the transaction, and with it the lock. Idempotent.
      connection.close();
    },
  };
}

/**
 * Who has the file now: `free` when nobody has, null when somebody has whose name cannot be read. Takes the lock for a moment
 * to find out, and makes no file.
 */
export function lockHolder(driver: Driver, path: string): LockHolder | null | 'free' {
  const lockPath = `${path}.lock`;
  if (!existsSync(lockPath)) return 'free';
  const connection = driver.open(lockPath, { timeout: 0, fileMustExist: true });
  try {
    connection.exec('BEGIN IMMEDIATE');
    connection.exec('ROLLBACK');
    return 'free';
  } catch (error) {
    if (!sqliteCode(error)?.startsWith('SQLITE_BUSY')) throw error;
    return holderOf(connection);
  } finally {
    connection.close();
  }
}

/** Whether opening failed because another process, or another store of this one, has the file. */
export function isLockedByAnother(error: unknown): error is EcphoryError {
  return isEcphoryError(error) && error.cause instanceof Error && error.cause.name === 'FileLockHeldError';
}

/**
 * An empty file that only its owner may read. Never opens one that is there: closing a file drops every lock that
 * this process has on it (https://sqlite.org/howtocorrupt.html, 2.2).
 */
export function createPrivateFile(path: string): void {
  if (existsSync(path)) return;
  try {
    closeSync(openSync(path, 'wx', 0o600));
  } catch (error) {
    if (!existsSync(path)) throw error;
  }
}

class FileLockHeldError extends Error {
  override readonly name = 'FileLockHeldError';
}

function holderOf(connection: Connection): LockHolder | null {
  try {
    if (connection.inTransaction) connection.exec('ROLLBACK');
    // While the holder writes its name nobody can read it, for well under this long.
    connection.pragma('busy_timeout = 100');
    const row = connection.prepare('SELECT pid, host, since FROM holder').get();
    return row === undefined ? null : (row as LockHolder);
  } catch {
    return null;
  }
}

function lockedByAnother(path: string, holder: LockHolder | null): EcphoryError {
  const who =
    holder === null
      ? 'another process'
      : `process ${holder.pid} on ${holder.host}, since ${new Date(holder.since).toISOString()}`;
  const message = `${path} is in use by ${who}. Stop that first, or use another file.`;
  return new EcphoryError('unavailable', message, { cause: new FileLockHeldError(message) });
}
