import { EcphoryError } from '../memory/errors.ts';
import type { NoteId, RunId } from '../memory/ids.ts';
import type { RunStore } from '../memory/job.ts';
import type { Tenant } from '../memory/scope.ts';
import {
  compareText,
  conflict,
  frozenCopy,
  notFound,
  type RunRecord,
  type State,
  sameScope,
} from './in-memory-state.ts';

/** The runs of the in-memory store. `assertOpen` throws once that is closed. */
export function newRunStore(state: State, assertOpen: () => void): RunStore {
  return {
    async begin(run) {
      assertOpen();
      if (state.runs.has(run.id)) throw conflict('run', run.id);
      state.runs.set(run.id, { run: frozenCopy(run), records: [], effects: new Map() });
    },

    async finish(id, { state: end, at, summary }) {
      assertOpen();
      const record = found(id);
      if (record.run.state !== 'running') {
        throw new EcphoryError('conflict', `The run ${id} is ${record.run.state}, not running.`);
      }
      state.runs.set(id, { ...record, run: frozenCopy({ ...record.run, state: end, finishedAt: at, summary }) });
    },

    async record(answer) {
      assertOpen();
      const record = found(answer.runId);
      if (record.records.some(({ ordinal }) => ordinal === answer.ordinal)) {
        throw conflict('answer', `${answer.runId}/${answer.ordinal}`);
      }
      // Erased while the model was thinking: what it says of it must not be kept.
      for (const id of answer.shown) {
        const note = state.notes.get(id as NoteId)?.note;
        if (note === undefined || !sameScope(note.scope, record.run.scope)) throw notFound('note', id);
      }
      const records = [...record.records, frozenCopy(answer)].sort((left, right) => left.ordinal - right.ordinal);
      state.runs.set(answer.runId, { ...record, records });
    },

    async run(tenant, id) {
      assertOpen();
      return recordOf(tenant, id)?.run ?? null;
    },

    async list(tenant, { scope, limit }) {
      assertOpen();
      return [...state.runs.values()]
        .map(({ run }) => run)
        .filter((run) => run.scope.tenant === tenant && (scope === undefined || sameScope(run.scope, scope)))
        .sort((left, right) => right.startedAt - left.startedAt || compareText(right.id, left.id))
        .slice(0, limit);
    },

    async records(tenant, id) {
      assertOpen();
      return recordOf(tenant, id)?.records ?? [];
    },

    async tokensSince(tenant, since) {
      assertOpen();
      return [...state.runs.values()]
        .filter(({ run }) => run.scope.tenant === tenant)
        .flatMap(({ records }) => records)
        .filter(({ at }) => at >= since)
        .reduce((sum, { inputTokens, outputTokens }) => sum + inputTokens + outputTokens, 0);
    },
  };

  function found(id: RunId): RunRecord {
    const record = state.runs.get(id);
    if (record === undefined) throw notFound('run', id);
    return record;
  }

  function recordOf(tenant: Tenant, id: RunId): RunRecord | null {
    const record = state.runs.get(id);
    return record === undefined || record.run.scope.tenant !== tenant ? null : record;
  }
}
