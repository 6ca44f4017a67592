import { existsSync, mkdirSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Clock } from '../../memory/ids.ts';
import { lockFile } from '../file-lock.ts';
import { type CopyOptions, copyDatabase } from './copy.ts';
import { loadDriver } from './driver.ts';

export interface ReplaceOptions extends Pick<CopyOptions, 'onProgress' | 'isStopped'> {
  /** The copy that takes its place; it stays. */
  readonly backup: string;
  readonly database: string;
  readonly clock: Clock;
}

/**
 * Puts a copy in the place of a database. What was there is kept beside it, moved as it is, so that one that can no longer be
 * opened can be replaced, too; indexes and snapshots made from it are removed.
 *
 * @returns where the former database is; null when there was none
 * @throws EcphoryError `unavailable` when another process has the file, see `isLockedByAnother`
 */
export async function replaceDatabase(options: ReplaceOptions): Promise<string | null> {
  const { backup, clock, onProgress, isStopped } = options;
  const path = resolve(options.database);
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const lock = lockFile(await loadDriver(), path, clock);
  const next = `${path}.restored`;
  try {
    await rm(next, { force: true });
    await copyDatabase({
      from: backup,
      to: next,
      ...(onProgress !== undefined && { onProgress }),
      ...(isStopped !== undefined && { isStopped }),
    });
    for (const folder of [vectorFolder(path), snapshotFolder(path)]) await rm(folder, { recursive: true, force: true });
    const former = existsSync(path) ? `${path}.before-restore-${timeName(clock())}` : null;
    // A log that is left would be taken for the log of the file that comes.
    for (const ending of ['-wal', '-shm', '']) {
      const file = path + ending;
      if (!existsSync(file)) continue;
      if (former === null) await rm(file);
      else await rename(file, former + ending);
    }
    await rename(next, path);
    return former;
  } finally {
    await rm(next, { force: true });
    lock.release();
  }
}

/** Indexes of vectors: made from a database, they may be removed at any time. */
export function vectorFolder(path: string): string {
  return `${path}.vectors`;
}

/** Of working sets: the same. */
export function snapshotFolder(path: string): string {
  return `${path}.snapshots`;
}

/** A time for the name of a file. */
export function timeName(at: number): string {
  return new Date(at).toISOString().replaceAll(/[:.]/g, '-');
}
