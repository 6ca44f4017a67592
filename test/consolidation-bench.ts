import type { Batch, PassParts } from '../src/consolidation/plan.ts';
import type { Planners } from '../src/consolidation/plan-batch.ts';
import type { Schedule } from '../src/consolidation/schedule.ts';
import type { GrowingScopeView } from '../src/consolidation/scope-view.ts';
import { loadScopeView } from '../src/consolidation/scope-view.ts';
import { type ConsolidationWorker, newConsolidationWorker, type WorkerParts } from '../src/consolidation/worker.ts';
import { newAnalyzer } from '../src/encoding/analyzer.ts';
import type { Change } from '../src/memory/change.ts';
import { fsrs } from '../src/memory/forgetting.ts';
import { type IdSource, newIdSource } from '../src/memory/ids.ts';
import type { JobOutcome, LeasedJob } from '../src/memory/job.ts';
import { limits } from '../src/memory/limits.ts';
import { keyInput } from '../src/memory/note-text.ts';
import type { Scope } from '../src/memory/scope.ts';
import { type InMemoryStore, openInMemoryStore } from '../src/store/in-memory.ts';
import { may8, remembered } from './builders.ts';

/** A worker over the in-memory store, in a time that passes only when told to. */
export interface ConsolidationBench {
  readonly store: InMemoryStore;
  readonly ids: IdSource;
  readonly ended: { readonly job: LeasedJob; readonly outcome: JobOutcome }[];
  readonly notices: unknown[];
  now(): number;
  /** Milliseconds; timers whose time comes fire in order. */
  pass(ms: number): Promise<void>;
  /** A worker with the plain passes below, unless told otherwise. */
  open(parts?: Partial<WorkerParts>): ConsolidationWorker;
  /** A worker that someone else puts together, in the time of this bench. */
  openWith<Worker>(open: (parts: Pick<WorkerParts, 'onNotice' | 'onJob' | 'schedule'>) => Worker): Worker;
  /** Stores a text and wakes nobody. */
  add(scope: Scope, text: string): Promise<void>;
}

export function openConsolidationBench(): ConsolidationBench {
  let now = may8;
  const timers = new Set<{ readonly at: number; readonly run: () => void }>();
  const clock = () => now;
  const store = openInMemoryStore({ clock });
  const analyzer = newAnalyzer();
  const ids = newIdSource(clock, (bytes) => bytes.fill(0));
  const ended: { job: LeasedJob; outcome: JobOutcome }[] = [];
  const notices: unknown[] = [];
  const schedule: Schedule = (run, delayMs) => {
    // What is to happen at once does not wait for a hand on the clock.
    if (delayMs === 0) {
      const handle = setImmediate(run);
      return { cancel: () => clearImmediate(handle) };
    }
    const timer = { at: now + delayMs, run };
    timers.add(timer);
    return { cancel: () => timers.delete(timer) };
  };
  const told = {
    onNotice: (message: string, cause: unknown) => void notices.push(cause ?? message),
    onJob: (job: LeasedJob, outcome: JobOutcome) => void ended.push({ job, outcome }),
    schedule,
  };

  return {
    store,
    ids,
    ended,
    notices,
    now: clock,
    async pass(ms) {
      const end = now + ms;
      for (;;) {
        await turns();
        const next = [...timers].filter(({ at }) => at <= end).sort((left, right) => left.at - right.at)[0];
        if (next === undefined) break;
        now = Math.max(now, next.at);
        timers.delete(next);
        next.run();
      }
      now = end;
    },
    open(parts = {}) {
      return newConsolidationWorker({
        store,
        planners: plainPlanners,
        finishers: {},
        propose: null,
        embedder: null,
        analyzer,
        ids,
        curve: fsrs,
        clock,
        loadView: (scope): Promise<GrowingScopeView> => loadScopeView(parts.store ?? store, scope, { analyzer }),
        ...told,
        random: () => 1,
        ...parts,
      });
    },
    openWith: (open) => open(told),
    async add(scope, text) {
      await store.apply(scope, remembered(scope, text, { episode: { sessionId: 'one' } }).changes);
    },
  };
}

/** Long enough for everything that waits for no timer. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 200; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** The least that passes can do: keywords from the text, a link to the most alike note before. */
export const plainPlanners = {
  notes: async (batch, { analyzer }) => batch.due.map((stored) => derived(stored, batch, analyzer)),
  async links(batch, { store, view, ids }) {
    const noteIds = batch.due.map(({ note }) => note.id);
    const held = new Set((await store.links(batch.scope.tenant, noteIds)).map(({ from, to }) => `${from} ${to}`));
    return noteIds.flatMap((from) =>
      view
        .neighbours(from, 1)
        .filter(({ noteId: to }) => !held.has(`${from} ${to}`))
        .map(({ noteId: to, similarity: weight }): Change => {
          const link = { id: ids.linkId(), scope: batch.scope, from, to, type: 'related' as const, weight };
          return { kind: 'link-set', link: { ...link, reason: 'alike', createdAt: batch.now } };
        }),
    );
  },
  evolution: async () => [],
  claims: async () => [],
} satisfies Planners;

function derived({ note, episode }: Batch['due'][number], { now }: Batch, analyzer: PassParts['analyzer']): Change {
  const keywords = note.text.split(' ').slice(0, 2);
  return {
    kind: 'note-derived',
    noteId: note.id,
    expectedVersion: note.version,
    expectedDerivation: note.derivation,
    derived: { keywords, tags: [], context: null, importance: 0.5, times: [], basis: [], by: 'rules-1' },
    keys: analyzer.keys(keyInput(note, episode)),
    isEmbeddedAnew: false,
    cause: 'notes',
    at: now,
  };
}

/** Time enough for a woken worker to begin. */
export const beginsWithinMs = limits.consolidationDelayMs;
