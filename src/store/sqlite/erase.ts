import type { EpisodeId, NoteId } from '../../memory/ids.ts';
import type { Connection } from './driver.ts';
import type { VectorTables } from './vector-tables.ts';
import type { NoteRow } from './write-notes.ts';

/** Removes notes with all that rests on them from every table. */
export interface Eraser {
  /** What went, in the order the feed tells it. */
  erase(scopeId: number, notes: readonly NoteRow[]): { noteIds: readonly NoteId[]; episodeIds: readonly EpisodeId[] };
}

export function newEraser(connection: Connection, vectors: Pick<VectorTables, 'drop'>): Eraser {
  const statement = {
    sources: connection.prepare<[number], number>('SELECT episode FROM note_sources WHERE note = ?').pluck(),
    restingOn: connection.prepare<[number, number, number], NoteRow>(
      `SELECT position, version, episode FROM notes WHERE scope_id = ? AND position IN (
         SELECT position FROM notes WHERE episode = ? UNION SELECT note FROM note_sources WHERE episode = ?)
       ORDER BY position`,
    ),
    noteId: connection.prepare<[number], NoteId>('SELECT id FROM notes WHERE position = ?').pluck(),
    episodeId: connection.prepare<[number], EpisodeId>('SELECT id FROM episodes WHERE position = ?').pluck(),
    // Versions, sources, mentions and links go with the note; what it had superseded forgets by whom.
    dropNote: connection.prepare('DELETE FROM notes WHERE position = ?'),
    dropEpisode: connection.prepare('DELETE FROM episodes WHERE position = ?'),
  };

  return {
    erase(scopeId, notes) {
      const doomed = closure(scopeId, notes);
      const noteIds = [...doomed.notes.keys()].flatMap((position) => statement.noteId.get(position) ?? []);
      const episodeIds = [...doomed.episodes].flatMap((position) => statement.episodeId.get(position) ?? []);
      for (const position of doomed.notes.keys()) {
        vectors.drop(position);
        statement.dropNote.run(position);
      }
      for (const position of doomed.episodes) statement.dropEpisode.run(position);
      return { noteIds, episodeIds };
    },
  };

  /**
   * The episode of an episodic note goes with it, and every note that rests on an episode that goes. Of the other
   * sources, those go that no remaining note rests on; that can doom no further note.
   */
  function closure(scopeId: number, notes: readonly NoteRow[]): { notes: Map<number, NoteRow>; episodes: Set<number> } {
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
      for (const source of statement.sources.all(position)) {
        if (resting(scopeId, source).every((other) => doomed.has(other.position))) episodes.add(source);
      }
    }
    return { notes: doomed, episodes };
  }

  function resting(scopeId: number, episode: number): readonly NoteRow[] {
    return statement.restingOn.all(scopeId, episode, episode);
  }
}
