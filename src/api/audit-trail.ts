import type { AuditEntry, AuditStore } from '../memory/audit.ts';
import type { Clock } from '../memory/ids.ts';
import { limits } from '../memory/limits.ts';

/** Writes the audit log behind the requests it tells of. */
export interface AuditTrail {
  /** Never waits and never fails: the entry is on disk within about `limits.auditWaitMs`. */
  note(entry: AuditEntry): void;
  /** Entries that could not be kept since the start, because the disk did not take them in time. */
  lost(): number;
  /** Writes what waits. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

export interface AuditTrailParts {
  readonly audit: AuditStore;
  readonly clock: Clock;
  /** Told when entries could not be written; they are tried again. */
  readonly onFailure: (error: unknown) => void;
}

/**
 * Entries gather for a second and are written in one transaction beside others: a thousand searches cost one commit.
 * A crash loses what had gathered; a full disk loses the oldest beyond `limits.auditQueued`, and says so.
 */
export function newAuditTrail({ audit, clock, onFailure }: AuditTrailParts): AuditTrail {
  const waiting: AuditEntry[] = [];
  let lost = 0;
  let timer: NodeJS.Timeout | null = null;
  let writing: Promise<void> | null = null;
  let isClosed = false;

  return {
    note(entry) {
      if (isClosed) return;
      waiting.push(entry);
      if (waiting.length > limits.auditQueued) {
        lost += waiting.splice(0, waiting.length - limits.auditQueued).length;
      }
      timer ??= setTimeout(() => void write(), limits.auditWaitMs).unref();
    },
    lost: () => lost,
    flush: () => write(),
    async close() {
      isClosed = true;
      await write();
      if (waiting.length > 0) await write();
    },
  };

  /** One writer at a time, so that entries stay in order. */
  function write(): Promise<void> {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    writing ??= writeAll().finally(() => {
      writing = null;
      if (waiting.length > 0 && !isClosed) timer ??= setTimeout(() => void write(), limits.auditWaitMs).unref();
    });
    return writing;
  }

  async function writeAll(): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting.splice(0, limits.auditBatch);
      try {
        await audit.append(batch, { entriesMax: limits.auditEntries, since: clock() - limits.auditKeptMs });
      } catch (error) {
        waiting.unshift(...batch);
        onFailure(error);
        return;
      }
    }
  }
}
