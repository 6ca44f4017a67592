import type { FeedEntry } from '../memory/change.ts';
import { isEcphoryError } from '../memory/errors.ts';
import type { Clock, IdSource, NoteId } from '../memory/ids.ts';
import type { Job, Pass } from '../memory/job.ts';
import { limits } from '../memory/limits.ts';
import { readScope, type Scope, scopeKey } from '../memory/scope.ts';
import type { Store } from '../memory/store.ts';

/** Follows the feed of every tenant and queues one job for each scope in which something is owed. */
export interface Dispatcher {
  /** Reads on to the end of the feed. */
  dispatch(): Promise<void>;
  /**
   * The notes of a scope that were used since this was last asked. After a crash some may be missing: what is made of uses
   * depends on how many there are, so the next one makes up for it.
   */
  takeUsed(scope: Scope): readonly NoteId[];
}

export interface DispatcherParts {
  readonly store: Pick<Store, 'feedOfEveryTenant' | 'cursor' | 'apply' | 'underived' | 'jobs'>;
  readonly ids: Pick<IdSource, 'jobId'>;
  readonly clock: Clock;
  /** Told of every message that was stored, see `sleep-schedule.ts`. */
  readonly saw?: (scope: Scope, at: number) => void;
}

/** After these a note may be owed a look. What the worker does itself is among them; the store says whether anything is. */
const owing: readonly FeedEntry['kind'][] = ['note-added', 'note-revised', 'note-state-set'];
/** After these there may be something to do although no note is owed a look: claims without a successor, weights of links. */
const unsettling: readonly FeedEntry['kind'][] = ['erased', 'note-used'];

/** Whether the worker had better look at what was written. */
export function concernsConsolidation(kind: FeedEntry['kind']): boolean {
  return owing.includes(kind) || unsettling.includes(kind);
}

export function newDispatcher({ store, ids, clock, saw }: DispatcherParts): Dispatcher {
  let stored: number | null = null;
  let position = 0;
  const used = new Map<string, Set<NoteId>>();

  return {
    takeUsed(scope) {
      const key = scopeKey(readScope(scope));
      const found = used.get(key);
      used.delete(key);
      return [...(found ?? [])];
    },
    async dispatch() {
      if (stored === null) {
        stored = await store.cursor(dispatchCursor);
        position = stored;
      }
      for (;;) {
        const entries = await store.feedOfEveryTenant(position, limits.consolidationFeedPage);
        const last = entries.at(-1);
        if (last === undefined) return;
        const isAnyQueued = await queueJobs(entries);
        position = last.sequence;
        // Where nothing was queued, reading it again after a crash costs less than a commit now.
        if (isAnyQueued || entries.length === limits.consolidationFeedPage) await advance(last);
      }
    },
  };

  async function queueJobs(entries: readonly FeedEntry[]): Promise<boolean> {
    const touched = new Map<string, { readonly scope: Scope; isUnsettled: boolean }>();
    for (const { kind, scope, noteId, at } of entries) {
      if (kind === 'episode-added') saw?.(scope, at);
      if (!concernsConsolidation(kind)) continue;
      const key = scopeKey(readScope(scope));
      if (kind === 'note-used' && noteId !== null) used.set(key, (used.get(key) ?? new Set()).add(noteId));
      const found = touched.get(key) ?? { scope, isUnsettled: false };
      found.isUnsettled ||= unsettling.includes(kind);
      touched.set(key, found);
    }
    let isAnyQueued = false;
    for (const { scope, isUnsettled } of touched.values()) {
      if (!isUnsettled && (await store.underived(readScope(scope), 1)).length === 0) continue;
      await store.jobs.enqueue(newFeedJob(scope, { ids, clock }));
      isAnyQueued = true;
    }
    return isAnyQueued;
  }

  async function advance(last: FeedEntry): Promise<void> {
    if (stored === null) return;
    try {
      await store.apply(last.scope, [
        { kind: 'cursor-advanced', name: dispatchCursor, from: stored, to: last.sequence },
      ]);
      stored = last.sequence;
    } catch (error) {
      // Someone else has moved it: read again from there. Queuing a job twice is queuing it once.
      if (!isEcphoryError(error) || error.code !== 'stale') throw error;
      stored = null;
    }
  }
}

/** One job for all that is owed in a scope; queued again while it waits, it is one all the same. */
export function newFeedJob(scope: Scope, { ids, clock }: Pick<DispatcherParts, 'ids' | 'clock'>): Job {
  const now = clock();
  return {
    id: ids.jobId(),
    scope,
    passes: passesOverNotes,
    origin: 'feed',
    isDryRun: false,
    state: 'queued',
    attempts: 0,
    runAfter: now,
    createdAt: now,
    updatedAt: now,
    progress: { done: 0, total: 0 },
    result: null,
    error: null,
  };
}

/** What a write is owed at once; the others have their time, see `sleep-schedule.ts`. */
const passesOverNotes: readonly Pass[] = ['notes', 'links', 'evolution', 'claims'];

/** The name under which the store keeps how far the feed has been read. */
export const dispatchCursor = 'consolidation';
