import { createHash } from 'node:crypto';
import { embeddingText } from '../../memory/note-text.ts';
import type { Connection } from './driver.ts';
import { derivedOf } from './rows.ts';

/** The row of a note as it can be put back: all that any change can make different, except for vectors and mentions. */
export interface NoteImages {
  /** Null when there is no such row. */
  take(note: number): NoteImage | null;
  /** Puts it back, except for uses if `isUsedSince`. Whether the text to embed is another one then. */
  restore(note: number, image: NoteImage, isUsedSince: boolean): boolean;
}

export interface NoteImage {
  readonly form: {
    readonly version: number;
    readonly derivation: number;
    readonly state: string;
    readonly state_reason: string | null;
    readonly is_pinned: number;
    readonly expires_at: number | null;
    readonly importance: number;
    readonly revised_at: number;
    readonly formed_at: number | null;
    readonly valid_at: number | null;
    readonly invalid_at: number | null;
    readonly expired_at: number | null;
    readonly cause: string;
    readonly keys: string;
    readonly tags: string;
    readonly derived: string | null;
    readonly metadata: string;
    /** Null for that of the episode. */
    readonly text: string | null;
  };
  /** The ids of episodes, in order; empty for an episodic note, which cannot change it. */
  readonly sources: readonly string[];
  /** The id of what replaced it. */
  readonly successor: string | null;
  readonly retention: {
    readonly stability: number;
    readonly difficulty: number;
    readonly last_used_at: number;
    readonly uses: number;
    readonly use_log: string | null;
  };
  readonly isTakenBack: boolean;
}

type Row = NoteImage['form'] &
  NoteImage['retention'] & {
    readonly successor: string | null;
    readonly sources: string;
    readonly is_taken_back: number;
  };

/** How a run left a note: enough to tell whether someone else has changed it since, and nothing of its content. */
export interface NoteMark {
  readonly form: string;
  readonly successor: string | null;
  readonly retention: string;
}

export function noteMark({ form, sources, successor, retention }: NoteImage): NoteMark {
  return { form: markOf([form, sources]), successor, retention: markOf(retention) };
}

export function markOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('base64');
}

export function newNoteImages(connection: Connection): NoteImages {
  const statement = {
    image: connection.prepare<[number], Row>(
      `SELECT n.version, n.derivation, n.state, n.state_reason, n.importance, n.revised_at, n.formed_at, n.valid_at,
         n.invalid_at, n.expired_at, n.cause, n.keys, n.tags, n.derived, n.metadata, n.text, n.is_pinned, n.expires_at,
         n.is_taken_back, n.stability, n.difficulty, n.last_used_at, n.uses, n.use_log, (SELECT id FROM notes WHERE position = n.superseded_by) AS successor,
         (SELECT json_group_array(e.id ORDER BY ns.ordinal) FROM note_sources ns JOIN episodes e ON e.position = ns.episode
          WHERE ns.note = n.position) AS sources
       FROM notes n WHERE n.position = ?`,
    ),
    restore: connection.prepare(
      `UPDATE notes SET version = @version, derivation = @derivation, state = @state, state_reason = @state_reason,
         importance = @importance, revised_at = @revised_at, formed_at = @formed_at, valid_at = @valid_at,
         invalid_at = @invalid_at, expired_at = @expired_at, cause = @cause, keys = @keys, tags = @tags,
         derived = @derived, metadata = @metadata, text = @text, is_pinned = @is_pinned, expires_at = @expires_at,
         is_taken_back = @is_taken_back
       WHERE position = @position`,
    ),
    // By itself: SQLite keeps a journal for a statement that sets a reference, and drops it in a time that grows with
    // all that the transaction has changed so far.
    restoreSuccessor: connection.prepare(
      'UPDATE notes SET superseded_by = (SELECT position FROM notes WHERE id = ?) WHERE position = ?',
    ),
    restoreRetention: connection.prepare(
      `UPDATE notes SET stability = @stability, difficulty = @difficulty, last_used_at = @last_used_at, uses = @uses,
         use_log = @use_log
       WHERE position = @position`,
    ),
    dropForms: connection.prepare('DELETE FROM note_versions WHERE note = ? AND (version, derivation) >= (?, ?)'),
    dropSources: connection.prepare('DELETE FROM note_sources WHERE note = ?'),
    addSource: connection.prepare(
      'INSERT INTO note_sources (note, ordinal, episode) VALUES (?, ?, (SELECT position FROM episodes WHERE id = ?))',
    ),
    episodeText: connection
      .prepare<[number], string>(
        'SELECT e.text FROM notes n JOIN episodes e ON e.position = n.episode WHERE n.position = ?',
      )
      .pluck(),
  };

  return {
    take,
    restore(note, { form, sources, successor, retention, isTakenBack }, isUsedSince) {
      const now = take(note);
      if (now === null) return false;
      const is_taken_back = Number(isTakenBack || (now.form.derived !== null && form.derived === null));
      statement.restore.run({ position: note, ...form, is_taken_back });
      if (now.successor !== successor) statement.restoreSuccessor.run(successor, note);
      if (!isUsedSince) statement.restoreRetention.run({ position: note, ...retention });
      statement.dropForms.run(note, form.version, form.derivation);
      if (now.sources.length !== sources.length) {
        statement.dropSources.run(note);
        for (const [ordinal, source] of sources.entries()) statement.addSource.run(note, ordinal, source);
      }
      return embedded(note, now.form) !== embedded(note, form);
    },
  };

  function take(note: number): NoteImage | null {
    const row = statement.image.get(note);
    if (row === undefined) return null;
    const { stability, difficulty, last_used_at, uses, use_log, successor, sources, is_taken_back, ...form } = row;
    const retention = { stability, difficulty, last_used_at, uses, use_log };
    const isTakenBack = is_taken_back === 1;
    return { form, sources: JSON.parse(sources) as readonly string[], successor, retention, isTakenBack };
  }

  function embedded(note: number, { text, derived }: NoteImage['form']): string {
    return embeddingText({ text: text ?? statement.episodeText.get(note) ?? '', derived: derivedOf(derived) }, null);
  }
}
