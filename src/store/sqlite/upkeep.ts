import type { NoteId } from '../../memory/ids.ts';
import type { ReadScope, Scope, Tenant } from '../../memory/scope.ts';
import type { NoteUse, StoredNote, SummaryQuery } from '../../memory/store.ts';
import { summaryLevels } from '../../memory/summary.ts';
import type { Connection } from './driver.ts';
import { type StoredNoteRow, storedNote, storedNoteSelect, useLogOf } from './rows.ts';
import type { Scopes } from './scopes.ts';

/** What forgetting, summaries and their schedule ask. */
export interface Upkeep {
  uses(tenant: Tenant, ids: readonly NoteId[]): ReadonlyMap<NoteId, readonly NoteUse[]>;
  summaries(read: ReadScope, query: SummaryQuery): readonly StoredNote[];
  expired(now: number, limit: number): readonly StoredNote[];
  scopes(): readonly Scope[];
}

export function newUpkeep(connection: Connection, scopes: Scopes): Upkeep {
  const statement = {
    uses: connection.prepare<[string, string], { id: NoteId; use_log: string }>(
      `SELECT n.id, n.use_log FROM notes n JOIN scopes s ON s.id = n.scope_id
       WHERE n.id IN (SELECT value FROM json_each(?)) AND n.use_log IS NOT NULL AND +s.tenant = ?`,
    ),
    summaries: connection.prepare<
      [string, string | null, string | null, string | null, string | null, number],
      StoredNoteRow
    >(
      `${storedNoteSelect}
       WHERE n.position IN (
         SELECT position FROM notes INDEXED BY notes_summaries
         WHERE scope_id IN (SELECT value FROM json_each(?)) AND state = 'active' AND summary_level IS NOT NULL
           AND (? IS NULL OR summary_level IN (SELECT value FROM json_each(?)))
           AND (? IS NULL OR summary_key IN (SELECT value FROM json_each(?)))
         ORDER BY summary_level, summary_key, id LIMIT ?)
       ORDER BY n.summary_level, n.summary_key, n.id`,
    ),
    expired: connection.prepare<[number, number], StoredNoteRow>(
      `${storedNoteSelect}
       WHERE n.position IN (
         SELECT position FROM notes INDEXED BY notes_expiring
         WHERE expires_at <= ? AND state = 'active' AND is_pinned = 0
         ORDER BY expires_at, id LIMIT ?)
       ORDER BY n.expires_at, n.id`,
    ),
    scopes: connection.prepare<[], Scope>(
      'SELECT tenant, namespace FROM scopes s WHERE EXISTS (SELECT 1 FROM feed f WHERE f.scope_id = s.id)',
    ),
  };

  return {
    uses: (tenant, ids) =>
      new Map(statement.uses.all(JSON.stringify(ids), tenant).map((row) => [row.id, useLogOf(row.use_log)])),

    summaries(read, { levels, keys, limit }) {
      const wantedLevels = levels === undefined ? null : JSON.stringify(levels.map((level) => levelNumber(level)));
      const wantedKeys = keys === undefined ? null : JSON.stringify(keys);
      const covered = scopes.coveredAsJson(read);
      return statement.summaries
        .all(covered, wantedLevels, wantedLevels, wantedKeys, wantedKeys, limit)
        .map(storedNote);
    },

    expired: (now, limit) => statement.expired.all(now, limit).map(storedNote),
    scopes: () => statement.scopes.all(),
  };
}

export function levelNumber(level: (typeof summaryLevels)[number]): number {
  return summaryLevels.indexOf(level);
}
