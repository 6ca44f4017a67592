import type { Role, Trust } from '../../memory/episode.ts';
import type { NoteId } from '../../memory/ids.ts';
import type { NoteKind, NoteState } from '../../memory/note.ts';
import type { ReadScope, Scope } from '../../memory/scope.ts';
import type { WorkingRow } from '../../memory/store.ts';
import { accessLogOf } from '../use-log.ts';
import type { Connection } from './driver.ts';
import { readKeys } from './note-keys-text.ts';
import { useLogOf } from './rows.ts';
import type { Scopes } from './scopes.ts';

export interface WorkingRowReader {
  workingRows(read: ReadScope, after: number, limit: number): readonly WorkingRow[];
  workingRowsOf(read: ReadScope, ids: readonly NoteId[]): readonly WorkingRow[];
}

const columns = `
  SELECT n.position, n.id, n.scope_id, n.kind, n.state, n.version, e.session_id, e.speaker, e.role, e.event_at,
    n.created_at, n.valid_at, n.invalid_at, n.expired_at, e.place, n.trust, n.importance, n.stability, n.last_used_at,
    n.keys, n.derived -> '$.importance', n.is_pinned, n.expires_at, n.uses, n.use_log
  FROM notes n LEFT JOIN episodes e ON e.position = n.episode`;

/** In the order of `columns`. A list instead of an object: a cold working set reads tens of thousands of them. */
type Row = [
  position: number,
  id: NoteId,
  scopeId: number,
  kind: NoteKind,
  state: NoteState,
  version: number,
  sessionId: string | null,
  speaker: string | null,
  role: Role | null,
  eventAt: number | null,
  createdAt: number,
  validAt: number | null,
  invalidAt: number | null,
  expiredAt: number | null,
  place: string | null,
  trust: Trust,
  importance: number,
  stability: number,
  lastUsedAt: number,
  keys: string,
  /** As JSON, which gives the very number that was put in. */
  derivedImportance: string | null,
  isPinned: number,
  expiresAt: number | null,
  uses: number,
  useLog: string | null,
];

export function newWorkingRowReader(connection: Connection, scopes: Scopes): WorkingRowReader {
  const statement = {
    ofScope: connection
      .prepare<[number, number, number], Row>(
        `${columns} WHERE n.scope_id = ? AND n.origin <> 'derived' AND n.position > ? ORDER BY n.position LIMIT ?`,
      )
      .raw(true),
    // The page is chosen from the index alone; sorting whole rows of a large subtree for each page would not do.
    ofSubtree: connection
      .prepare<[string, number, number], Row>(
        `${columns} WHERE n.position IN (
           SELECT position FROM notes INDEXED BY notes_by_scope
           WHERE scope_id IN (SELECT value FROM json_each(?)) AND origin <> 'derived' AND position > ?
           ORDER BY position LIMIT ?)
         ORDER BY n.position`,
      )
      .raw(true),
    ofIds: connection
      .prepare<[string, string], Row>(
        `${columns} WHERE n.id IN (SELECT value FROM json_each(?))
           AND n.scope_id IN (SELECT value FROM json_each(?)) AND n.origin <> 'derived' ORDER BY n.position`,
      )
      .raw(true),
  };

  return {
    workingRows(read, after, limit) {
      const covered = scopes.covered(read);
      const [only, ...others] = covered;
      if (only === undefined) return [];
      const rows =
        others.length === 0
          ? statement.ofScope.all(only.id, after, limit)
          : statement.ofSubtree.all(JSON.stringify(covered.map(({ id }) => id)), after, limit);
      return workingRowsFrom(rows, covered);
    },

    workingRowsOf(read, ids) {
      const covered = scopes.covered(read);
      if (covered.length === 0 || ids.length === 0) return [];
      const rows = statement.ofIds.all(JSON.stringify(ids), JSON.stringify(covered.map(({ id }) => id)));
      return workingRowsFrom(rows, covered);
    },
  };
}

function workingRowsFrom(
  rows: readonly Row[],
  covered: readonly { readonly id: number; readonly scope: Scope }[],
): WorkingRow[] {
  const scopeOf = new Map(covered.map(({ id, scope }) => [id, scope]));
  return rows.flatMap((row) => {
    const scope = scopeOf.get(row[2]);
    return scope === undefined ? [] : workingRow(row, scope);
  });
}

function workingRow(row: Row, scope: Scope): WorkingRow {
  return {
    id: row[1],
    scope,
    order: row[0],
    kind: row[3],
    state: row[4],
    version: row[5],
    sessionId: row[6],
    speaker: row[7],
    role: row[8],
    eventAt: row[9] ?? row[10],
    createdAt: row[10],
    validAt: row[11],
    invalidAt: row[12],
    expiredAt: row[13],
    place: row[14],
    trust: row[15],
    importance: row[20] === null ? row[16] : Number(row[20]),
    stability: row[17],
    lastUsedAt: row[18],
    isPinned: row[21] === 1,
    expiresAt: row[22],
    accesses: row[24] === null ? null : accessLogOf(row[10], row[23], useLogOf(row[24])),
    keys: readKeys(row[19]),
  };
}
