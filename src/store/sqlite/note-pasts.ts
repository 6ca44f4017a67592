import type { Change } from '../../memory/change.ts';
import type { NoteId } from '../../memory/ids.ts';
import { awaitingPastCause } from '../../memory/note.ts';
import type { Basis } from './basis.ts';
import type { Connection } from './driver.ts';
import { writeKeys } from './note-keys-text.ts';
import { writeUseLog } from './rows.ts';
import { type NoteRow, type NoteWriter, notFound } from './write-notes.ts';

/** What imported notes were before, and what they owe to others. */
export interface NotePasts {
  /** Whether the note was waiting for it. @throws EcphoryError `not_found` for a note or episode that it names. */
  set(scopeId: number, note: NoteRow, change: Extract<Change, { kind: 'note-past-set' }>): boolean;
}

export interface NotePastsParts {
  readonly notes: Pick<NoteWriter, 'find'>;
  readonly basis: Pick<Basis, 'keep'>;
}

export function newNotePasts(connection: Connection, { notes, basis }: NotePastsParts): NotePasts {
  const statement = {
    present: connection.prepare<[number], { cause: string; revised_at: number; episode_text: string | null }>(
      `SELECT n.cause, n.revised_at, e.text AS episode_text
       FROM notes n LEFT JOIN episodes e ON e.position = n.episode WHERE n.position = ?`,
    ),
    set: connection.prepare(
      `UPDATE notes SET derived = ?, keys = ?, cause = ?, formed_at = ?, use_log = ?, is_taken_back = ?,
         superseded_by = ? WHERE position = ?`,
    ),
    addForm: connection.prepare(
      `INSERT INTO note_versions (note, version, derivation, at, cause, tags, derived, metadata, text)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    episode: connection
      .prepare<[string, number], number>('SELECT position FROM episodes WHERE id = ? AND scope_id = ?')
      .pluck(),
    addSource: connection.prepare('INSERT INTO note_sources (note, ordinal, episode) VALUES (?, ?, ?)'),
  };

  return {
    set(scopeId, note, { past, keys }) {
      const present = statement.present.get(note.position);
      if (present?.cause !== awaitingPastCause) return false;
      const { versions, derived, uses, isTakenBack, supersededBy, sources } = past;
      for (const form of versions) basis.keep(scopeId, note.position, form.derived);
      for (const { version, derivation, at, cause, ...form } of versions.slice(0, -1)) {
        const tags = JSON.stringify(form.tags);
        const text = form.text === present.episode_text ? null : form.text;
        const made = [jsonOrNull(form.derived), JSON.stringify(form.metadata), text];
        statement.addForm.run(note.position, version, derivation, at, cause, tags, ...made);
      }
      const last = versions.at(-1);
      const formedAt = last === undefined || last.at === present.revised_at ? null : last.at;
      statement.set.run(
        jsonOrNull(derived),
        writeKeys(keys),
        last?.cause ?? 'added',
        formedAt,
        uses.length === 0 ? null : writeUseLog(uses),
        Number(isTakenBack),
        positionOf(scopeId, supersededBy),
        note.position,
      );
      if (note.kind === 'episodic') return true;
      for (const [ordinal, id] of sources.entries()) {
        const episode = statement.episode.get(id, scopeId);
        if (episode === undefined) throw notFound('episode', id);
        statement.addSource.run(note.position, ordinal, episode);
      }
      return true;
    },
  };

  function positionOf(scopeId: number, id: NoteId | null): number | null {
    return id === null ? null : notes.find(scopeId, id).position;
  }
}

function jsonOrNull(value: object | null): string | null {
  return value === null ? null : JSON.stringify(value);
}
