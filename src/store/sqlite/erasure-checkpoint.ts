import { limits } from '../../memory/limits.ts';
import type { Connection } from './driver.ts';
import type { Scrubber } from './scrub.ts';

/**
 * What was erased is zeroed in the newest pages, but older ones with the text in them are still in the write-ahead
 * log, and copies that SQLite left behind may lie in unused parts of the file. An erasure is done when the log is cut
 * to nothing and the file is scrubbed. That this is owed is written down with the erasure itself, so that a process
 * killed in between does it when it opens the file again.
 */
export interface ErasureCheckpoint {
  /** Something was erased in the transaction under way. */
  owe(): void;
  /**
   * Resolves once nothing is owed. While another process reads the file the log cannot be cut; then this tries for a
   * while, gives notice, and leaves the rest to the next erasure or opening.
   */
  settled(): Promise<void>;
}

export interface ErasureCheckpointOptions {
  readonly scrubber: Scrubber;
  readonly onNotice: (text: string) => void;
}

export function newErasureCheckpoint(connection: Connection, options: ErasureCheckpointOptions): ErasureCheckpoint {
  const { scrubber, onNotice } = options;
  const statement = {
    owe: connection.prepare(`INSERT OR REPLACE INTO properties (name, value) VALUES ('erasure-owed', 'yes')`),
    isOwed: connection.prepare(`SELECT 1 FROM properties WHERE name = 'erasure-owed'`),
    paid: connection.prepare(`DELETE FROM properties WHERE name = 'erasure-owed'`),
  };
  let isOwed = statement.isOwed.get() !== undefined;
  let running: Promise<void> | null = null;

  return {
    owe() {
      statement.owe.run();
      isOwed = true;
    },
    async settled() {
      // A pass that began before the last erasure is not enough for it, and one at a time is.
      while (isOwed || running !== null) {
        running ??= pay().finally(() => {
          running = null;
        });
        await running;
      }
    },
  };

  async function pay(): Promise<void> {
    try {
      for (let tries = 1; tries <= limits.erasureTries; tries += 1) {
        isOwed = false;
        if (await scrubber.scrub(emptyLog, nextTurn)) {
          if (!isOwed) statement.paid.run();
          return;
        }
        if (!connection.open) return;
        await new Promise((resolve) => setTimeout(resolve, limits.erasureRetryMs));
      }
      onNotice(
        'Bytes of an erased memory may remain in the files for now: another program keeps reading the database.',
      );
    } catch (error) {
      onNotice(`Bytes of an erased memory may remain in the files: ${String(error)}.`);
    }
  }

  /** Moves the log into the file and cuts it to nothing. Without waiting for readers: that would hold up everybody. */
  function emptyLog(): boolean {
    connection.pragma('busy_timeout = 0');
    try {
      return connection.prepare<[], number>('PRAGMA wal_checkpoint(TRUNCATE)').pluck().get() === 0;
    } finally {
      connection.pragma(`busy_timeout = ${limits.busyTimeoutMs}`);
    }
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
