import { EcphoryError } from '../../memory/errors.ts';
import type { Connection } from './driver.ts';
import { isDiskFailure, sqliteCode, storeError } from './sqlite-error.ts';

/**
 * Calls that arrive together share one transaction, and so one sync of the disk: a commit costs about 4 ms, a change
 * some 50 us. Each call runs under its own savepoint, so one that fails changes nothing and fails alone.
 *
 * When to commit: once as many callers have come as the last group had, at most `waitMs` after the first. A client by
 * itself is a group of one and never waits; clients that write in step find each other after a group or two.
 */
export interface GroupCommit {
  /**
   * Runs `work` inside a transaction and resolves with its result after COMMIT. `work` is synchronous and may run
   * again if the transaction was lost to another call, so it must depend on nothing but the database.
   *
   * @throws what `work` threw, or why the commit failed, as an EcphoryError.
   */
  submit<Result>(work: () => Result, changes: number): Promise<Result>;
  /** Commits everything submitted so far, now. */
  flushAll(): void;
  /** Transactions committed. */
  commits(): number;
  /** Why writes are refused for good, or null. */
  failure(): EcphoryError | null;
}

export interface GroupCommitOptions {
  readonly waitMs: number;
  readonly changesMax: number;
  /** Called whenever something was taken back, so that what was remembered about it can be forgotten. */
  readonly afterRollback?: () => void;
}

interface Call {
  readonly work: () => unknown;
  readonly changes: number;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: EcphoryError) => void;
}

type Outcome = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: unknown };

export function newGroupCommit(connection: Connection, options: GroupCommitOptions): GroupCommit {
  const statement = {
    begin: connection.prepare('BEGIN IMMEDIATE'),
    commit: connection.prepare('COMMIT'),
    rollback: connection.prepare('ROLLBACK'),
    savepoint: connection.prepare('SAVEPOINT call'),
    release: connection.prepare('RELEASE call'),
    rollbackCall: connection.prepare('ROLLBACK TO call'),
  };
  let waiting: Call[] = [];
  let waitingChanges = 0;
  let lastGroupSize = 1;
  let commits = 0;
  let failure: EcphoryError | null = null;
  let timer: NodeJS.Timeout | null = null;
  let isFlushComing = false;

  return {
    submit<Result>(work: () => Result, changes: number): Promise<Result> {
      if (failure !== null) return Promise.reject(failure);
      return new Promise<Result>((resolve, reject) => {
        // The value that comes back is the one this `work` returned: the one place where the types meet again.
        waiting.push({ work, changes, resolve: (value) => resolve(value as Result), reject });
        waitingChanges += changes;
        schedule();
      });
    },
    flushAll() {
      while (waiting.length > 0) flush();
    },
    commits: () => commits,
    failure: () => failure,
  };

  function schedule(): void {
    if (isFlushComing) return;
    if (waiting.length >= lastGroupSize || waitingChanges >= options.changesMax) {
      isFlushComing = true;
      // Not at once: whoever else has its request read in this turn of the event loop shares the commit.
      setImmediate(flush);
    } else if (timer === null) {
      timer = setTimeout(flush, options.waitMs);
    }
  }

  function flush(): void {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    isFlushComing = false;
    const group = nextGroup();
    if (group.length === 0) return;
    lastGroupSize = group.length;
    commitGroup(group);
    if (waiting.length > 0) schedule();
  }

  /** The calls that waited longest, up to `changesMax` changes; a larger call goes by itself. */
  function nextGroup(): Call[] {
    let size = 0;
    let changes = 0;
    for (const call of waiting) {
      if (size > 0 && changes + call.changes > options.changesMax) break;
      size += 1;
      changes += call.changes;
    }
    const group = waiting.slice(0, size);
    waiting = waiting.slice(size);
    waitingChanges -= changes;
    return group;
  }

  function commitGroup(group: readonly Call[]): void {
    if (failure !== null) {
      for (const call of group) call.reject(failure);
      return;
    }
    let outcomes: readonly Outcome[];
    try {
      statement.begin.run();
      outcomes = group.map(runCall);
      statement.commit.run();
    } catch (error) {
      if (connection.inTransaction) statement.rollback.run();
      options.afterRollback?.();
      const isAnotherWriter = sqliteCode(error)?.startsWith('SQLITE_BUSY') === true;
      if (isDiskFailure(error)) failure = refusal(error);
      // One call took the transaction with it (a full disk does that): the others may still succeed without it.
      else if (group.length > 1 && !isAnotherWriter) {
        for (const call of group) commitGroup([call]);
        return;
      }
      for (const call of group) call.reject(failure ?? storeError(error));
      return;
    }
    if (outcomes.some((outcome) => outcome.ok)) commits += 1;
    for (const [index, call] of group.entries()) {
      const outcome = outcomes[index];
      if (outcome?.ok) call.resolve(outcome.value);
      else call.reject(storeError(outcome?.error));
    }
  }

  /** @throws when the call ended the transaction of the whole group. */
  function runCall(call: Call): Outcome {
    statement.savepoint.run();
    try {
      const value = call.work();
      statement.release.run();
      return { ok: true, value };
    } catch (error) {
      if (!connection.inTransaction || isDiskFailure(error)) throw error;
      statement.rollbackCall.run();
      statement.release.run();
      options.afterRollback?.();
      return { ok: false, error };
    }
  }
}

function refusal(cause: unknown): EcphoryError {
  return new EcphoryError(
    'unavailable',
    `The disk failed (${sqliteCode(cause) ?? 'unknown'}): no more writes are accepted. Check the disk and restart.`,
    { cause },
  );
}
