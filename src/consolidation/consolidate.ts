import type { Analyzer } from '../memory/analyzer.ts';
import type { Change } from '../memory/change.ts';
import { isEcphoryError } from '../memory/errors.ts';
import type { ForgettingCurve } from '../memory/forgetting.ts';
import type { Clock, IdSource, NoteId, RunId } from '../memory/ids.ts';
import { type LeasedJob, type Pass, passes } from '../memory/job.ts';
import { limits } from '../memory/limits.ts';
import { readScope, type Scope } from '../memory/scope.ts';
import type { Store, StoredNote } from '../memory/store.ts';
import { type EmbedAnewParts, embedAnew } from './embed-anew.ts';
import type { HeldLease } from './held-lease.ts';
import type { KeptViews, TakenView } from './kept-views.ts';
import type { Batch, PassParts, Proposals, ScopePass } from './plan.ts';
import { type Planners, planBatch, proposalsFor } from './plan-batch.ts';
import { newRunRecorder } from './run-recorder.ts';
import { slicesOf } from './slices.ts';

/** What the worker needs of a store: everything but its vectors, keys and life. */
export type ConsolidationStore = Omit<
  Store,
  | 'keys'
  | 'audit'
  | 'webhooks'
  | 'health'
  | 'close'
  | 'receipt'
  | 'matching'
  | 'unembedded'
  | 'policies'
  | 'webhooks'
  | 'wholeNotes'
> & { readonly policies: Pick<Store['policies'], 'effective'> };

/**
 * Asks a model about a batch. Rejects when the model does not answer: the job then waits for it. Null when its answer was of
 * no use: the rules do the batch.
 */
export type Propose = (
  run: RunId,
  batch: Omit<Batch, 'planned' | 'proposals'>,
  parts: PassParts,
) => Promise<Proposals | null>;

/**
 * What a pass has to do once all notes of a scope are done. Given nothing to do, it plans nothing.
 *
 * @param used notes that were used lately; null when someone asked for the pass: then all are looked at.
 */
export type FinishPass = (
  scope: Scope,
  parts: Omit<PassParts, 'view'>,
  now: number,
  used: readonly NoteId[] | null,
) => Promise<readonly Change[]>;

export interface ConsolidateParts {
  readonly store: ConsolidationStore;
  readonly views: KeptViews;
  readonly planners: Planners;
  readonly finishers: Readonly<Partial<Record<Pass, FinishPass>>>;
  /** Passes over whole scopes, by name. */
  readonly scopePasses?: Readonly<Partial<Record<Pass, ScopePass>>>;
  /** Notes of the scope that were used since this was last asked. */
  readonly takeUsed: (scope: Scope) => readonly NoteId[];
  /** Null when no model is configured. */
  readonly propose: Propose | null;
  readonly embedder: EmbedAnewParts['embedder'];
  readonly analyzer: Analyzer;
  readonly ids: IdSource;
  readonly curve: ForgettingCurve;
  readonly clock: Clock;
  /** Lets other work of the process come in between two steps. Rejects when the worker is to end. */
  readonly breathe: () => Promise<void>;
}

/** The result of a job as it is stored; `memory/knowledge.ts` has it for callers. */
export interface JobResult {
  /** Notes looked at. */
  readonly memories: number;
  /** Made, or in a dry run planned, by kind. */
  readonly changes: Readonly<Record<string, number>>;
  readonly run_id: RunId | null;
}

export interface Consolidated {
  readonly result: JobResult;
  /** Whether notes are left for another job, so that other scopes have their turn. */
  readonly isLeft: boolean;
}

/**
 * Looks at every note of a scope that is owed a look, some at a time in the order in which they were added, and does what the
 * job's passes plan for them. What is planned for some notes is applied in one step, under the lease and recorded by
 * the run: a worker that is killed, and one that lost its lease, leave whole steps behind, and the store says what is owed.
 *
 * @throws LeaseLostError; what a pass, a model or the store failed with.
 */
