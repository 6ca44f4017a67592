import { existsSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { EcphoryError } from '../../memory/errors.ts';
import { createPrivateFile } from '../file-lock.ts';
import { openConnection } from './connection.ts';
import { type Connection, loadDriver } from './driver.ts';
import { storeError } from './sqlite-error.ts';

export interface CopyOptions {
  readonly from: string;
  readonly to: string;
  /** Pages copied of pages there are. */
  readonly onProgress?: (done: number, total: number) => void;
  /** Ends the copying with `unavailable`; what was copied is removed. */
  readonly isStopped?: () => boolean;
}

/** 8 MB in one turn of the event loop. */
const pagesPerStep = 2_048;

/**
 * Copies a database as it is at one moment with SQLite's own means (https://sqlite.org/backup.html), also while a server
 * writes to it. The copy is one file, for the owner only, that appears whole or not at all.
 *
 * @throws EcphoryError `conflict` when there is a file at `to`; `unavailable` when `from` cannot be read.
 */
export async function copyDatabase({ from, to, onProgress, isStopped }: CopyOptions): Promise<void> {
  if (existsSync(to)) throw new EcphoryError('conflict', `There is a file at ${to} already.`);
  const driver = await loadDriver();
  const unfinished = `${to}.unfinished`;
  let source: Connection | null = null;
  let copy: Connection | null = null;
  try {
    await removeDatabase(unfinished);
    createPrivateFile(unfinished);
    source = openConnection(driver, { path: from, mode: 'read', synchronous: 'full' });
    // A read transaction that stays open until the end keeps one moment: without it every write by another process would have the
    // copying begin anew.
    source.exec('BEGIN');
    source.prepare('SELECT count(*) FROM sqlite_schema').get();
    await source.backup(unfinished, {
      progress({ totalPages, remainingPages }) {
        if (isStopped?.() === true) throw new EcphoryError('unavailable', 'Stopped before the copy was whole.');
        onProgress?.(totalPages - remainingPages, totalPages);
        return pagesPerStep;
      },
    });
    copy = driver.open(unfinished, { fileMustExist: true });
    // A copy that keeps a write-ahead log would be up to three files.
    copy.pragma('journal_mode = DELETE');
    copy.close();
    copy = null;
    await syncFile(unfinished);
    await rename(unfinished, to);
    await syncFile(dirname(to));
  } catch (error) {
    copy?.close();
    await removeDatabase(unfinished);
    throw storeError(error);
  } finally {
    source?.close();
  }
}

async function removeDatabase(path: string): Promise<void> {
  for (const file of [path, `${path}-journal`, `${path}-wal`, `${path}-shm`]) await rm(file, { force: true });
}

/** Also a folder: what was renamed outlives a power cut only then. */
async function syncFile(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
