import type { Batch, PassParts, PlanPass, Proposals } from '../src/consolidation/plan.ts';
import { planEvolution } from '../src/consolidation/plan-evolution.ts';
import { planLinks } from '../src/consolidation/plan-links.ts';
import { planNotes } from '../src/consolidation/plan-notes.ts';
import { type GrowingScopeView, loadScopeView, newScopeView } from '../src/consolidation/scope-view.ts';
import { newAnalyzer } from '../src/encoding/analyzer.ts';
import { remember } from '../src/encoding/remember.ts';
import type { Change } from '../src/memory/change.ts';
import { fsrs } from '../src/memory/forgetting.ts';
import type {
  DeliveryId,
  EntityId,
  EpisodeId,
  IdSource,
  JobId,
  LinkId,
  NoteId,
  RunId,
  WebhookId,
} from '../src/memory/ids.ts';
import { readScope, type Scope } from '../src/memory/scope.ts';
import type { MessageInput } from '../src/memory/service.ts';
import type { Store, StoredNote } from '../src/memory/store.ts';
import { openInMemoryStore } from '../src/store/in-memory.ts';
import { makeScope, may8 } from './builders.ts';

/** A scope in a store of its own, and the passes over it, without a worker: what is due is planned and applied in batches. */
export interface PlannedScope {
  readonly store: Store;
  readonly scope: Scope;
  view: GrowingScopeView;
  add(told: Told): Promise<readonly NoteId[]>;
  /** Plans and applies what is due, so many at a time; what was planned. */
  consolidate(batchNotes?: number, proposals?: Proposals | null): Promise<readonly Change[]>;
  /** Throws the view away and reads it from the store again. */
  restart(): Promise<void>;
  note(id: NoteId): Promise<StoredNote>;
  parts(): PassParts;
}

export interface Told {
  readonly messages: readonly MessageInput[];
  readonly sessionId?: string;
  readonly tags?: readonly string[];
}

const passes: readonly PlanPass[] = [planNotes, planLinks, planEvolution];

export function newPlannedScope(): PlannedScope {
  const scope = makeScope();
  const store = openInMemoryStore({ clock: () => may8 });
  const analyzer = newAnalyzer();
  const ids = countingIds();
  const planned: PlannedScope = {
    store,
    scope,
    view: newScopeView(scope, analyzer),
    async add(told) {
      const { changes, items } = remember(
        scope,
        { namespace: scope.namespace, ...told },
        { analyzer, curve: fsrs, ids, now: may8 },
      );
      await store.apply(scope, changes);
      return items.map(({ noteId }) => noteId);
    },
    async consolidate(batchNotes = 32, proposals = null) {
      const all: Change[] = [];
      for (;;) {
        const dueIds = await store.underived(readScope(scope), batchNotes);
        if (dueIds.length === 0) return all;
        const due = await store.notes(scope.tenant, dueIds);
        for (const one of due) planned.view.add(one);
        const changes = await planOnce({ scope, due, planned: [], proposals, now: may8 }, planned.parts());
        await store.apply(scope, changes);
        planned.view.apply(changes);
        all.push(...changes);
      }
    },
    async restart() {
      planned.view = await loadScopeView(store, scope, { analyzer });
    },
    async note(id) {
      const stored = await store.note(scope.tenant, id);
      if (stored === null) throw new Error(`There is no ${id}.`);
      return stored;
    },
    parts: () => ({ store, view: planned.view, analyzer, ids, curve: fsrs }),
  };
  return planned;
}

async function planOnce(batch: Batch, parts: PassParts): Promise<readonly Change[]> {
  const planned: Change[] = [];
  for (const pass of passes) planned.push(...(await pass({ ...batch, planned: [...planned] }, parts)));
  return planned;
}

/** Each kind of id counts for itself, so that what is made in between does not show. */
export function countingIds(): IdSource {
  const next = (prefix: string): (() => string) => {
    let made = 0;
    return () => {
      made += 1;
      return `${prefix}_p${String(made).padStart(25, '0')}`;
    };
  };
  const [note, episode, link, entity, job, run] = ['note', 'episode', 'link', 'entity', 'job', 'run'].map(next);
  if (!note || !episode || !link || !entity || !job || !run) throw new Error('There are six kinds of id.');
  return {
    noteId: () => note() as NoteId,
    episodeId: () => episode() as EpisodeId,
    linkId: () => link() as LinkId,
    entityId: () => entity() as EntityId,
    jobId: () => job() as JobId,
    runId: () => run() as RunId,
    webhookId: () => run() as WebhookId,
    deliveryId: () => run() as DeliveryId,
  };
}
