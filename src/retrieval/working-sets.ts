import type { Analyzer } from '../memory/analyzer.ts';
import { limits } from '../memory/limits.ts';
import { type ReadScope, type Scope, scopeKey } from '../memory/scope.ts';
import { newSnapshots, type SnapshotFiles } from './snapshot.ts';
import type { WorkingSet } from './working-set.ts';
import { type FollowerParts, newWorkingSetFollower, type WorkingSetFollower } from './working-set-follower.ts';

/** The working sets of the process: loaded on first use, following the feed, dropped when there is no room. */
export interface WorkingSets {
  /**
   * The set of what `read` covers, with every write whose promise has resolved. A later call may give another
   * object; the earlier one then follows no more. Loading is done in pieces and holds no other request up.
   */
  get(read: ReadScope): Promise<WorkingSet>;
  /**
   * Carries out a write that erases notes of `scope`. What is saved of the scope is removed before it and nothing
   * is saved meanwhile, so that a crash at any moment leaves no snapshot with a note that is gone.
   */
  whileErasing<Result>(scope: Scope, write: () => Promise<Result>): Promise<Result>;
  /** Memory held by all the sets, in bytes. */
  bytes(): number;
  /** Waits until no snapshot is being written. */
  settled(): Promise<void>;
}

export interface WorkingSetsParts {
  readonly store: FollowerParts['store'];
  readonly analyzer: Analyzer;
  /** Where large sets are saved; null for nowhere. */
  readonly snapshots: SnapshotFiles | null;
  /** Told why a snapshot could not be read, written or removed: searches go on without. */
  readonly onSnapshotFailure?: (cause: unknown) => void;
  readonly bytesMax?: number;
  /** Sets of this many notes and more are saved. */
  readonly snapshotNotes?: number;
}

export function newWorkingSets(parts: WorkingSetsParts): WorkingSets {
  const bytesMax = parts.bytesMax ?? limits.workingSetBytes;
  const snapshots = parts.snapshots === null ? null : newSnapshots(parts.snapshots);
  const onSnapshotFailure = parts.onSnapshotFailure ?? (() => undefined);
  /** Least recently used first. */
  const held = new Map<string, Held>();
  let heldBytes = 0;
  const saves = new Set<Promise<void>>();
  /** Erasing writes under way, and all that ever began. */
  let erasing = 0;
  let erasures = 0;

  return {
    async get(read) {
      const key = scopeKey(read);
      const entry = held.get(key) ?? { follower: newFollower(read), bytes: 0 };
      held.delete(key);
      held.set(key, entry);
      try {
        return await entry.follower.caughtUp();
      } finally {
        // Unless it was dropped meanwhile: its bytes are then no longer ours.
        if (held.get(key) === entry) account(key, entry);
      }
    },

    async whileErasing(scope, write) {
      erasing += 1;
      erasures += 1;
      try {
        await Promise.all(saves);
        await snapshots?.removeCovering(scope);
        return await write();
      } finally {
        erasing -= 1;
      }
    },

    bytes: () => heldBytes,

    async settled() {
      while (saves.size > 0) await Promise.all(saves);
    },
  };

  function newFollower(read: ReadScope): WorkingSetFollower {
    return newWorkingSetFollower({
      read,
      store: parts.store,
      analyzer: parts.analyzer,
      snapshots,
      snapshotNotes: parts.snapshotNotes ?? limits.snapshotNotes,
      maySave() {
        const before = erasing === 0 ? erasures : -1;
        return () => before === erasures;
      },
      save(saved) {
        const done: Promise<void> = saved.catch(onSnapshotFailure).finally(() => saves.delete(done));
        saves.add(done);
      },
      onSnapshotFailure,
    });
  }

  function account(key: string, entry: Held): void {
    const bytes = entry.follower.bytes();
    heldBytes += bytes - entry.bytes;
    entry.bytes = bytes;
    // It could not be loaded: the next call begins afresh.
    if (bytes === 0) held.delete(key);
    for (const [otherKey, other] of held) {
      if (heldBytes <= bytesMax) return;
      // One that is being loaded holds nothing yet.
      if (otherKey === key || other.bytes === 0) continue;
      heldBytes -= other.bytes;
      held.delete(otherKey);
    }
  }
}

interface Held {
  readonly follower: WorkingSetFollower;
  /** What it was counted with. */
  bytes: number;
}
