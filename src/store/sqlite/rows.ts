import type { Claim, Polarity } from '../../memory/claim.ts';
import type { Derived } from '../../memory/derived.ts';
import type { Episode, Metadata, Origin, Role, Trust } from '../../memory/episode.ts';
import type { Grade } from '../../memory/forgetting.ts';
import type { EpisodeId, NoteId } from '../../memory/ids.ts';
import type { Note, NoteKind, NoteState } from '../../memory/note.ts';
import type { Scope } from '../../memory/scope.ts';
import type { NoteUse, StoredNote } from '../../memory/store.ts';
import type { Summary } from '../../memory/summary.ts';

/** Reads a whole memory; `n` is its note, `e` its episode and `c` its claim if it has one, `s` its scope. For `storedNote`. */
export const storedNoteSelect = `
  SELECT n.position, n.id, s.tenant, s.namespace, n.kind, coalesce(n.text, e.text) AS text, n.tags, n.derived,
    n.derivation, n.version, n.state, n.state_reason, n.origin, n.trust, n.importance, n.stability, n.difficulty, n.last_used_at,
    n.uses, n.is_pinned, n.expires_at, n.summary, n.valid_at, n.invalid_at, n.created_at, n.revised_at, n.expired_at, n.metadata,
    (SELECT successor.id FROM notes successor WHERE successor.position = n.superseded_by) AS superseded_by,
    CASE WHEN n.episode IS NULL THEN (
      SELECT json_group_array(source.id ORDER BY sources.ordinal)
      FROM note_sources sources JOIN episodes source ON source.position = sources.episode
      WHERE sources.note = n.position
    ) END AS sources,
    e.id AS episode_id, e.session_id, e.role, e.speaker, e.text AS episode_text, e.event_at, e.recorded_at, e.place,
    e.origin AS episode_origin, e.trust AS episode_trust, e.metadata AS episode_metadata,
    c.subject, c.attribute, c.value, c.polarity, c.is_single
  FROM notes n
  JOIN scopes s ON s.id = n.scope_id
  LEFT JOIN episodes e ON e.position = n.episode
  LEFT JOIN claims c ON c.note = n.position`;

/** A row of `storedNoteSelect`. What was written through the vocabulary's types is trusted to be of them. */
export interface StoredNoteRow {
  readonly position: number;
  readonly id: NoteId;
  readonly tenant: Scope['tenant'];
  readonly namespace: Scope['namespace'];
  readonly kind: NoteKind;
  readonly text: string;
  readonly tags: string;
  readonly derived: string | null;
  readonly derivation: number;
  readonly version: number;
  readonly state: NoteState;
  readonly state_reason: string | null;
  readonly origin: Origin;
  readonly trust: Trust;
  readonly importance: number;
  readonly stability: number;
  readonly difficulty: number;
  readonly last_used_at: number;
  readonly uses: number;
  readonly is_pinned: number;
  readonly expires_at: number | null;
  readonly summary: string | null;
  readonly valid_at: number | null;
  readonly invalid_at: number | null;
  readonly created_at: number;
  readonly revised_at: number;
  readonly expired_at: number | null;
  readonly metadata: string;
  readonly superseded_by: NoteId | null;
  readonly sources: string | null;
  readonly episode_id: EpisodeId | null;
  readonly session_id: string | null;
  readonly role: Role | null;
  readonly speaker: string | null;
  readonly episode_text: string;
  readonly event_at: number;
  readonly recorded_at: number;
  readonly place: string | null;
  readonly episode_origin: Origin;
  readonly episode_trust: Trust;
  readonly episode_metadata: string;
  readonly subject: string | null;
  readonly attribute: string;
  readonly value: string;
  readonly polarity: Polarity;
  readonly is_single: number;
}

export function storedNote(row: StoredNoteRow): StoredNote {
  const scope: Scope = { tenant: row.tenant, namespace: row.namespace };
  return { note: noteOf(row, scope), episode: episodeOf(row, scope) };
}

function noteOf(row: StoredNoteRow, scope: Scope): Note {
  return {
    id: row.id,
    scope,
    kind: row.kind,
    text: row.text,
    tags: textsOf(row.tags),
    derived: derivedOf(row.derived),
    derivation: row.derivation,
    claim: claimOf(row),
    summary: row.summary === null ? null : (JSON.parse(row.summary) as Summary),
    sources: row.episode_id === null ? textsOf<EpisodeId>(row.sources ?? '[]') : [row.episode_id],
    version: row.version,
    state: row.state,
    stateReason: row.state_reason,
    isPinned: row.is_pinned === 1,
    expiresAt: row.expires_at,
    origin: row.origin,
    trust: row.trust,
    importance: row.importance,
    retention: {
      stability: row.stability,
      difficulty: row.difficulty,
      lastUsedAt: row.last_used_at,
      uses: row.uses,
    },
    validAt: row.valid_at,
    invalidAt: row.invalid_at,
    createdAt: row.created_at,
    revisedAt: row.revised_at,
    expiredAt: row.expired_at,
    supersededBy: row.superseded_by,
    metadata: metadataOf(row.metadata),
  };
}

function claimOf({ subject, attribute, value, polarity, is_single }: StoredNoteRow): Claim | null {
  return subject === null ? null : { subject, attribute, value, polarity, isSingle: is_single === 1 };
}

function episodeOf(row: StoredNoteRow, scope: Scope): Episode | null {
  if (row.episode_id === null) return null;
  return {
    id: row.episode_id,
    scope,
    sessionId: row.session_id,
    role: row.role,
    speaker: row.speaker,
    text: row.episode_text,
    eventAt: row.event_at,
    recordedAt: row.recorded_at,
    place: row.place,
    origin: row.episode_origin,
    trust: row.episode_trust,
    metadata: metadataOf(row.episode_metadata),
  };
}

export function textsOf<Text extends string = string>(json: string): readonly Text[] {
  return JSON.parse(json) as readonly Text[];
}

export function derivedOf(json: string | null): Derived | null {
  return json === null ? null : (JSON.parse(json) as Derived);
}

/** The column `use_log`: newest first. */
export function useLogOf(json: string | null): readonly NoteUse[] {
  const pairs = json === null ? [] : (JSON.parse(json) as readonly (readonly [number, Grade])[]);
  return pairs.map(([at, grade]) => ({ at, grade }));
}

export function writeUseLog(log: readonly NoteUse[]): string {
  return JSON.stringify(log.map(({ at, grade }) => [at, grade]));
}

export function metadataOf(json: string): Metadata {
  return JSON.parse(json) as Metadata;
}
