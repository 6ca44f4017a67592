import { claimKey } from '../../memory/claim.ts';
import type { EntityKind, Mention } from '../../memory/entity.ts';
import { EcphoryError } from '../../memory/errors.ts';
import type { EntityId, LinkId, NoteId } from '../../memory/ids.ts';
import type { Link, LinkType } from '../../memory/link.ts';
import type { Scope, Tenant } from '../../memory/scope.ts';
import type { Connection } from './driver.ts';
import { assertScope, conflict, type NoteRow, type NoteWriter, notFound } from './write-notes.ts';

/** What connects notes: links to each other, and mentions of the same entities. */
export interface Relations {
  setLink(scopeId: number, scope: Scope, link: Link): void;
  removeLink(scopeId: number, id: LinkId): void;
  setMentions(scopeId: number, scope: Scope, note: NoteRow, mentions: readonly Mention[]): void;
  /** For taking back: what there is between two notes, and what a note mentions, as JSON gives and takes it. */
  endsOf(id: LinkId): { readonly from: NoteId; readonly to: NoteId; readonly type: LinkType } | null;
  isNote(id: string): boolean;
  linkRow(from: number, to: number, type: string): unknown;
  /** Of a JSON `linkRow`, or none. Gives the link put back or else the one taken away. */
  restoreLink(from: number, to: number, type: string, row: string | null): LinkId | null;
  mentionRows(note: number): readonly unknown[];
  /** Of a JSON `mentionRows`. */
  restoreMentions(note: number, rows: string | null): void;
  links(tenant: Tenant, ids: readonly NoteId[]): readonly Link[];
  mentions(tenant: Tenant, id: NoteId): readonly Mention[];
}

interface LinkRow {
  readonly id: LinkId;
  readonly tenant: Scope['tenant'];
  readonly namespace: Scope['namespace'];
  readonly from_id: NoteId;
  readonly to_id: NoteId;
  readonly type: LinkType;
  readonly weight: number;
  readonly reason: string | null;
  readonly created_at: number;
}

/** A link as it is kept to be put back. */
interface KeptLink {
  readonly id: LinkId;
  readonly scope_id: number;
  readonly weight: number;
  readonly reason: string | null;
  readonly created_at: number;
}

interface KeptMention {
  readonly scope_id: number;
  readonly entity_id: EntityId;
  readonly kind: EntityKind;
  readonly name: string;
  readonly name_key: string;
  readonly start: number;
  readonly end: number;
}

