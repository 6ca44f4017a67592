import { createPrivateFile } from '../file-lock.ts';
import type { Connection } from './driver.ts';

export interface UpgradeBackup {
  readonly path: string;
  /** The last migration that the database has, such as `0001-memory.sql`. */
  readonly lastApplied: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/**
 * A copy beside the file before its shape changes: `<path>.after-0001-memory-<time>`. It holds what later erasures
 * take away, so whoever erases for good deletes it, too. Returns its path.
 */
export function backUpBeforeUpgrade(connection: Connection, { path, lastApplied, at }: UpgradeBackup): string {
  const time = new Date(at).toISOString().replaceAll(/[:.]/g, '-');
  const backup = `${path}.after-${lastApplied.replace(/\.sql$/, '')}-${time}`;
  createPrivateFile(backup);
  connection.prepare('VACUUM INTO ?').run(backup);
  return backup;
}
