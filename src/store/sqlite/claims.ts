import { type Claim, claimKey } from '../../memory/claim.ts';
import type { EpisodeId, NoteId } from '../../memory/ids.ts';
import { limits } from '../../memory/limits.ts';
import type { ReadScope, Tenant } from '../../memory/scope.ts';
import type { ClaimQuery, StoredNote } from '../../memory/store.ts';
import type { Connection } from './driver.ts';
import { type StoredNoteRow, storedNote, storedNoteSelect } from './rows.ts';
import type { Scopes } from './scopes.ts';
import { newStatementCache } from './statement-cache.ts';

/** The core of semantic notes, and what was derived from what. */
export interface Claims {
  add(scopeId: number, note: number, claim: Claim): void;
  matching(read: ReadScope, query: ClaimQuery): readonly StoredNote[];
  derivedFrom(tenant: Tenant, episodes: readonly EpisodeId[]): readonly StoredNote[];
  underived(read: ReadScope, limit: number, includeReverted: boolean): readonly NoteId[];
}

type Parameter = string | number;

export function newClaims(connection: Connection, scopes: Scopes): Claims {
  const resting = 'SELECT position FROM episodes WHERE id IN (SELECT value FROM json_each(?))';
  // A plus keeps SQLite from choosing that column's index: the notes are found by what is asked, which is much less.
  const statement = {
    add: connection.prepare(
      `INSERT INTO claims (note, scope_id, subject, attribute, value, polarity, is_single, subject_key, attribute_key,
         value_key)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    derivedFrom: connection.prepare<[string, string, string], StoredNoteRow>(
      `${storedNoteSelect}
       WHERE n.position IN (
           SELECT note FROM note_sources WHERE episode IN (${resting})
           UNION SELECT position FROM notes WHERE episode IN (${resting}))
         AND n.origin = 'derived' AND +s.tenant = ?
       ORDER BY n.created_at, n.id`,
    ),
    underived: connection
      .prepare<[string, number, number], NoteId>(
        `SELECT id FROM notes INDEXED BY notes_underived
         WHERE scope_id IN (SELECT value FROM json_each(?)) AND is_taken_back <= ?
           AND derived IS NULL AND state = 'active' AND origin <> 'derived'
         ORDER BY position LIMIT ?`,
      )
      .pluck(),
  };
  const matching = newStatementCache<Parameter[], StoredNoteRow>(connection, limits.filterStatements);

  return {
    add(scopeId, note, { subject, attribute, value, polarity, isSingle }) {
      const keys = [claimKey(subject), claimKey(attribute), claimKey(value)];
      statement.add.run(note, scopeId, subject, attribute, value, polarity, Number(isSingle), ...keys);
    },

    matching(read, query) {
      const covered = scopes.coveredAsJson(read);
      const among = (column: string, keys: readonly string[]): Condition => ({
        sql: `${column} IN (SELECT value FROM json_each(?))`,
        parameters: [JSON.stringify(keys)],
      });
      const inScope = `scope_id IN (SELECT value FROM json_each(?))`;
      const keyed: readonly Condition[] = [
        ...(query.subjects === undefined ? [] : [among('subject_key', query.subjects)]),
        ...(query.attributes === undefined ? [] : [among('attribute_key', query.attributes)]),
        ...(query.values === undefined ? [] : [among('value_key', query.values)]),
      ];
      const found: Condition[] = [];
      if (keyed.length > 0) {
        found.push({
          sql: `n.position IN (SELECT note FROM claims WHERE ${inScope} AND ${keyed.map(({ sql }) => sql).join(' AND ')})`,
          parameters: [covered, ...keyed.flatMap(({ parameters }) => parameters)],
        });
      }
      if (query.sources !== undefined) {
        const sql = `n.position IN (SELECT note FROM note_sources WHERE episode IN (${resting}))`;
        found.push({ sql, parameters: [JSON.stringify(query.sources)] });
      }
      if (query.isOrphaned === true) {
        const sql = `n.position IN (SELECT position FROM notes INDEXED BY notes_orphaned
          WHERE ${inScope} AND expired_at IS NOT NULL AND superseded_by IS NULL)`;
        found.push({ sql, parameters: [covered] });
      }
      if (found.length === 0) {
        found.push({ sql: `n.position IN (SELECT note FROM claims WHERE ${inScope})`, parameters: [covered] });
      }
      const sql = `${storedNoteSelect}
        WHERE ${found.map((condition) => condition.sql).join(' AND ')} AND c.note IS NOT NULL AND +n.${inScope}
          AND n.state IN (SELECT value FROM json_each(?))
        ORDER BY n.created_at, n.id LIMIT ?`;
      const parameters = found.flatMap((condition) => condition.parameters);
      const states = JSON.stringify(query.states ?? ['active']);
      return matching(sql)
        .all(...parameters, covered, states, query.limit)
        .map(storedNote);
    },

    derivedFrom(tenant, episodes) {
      const wanted = JSON.stringify(episodes);
      return statement.derivedFrom.all(wanted, wanted, tenant).map(storedNote);
    },

    underived: (read, limit, includeReverted) =>
      statement.underived.all(scopes.coveredAsJson(read), Number(includeReverted), limit),
  };
}

interface Condition {
  readonly sql: string;
  readonly parameters: readonly Parameter[];
}
