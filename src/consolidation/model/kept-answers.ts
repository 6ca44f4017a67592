import type { RunId } from '../../memory/ids.ts';
import type { ModelRecord, RunStore } from '../../memory/job.ts';
import { limits } from '../../memory/limits.ts';
import type { Scope } from '../../memory/scope.ts';
import type { ShownNote } from './shown-notes.ts';

/** What a model said in this try of a job and in those before it that were cut off. */
export interface KeptAnswers {
  /**
   * Its answers to this prompt for just these notes in just this order, oldest first; none from before one of them was given
   * another text.
   */
  to(shown: readonly ShownNote[], asker: Pick<ModelRecord, 'prompt' | 'model'>): readonly ModelRecord[];
  /** Ordinal of the next record of the run. */
  next(): number;
  add(record: ModelRecord): void;
}

export async function keptAnswers(
  runs: Pick<RunStore, 'run' | 'records' | 'list'>,
  scope: Scope,
  runId: RunId,
): Promise<KeptAnswers> {
  const { tenant } = scope;
  const run = await runs.run(tenant, runId);
  const own = [...(await runs.records(tenant, runId))];
  const runsBefore = await runs.list(tenant, { scope, limit: limits.modelRunsLookedAt });
  const ofJob = runsBefore.filter(({ id, jobId }) => id !== runId && jobId === run?.jobId);
  const before = await Promise.all(ofJob.map(({ id }) => runs.records(tenant, id)));
  const all = [...before.flat(), ...own].sort((a, b) => a.at - b.at || a.ordinal - b.ordinal);

  return {
    to(shown, { prompt, model }) {
      const key = shownIds(shown).join(' ');
      const since = Math.max(...shown.map(({ stored }) => stored.note.revisedAt));
      return all.filter(
        (record) =>
          record.prompt === prompt && record.model === model && record.at >= since && record.shown.join(' ') === key,
      );
    },
    next: () => own.length,
    add(record) {
      own.push(record);
      all.push(record);
    },
  };
}

export function shownIds(shown: readonly ShownNote[]): readonly string[] {
  return shown.map(({ stored }) => stored.note.id);
}
