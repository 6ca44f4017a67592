import { limits } from '../../memory/limits.ts';
import type { Connection } from './driver.ts';

/**
 * What was erased is zeroed in the newest pages, but the write-ahead log still holds older ones with the text in
 * them until everything in it is moved into the file and the log is cut to nothing.
 */
export interface ErasureCheckpoint {
  /** Something was erased in the transaction under way. */
  owe(): void;
  /** After a commit: empties the log if that is owed. */
  attempt(): void;
  /**
   * Resolves once nothing is owed: at once, unless another process was reading just then; in that case after
   * trying for a while, with the rest left to later commits and to closing.
   */
  settled(): Promise<void>;
}

export function newErasureCheckpoint(connection: Connection, onNotice: (text: string) => void): ErasureCheckpoint {
  let isOwed = false;

  return {
    owe() {
      isOwed = true;
    },
    attempt,
    async settled() {
      for (let tries = 1; isOwed && connection.open; tries += 1) {
        if (tries > limits.erasureTries) {
          onNotice('An erased text may still be in the write-ahead log: another program keeps reading the database.');
          return;
        }
        await new Promise((resolve) => setTimeout(resolve, limits.erasureRetryMs));
        if (connection.open) attempt();
      }
    },
  };

  function attempt(): void {
    if (!isOwed) return;
    try {
      isOwed = !isLogEmptied();
    } catch {
      // A failing disk shows itself at the next write; until then it stays owed.
    }
  }

  /** Without waiting for readers: waiting would hold up the whole process. */
  function isLogEmptied(): boolean {
    connection.pragma('busy_timeout = 0');
    try {
      return connection.prepare<[], number>('PRAGMA wal_checkpoint(TRUNCATE)').pluck().get() === 0;
    } finally {
      connection.pragma(`busy_timeout = ${limits.busyTimeoutMs}`);
    }
  }
}
