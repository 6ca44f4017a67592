import { EcphoryError, isEcphoryError } from '../../memory/errors.ts';

/** Any error as one that may leave the store. The driver's own text stays in `cause`, out of answers. */
export function storeError(error: unknown): EcphoryError {
  if (isEcphoryError(error)) return error;
  if (error instanceof TypeError && error.message.includes('not open')) {
    return new EcphoryError('unavailable', 'The store is closed.', { cause: error });
  }
  const code = sqliteCode(error);
  if (code === null) return new EcphoryError('internal', 'The store failed.', { cause: error });
  if (code === 'SQLITE_FULL') {
    return new EcphoryError('out_of_space', 'The disk, or the space given to the database, is full.', { cause: error });
  }
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED')) {
    return new EcphoryError('unavailable', 'Another program holds a lock on the database.', {
      cause: error,
      retryAfterMs: 1_000,
    });
  }
  if (code === 'SQLITE_CONSTRAINT_UNIQUE' || code === 'SQLITE_CONSTRAINT_PRIMARYKEY') {
    return new EcphoryError('conflict', 'That id is already there.', { cause: error });
  }
  if (code.startsWith('SQLITE_CONSTRAINT')) {
    return new EcphoryError('invalid', 'A value is missing or of a kind that cannot be stored.', { cause: error });
  }
  if (isDiskFailure(error) || code.startsWith('SQLITE_CANTOPEN')) {
    return new EcphoryError('unavailable', `The database cannot be read or written (${code}).`, { cause: error });
  }
  return new EcphoryError('internal', `The store failed (${code}).`, { cause: error });
}

/**
 * Whether the file can no longer be trusted to keep what is written: after a failed sync the kernel may have dropped
 * the very pages that a repeated sync would report as safe (https://wiki.postgresql.org/wiki/Fsync_Errors).
 */
export function isDiskFailure(error: unknown): boolean {
  const code = sqliteCode(error);
  return code !== null && /^SQLITE_(?:IOERR|CORRUPT|NOTADB)/.test(code);
}

/** `SQLITE_FULL` and its like, or null for an error that SQLite did not make. */
export function sqliteCode(error: unknown): string | null {
  if (!(error instanceof Error) || error.name !== 'SqliteError' || !('code' in error)) return null;
  return String(error.code);
}
