import { EcphoryError } from '../../memory/errors.ts';
import type { Filter } from '../../memory/filter.ts';
import type { NoteId } from '../../memory/ids.ts';
import { limits } from '../../memory/limits.ts';
import type { NoteVersion } from '../../memory/note.ts';
import type { ReadScope, Tenant } from '../../memory/scope.ts';
import type { ListQuery, Page, StoredNote } from '../../memory/store.ts';
import type { Connection } from './driver.ts';
import { filterCondition } from './filter-sql.ts';
import { derivedOf, metadataOf, type StoredNoteRow, storedNote, storedNoteSelect, textsOf } from './rows.ts';
import type { Scopes } from './scopes.ts';
import { newStatementCache } from './statement-cache.ts';

/** Notes by id, by page and by filter. */
export interface NoteReader {
  note(tenant: Tenant, id: NoteId): StoredNote | null;
  notes(tenant: Tenant, ids: readonly NoteId[]): readonly StoredNote[];
  list(read: ReadScope, query: ListQuery): Page<StoredNote>;
  matching(read: ReadScope, filter: Filter): readonly NoteId[];
  history(tenant: Tenant, id: NoteId): readonly NoteVersion[];
}

type Parameter = string | number;

interface VersionRow {
  readonly version: number;
  readonly derivation: number;
  readonly text: string;
  readonly tags: string;
  readonly derived: string | null;
  readonly metadata: string;
  readonly at: number;
  readonly cause: string;
}

export function newNoteReader(connection: Connection, scopes: Scopes): NoteReader {
  const statement = {
    byId: connection.prepare<[string, string], StoredNoteRow>(`${storedNoteSelect} WHERE n.id = ? AND s.tenant = ?`),
    past: connection.prepare<[string, string], VersionRow>(
      `SELECT v.version, v.derivation, coalesce(v.text, e.text) AS text, v.tags, v.derived, v.metadata, v.at, v.cause
       FROM note_versions v JOIN notes n ON n.position = v.note JOIN scopes s ON s.id = n.scope_id
       LEFT JOIN episodes e ON e.position = n.episode
       WHERE n.id = ? AND s.tenant = ? ORDER BY v.version, v.derivation`,
    ),
    present: connection.prepare<[string, string], VersionRow>(
      `SELECT n.version, n.derivation, coalesce(n.text, e.text) AS text, n.tags, n.derived, n.metadata,
         coalesce(n.formed_at, n.revised_at) AS at, n.cause
       FROM notes n JOIN scopes s ON s.id = n.scope_id LEFT JOIN episodes e ON e.position = n.episode
       WHERE n.id = ? AND s.tenant = ?`,
    ),
  };
  // The shape of a filter decides the text of its statement; the same few shapes come again and again.
  const listing = newStatementCache<Parameter[], StoredNoteRow>(connection, limits.filterStatements);
  const ids = newStatementCache<Parameter[], { id: NoteId }>(connection, limits.filterStatements);

  return {
    note,
    notes: (tenant, wanted) => wanted.flatMap((id) => note(tenant, id) ?? []),

    list(read, query) {
      if (!Number.isInteger(query.limit) || query.limit < 1) {
        throw new EcphoryError('invalid', 'A page holds at least one item.');
      }
      const after = query.cursor === null ? null : parseCursor(query.cursor);
      const covered = scopeCondition(read);
      const filter = query.filter === null ? null : filterCondition(query.filter);
      // The page is chosen first, so that sorting a subtree does not carry whole memories.
      const sql = `${storedNoteSelect}
        WHERE n.position IN (
          SELECT n.position FROM notes n LEFT JOIN episodes e ON e.position = n.episode
          WHERE ${covered.sql} AND n.state IN (${query.states.map(() => '?').join(', ')})
            ${after === null ? '' : 'AND (n.created_at, n.id) < (?, ?)'} ${filter === null ? '' : `AND ${filter.sql}`}
          ORDER BY n.created_at DESC, n.id DESC LIMIT ?)
        ORDER BY n.created_at DESC, n.id DESC`;
      const rows = listing(sql).all(
        ...covered.parameters,
        ...query.states,
        ...(after ?? []),
        ...(filter?.parameters ?? []),
        query.limit + 1,
      );
      const data = rows.slice(0, query.limit).map(storedNote);
      const last = data.at(-1);
      const isMore = rows.length > data.length;
      return { data, nextCursor: isMore && last !== undefined ? `${last.note.createdAt}:${last.note.id}` : null };
    },

    matching(read, filter) {
      const covered = scopeCondition(read);
      const condition = filterCondition(filter);
      const sql = `SELECT n.id FROM notes n LEFT JOIN episodes e ON e.position = n.episode
        WHERE ${covered.sql} AND ${condition.sql}`;
      return ids(sql)
        .all(...covered.parameters, ...condition.parameters)
        .map((row) => row.id);
    },

    history(tenant, id) {
      const present = statement.present.get(id, tenant);
      return present === undefined ? [] : [...statement.past.all(id, tenant), present].map(versionOf);
    },
  };

  function note(tenant: Tenant, id: NoteId): StoredNote | null {
    const row = statement.byId.get(id, tenant);
    return row === undefined ? null : storedNote(row);
  }

  /** One namespace is an equality, so that the index gives the order; a subtree is a set. */
  function scopeCondition(read: ReadScope): { readonly sql: string; readonly parameters: readonly Parameter[] } {
    if (read.subtree) {
      return { sql: 'n.scope_id IN (SELECT value FROM json_each(?))', parameters: [scopes.coveredAsJson(read)] };
    }
    return { sql: 'n.scope_id = ?', parameters: [scopes.covered(read)[0]?.id ?? -1] };
  }
}

function parseCursor(cursor: string): readonly [number, string] {
  const match = /^(-?\d+(?:\.\d+)?):(note_[0-9a-z]+)$/.exec(cursor);
  const [, createdAt, id] = match ?? [];
  if (createdAt === undefined || id === undefined) {
    throw new EcphoryError('invalid', 'Not a cursor that a page gave.', { pointer: '/cursor' });
  }
  return [Number(createdAt), id];
}

function versionOf(row: VersionRow): NoteVersion {
  return { ...row, tags: textsOf(row.tags), derived: derivedOf(row.derived), metadata: metadataOf(row.metadata) };
}
