import { EcphoryError } from '../memory/errors.ts';
import type { Clock, JobId } from '../memory/ids.ts';
import { type Fence, type Job, type JobState, type JobStore, type LeasedJob, passes } from '../memory/job.ts';
import type { Tenant } from '../memory/scope.ts';
import { appendToFeed } from './in-memory-changes.ts';
import {
  compareText,
  conflict,
  frozenCopy,
  type JobRecord,
  notFound,
  type State,
  sameScope,
} from './in-memory-state.ts';

/** The jobs of the in-memory store. `assertOpen` throws once that is closed. */
export function newJobStore(state: State, clock: Clock, assertOpen: () => void): JobStore {
  return {
    async enqueue(job) {
      assertOpen();
      const same = job.origin === 'feed' ? queuedFromFeed(job) : undefined;
      if (same !== undefined) {
        const both = passes.filter((pass) => same.job.passes.includes(pass) || job.passes.includes(pass));
        if (both.length === same.job.passes.length) return same.job;
        return put({ ...same, job: { ...same.job, passes: both, updatedAt: job.updatedAt } });
      }
      if (state.jobs.has(job.id)) throw conflict('job', job.id);
      return put({ job, token: 0, leaseUntil: null });
    },

    async lease({ now, leaseUntil }) {
      assertOpen();
      const [next] = [...state.jobs.values()].filter((record) => isDue(record, now)).sort(byTurn);
      if (next === undefined) return null;
      const { tenant } = next.job.scope;
      state.turns.set(tenant, Math.max(0, ...state.turns.values()) + 1);
      const token = next.token + 1;
      const attempts = next.job.attempts + 1;
      const job = put({ job: { ...next.job, state: 'running', attempts, updatedAt: now }, token, leaseUntil });
      return { ...job, token } satisfies LeasedJob;
    },

    async extend(fence, { leaseUntil, progress, now }) {
      assertOpen();
      const held = assertFence(state, fence);
      put({ ...held, job: { ...held.job, progress, updatedAt: now }, leaseUntil });
    },

    async settle(fence, outcome) {
      assertOpen();
      const held = assertFence(state, fence);
      const { state: end, now, runAfter = held.job.runAfter, result = null, error = null } = outcome;
      const progress = outcome.progress ?? held.job.progress;
      const job = { ...held.job, state: end, runAfter, result, error, progress, updatedAt: now };
      put({ ...held, job, leaseUntil: null });
      const { id, scope } = job;
      if (end === 'done') appendToFeed(state, { scope, kind: 'job-done', at: clock(), touched: { detail: id } });
    },

    async job(tenant, id) {
      assertOpen();
      return recordOf(tenant, id)?.job ?? null;
    },

    async list(tenant, { states, limit }) {
      assertOpen();
      return [...state.jobs.values()]
        .map(({ job }) => job)
        .filter((job) => job.scope.tenant === tenant && (states === undefined || states.includes(job.state)))
        .sort((left, right) => right.createdAt - left.createdAt || compareText(right.id, left.id))
        .slice(0, limit);
    },

    async retry(tenant, id, now) {
      assertOpen();
      const { job, ...held } = found(tenant, id);
      if (job.state !== 'dead' && job.state !== 'cancelled') throw refused(job, 'tried again');
      const progress = { done: 0, total: 0 };
      return put({ ...held, job: { ...job, state: 'queued', attempts: 0, runAfter: now, progress, updatedAt: now } });
    },

    async cancel(tenant, id, now) {
      assertOpen();
      const { job, token } = found(tenant, id);
      if (job.state !== 'queued' && job.state !== 'running') throw refused(job, 'cancelled');
      return put({ job: { ...job, state: 'cancelled', updatedAt: now }, token, leaseUntil: null });
    },

    async nextAt() {
      assertOpen();
      const times = [...state.jobs.values()].flatMap((record) => {
        if (record.leaseUntil !== null) return [record.leaseUntil];
        return record.job.state === 'queued' && !isHeldUp(record) ? [record.job.runAfter] : [];
      });
      return times.length === 0 ? null : Math.min(...times);
    },

    async counts() {
      assertOpen();
      const counts: Record<JobState, number> = { queued: 0, running: 0, done: 0, dead: 0, cancelled: 0 };
      for (const { job } of state.jobs.values()) counts[job.state] += 1;
      return counts;
    },
  };

  function put(record: JobRecord): Job {
    const kept = frozenCopy(record);
    state.jobs.set(kept.job.id, kept);
    return kept.job;
  }

  function queuedFromFeed({ scope }: Job): JobRecord | undefined {
    return [...state.jobs.values()]
      .filter(({ job }) => job.state === 'queued' && job.origin === 'feed' && sameScope(job.scope, scope))
      .sort(byTime)[0];
  }

  function isDue(record: JobRecord, now: number): boolean {
    if (record.leaseUntil !== null) return record.leaseUntil <= now;
    return record.job.state === 'queued' && record.job.runAfter <= now && !isHeldUp(record);
  }

  /** While another job of its scope is running, even one whose lease ran out: that one goes on first. */
  function isHeldUp({ job }: JobRecord): boolean {
    return [...state.jobs.values()].some((other) => other.leaseUntil !== null && sameScope(other.job.scope, job.scope));
  }

  function byTurn(left: JobRecord, right: JobRecord): number {
    return turnOf(left) - turnOf(right) || byTime(left, right);
  }

  function turnOf({ job }: JobRecord): number {
    return state.turns.get(job.scope.tenant) ?? 0;
  }

  function recordOf(tenant: Tenant, id: JobId): JobRecord | null {
    const record = state.jobs.get(id);
    return record === undefined || record.job.scope.tenant !== tenant ? null : record;
  }

  function found(tenant: Tenant, id: JobId): JobRecord {
    const record = recordOf(tenant, id);
    if (record === null) throw notFound('job', id);
    return record;
  }
}

/** @throws EcphoryError `stale` when the lease was lost. */
export function assertFence(state: State, { jobId, token }: Fence): JobRecord {
  const record = state.jobs.get(jobId);
  if (record === undefined || record.leaseUntil === null || record.token !== token) {
    throw new EcphoryError('stale', `The lease ${token} of the job ${jobId} was lost.`);
  }
  return record;
}

function byTime(left: JobRecord, right: JobRecord): number {
  return left.job.runAfter - right.job.runAfter || compareText(left.job.id, right.job.id);
}

function refused(job: Job, what: string): EcphoryError {
  return new EcphoryError('conflict', `The job ${job.id} is ${job.state} and cannot be ${what}.`);
}