export async function consolidate(job: LeasedJob, lease: HeldLease, parts: ConsolidateParts): Promise<Consolidated> {
  const { store, clock } = parts;
  const { scope } = job;
  const read = readScope(scope);
  const run = newRunRecorder(job, { runs: store.runs, ids: parts.ids, clock });
  /** The version of each note that was looked at: a pass that leaves a note as it is must not be asked for ever. */
  const seen = new Map<NoteId, number>();
  const planned: Change[] = [];
  let memories = 0;
  /** Null until a note is looked at: what whole scopes are asked needs none. */
  let taken: TakenView | null = null;

  try {
    const isLeft = isOverNotes(job) && (await lookAtAll());
    if (!isLeft) {
      await finishPasses();
      await runScopePasses();
    }
    await run.finish('done');
    // A view that a plan has been folded into that was not applied is of no use to anyone.
    if (!job.isDryRun && taken !== null) parts.views.giveBack(taken);
    return { result: { memories, changes: run.counts(), run_id: job.isDryRun ? null : run.changedBy() }, isLeft };
  } catch (error) {
    await run.finish('failed').catch(() => undefined);
    throw error;
  }

  async function lookAtAll(): Promise<boolean> {
    for (;;) {
      // What a person took back comes back when a person asks for it.
      const options = { includeReverted: job.origin === 'request' };
      const owed = await store.underived(read, limits.consolidationIds, options);
      const before = memories;
      for (let start = 0; start < owed.length; start += limits.consolidationNotes) {
        memories += await step(owed.slice(start, start + limits.consolidationNotes));
        await lease.advance({ done: memories, total: Math.max(memories, before + owed.length) });
        if (job.origin === 'feed' && memories >= limits.consolidationNotesPerTurn) return true;
        await parts.breathe();
      }
      if (job.isDryRun || memories === before) return false;
    }
  }

  /** @returns how many of the notes were looked at: some may be gone, or be done, by now. */
  async function step(ids: readonly NoteId[]): Promise<number> {
    for (let tries = 1; ; tries += 1) {
      const found = await store.notes(scope.tenant, ids);
      const due = found.filter((stored) => isDue(stored) && seen.get(stored.note.id) !== stored.note.version);
      if (due.length === 0) return 0;
      try {
        taken ??= await parts.views.take(scope);
        await lookAt(due, taken);
        for (const { note } of due) seen.set(note.id, note.version);
        return due.length;
      } catch (error) {
        if (!hasMovedOn(error) || tries >= limits.consolidationReplans) throw error;
        // Another has the job, or a caller changed a note while its changes were planned: then they are planned anew.
        await lease.confirm();
        taken = null;
      }
    }
  }

  async function lookAt(due: readonly StoredNote[], { view }: TakenView): Promise<void> {
    lease.assertHeld();
    for (const stored of due) view.add(stored);
    const asked = { scope, due, now: clock() };
    const proposals =
      parts.propose === null ? null : await parts.propose(await run.id(), asked, { ...passParts(), view });
    await planAndApply(due, proposals, view);
  }

  async function planAndApply(
    due: readonly StoredNote[],
    proposals: Proposals | null,
    view: TakenView['view'],
  ): Promise<void> {
    const batch: Batch = { scope, due, planned, proposals: proposalsFor(proposals, due), now: clock() };
    const changes = await planBatch(batch, job.passes, { ...passParts(), view, planners: parts.planners });
    if (changes.length > limits.consolidationChanges && due.length > 1) {
      const half = Math.ceil(due.length / 2);
      await planAndApply(due.slice(0, half), proposals, view);
      await planAndApply(due.slice(half), proposals, view);
      return;
    }
    await apply([...changes, ...(job.isDryRun ? [] : await embedAnew(changes, due, parts))]);
  }

  async function finishPasses(): Promise<void> {
    const used = job.origin === 'feed' ? parts.takeUsed(scope) : null;
    for (const pass of passes) {
      const finish = parts.finishers[pass];
      if (finish === undefined || !job.passes.includes(pass)) continue;
      for (const slice of slicesOf(await finish(scope, passParts(), clock(), used), limits.sleepChanges)) {
        await apply(slice);
        await parts.breathe();
      }
    }
  }

  /** Not for what was written: their time is when a conversation has ended, at night, or when somebody asks. */
  async function runScopePasses(): Promise<void> {
    if (job.origin === 'feed') return;
    for (const pass of passes) {
      const plan = parts.scopePasses?.[pass];
      if (plan === undefined || !job.passes.includes(pass)) continue;
      for (let tries = 1; ; tries += 1) {
        try {
          await runScopePass(plan);
          break;
        } catch (error) {
          if (!hasMovedOn(error) || tries >= limits.consolidationReplans) throw error;
          // Somebody changed what was planned upon: what has been applied stays, the rest is planned anew.
          await lease.confirm();
        }
      }
    }
  }

  async function runScopePass(plan: ScopePass): Promise<void> {
    lease.assertHeld();
    const changes = await plan(scope, {
      ...passParts(),
      policy: await store.policies.effective(scope),
      now: clock(),
      isAsked: job.origin === 'request',
      takenBackAt: await takenBackAt(),
      breathe: parts.breathe,
      runId: job.isDryRun ? null : () => run.id(),
    });
    for (const slice of slicesOf(changes, limits.sleepChanges)) {
      await apply(slice);
      await parts.breathe();
    }
  }

  async function takenBackAt(): Promise<number | null> {
    const runs = await store.runs.list(scope.tenant, { scope, limit: limits.sleepRunsLookedAt });
    const times = runs.filter(({ state }) => state === 'reverted').map(({ startedAt }) => startedAt);
    return times.length === 0 ? null : Math.max(...times);
  }

  async function apply(changes: readonly Change[]): Promise<void> {
    if (changes.length === 0) return;
    if (job.isDryRun) planned.push(...changes);
    else await store.apply(scope, changes, { fence: lease.fence, run: await run.id() });
    run.count(changes);
    taken?.view.apply(changes);
  }

  function passParts() {
    const { analyzer, ids, curve } = parts;
    return { store, analyzer, ids, curve };
  }
}

/** A scheduled job is over whole scopes: the notes that are owed a look have jobs of their own. */
function isOverNotes({ origin, passes: chosen }: LeasedJob): boolean {
  return origin !== 'schedule' && chosen.some((pass) => !wholeScope.includes(pass));
}

const wholeScope: readonly Pass[] = ['merges', 'summaries', 'forgetting'];

/** As `Store.underived` says it. */
function isDue({ note }: StoredNote): boolean {
  return note.state === 'active' && note.derived === null && note.origin !== 'derived';
}

/** Something that a plan rests on is not as it was. */
function hasMovedOn(error: unknown): boolean {
  return isEcphoryError(error) && ['stale', 'not_found', 'conflict'].includes(error.code);
}
