import type { Change } from '../../memory/change.ts';
import type { Episode } from '../../memory/episode.ts';
import { EcphoryError } from '../../memory/errors.ts';
import type { EpisodeId, NoteId } from '../../memory/ids.ts';
import { mayBecome } from '../../memory/lifecycle.ts';
import { awaitingPastCause, type NoteKind, type NoteState } from '../../memory/note.ts';
import type { Scope } from '../../memory/scope.ts';
import { withUse } from '../use-log.ts';
import type { Basis } from './basis.ts';
import type { Claims } from './claims.ts';
import type { Connection } from './driver.ts';
import { writeKeys } from './note-keys-text.ts';
import { useLogOf, writeUseLog } from './rows.ts';
import { levelNumber } from './upkeep.ts';

/** A note as other rows point at it. */
export interface NoteRow {
  readonly position: number;
  readonly kind: NoteKind;
  readonly state: NoteState;
  readonly version: number;
  readonly derivation: number;
  /** The episode of an episodic note. */
  readonly episode: number | null;
}

type ChangeOf<Kind extends Change['kind']> = Extract<Change, { readonly kind: Kind }>;

/** Episodes and notes as they are written. Each call is one change, except for its entry in the feed. */
export interface NoteWriter {
  addEpisode(scopeId: number, scope: Scope, episode: Episode): void;
  addNote(scopeId: number, scope: Scope, change: Omit<ChangeOf<'note-added'>, 'kind'>): void;
  /** @throws EcphoryError `not_found` when there is no such note in the scope. */
  find(scopeId: number, id: NoteId): NoteRow;
  revise(note: NoteRow, change: ChangeOf<'note-revised'>): void;
  derive(scopeId: number, note: NoteRow, change: ChangeOf<'note-derived'>): void;
  /** Whether any of the sources was new to it. */
  support(scopeId: number, note: NoteRow, change: ChangeOf<'note-supported'>): boolean;
  supersede(note: NoteRow, by: NoteRow | null, change: ChangeOf<'note-superseded'>): void;
  /** Whether it was in another state. @throws EcphoryError `conflict` when it may not become that. */
  setState(note: NoteRow, change: ChangeOf<'note-state-set'>): boolean;
  /** Whether it was marked otherwise. */
  mark(note: NoteRow, change: ChangeOf<'note-marked'>): boolean;
  use(note: NoteRow, change: ChangeOf<'note-used'>): void;
}

export interface NoteWriterParts {
  readonly claims: Pick<Claims, 'add'>;
  readonly basis: Pick<Basis, 'keep'>;
}

