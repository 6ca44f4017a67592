import { EcphoryError } from '../memory/errors.ts';
import type { JobOutcome, LeasedJob } from '../memory/job.ts';
import { limits } from '../memory/limits.ts';
import type { Scope } from '../memory/scope.ts';
import { type ConsolidateParts, consolidate, type Propose } from './consolidate.ts';
import { newDispatcher, newFeedJob } from './dispatcher.ts';
import { holdLease, LeaseLostError } from './held-lease.ts';
import { type KeptViewsParts, newKeptViews } from './kept-views.ts';
import { isBeyondTries, nextTry, whatStopped } from './next-try.ts';
import { afterDelay, type Schedule } from './schedule.ts';
import { newSleepSchedule, type SleepSettings } from './sleep-schedule.ts';

/** The background work, as those who write see it. */
export interface Consolidation {
  /** Something was written or queued: see to it soon. Cheap; call it freely. */
  wake(): void;
  /** Resolves when nothing that was written or queued before waits any more, also not for a model or a next try. */
  drained(): Promise<void>;
}

export interface ConsolidationWorker extends Consolidation {
  /** Resolves when there is nothing that can be done now: what is left waits for its next try. */
  idle(): Promise<void>;
  /** Ends after the present steps; what is under way goes back to the queue. Idempotent. */
  close(): Promise<void>;
}

export interface WorkerParts extends Omit<ConsolidateParts, 'views' | 'breathe' | 'takeUsed'> {
  readonly loadView: KeptViewsParts['load'];
  /** Told of failures that no caller waits for. */
  readonly onNotice: (message: string, cause: unknown) => void;
  /** Told how each try of a job ended. */
  readonly onJob?: (job: LeasedJob, outcome: JobOutcome) => void;
  /** When passes over whole scopes run by themselves; null or left out: only when somebody asks. */
  readonly sleep?: SleepSettings | null;
  /** In place of setTimeout, for tests. */
  readonly schedule?: Schedule;
  /** Uniform over [0, 1), for jitter. */
  readonly random?: () => number;
}

