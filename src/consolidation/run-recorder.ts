import type { Change } from '../memory/change.ts';
import type { Clock, IdSource, RunId } from '../memory/ids.ts';
import type { Job, RunStore } from '../memory/job.ts';
import { limits } from '../memory/limits.ts';

/** The record of one execution of a job, begun when there is first something to record. */
export interface RunRecorder {
  /** Begins the run when it has not begun yet. */
  id(): Promise<RunId>;
  count(changes: readonly Change[]): void;
  /** Changes so far, by kind. */
  counts(): Readonly<Record<string, number>>;
  /** The run that changed something; null when nothing was changed. */
  changedBy(): RunId | null;
  finish(state: 'done' | 'failed'): Promise<void>;
}

export interface RunRecorderParts {
  readonly runs: RunStore;
  readonly ids: Pick<IdSource, 'runId'>;
  readonly clock: Clock;
}

export function newRunRecorder(job: Job, { runs, ids, clock }: RunRecorderParts): RunRecorder {
  const counts = new Map<string, number>();
  let id: RunId | null = null;
  let begun: Promise<void> | null = null;
  let hasChanged = false;

  return {
    async id() {
      id ??= ids.runId();
      begun ??= begin(id);
      await begun;
      return id;
    },
    count(changes) {
      hasChanged ||= changes.length > 0;
      for (const { kind } of changes) counts.set(kind, (counts.get(kind) ?? 0) + 1);
    },
    counts: () => Object.fromEntries(counts),
    changedBy: () => (hasChanged ? id : null),
    async finish(state) {
      if (id === null) return;
      await runs.finish(id, { state, at: clock(), summary: JSON.stringify(Object.fromEntries(counts)) });
    },
  };

  async function begin(runId: RunId): Promise<void> {
    await finishAbandoned();
    await runs.begin({
      id: runId,
      scope: job.scope,
      jobId: job.id,
      state: 'running',
      startedAt: clock(),
      finishedAt: null,
      summary: null,
    });
  }

  /** Runs of earlier tries whose process was killed. What they did stays, and can be reverted. */
  async function finishAbandoned(): Promise<void> {
    if (job.attempts <= 1) return;
    const earlier = await runs.list(job.scope.tenant, { scope: job.scope, limit: limits.jobTries });
    for (const run of earlier) {
      if (run.jobId !== job.id || run.state !== 'running') continue;
      await runs.finish(run.id, { state: 'failed', at: clock(), summary: '{}' });
    }
  }
}
