import { EcphoryError } from '../../memory/errors.ts';
import type { JobId } from '../../memory/ids.ts';
import { type Fence, type Job, type JobState, type JobStore, jobStates, type Pass, passes } from '../../memory/job.ts';
import type { Scope, Tenant } from '../../memory/scope.ts';
import type { Connection } from './driver.ts';
import type { Feed } from './feed.ts';
import { textsOf } from './rows.ts';
import type { Scopes } from './scopes.ts';
import { conflict, notFound } from './write-notes.ts';

export interface Jobs extends JobStore {
  /** Within a transaction. @throws EcphoryError `stale` when the lease was lost. */
  assertFence(fence: Fence): void;
}

export interface JobStoreParts {
  readonly scopes: Scopes;
  readonly feed: Pick<Feed, 'append'>;
  readonly read: <Answer>(work: () => Answer) => Promise<Answer>;
  readonly write: <Answer>(work: () => Answer) => Promise<Answer>;
}

interface JobRow {
  readonly position: number;
  readonly id: JobId;
  readonly tenant: Scope['tenant'];
  readonly namespace: Scope['namespace'];
  readonly passes: string;
  readonly origin: Job['origin'];
  readonly is_dry_run: number;
  readonly state: JobState;
  readonly attempts: number;
  readonly run_after: number;
  readonly created_at: number;
  readonly updated_at: number;
  readonly done: number;
  readonly total: number;
  readonly result: string | null;
  readonly error: string | null;
  readonly token: number;
}