interface MentionRow {
  readonly tenant: Scope['tenant'];
  readonly namespace: Scope['namespace'];
  readonly entity_id: EntityId;
  readonly kind: EntityKind;
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

export function newRelations(connection: Connection, notes: Pick<NoteWriter, 'find'>): Relations {
  const statement = {
    linkExists: connection.prepare<[string], unknown>('SELECT 1 FROM links WHERE id = ?'),
    dropSameLink: connection.prepare('DELETE FROM links WHERE from_note = ? AND to_note = ? AND type = ?'),
    addLink: connection.prepare(
      `INSERT INTO links (id, scope_id, from_note, to_note, type, weight, reason, created_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    removeLink: connection.prepare('DELETE FROM links WHERE id = ? AND scope_id = ?'),
    links: connection.prepare<[string, string, string], LinkRow>(
      `SELECT l.id, s.tenant, s.namespace, source.id AS from_id, target.id AS to_id, l.type, l.weight, l.reason,
         l.created_at
       FROM links l
       JOIN scopes s ON s.id = l.scope_id
       JOIN notes source ON source.position = l.from_note
       JOIN notes target ON target.position = l.to_note
       WHERE s.tenant = ? AND l.position IN (
         SELECT position FROM links WHERE from_note IN (
           SELECT position FROM notes WHERE id IN (SELECT value FROM json_each(?)))
         UNION
         SELECT position FROM links WHERE to_note IN (
           SELECT position FROM notes WHERE id IN (SELECT value FROM json_each(?))))
       ORDER BY source.id, target.id, l.type`,
    ),
    ends: connection.prepare<[string], { from: NoteId; to: NoteId; type: LinkType }>(
      `SELECT source.id AS "from", target.id AS "to", l.type FROM links l
       JOIN notes source ON source.position = l.from_note JOIN notes target ON target.position = l.to_note
       WHERE l.id = ?`,
    ),
    isNote: connection.prepare<[string], unknown>('SELECT 1 FROM notes WHERE id = ?'),
    kept: connection.prepare<[number, number, string], KeptLink>(
      `SELECT id, scope_id, weight, reason, created_at FROM links WHERE from_note = ? AND to_note = ? AND type = ?`,
    ),
    keptMentions: connection.prepare<[number], KeptMention>(
      `SELECT scope_id, entity_id, kind, name, name_key, start, "end" FROM mentions WHERE note = ?
       ORDER BY start, entity_id, rowid`,
    ),
    dropMentions: connection.prepare('DELETE FROM mentions WHERE note = ?'),
    addMention: connection.prepare(
      `INSERT INTO mentions (note, scope_id, entity_id, kind, name, name_key, start, "end")
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    mentions: connection.prepare<[string, string], MentionRow>(
      `SELECT s.tenant, s.namespace, m.entity_id, m.kind, m.name, m.start, m."end"
       FROM mentions m JOIN notes n ON n.position = m.note JOIN scopes s ON s.id = n.scope_id
       WHERE n.id = ? AND s.tenant = ? ORDER BY m.start, m.entity_id, m.rowid`,
    ),
  };

  return {
    setLink(scopeId, scope, link) {
      assertScope(scope, link.scope, 'link', link.id);
      const from = notes.find(scopeId, link.from);
      const to = notes.find(scopeId, link.to);
      statement.dropSameLink.run(from.position, to.position, link.type);
      if (statement.linkExists.get(link.id) !== undefined) throw conflict('link', link.id);
      const { id, type, weight, reason, createdAt } = link;
      statement.addLink.run(id, scopeId, from.position, to.position, type, weight, reason, createdAt);
    },

    removeLink(scopeId, id) {
      if (statement.removeLink.run(id, scopeId).changes === 0) throw notFound('link', id);
    },

    setMentions(scopeId, scope, note, mentions) {
      statement.dropMentions.run(note.position);
      for (const { entity, start, end } of mentions) {
        assertScope(scope, entity.scope, 'entity', entity.id);
        if (!(start >= 0 && start < end)) throw new EcphoryError('invalid', `A mention from ${start} to ${end}.`);
        const { id, kind, name } = entity;
        statement.addMention.run(note.position, scopeId, id, kind, name, claimKey(name), start, end);
      }
    },

    endsOf: (id) => statement.ends.get(id) ?? null,
    isNote: (id) => statement.isNote.get(id) !== undefined,
    linkRow: (from, to, type) => statement.kept.get(from, to, type) ?? null,

    restoreLink(from, to, type, row) {
      const now = statement.kept.get(from, to, type);
      statement.dropSameLink.run(from, to, type);
      if (row === null) return now?.id ?? null;
      const { id, scope_id, weight, reason, created_at } = JSON.parse(row) as KeptLink;
      if (statement.linkExists.get(id) !== undefined) return null;
      statement.addLink.run(id, scope_id, from, to, type, weight, reason, created_at);
      return id;
    },

    mentionRows: (note) => statement.keptMentions.all(note),

    restoreMentions(note, rows) {
      statement.dropMentions.run(note);
      for (const row of rows === null ? [] : (JSON.parse(rows) as readonly KeptMention[])) {
        const { scope_id, entity_id, kind, name, name_key, start, end } = row;
        statement.addMention.run(note, scope_id, entity_id, kind, name, name_key, start, end);
      }
    },

    links(tenant, ids) {
      const wanted = JSON.stringify(ids);
      return statement.links.all(tenant, wanted, wanted).map((row) => ({
        id: row.id,
        scope: { tenant: row.tenant, namespace: row.namespace },
        from: row.from_id,
        to: row.to_id,
        type: row.type,
        weight: row.weight,
        reason: row.reason,
        createdAt: row.created_at,
      }));
    },

    mentions(tenant, id) {
      return statement.mentions.all(id, tenant).map((row) => ({
        entity: {
          id: row.entity_id,
          scope: { tenant: row.tenant, namespace: row.namespace },
          kind: row.kind,
          name: row.name,
        },
        start: row.start,
        end: row.end,
      }));
    },
  };
}