export function newNoteWriter(connection: Connection, { claims, basis }: NoteWriterParts): NoteWriter {
  const statement = {
    episodeExists: connection.prepare<[string], unknown>('SELECT 1 FROM episodes WHERE id = ?'),
    addEpisode: connection.prepare(
      `INSERT INTO episodes (id, scope_id, session_id, role, speaker, event_at, recorded_at, place, origin, trust,
         metadata, text)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    episode: connection.prepare<[string, number], { position: number; text: string }>(
      'SELECT position, text FROM episodes WHERE id = ? AND scope_id = ?',
    ),
    noteExists: connection.prepare<[string], unknown>('SELECT 1 FROM notes WHERE id = ?'),
    addNote: connection.prepare(
      `INSERT INTO notes (id, scope_id, episode, kind, state, version, trust, importance, stability, difficulty,
         last_used_at, uses, created_at, revised_at, valid_at, invalid_at, expired_at, superseded_by, keys, origin,
         state_reason, cause, tags, derived, derivation, metadata, text, is_pinned, expires_at, summary, summary_level,
         summary_key, is_taken_back)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    addSource: connection.prepare('INSERT INTO note_sources (note, ordinal, episode) VALUES (?, ?, ?)'),
    note: connection.prepare<[string, number], NoteRow>(
      'SELECT position, kind, state, version, derivation, episode FROM notes WHERE id = ? AND scope_id = ?',
    ),
    keepForm: connection.prepare(
      `INSERT INTO note_versions (note, version, derivation, at, cause, tags, derived, metadata, text)
       SELECT position, version, derivation, coalesce(formed_at, revised_at), cause, tags, derived, metadata, text
       FROM notes WHERE position = ?`,
    ),
    // For what may become NULL, a flag says whether it was said at all.
    revise: connection.prepare(
      `UPDATE notes SET version = version + 1, revised_at = @at, cause = @cause, keys = @keys, derived = NULL,
         is_taken_back = 0, formed_at = NULL, text = coalesce(@text, text), tags = coalesce(@tags, tags),
         importance = coalesce(@importance, importance), metadata = coalesce(@metadata, metadata),
         valid_at = CASE WHEN @hasValidAt THEN @validAt ELSE valid_at END,
         invalid_at = CASE WHEN @hasInvalidAt THEN @invalidAt ELSE invalid_at END
       WHERE position = @position`,
    ),
    derive: connection.prepare(
      `UPDATE notes SET derivation = derivation + 1, derived = ?, keys = ?, cause = ?, formed_at = ?, is_taken_back = 0
       WHERE position = ?`,
    ),
    sources: connection
      .prepare<[number], number>('SELECT episode FROM note_sources WHERE note = ? ORDER BY ordinal')
      .pluck(),
    supersede: connection.prepare(
      'UPDATE notes SET invalid_at = ?, expired_at = ?, superseded_by = ? WHERE position = ?',
    ),
    setState: connection.prepare('UPDATE notes SET state = ?, state_reason = ? WHERE position = ?'),
    marks: connection.prepare<[number], { is_pinned: number; expires_at: number | null }>(
      'SELECT is_pinned, expires_at FROM notes WHERE position = ?',
    ),
    mark: connection.prepare('UPDATE notes SET is_pinned = ?, expires_at = ? WHERE position = ?'),
    useLog: connection.prepare<[number], string | null>('SELECT use_log FROM notes WHERE position = ?').pluck(),
    use: connection.prepare(
      'UPDATE notes SET stability = ?, difficulty = ?, last_used_at = ?, uses = ?, use_log = ? WHERE position = ?',
    ),
  };

  return {
    addEpisode(scopeId, scope, episode) {
      assertScope(scope, episode.scope, 'episode', episode.id);
      if (statement.episodeExists.get(episode.id) !== undefined) throw conflict('episode', episode.id);
      statement.addEpisode.run(
        episode.id,
        scopeId,
        episode.sessionId,
        episode.role,
        episode.speaker,
        episode.eventAt,
        episode.recordedAt,
        episode.place,
        episode.origin,
        episode.trust,
        JSON.stringify(episode.metadata),
        episode.text,
      );
    },

    addNote(scopeId, scope, { note, keys, isAwaitingPast = false }) {
      assertScope(scope, note.scope, 'note', note.id);
      if (statement.noteExists.get(note.id) !== undefined) throw conflict('note', note.id);
      const isEpisodic = note.kind === 'episodic';
      if (isEpisodic && note.sources.length !== 1) {
        throw new EcphoryError(
          'invalid',
          `Episodic note ${note.id} rests on ${note.sources.length} episodes, not on one.`,
        );
      }
      if (note.claim !== null && note.kind !== 'semantic') {
        throw new EcphoryError('invalid', `Only a semantic note may have a claim; ${note.id} is ${note.kind}.`);
      }
      if (note.summary !== null && note.kind !== 'summary') {
        throw new EcphoryError('invalid', `Only a summary note may have a summary; ${note.id} is ${note.kind}.`);
      }
      const sources = note.sources.map((id) => findEpisode(scopeId, id));
      const [own] = isEpisodic ? sources : [];
      const successor = note.supersededBy === null ? null : find(scopeId, note.supersededBy).position;
      const { lastInsertRowid } = statement.addNote.run(
        note.id,
        scopeId,
        own?.position ?? null,
        note.kind,
        note.state,
        note.version,
        note.trust,
        note.importance,
        note.retention.stability,
        note.retention.difficulty,
        note.retention.lastUsedAt,
        note.retention.uses,
        note.createdAt,
        note.revisedAt,
        note.validAt,
        note.invalidAt,
        note.expiredAt,
        successor,
        writeKeys(keys),
        note.origin,
        note.stateReason,
        isAwaitingPast ? awaitingPastCause : 'added',
        JSON.stringify(note.tags),
        jsonOrNull(note.derived ?? undefined),
        note.derivation,
        JSON.stringify(note.metadata),
        own?.text === note.text ? null : note.text,
        Number(note.isPinned),
        note.expiresAt,
        jsonOrNull(note.summary ?? undefined),
        note.summary === null ? null : levelNumber(note.summary.level),
        note.summary?.key ?? null,
        Number(isAwaitingPast),
      );
      basis.keep(scopeId, Number(lastInsertRowid), note.derived);
      if (note.claim !== null) claims.add(scopeId, Number(lastInsertRowid), note.claim);
      if (isEpisodic) return;
      for (const [ordinal, source] of sources.entries()) {
        statement.addSource.run(lastInsertRowid, ordinal, source.position);
      }
    },

    find,

    revise(note, { noteId, expectedVersion, revision, keys, cause, at }) {
      assertVersion(note, noteId, expectedVersion);
      statement.keepForm.run(note.position);
      statement.revise.run({
        position: note.position,
        at,
        cause,
        keys: writeKeys(keys),
        text: revision.text ?? null,
        tags: jsonOrNull(revision.tags),
        importance: revision.importance ?? null,
        metadata: jsonOrNull(revision.metadata),
        hasValidAt: Number(revision.validAt !== undefined),
        validAt: revision.validAt ?? null,
        hasInvalidAt: Number(revision.invalidAt !== undefined),
        invalidAt: revision.invalidAt ?? null,
      });
    },

    derive(scopeId, note, { noteId, expectedVersion, expectedDerivation, derived, keys, cause, at }) {
      assertVersion(note, noteId, expectedVersion);
      if (note.derivation !== expectedDerivation) {
        throw new EcphoryError(
          'stale',
          `Note ${noteId} is at derivation ${note.derivation}, not ${expectedDerivation}.`,
        );
      }
      basis.keep(scopeId, note.position, derived);
      statement.keepForm.run(note.position);
      statement.derive.run(JSON.stringify(derived), writeKeys(keys), cause, at, note.position);
    },

    support(scopeId, note, { noteId, sources }) {
      if (note.kind === 'episodic') {
        throw new EcphoryError('invalid', `Episodic note ${noteId} rests on its one episode alone.`);
      }
      const wanted = sources.map((id) => findEpisode(scopeId, id).position);
      const present = statement.sources.all(note.position);
      const added = [...new Set(wanted)].filter((source) => !present.includes(source));
      for (const [index, source] of added.entries()) {
        statement.addSource.run(note.position, present.length + index, source);
      }
      return added.length > 0;
    },

    supersede(note, by, { invalidAt, at }) {
      if (note.position === by?.position) throw new EcphoryError('invalid', 'A note does not supersede itself.');
      statement.supersede.run(invalidAt, by === null ? null : at, by?.position ?? null, note.position);
    },

    setState(note, { noteId, state, reason, expectedVersion }) {
      if (expectedVersion !== undefined) assertVersion(note, noteId, expectedVersion);
      if (!mayBecome(note.state, state)) {
        throw new EcphoryError('conflict', `Note ${noteId} is ${note.state} and cannot become ${state}.`);
      }
      if (note.state === state) return false;
      statement.setState.run(state, reason, note.position);
      return true;
    },

    mark(note, change) {
      const now = statement.marks.get(note.position);
      const isPinned = Number(change.isPinned ?? now?.is_pinned === 1);
      const expiresAt = change.expiresAt === undefined ? (now?.expires_at ?? null) : change.expiresAt;
      if (isPinned === now?.is_pinned && expiresAt === now.expires_at) return false;
      statement.mark.run(isPinned, expiresAt, note.position);
      return true;
    },

    use(note, { retention: { stability, difficulty, lastUsedAt, uses }, use }) {
      const log = writeUseLog(withUse(useLogOf(statement.useLog.get(note.position) ?? null), use));
      statement.use.run(stability, difficulty, lastUsedAt, uses, log, note.position);
    },
  };

  function find(scopeId: number, id: NoteId): NoteRow {
    const row = statement.note.get(id, scopeId);
    if (row === undefined) throw notFound('note', id);
    return row;
  }

  function findEpisode(scopeId: number, id: EpisodeId): { position: number; text: string } {
    const row = statement.episode.get(id, scopeId);
    if (row === undefined) throw notFound('episode', id);
    return row;
  }
}

function assertVersion(note: NoteRow, id: NoteId, expected: number): void {
  if (note.version === expected) return;
  throw new EcphoryError('stale', `Note ${id} is at version ${note.version}, not ${expected}.`);
}

/** @throws EcphoryError `not_found` for what says it belongs elsewhere than the write does. */
export function assertScope(expected: Scope, actual: Scope, what: string, id: string): void {
  if (actual.tenant !== expected.tenant || actual.namespace !== expected.namespace) throw notFound(what, id);
}

export function notFound(what: string, id: string): EcphoryError {
  return new EcphoryError('not_found', `There is no ${what} ${id} here.`);
}

export function conflict(what: string, id: string): EcphoryError {
  return new EcphoryError('conflict', `There is already a ${what} ${id}.`);
}

function jsonOrNull(value: object | undefined): string | null {
  return value === undefined ? null : JSON.stringify(value);
}
