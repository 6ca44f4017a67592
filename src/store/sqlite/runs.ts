import { EcphoryError } from '../../memory/errors.ts';
import type { JobId, NoteId, RunId } from '../../memory/ids.ts';
import type { ModelRecord, Run, RunStore } from '../../memory/job.ts';
import type { Scope } from '../../memory/scope.ts';
import type { Connection } from './driver.ts';
import { textsOf } from './rows.ts';
import type { Scopes } from './scopes.ts';
import { conflict, type NoteWriter, notFound } from './write-notes.ts';

export interface RunStoreParts {
  readonly scopes: Scopes;
  readonly notes: Pick<NoteWriter, 'find'>;
  readonly read: <Answer>(work: () => Answer) => Promise<Answer>;
  readonly write: <Answer>(work: () => Answer) => Promise<Answer>;
}

interface RunRow {
  readonly position: number;
  readonly scope_id: number;
  readonly id: RunId;
  readonly tenant: Scope['tenant'];
  readonly namespace: Scope['namespace'];
  readonly job_id: JobId;
  readonly state: Run['state'];
  readonly started_at: number;
  readonly finished_at: number | null;
  readonly summary: string | null;
}

interface RecordRow {
  readonly run_id: RunId;
  readonly ordinal: number;
  readonly prompt: string;
  readonly model: string;
  readonly answer: string;
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly at: number;
  readonly shown: string;
}

export function newRuns(connection: Connection, { scopes, notes, read, write }: RunStoreParts): RunStore {
  const columns = `
    SELECT r.position, r.scope_id, r.id, s.tenant, s.namespace, r.job_id, r.state, r.started_at, r.finished_at, r.summary
    FROM runs r JOIN scopes s ON s.id = r.scope_id`;
  const statement = {
    byId: connection.prepare<[string], RunRow>(`${columns} WHERE r.id = ?`),
    begin: connection.prepare(
      `INSERT INTO runs (id, scope_id, job_id, state, started_at, finished_at, summary) VALUES (?, ?, ?, ?, ?, ?, ?)`,
    ),
    finish: connection.prepare('UPDATE runs SET state = ?, finished_at = ?, summary = ? WHERE position = ?'),
    ofTenant: connection.prepare<[string, number], RunRow>(
      `${columns} WHERE s.tenant = ? ORDER BY r.started_at DESC, r.id DESC LIMIT ?`,
    ),
    ofScope: connection.prepare<[string, string, number], RunRow>(
      `${columns} WHERE s.tenant = ? AND s.namespace = ? ORDER BY r.started_at DESC, r.id DESC LIMIT ?`,
    ),
    recordExists: connection.prepare<[number, number], unknown>(
      'SELECT 1 FROM model_records WHERE run = ? AND ordinal = ?',
    ),
    record: connection.prepare(
      `INSERT INTO model_records (run, ordinal, prompt, model, answer, input_tokens, output_tokens, at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    show: connection.prepare('INSERT INTO model_record_notes (record, ordinal, note) VALUES (?, ?, ?)'),
    records: connection.prepare<[string, string], RecordRow>(
      `SELECT r.id AS run_id, m.ordinal, m.prompt, m.model, m.answer, m.input_tokens, m.output_tokens, m.at,
         (SELECT json_group_array(n.id ORDER BY shown.ordinal) FROM model_record_notes shown
          JOIN notes n ON n.position = shown.note WHERE shown.record = m.position) AS shown
       FROM model_records m JOIN runs r ON r.position = m.run JOIN scopes s ON s.id = r.scope_id
       WHERE r.id = ? AND s.tenant = ? ORDER BY m.ordinal`,
    ),
    tokens: connection
      .prepare<[number, string], number>(
        `SELECT coalesce(sum(m.input_tokens + m.output_tokens), 0)
         FROM model_records m INDEXED BY model_records_by_time
         JOIN runs r ON r.position = m.run JOIN scopes s ON s.id = r.scope_id
         WHERE m.at >= ? AND s.tenant = ?`,
      )
      .pluck(),
  };

  return {
    begin: (run) =>
      write(() => {
        if (statement.byId.get(run.id) !== undefined) throw conflict('run', run.id);
        const scopeId = scopes.idForWriting(run.scope);
        statement.begin.run(run.id, scopeId, run.jobId, run.state, run.startedAt, run.finishedAt, run.summary);
      }),

    finish: (id, { state, at, summary }) =>
      write(() => {
        const row = found(id);
        if (row.state !== 'running') throw new EcphoryError('conflict', `The run ${id} is ${row.state}, not running.`);
        statement.finish.run(state, at, summary, row.position);
      }),

    record: (answer) =>
      write(() => {
        const run = found(answer.runId);
        const { ordinal, prompt, model, inputTokens, outputTokens, at } = answer;
        if (statement.recordExists.get(run.position, ordinal) !== undefined) {
          throw conflict('answer', `${answer.runId}/${ordinal}`);
        }
        // Erased while the model was thinking: what it says of it must not be kept.
        const shown = answer.shown.map((id) => notes.find(run.scope_id, id as NoteId));
        const { lastInsertRowid } = statement.record.run(
          run.position,
          ordinal,
          prompt,
          model,
          answer.answer,
          inputTokens,
          outputTokens,
          at,
        );
        for (const [index, note] of shown.entries()) statement.show.run(lastInsertRowid, index, note.position);
      }),

    run: (tenant, id) =>
      read(() => {
        const row = statement.byId.get(id);
        return row === undefined || row.tenant !== tenant ? null : runOf(row);
      }),

    list: (tenant, { scope, limit }) =>
      read(() => {
        if (scope === undefined) return statement.ofTenant.all(tenant, limit).map(runOf);
        return scope.tenant === tenant ? statement.ofScope.all(tenant, scope.namespace, limit).map(runOf) : [];
      }),

    records: (tenant, id) => read(() => statement.records.all(id, tenant).map(recordOf)),

    tokensSince: (tenant, since) => read(() => statement.tokens.get(since, tenant) ?? 0),
  };

  function found(id: RunId): RunRow {
    const row = statement.byId.get(id);
    if (row === undefined) throw notFound('run', id);
    return row;
  }
}

function runOf(row: RunRow): Run {
  return {
    id: row.id,
    scope: { tenant: row.tenant, namespace: row.namespace },
    jobId: row.job_id,
    state: row.state,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
    summary: row.summary,
  };
}

function recordOf(row: RecordRow): ModelRecord {
  return {
    runId: row.run_id,
    ordinal: row.ordinal,
    prompt: row.prompt,
    model: row.model,
    answer: row.answer,
    inputTokens: row.input_tokens,
    outputTokens: row.output_tokens,
    at: row.at,
    shown: textsOf(row.shown),
  };
}
