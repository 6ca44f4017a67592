import type { FeedEntry, FeedKind } from '../../memory/change.ts';
import { EcphoryError } from '../../memory/errors.ts';
import type { Clock, EpisodeId, LinkId, NoteId } from '../../memory/ids.ts';
import type { ReadScope, Scope } from '../../memory/scope.ts';
import type { Connection } from './driver.ts';
import type { Scopes } from './scopes.ts';

/** What happened, in order, and where its followers stand. */
export interface Feed {
  /** Returns the entry's sequence. */
  append(scopeId: number, kind: FeedKind, touched: Touched): number;
  /** The sequence of the last entry of all; 0 when there is none. */
  last(): number;
  head(read: ReadScope): number;
  entries(read: ReadScope, after: number, limit: number): readonly FeedEntry[];
  entriesOfEveryTenant(after: number, limit: number): readonly FeedEntry[];
  /** Whether an `erased` of this scope came after this place. */
  erasedSince(scope: Scope, sequence: number): boolean;
  cursor(name: string): number;
  /** @throws EcphoryError `stale` when the cursor is not at `from`. */
  advance(step: { readonly name: string; readonly from: number; readonly to: number }): void;
}

export interface Touched {
  readonly noteId?: NoteId;
  readonly episodeId?: EpisodeId;
  readonly linkId?: LinkId;
  readonly detail?: string;
}

interface FeedRow {
  readonly sequence: number;
  readonly tenant: Scope['tenant'];
  readonly namespace: Scope['namespace'];
  readonly kind: FeedKind;
  readonly at: number;
  readonly note_id: NoteId | null;
  readonly episode_id: EpisodeId | null;
  readonly link_id: LinkId | null;
  readonly detail: string | null;
}

const select = `
  SELECT f.sequence, s.tenant, s.namespace, f.kind, f.at, f.note_id, f.episode_id, f.link_id, f.detail
  FROM feed f JOIN scopes s ON s.id = f.scope_id`;

export function newFeed(connection: Connection, scopes: Scopes, clock: Clock): Feed {
  const statement = {
    append: connection.prepare(
      'INSERT INTO feed (scope_id, kind, at, note_id, episode_id, link_id, detail) VALUES (?, ?, ?, ?, ?, ?, ?)',
    ),
    last: connection.prepare<[], number | null>('SELECT max(sequence) FROM feed').pluck(),
    head: connection.prepare<[number], number | null>('SELECT max(sequence) FROM feed WHERE scope_id = ?').pluck(),
    ofScope: connection.prepare<[number, number, number], FeedRow>(
      `${select} WHERE f.scope_id = ? AND f.sequence > ? ORDER BY f.sequence LIMIT ?`,
    ),
    ofSubtree: connection.prepare<[string, number, number], FeedRow>(
      `${select} WHERE f.scope_id IN (SELECT value FROM json_each(?)) AND f.sequence > ? ORDER BY f.sequence LIMIT ?`,
    ),
    ofAll: connection.prepare<[number, number], FeedRow>(`${select} WHERE f.sequence > ? ORDER BY f.sequence LIMIT ?`),
    erased: connection.prepare<[number, number], unknown>(
      `SELECT 1 FROM feed WHERE scope_id = ? AND sequence > ? AND kind = 'erased' LIMIT 1`,
    ),
    cursor: connection.prepare<[string], number>('SELECT sequence FROM cursors WHERE name = ?').pluck(),
    advance: connection.prepare(
      'INSERT INTO cursors (name, sequence) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET sequence = excluded.sequence',
    ),
  };

  return {
    append(scopeId, kind, { noteId = null, episodeId = null, linkId = null, detail = null }) {
      return Number(statement.append.run(scopeId, kind, clock(), noteId, episodeId, linkId, detail).lastInsertRowid);
    },
    last: () => statement.last.get() ?? 0,
    head: (read) => Math.max(0, ...scopes.covered(read).map(({ id }) => statement.head.get(id) ?? 0)),
    entries(read, after, limit) {
      const covered = scopes.covered(read);
      const [only, ...others] = covered;
      if (only === undefined) return [];
      const rows =
        others.length === 0
          ? statement.ofScope.all(only.id, after, limit)
          : statement.ofSubtree.all(JSON.stringify(covered.map(({ id }) => id)), after, limit);
      return rows.map(entryOf);
    },
    entriesOfEveryTenant: (after, limit) => statement.ofAll.all(after, limit).map(entryOf),
    erasedSince(scope, sequence) {
      const [own] = scopes.covered({ ...scope, subtree: false });
      return own !== undefined && statement.erased.get(own.id, sequence) !== undefined;
    },
    cursor,
    advance({ name, from, to }) {
      const at = cursor(name);
      if (at !== from) throw new EcphoryError('stale', `Cursor "${name}" is at ${at}, not ${from}.`);
      statement.advance.run(name, to);
    },
  };

  function cursor(name: string): number {
    return statement.cursor.get(name) ?? 0;
  }
}

function entryOf(row: FeedRow): FeedEntry {
  return {
    sequence: row.sequence,
    scope: { tenant: row.tenant, namespace: row.namespace },
    kind: row.kind,
    at: row.at,
    noteId: row.note_id,
    episodeId: row.episode_id,
    linkId: row.link_id,
    ...(row.detail !== null && { detail: row.detail }),
  };
}
