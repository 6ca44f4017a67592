import { isIndexed } from '../../memory/derived.ts';
import type { EpisodeId, NoteId } from '../../memory/ids.ts';
import type { NoteKeys } from '../../memory/note.ts';
import type { Basis } from './basis.ts';
import type { Connection } from './driver.ts';
import { writeKeys } from './note-keys-text.ts';
import { derivedOf } from './rows.ts';
import type { Unembedded } from './unembedded.ts';
import type { VectorTables } from './vector-tables.ts';
import type { NoteRow } from './write-notes.ts';

/** Removes notes with all that rests on them from every table. */
export interface Eraser {
  erase(scopeId: number, notes: readonly NoteRow[]): ErasedNotes;
  /** One note with all that hangs on it, and what models said of it; not what rests on it. */
  dropNote(note: number): void;
}

/** What went, in the order the feed tells it. */
export interface ErasedNotes {
  readonly noteIds: readonly NoteId[];
  readonly episodeIds: readonly EpisodeId[];
  /** Notes that a pass has to look at anew. */
  readonly unsettled: readonly NoteId[];
}

export interface EraserParts {
  readonly vectors: Pick<VectorTables, 'drop'>;
  readonly unembedded: Pick<Unembedded, 'reopen'>;
  readonly basis: Pick<Basis, 'forget'>;
}

/** Of no analyser, so that whoever needs the keys makes them from the text. */
const unmadeKeys: NoteKeys = { analyzer: '', passages: [], context: [], words: 0, question: false };

export function newEraser(connection: Connection, { vectors, unembedded, basis }: EraserParts): Eraser {
  const statement = {
    sources: connection.prepare<[number], number>('SELECT episode FROM note_sources WHERE note = ?').pluck(),
    // An episode with an episodic note over it goes with that note; a summary may rest on thousands of these.
    freeSources: connection
      .prepare<[number], number>(
        `SELECT episode FROM note_sources
         WHERE note = ? AND NOT EXISTS (SELECT 1 FROM notes n WHERE n.episode = note_sources.episode)`,
      )
      .pluck(),
    restingOn: connection.prepare<[number, number, number], NoteRow>(
      `SELECT position, kind, state, version, derivation, episode FROM notes WHERE scope_id = ? AND position IN (
         SELECT position FROM notes WHERE episode = ? UNION SELECT note FROM note_sources WHERE episode = ?)
       ORDER BY position`,
    ),
    noteId: connection.prepare<[number], NoteId>('SELECT id FROM notes WHERE position = ?').pluck(),
    episodeId: connection.prepare<[number], EpisodeId>('SELECT id FROM episodes WHERE position = ?').pluck(),
    // Summaries are made anew without anyone being owed a look.
    isDerived: connection.prepare<[number], unknown>(
      `SELECT 1 FROM notes WHERE position = ? AND origin = 'derived' AND kind <> 'summary'`,
    ),
    settled: connection.prepare<[number], { id: NoteId; derived: string }>(
      'SELECT id, derived FROM notes WHERE position = ? AND derived IS NOT NULL',
    ),
    settledOver: connection
      .prepare<[number, number], number>(
        'SELECT position FROM notes WHERE episode = ? AND scope_id = ? AND derived IS NOT NULL',
      )
      .pluck(),
    unsettle: connection.prepare('UPDATE notes SET derived = NULL, keys = coalesce(?, keys) WHERE position = ?'),
    forgetAnswers: connection.prepare(
      'DELETE FROM model_records WHERE position IN (SELECT record FROM model_record_notes WHERE note = ?)',
    ),
    // Versions, sources, claims, effects of runs, mentions and links go with the note; what it had superseded forgets by whom.
    dropNote: connection.prepare('DELETE FROM notes WHERE position = ?'),
    dropEpisode: connection.prepare('DELETE FROM episodes WHERE position = ?'),
  };

  return {
    erase(scopeId, notes) {
      const doomed = closure(scopeId, notes);
      const noteIds = [...doomed.notes.keys()].flatMap((position) => statement.noteId.get(position) ?? []);
      const episodeIds = [...doomed.episodes].flatMap((position) => statement.episodeId.get(position) ?? []);
      const unsettled = unsettle(scopeId, doomed);
      for (const position of doomed.notes.keys()) dropNote(position);
      for (const position of doomed.episodes) statement.dropEpisode.run(position);
      return { noteIds, episodeIds, unsettled };
    },
    dropNote,
  };

  function dropNote(position: number): void {
    vectors.drop(position);
    statement.forgetAnswers.run(position);
    statement.dropNote.run(position);
  }

  /**
   * Notes whose derived form is to be made anew. A derived claim that loses one of its episodes goes, though others may say
   * the same: the notes over those are to be looked at anew. One that was erased for itself must not come back, so the
   * notes under it are left alone. And a form with words of a note that goes.
   */
  function unsettle(scopeId: number, doomed: Doomed): readonly NoteId[] {
    const wanted = new Set<number>();
    for (const position of doomed.notes.keys()) {
      const noteId = statement.noteId.get(position);
      if (noteId !== undefined) for (const other of basis.forget(position, noteId)) wanted.add(other);
      if (statement.isDerived.get(position) === undefined) continue;
      const sources = statement.sources.all(position);
      if (!sources.some((source) => doomed.episodes.has(source))) continue;
      for (const source of sources) {
        if (doomed.episodes.has(source)) continue;
        for (const other of statement.settledOver.all(source, scopeId)) wanted.add(other);
      }
    }
    return [...wanted]
      .filter((position) => !doomed.notes.has(position))
      .sort((left, right) => left - right)
      .flatMap((position) => unsettleOne(position));
  }

  function unsettleOne(position: number): readonly NoteId[] {
    const row = statement.settled.get(position);
    if (row === undefined) return [];
    const isWithout = isIndexed(derivedOf(row.derived));
    statement.unsettle.run(isWithout ? writeKeys(unmadeKeys) : null, position);
    if (isWithout) {
      vectors.drop(position);
      unembedded.reopen(position);
    }
    return [row.id];
  }

  /**
   * The episode of an episodic note goes with it, and every note that rests on an episode that goes. Of the other
   * sources, those go that no remaining note rests on; that can doom no further note.
   */
  function closure(scopeId: number, notes: readonly NoteRow[]): Doomed {
    const doomed = new Map(notes.map((note) => [note.position, note]));
    const episodes = new Set<number>();
    // A Map visits what is added while it is walked.
    for (const note of doomed.values()) {
      if (note.episode === null || episodes.has(note.episode)) continue;
      episodes.add(note.episode);
      for (const other of resting(scopeId, note.episode)) {
        if (!doomed.has(other.position)) doomed.set(other.position, other);
      }
    }
    for (const position of doomed.keys()) {
      for (const source of statement.freeSources.all(position)) {
        if (resting(scopeId, source).every((other) => doomed.has(other.position))) episodes.add(source);
      }
    }
    return { notes: doomed, episodes };
  }

  function resting(scopeId: number, episode: number): readonly NoteRow[] {
    return statement.restingOn.all(scopeId, episode, episode);
  }
}

interface Doomed {
  readonly notes: ReadonlyMap<number, NoteRow>;
  readonly episodes: ReadonlySet<number>;
}
