import type { JobId, RunId } from './ids.ts';
import type { Scope, Tenant } from './scope.ts';

/** Passes in the order in which they run. A job names those it is to run. */
export const passes = ['notes', 'links', 'evolution', 'claims', 'merges', 'summaries', 'forgetting'] as const;
export type Pass = (typeof passes)[number];

/** `queued` waits for its time, `running` has a lease, `dead` was tried too often and waits for a person. */
export const jobStates = ['queued', 'running', 'done', 'dead', 'cancelled'] as const;
export type JobState = (typeof jobStates)[number];

/** Background work on one scope, durable: it survives whoever is doing it. */
export interface Job {
  readonly id: JobId;
  readonly scope: Scope;
  readonly passes: readonly Pass[];
  /** `feed`: made because something was written; at most one such job of a scope is queued. `request`: someone asked. */
  readonly origin: 'feed' | 'request' | 'schedule';
  /** Whether it only plans: nothing is applied, the plan is its result. */
  readonly isDryRun: boolean;
  readonly state: JobState;
  /** Tries so far, the present one included. */
  readonly attempts: number;
  /** Not before, milliseconds since 1970. */
  readonly runAfter: number;
  readonly createdAt: number;
  readonly updatedAt: number;
  /** Items done of items known; both 0 before it has begun. */
  readonly progress: JobProgress;
  /** What it came to, JSON without any text of a memory; null until it is done. */
  readonly result: string | null;
  /** What stopped the last try. Without any text of a memory. */
  readonly error: string | null;
}

export interface JobProgress {
  readonly done: number;
  readonly total: number;
}

/** A job that someone holds for a while. */
export interface LeasedJob extends Job {
  /** Rises with every lease: a write under an older one is refused (`Fence`). */
  readonly token: number;
}

/** Says under which lease a write is made; one that was lost is `stale` and nothing is applied. */
export interface Fence {
  readonly jobId: JobId;
  readonly token: number;
}

/** Times are given, never read: the store has its clock for the feed alone. All writes are durable when they resolve. */
export interface JobStore {
  /**
   * Queues it. A queued job of the same scope with origin `feed` is given back instead when this one has that origin, with
   * the passes of both. @throws `conflict` an id that is already there.
   */
  enqueue(job: Job): Promise<Job>;
  /**
   * Takes the next job whose time has come, or a running one whose lease ran out, until `leaseUntil`. Fair: of the tenant
   * whose last lease is longest ago, and of these the one with the lowest (runAfter, id). Never two jobs of one scope at
   * once. Null when there is none.
   */
  lease(query: { readonly now: number; readonly leaseUntil: number }): Promise<LeasedJob | null>;
  /** Holds it for longer, and says how far it is. @throws `stale` when the lease was lost. */
  extend(
    fence: Fence,
    to: { readonly leaseUntil: number; readonly progress: JobProgress; readonly now: number },
  ): Promise<void>;
  /** Ends a lease. `queued` is for a next try. @throws `stale` when the lease was lost. */
  settle(fence: Fence, outcome: JobOutcome): Promise<void>;
  job(tenant: Tenant, id: JobId): Promise<Job | null>;
  /** Newest first. */
  list(
    tenant: Tenant,
    query: { readonly states?: readonly JobState[]; readonly limit: number },
  ): Promise<readonly Job[]>;
  /** Back to the queue with no tries counted. @throws `not_found`; `conflict` when it is not dead or cancelled. */
  retry(tenant: Tenant, id: JobId, now: number): Promise<Job>;
  /** @throws `not_found`; `conflict` when it is done, dead or cancelled. A running one loses its lease. */
  cancel(tenant: Tenant, id: JobId, now: number): Promise<Job>;
  /** When the next queued job may run or the next lease runs out, milliseconds since 1970; null when there is neither. */
  nextAt(): Promise<number | null>;
  /** Jobs of every tenant by state, for metrics and `drained`. */
  counts(): Promise<Readonly<Record<JobState, number>>>;
}

export interface JobOutcome {
  readonly state: 'queued' | 'done' | 'dead';
  readonly now: number;
  /** For `queued`. */
  readonly runAfter?: number;
  readonly result?: string | null;
  readonly error?: string | null;
  readonly progress?: JobProgress;
}

/**
 * One execution of a job that changed something. While it goes on, `Store.apply` with `run` records what every touched row was
 * before; `run-reverted` puts that back.
 */
export interface Run {
  readonly id: RunId;
  readonly scope: Scope;
  readonly jobId: JobId;
  readonly state: 'running' | 'done' | 'failed' | 'reverted';
  readonly startedAt: number;
  readonly finishedAt: number | null;
  /** How many changes of each kind it made, JSON. */
  readonly summary: string | null;
}

/** What a model said, word for word, kept before any of it is applied. */
export interface ModelRecord {
  readonly runId: RunId;
  /** Counts from 0 within the run. */
  readonly ordinal: number;
  /** Which prompt, with its version: `evolve-notes/1`. */
  readonly prompt: string;
  readonly model: string;
  readonly answer: string;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly at: number;
  /** Notes that it was shown: when one of them is erased, so is this. */
  readonly shown: readonly string[];
}

export interface RunStore {
  /** @throws `conflict` an id that is already there. */
  begin(run: Run): Promise<void>;
  finish(
    id: RunId,
    end: { readonly state: 'done' | 'failed'; readonly at: number; readonly summary: string },
  ): Promise<void>;
  record(record: ModelRecord): Promise<void>;
  run(tenant: Tenant, id: RunId): Promise<Run | null>;
  /** Newest first. */
  list(tenant: Tenant, query: { readonly scope?: Scope; readonly limit: number }): Promise<readonly Run[]>;
  /** In order. */
  records(tenant: Tenant, id: RunId): Promise<readonly ModelRecord[]>;
  /** Tokens that a tenant's runs used since then, for budgets. */
  tokensSince(tenant: Tenant, since: number): Promise<number>;
}