export function newJobs(connection: Connection, { scopes, feed, read, write }: JobStoreParts): Jobs {
  const columns = `
    SELECT j.position, j.id, s.tenant, s.namespace, j.passes, j.origin, j.is_dry_run, j.state, j.attempts, j.run_after,
      j.created_at, j.updated_at, j.done, j.total, j.result, j.error, j.token
    FROM jobs j JOIN scopes s ON s.id = j.scope_id`;
  // While another job of its scope is running, even one whose lease ran out, a queued one waits: that one goes on first.
  const isFree = `NOT EXISTS (
    SELECT 1 FROM jobs other INDEXED BY jobs_running WHERE other.state = 'running' AND other.scope_id = j.scope_id)`;
  const statement = {
    byId: connection.prepare<[string], JobRow>(`${columns} WHERE j.id = ?`),
    queuedFromFeed: connection.prepare<[number], JobRow>(
      `${columns} WHERE j.scope_id = ? AND j.state = 'queued' AND j.origin = 'feed' ORDER BY j.run_after, j.id LIMIT 1`,
    ),
    add: connection.prepare(
      `INSERT INTO jobs (id, scope_id, passes, origin, is_dry_run, state, attempts, run_after, created_at, updated_at,
         done, total, result, error, token)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)`,
    ),
    setPasses: connection.prepare('UPDATE jobs SET passes = ?, updated_at = ? WHERE position = ?'),
    next: connection.prepare<[number, number], JobRow>(
      `${columns} LEFT JOIN job_turns t ON t.tenant = s.tenant
       WHERE j.position IN (
         SELECT j.position FROM jobs j INDEXED BY jobs_running WHERE j.state = 'running' AND j.lease_until <= ?
         UNION ALL
         SELECT j.position FROM jobs j INDEXED BY jobs_queued
         WHERE j.state = 'queued' AND j.run_after <= ? AND ${isFree})
       ORDER BY coalesce(t.turn, 0), j.run_after, j.id LIMIT 1`,
    ),
    take: connection.prepare(
      `UPDATE jobs SET state = 'running', attempts = attempts + 1, token = token + 1, lease_until = ?, updated_at = ?
       WHERE position = ?`,
    ),
    turn: connection.prepare(
      `INSERT INTO job_turns (tenant, turn) VALUES (?, (SELECT coalesce(max(turn), 0) + 1 FROM job_turns))
       ON CONFLICT (tenant) DO UPDATE SET turn = excluded.turn`,
    ),
    held: connection.prepare<[string, number], JobRow>(
      `${columns} WHERE j.id = ? AND j.state = 'running' AND j.token = ?`,
    ),
    extend: connection.prepare(
      'UPDATE jobs SET lease_until = ?, done = ?, total = ?, updated_at = ? WHERE position = ?',
    ),
    settle: connection.prepare(
      `UPDATE jobs SET state = ?, run_after = ?, result = ?, error = ?, done = ?, total = ?, updated_at = ?,
         lease_until = NULL WHERE position = ?`,
    ),
    retry: connection.prepare(
      `UPDATE jobs SET state = 'queued', attempts = 0, run_after = ?, done = 0, total = 0, updated_at = ?
       WHERE position = ?`,
    ),
    cancel: connection.prepare(
      `UPDATE jobs SET state = 'cancelled', updated_at = ?, lease_until = NULL WHERE position = ?`,
    ),
    list: connection.prepare<[string, string, number], JobRow>(
      `${columns} WHERE s.tenant = ? AND j.state IN (SELECT value FROM json_each(?))
       ORDER BY j.created_at DESC, j.id DESC LIMIT ?`,
    ),
    nextAt: connection
      .prepare<[], number | null>(
        `SELECT min(at) FROM (
           SELECT lease_until AS at FROM jobs INDEXED BY jobs_running WHERE state = 'running'
           UNION ALL
           SELECT j.run_after FROM jobs j INDEXED BY jobs_queued WHERE j.state = 'queued' AND ${isFree})`,
      )
      .pluck(),
    counts: connection.prepare<[], { state: JobState; jobs: number }>(
      'SELECT state, count(*) AS jobs FROM jobs INDEXED BY jobs_by_state GROUP BY state',
    ),
  };

  return {
    assertFence: (fence) => void held(fence),

    enqueue: (job) =>
      write(() => {
        const scopeId = scopes.idForWriting(job.scope);
        const same = job.origin === 'feed' ? statement.queuedFromFeed.get(scopeId) : undefined;
        if (same !== undefined) {
          const earlier = jobOf(same);
          const both = passes.filter((pass) => earlier.passes.includes(pass) || job.passes.includes(pass));
          if (both.length === earlier.passes.length) return earlier;
          statement.setPasses.run(JSON.stringify(both), job.updatedAt, same.position);
          return present(earlier.id);
        }
        if (statement.byId.get(job.id) !== undefined) throw conflict('job', job.id);
        statement.add.run(
          job.id,
          scopeId,
          JSON.stringify(job.passes),
          job.origin,
          Number(job.isDryRun),
          job.state,
          job.attempts,
          job.runAfter,
          job.createdAt,
          job.updatedAt,
          job.progress.done,
          job.progress.total,
          job.result,
          job.error,
        );
        return present(job.id);
      }),

    async lease({ now, leaseUntil }) {
      // Most of the time there is nothing to do, and finding that out needs no transaction.
      if ((await read(() => statement.next.get(now, now))) === undefined) return null;
      return write(() => {
        const next = statement.next.get(now, now);
        if (next === undefined) return null;
        statement.take.run(leaseUntil, now, next.position);
        statement.turn.run(next.tenant);
        return { ...present(next.id), token: next.token + 1 };
      });
    },

    extend: (fence, { leaseUntil, progress, now }) =>
      write(() => {
        statement.extend.run(leaseUntil, progress.done, progress.total, now, held(fence).position);
      }),

    settle: (fence, outcome) =>
      write(() => {
        const row = held(fence);
        const { state, now, runAfter = row.run_after, result = null, error = null } = outcome;
        const { done, total } = outcome.progress ?? row;
        statement.settle.run(state, runAfter, result, error, done, total, now, row.position);
        if (state === 'done') feed.append(scopes.idForWriting(scopeOf(row)), 'job-done', { detail: row.id });
      }),

    job: (tenant, id) =>
      read(() => {
        const row = statement.byId.get(id);
        return row === undefined || row.tenant !== tenant ? null : jobOf(row);
      }),

    list: (tenant, { states, limit }) =>
      read(() => statement.list.all(tenant, JSON.stringify(states ?? jobStates), limit).map(jobOf)),

    retry: (tenant, id, now) =>
      write(() => {
        const row = found(tenant, id);
        if (row.state !== 'dead' && row.state !== 'cancelled') throw refused(row, 'tried again');
        statement.retry.run(now, now, row.position);
        return present(id);
      }),

    cancel: (tenant, id, now) =>
      write(() => {
        const row = found(tenant, id);
        if (row.state !== 'queued' && row.state !== 'running') throw refused(row, 'cancelled');
        statement.cancel.run(now, row.position);
        return present(id);
      }),

    nextAt: () => read(() => statement.nextAt.get() ?? null),

    counts: () =>
      read(() => {
        const counts: Record<JobState, number> = { queued: 0, running: 0, done: 0, dead: 0, cancelled: 0 };
        for (const { state, jobs } of statement.counts.all()) counts[state] = jobs;
        return counts;
      }),
  };

  function held({ jobId, token }: Fence): JobRow {
    const row = statement.held.get(jobId, token);
    if (row === undefined) throw new EcphoryError('stale', `The lease ${token} of the job ${jobId} was lost.`);
    return row;
  }

  function found(tenant: Tenant, id: JobId): JobRow {
    const row = statement.byId.get(id);
    if (row === undefined || row.tenant !== tenant) throw notFound('job', id);
    return row;
  }

  function present(id: JobId): Job {
    const row = statement.byId.get(id);
    if (row === undefined) throw notFound('job', id);
    return jobOf(row);
  }
}

function jobOf(row: JobRow): Job {
  return {
    id: row.id,
    scope: scopeOf(row),
    passes: textsOf<Pass>(row.passes),
    origin: row.origin,
    isDryRun: row.is_dry_run === 1,
    state: row.state,
    attempts: row.attempts,
    runAfter: row.run_after,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    progress: { done: row.done, total: row.total },
    result: row.result,
    error: row.error,
  };
}

function scopeOf({ tenant, namespace }: JobRow): Scope {
  return { tenant, namespace };
}

function refused(row: JobRow, what: string): EcphoryError {
  return new EcphoryError('conflict', `The job ${row.id} is ${row.state} and cannot be ${what}.`);
}
