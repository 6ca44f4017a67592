import { existsSync, mkdirSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { EcphoryError } from '../../memory/errors.ts';
import type { Clock } from '../../memory/ids.ts';
import { limits } from '../../memory/limits.ts';
import type { Applied, Store } from '../../memory/store.ts';
import { createPrivateFile, type FileLock, lockFile } from '../file-lock.ts';
import { migrate, migrationFolder } from '../migrate.ts';
import { newApiKeyStore } from './api-keys.ts';
import { applyChange, type ChangeParts } from './apply-change.ts';
import { newAuditStore } from './audit.ts';
import { backUpBeforeUpgrade } from './backup.ts';
import { newBasis } from './basis.ts';
import { newClaims } from './claims.ts';
import { openConnection } from './connection.ts';
import { type Connection, loadDriver } from './driver.ts';
import { newEraser } from './erase.ts';
import { newErasureCheckpoint } from './erasure-checkpoint.ts';
import { newFeed } from './feed.ts';
import { newGroupCommit } from './group-commit.ts';
import { newJobs } from './jobs.ts';
import { newNotePasts } from './note-pasts.ts';
import { newVectorSource } from './open-vector-source.ts';
import { newPolicies } from './policies.ts';
import { newStoreReads } from './reads.ts';
import { newReceipts } from './receipts.ts';
import { newRelations } from './relations.ts';
import { newRunEffects } from './run-effects.ts';
import { newRuns } from './runs.ts';
import { newScopes } from './scopes.ts';
import { newScrubber } from './scrub.ts';
import { storeError } from './sqlite-error.ts';
import { newUnembedded } from './unembedded.ts';
import type { SqliteExtras } from './vector-source.ts';
import { newVectorTables } from './vector-tables.ts';
import { newWebhookStore } from './webhooks.ts';
import { newNoteWriter } from './write-notes.ts';

export interface SqliteStoreOptions {
  /** The database file. It and its folder are made when they are not there, for the owner only. */
  readonly path: string;
  readonly clock: Clock;
  /** `off` does not survive a power cut: it is there to measure what surviving costs. */
  readonly synchronous?: 'full' | 'off';
  /** The file may not grow beyond this, bytes; a write that would make it is `out_of_space`. */
  readonly sizeMaxBytes?: number;
  /** Hears what a person should know and nobody asked for. */
  readonly onNotice?: (text: string) => void;
}

export type SqliteStore = Store & SqliteExtras;

/**
 * The store in one SQLite file: one connection that writes, commits shared by calls that arrive together.
 *
 * @throws EcphoryError `unavailable` when another process has the file (see `isLockedByAnother`), when the file is of
 *   another program or a newer version, or when the installed packages do not fit this Node.
 */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<SqliteStore> {
  const driver = await loadDriver();
  let lock: FileLock | null = null;
  let connection: Connection | null = null;
  try {
    const path = preparedPath(options.path);
    lock = lockFile(driver, path, options.clock);
    createPrivateFile(path);
    const { synchronous = 'full', sizeMaxBytes = null } = options;
    connection = openConnection(driver, { path, mode: 'write', synchronous, sizeMaxBytes });
    migrateWithBackup(connection, path, options);
    return await newSqliteStore(connection, lock, path, options);
  } catch (error) {
    connection?.close();
    lock?.release();
    throw storeError(error);
  }
}

async function newSqliteStore(
  connection: Connection,
  lock: FileLock,
  path: string,
  options: SqliteStoreOptions,
): Promise<SqliteStore> {
  const { clock, onNotice = () => {} } = options;
  const scopes = newScopes(connection);
  const feed = newFeed(connection, scopes, clock);
  const vectors = newVectorTables(connection, 'write');
  const claims = newClaims(connection, scopes);
  const basis = newBasis(connection);
  const notes = newNoteWriter(connection, { claims, basis });
  const pasts = newNotePasts(connection, { notes, basis });
  const relations = newRelations(connection, notes);
  const unembedded = newUnembedded(connection);
  const eraser = newEraser(connection, { vectors, unembedded, basis });
  const effects = newRunEffects(connection, {
    relations,
    eraser,
    onTextChanged(note) {
      vectors.drop(note);
      unembedded.reopen(note);
    },
  });
  const parts: ChangeParts = { notes, pasts, relations, eraser, vectors, feed, unembedded, effects };
  const jobs = newJobs(connection, { scopes, feed, read, write });
  const noteCount = connection.prepare<[], number>('SELECT count(*) FROM notes').pluck();
  const receipts = newReceipts(connection);
  const scrubber = newScrubber(connection, path);
  const erasure = newErasureCheckpoint(connection, { scrubber, onNotice });
  const group = newGroupCommit(connection, {
    waitMs: limits.groupCommitWaitMs,
    changesMax: limits.groupCommitChanges,
    afterRollback: vectors.forget,
  });
  let applies = 0;
  let closing: Promise<void> | null = null;
  await erasure.settled();

  return {
    ...newVectorSource(connection, { path, scopes, vectors }),
    ...newStoreReads(connection, { scopes, feed, relations, claims, assertOpen }),

    async apply(scope, changes, { receipt, fence, run } = {}) {
      const applied = await write((): Applied => {
        if (fence !== undefined) jobs.assertFence(fence);
        if (receipt !== undefined) {
          const earlier = receipts.find(scope.tenant, receipt.key, clock());
          if (earlier !== null && earlier.fingerprint !== receipt.fingerprint) {
            throw new EcphoryError('key_reused', 'That idempotency key was used for another request.');
          }
          if (earlier !== null) return { sequence: feed.last(), replayed: earlier, erased: [] };
          receipts.keep(scope.tenant, receipt, clock());
        }
        if (changes.length === 0) return { sequence: feed.last(), replayed: null, erased: [] };
        const scopeId = scopes.idForWriting(scope);
        const recorder = run === undefined ? null : effects.recorder(scopeId, run);
        const erased = changes.flatMap((change) => {
          recorder?.beforeChange(change);
          return applyChange(parts, scopeId, scope, change);
        });
        recorder?.afterBatch();
        if (erased.length > 0) erasure.owe();
        return { sequence: feed.last(), replayed: null, erased };
      }, changes.length);
      applies += 1;
      if (applied.erased.length > 0) await erasure.settled();
      return applied;
    },

    receipt: (tenant, key) => read(() => receipts.find(tenant, key, clock())),
    unembedded: (embedder, limit) => read(() => unembedded.oldest(embedder, limit)),
    keys: newApiKeyStore(connection, { read, write }),
    audit: newAuditStore(connection, { read, write }),
    policies: newPolicies(connection, { read, write }),
    jobs,
    runs: newRuns(connection, { scopes, notes, read, write }),
    webhooks: newWebhookStore(connection, { read, write }),

    health: () =>
      read(() => ({
        kind: 'sqlite',
        writable: group.failure() === null,
        notes: noteCount.get() ?? 0,
        sequence: feed.last(),
        commits: group.commits(),
        applies,
        diskBytes: bytesOf(path) + bytesOf(`${path}-wal`),
      })),

    close() {
      closing ??= close();
      return closing;
    },
  };

  async function close(): Promise<void> {
    group.flushAll();
    await erasure.settled();
    // The last connection to leave moves the log into the file and removes it.
    connection.close();
    scrubber.close();
    lock.release();
  }

  /** The connection never shows what is not committed: a transaction begins and ends within one turn. */
  async function read<Answer>(work: () => Answer): Promise<Answer> {
    assertOpen();
    try {
      return work();
    } catch (error) {
      throw storeError(error);
    }
  }

  async function write<Answer>(work: () => Answer, changes = 1): Promise<Answer> {
    assertOpen();
    return group.submit(work, changes);
  }

  function assertOpen(): void {
    if (closing !== null) throw new EcphoryError('unavailable', 'The store is closed.');
  }
}

/** Absolute and without symbolic links, so that two names of one file meet the same lock. */
function preparedPath(path: string): string {
  const folder = dirname(resolve(path));
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const direct = join(realpathSync(folder), basename(path));
  return existsSync(direct) ? realpathSync(direct) : direct;
}

function migrateWithBackup(connection: Connection, path: string, { clock, onNotice }: SqliteStoreOptions): void {
  let isUpgrade = false;
  const applied = migrate(connection, {
    folder: migrationFolder('sqlite'),
    clock,
    beforeUpgrade(lastApplied) {
      isUpgrade = true;
      const backup = backUpBeforeUpgrade(connection, { path, lastApplied, at: clock() });
      onNotice?.(`The database is about to be upgraded. As it was, it is kept in ${backup}.`);
    },
  });
  // A new file has nothing that anyone would wonder about.
  if (isUpgrade) onNotice?.(`Migrations applied: ${applied.join(', ')}.`);
}

function bytesOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