interface Waiter {
  readonly forDrained: boolean;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Looks for work when it is woken, when a job's time has come and when one is done: reads the feed, queues jobs, and does up
 * to `limits.consolidationLanes` of them at once. Everything it knows is in the store, so it may be killed at any point.
 */
export function newConsolidationWorker(parts: WorkerParts): ConsolidationWorker {
  const { store, clock, ids, schedule = afterDelay, random = Math.random } = parts;
  const sleep = parts.sleep == null ? null : newSleepSchedule({ store, ids, clock, ...parts.sleep });
  const dispatcher = newDispatcher({ store, ids, clock, ...(sleep !== null && { saw: sleep.saw }) });
  const views = newKeptViews({ store, load: parts.loadView });
  const lanes = new Set<Promise<void>>();
  let waiters: Waiter[] = [];
  let timer: { readonly at: number; cancel(): void } | null = null;
  let looking: Promise<void> | null = null;
  /** How soon to look again after the present look; null when nobody asked. */
  let wokenInMs: number | null = null;
  let failures = 0;
  let isClosed = false;
  let announceEnd: (error: unknown) => void = () => undefined;
  const end = new Promise<never>((_resolve, reject) => {
    announceEnd = reject;
  });
  end.catch(() => undefined);
  // An answer that a model takes its time with does not hold up the end.
  const propose: Propose | null =
    parts.propose === null ? null : (...asked) => Promise.race([parts.propose?.(...asked) ?? null, end]);
  lookIn(0);

  return {
    wake: () => wake(limits.consolidationDelayMs),
    drained: () => waitFor(true),
    idle: () => waitFor(false),
    async close() {
      isClosed = true;
      announceEnd(closedError());
      timer?.cancel();
      for (const { reject } of waiters.splice(0)) reject(closedError());
      while (looking !== null || lanes.size > 0) await Promise.all([looking, ...lanes]);
    },
  };

  function wake(delayMs: number): void {
    const inMs = waiters.length > 0 ? 0 : delayMs;
    wokenInMs = Math.min(wokenInMs ?? inMs, inMs);
    lookIn(inMs);
  }

  function waitFor(forDrained: boolean): Promise<void> {
    if (isClosed) return Promise.reject(closedError());
    return new Promise((resolve, reject) => {
      waiters.push({ forDrained, resolve, reject });
      wake(0);
    });
  }

  function lookIn(delayMs: number): void {
    if (isClosed || looking !== null) return;
    const at = clock() + delayMs;
    if (timer !== null && timer.at <= at) return;
    timer?.cancel();
    const { cancel } = schedule(() => {
      timer = null;
      startLooking();
    }, delayMs);
    timer = { at, cancel };
  }

  function startLooking(): void {
    if (isClosed || looking !== null) return;
    wokenInMs = null;
    looking = look()
      .then((nextInMs) => {
        failures = 0;
        return nextInMs;
      })
      .catch((error: unknown) => {
        const retryInMs = Math.min(1_000 * 2 ** failures, 300_000);
        failures += 1;
        if (!isClosed) parts.onNotice(`Consolidation cannot reach its queue; next try in ${retryInMs} ms.`, error);
        return retryInMs;
      })
      .then((nextInMs) => {
        looking = null;
        if (nextInMs !== null) lookIn(nextInMs);
        if (wokenInMs !== null) lookIn(wokenInMs);
      });
  }

  /** @returns in how many milliseconds there will be something to do by itself; null when not. */
  async function look(): Promise<number | null> {
    await dispatcher.dispatch();
    const sleepAt = (await sleep?.queueDue()) ?? null;
    while (lanes.size < limits.consolidationLanes && !isClosed) {
      const now = clock();
      const job = await store.jobs.lease({ now, leaseUntil: now + limits.jobLeaseMs });
      if (job === null) break;
      startLane(job);
    }
    if (lanes.size === limits.consolidationLanes || isClosed) return null;
    // What is under way looks again when it is done.
    if (lanes.size === 0 && wokenInMs === null) await settleWaiters();
    const nextAt = Math.min((await store.jobs.nextAt()) ?? Infinity, sleepAt ?? Infinity);
    return nextAt === Infinity ? null : Math.max(0, nextAt - clock());
  }

  async function settleWaiters(): Promise<void> {
    if (waiters.length === 0) return;
    const { queued, running } = await store.jobs.counts();
    const isDrained = queued + running === 0;
    const done = waiters.filter(({ forDrained }) => isDrained || !forDrained);
    waiters = waiters.filter((waiter) => !done.includes(waiter));
    for (const { resolve } of done) resolve();
  }

  function startLane(job: LeasedJob): void {
    const lane = execute(job).finally(() => {
      lanes.delete(lane);
      wake(0);
    });
    lanes.add(lane);
  }

  /** Never rejects: what goes wrong is settled as the job's outcome, or told. */
  async function execute(job: LeasedJob): Promise<void> {
    const lease = holdLease(job, { jobs: store.jobs, clock, schedule });
    try {
      const outcome = { ...(await outcomeOf(job, lease)), progress: lease.progress() };
      await store.jobs.settle(lease.fence, outcome);
      parts.onJob?.(job, outcome);
    } catch (error) {
      // Whoever has the job now settles it.
      if (error instanceof LeaseLostError) return;
      // It is taken up again when its lease is over.
      if (!isClosed) parts.onNotice(`Job ${job.id} could not be settled.`, error);
    } finally {
      lease.letGo();
    }
  }

  async function outcomeOf(job: LeasedJob, lease: ReturnType<typeof holdLease>): Promise<JobOutcome> {
    if (isBeyondTries(job)) {
      return { state: 'dead', now: clock(), error: `internal: ${limits.jobTries} processes that did it were ended.` };
    }
    try {
      const { result, isLeft } = await consolidate(job, lease, {
        ...parts,
        propose,
        views,
        breathe,
        takeUsed: dispatcher.takeUsed,
      });
      if (isLeft) await queueRest(job.scope);
      return { state: 'done', now: clock(), result: JSON.stringify(result), error: null };
    } catch (error) {
      if (error instanceof LeaseLostError) throw error;
      const now = clock();
      if (isClosed) return { state: 'queued', now, runAfter: now, error: null };
      const next = nextTry(error, job.attempts, random);
      parts.onNotice(`Consolidating failed, try ${job.attempts}.`, error);
      if (next.kind === 'never') return { state: 'dead', now, error: whatStopped(error) };
      return { state: 'queued', now, runAfter: now + next.delayMs, error: whatStopped(error) };
    }
  }

  async function queueRest(scope: Scope): Promise<void> {
    await store.jobs.enqueue(newFeedJob(scope, { ids, clock }));
  }

  function breathe(): Promise<void> {
    if (isClosed) return Promise.reject(closedError());
    return new Promise((resolve) => setImmediate(resolve));
  }
}

function closedError(): EcphoryError {
  return new EcphoryError('unavailable', 'The worker is closed.');
}
