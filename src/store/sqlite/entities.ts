import { claimKey } from '../../memory/claim.ts';
import type { EntityKind } from '../../memory/entity.ts';
import type { EntityId } from '../../memory/ids.ts';
import type { ReadScope, Scope, Tenant } from '../../memory/scope.ts';
import type { EntityCount, EntityQuery, StoredNote } from '../../memory/store.ts';
import type { Connection } from './driver.ts';
import { type StoredNoteRow, storedNote, storedNoteSelect } from './rows.ts';
import type { Scopes } from './scopes.ts';

/** Entities as the mentions of them tell; an entity is spelt as the note added last spells it. */
export interface Entities {
  inScope(read: ReadScope, query: EntityQuery): readonly EntityCount[];
  entity(tenant: Tenant, id: EntityId): EntityCount | null;
  notesOf(tenant: Tenant, id: EntityId, limit: number): readonly StoredNote[];
}

interface CountRow {
  readonly id: EntityId;
  readonly notes: number;
}

interface EntityRow {
  readonly tenant: Scope['tenant'];
  readonly namespace: Scope['namespace'];
  readonly kind: EntityKind;
  readonly name: string;
}

export function newEntities(connection: Connection, scopes: Scopes): Entities {
  const statement = {
    all: connection.prepare<[string, number], CountRow>(
      `SELECT entity_id AS id, count(DISTINCT note) AS notes
       FROM mentions INDEXED BY mentions_by_scope WHERE scope_id IN (SELECT value FROM json_each(?))
       GROUP BY entity_id ORDER BY notes DESC, entity_id LIMIT ?`,
    ),
    // A prefix is compared by its length: LIKE would give its signs a meaning.
    withPrefix: connection.prepare<[string, string, string, string, number], CountRow>(
      `SELECT entity_id AS id, count(DISTINCT note) AS notes
       FROM mentions INDEXED BY mentions_by_scope WHERE scope_id IN (SELECT value FROM json_each(?))
       GROUP BY entity_id
       HAVING max(substr(name_key, 1, length(?)) = ? OR instr(name_key, ' ' || ?) > 0)
       ORDER BY notes DESC, entity_id LIMIT ?`,
    ),
    one: connection.prepare<[string, string], CountRow>(
      `SELECT m.entity_id AS id, count(DISTINCT m.note) AS notes
       FROM mentions m INDEXED BY mentions_by_entity JOIN scopes s ON s.id = m.scope_id
       WHERE m.entity_id = ? AND s.tenant = ? GROUP BY m.entity_id`,
    ),
    newest: connection.prepare<[string], EntityRow>(
      `SELECT s.tenant, s.namespace, m.kind, m.name
       FROM mentions m INDEXED BY mentions_by_entity JOIN scopes s ON s.id = m.scope_id
       WHERE m.entity_id = ? ORDER BY m.note DESC, m.start LIMIT 1`,
    ),
    notes: connection.prepare<[string, string, number], StoredNoteRow>(
      `${storedNoteSelect}
       WHERE n.position IN (SELECT note FROM mentions WHERE entity_id = ?) AND +s.tenant = ?
       ORDER BY n.created_at DESC, n.id DESC LIMIT ?`,
    ),
  };

  return {
    inScope(read, { prefix, limit }) {
      const covered = scopes.coveredAsJson(read);
      const folded = prefix === null ? '' : claimKey(prefix);
      const rows =
        folded === ''
          ? statement.all.all(covered, limit)
          : statement.withPrefix.all(covered, folded, folded, folded, limit);
      return rows.flatMap((row) => counted(row) ?? []);
    },
    entity(tenant, id) {
      const row = statement.one.get(id, tenant);
      return row === undefined ? null : counted(row);
    },
    notesOf: (tenant, id, limit) => statement.notes.all(id, tenant, limit).map(storedNote),
  };

  function counted({ id, notes }: CountRow): EntityCount | null {
    const row = statement.newest.get(id);
    if (row === undefined) return null;
    const { tenant, namespace, kind, name } = row;
    return { entity: { id, scope: { tenant, namespace }, kind, name }, notes };
  }
}
