import type { Job, ModelRecord, Run } from './memory/job.ts';
import type { Operation, OperationResult, RunDetail, RunView } from './memory/knowledge.ts';
import { formatTime } from './memory/time.ts';

/** A job as callers see it. */
export function operationOf(job: Job): Operation {
  return {
    id: job.id,
    kind: 'consolidation',
    namespace: job.scope.namespace,
    passes: job.passes,
    dryRun: job.isDryRun,
    state: job.state,
    attempts: job.attempts,
    done: job.progress.done,
    total: job.progress.total,
    createdAt: formatTime(job.createdAt),
    updatedAt: formatTime(job.updatedAt),
    nextTryAt: job.state === 'queued' && job.attempts > 0 ? formatTime(job.runAfter) : null,
    error: job.error,
    result: job.result === null ? null : resultOf(job.result),
  };
}

/** A run as callers see it. */
export function runOf(run: Run): RunView {
  return {
    id: run.id,
    namespace: run.scope.namespace,
    operationId: run.jobId,
    state: run.state,
    startedAt: formatTime(run.startedAt),
    finishedAt: run.finishedAt === null ? null : formatTime(run.finishedAt),
    changes: run.summary === null ? {} : counts(record(parsed(run.summary))),
  };
}

export function runDetailOf(run: Run, records: readonly ModelRecord[]): RunDetail {
  const answers = records.map(({ prompt, model, answer, inputTokens, outputTokens, at }) => ({
    prompt,
    model,
    answer,
    inputTokens,
    outputTokens,
    at: formatTime(at),
  }));
  return { ...runOf(run), answers };
}

/** The worker writes `{memories, changes, run_id}`. */
function resultOf(json: string): OperationResult {
  const { memories, changes, run_id: runId } = record(parsed(json));
  return {
    memories: typeof memories === 'number' ? memories : 0,
    changes: counts(record(changes)),
    runId: typeof runId === 'string' ? runId : null,
  };
}

function counts(fields: Readonly<Record<string, unknown>>): Readonly<Record<string, number>> {
  return Object.fromEntries(
    Object.entries(fields).filter((entry): entry is [string, number] => typeof entry[1] === 'number'),
  );
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json) as unknown;
  } catch {
    return null;
  }
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return value !== null && typeof value === 'object' ? (value as Readonly<Record<string, unknown>>) : {};
}
