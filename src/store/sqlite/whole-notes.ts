import type { Episode } from '../../memory/episode.ts';
import type { NotePast } from '../../memory/note.ts';
import type { Scope } from '../../memory/scope.ts';
import type { WholeNote } from '../../memory/store.ts';
import type { Connection } from './driver.ts';
import type { NoteReader } from './read-notes.ts';
import type { Relations } from './relations.ts';
import { metadataOf, type StoredNoteRow, storedNote, storedNoteSelect, useLogOf } from './rows.ts';
import type { Scopes } from './scopes.ts';

export interface WholeNotesParts {
  readonly scopes: Scopes;
  readonly relations: Pick<Relations, 'mentions'>;
  readonly reader: Pick<NoteReader, 'history'>;
}

interface EpisodeRow extends Omit<Episode, 'scope' | 'metadata'> {
  readonly metadata: string;
}

/** Everything there is about the notes of a namespace, in the order they were added. */
export function newWholeNotes(connection: Connection, { scopes, relations, reader }: WholeNotesParts) {
  const statement = {
    // Two walks over indexes that are in the order of adding, each no longer than the page.
    page: connection.prepare<[number, number, number, number, number, number, number], StoredNoteRow>(
      `${storedNoteSelect}
       WHERE n.position IN (
         SELECT position FROM (
           SELECT * FROM (
             SELECT position FROM notes INDEXED BY notes_by_scope
             WHERE scope_id = ? AND origin <> 'derived' AND position > ? ORDER BY position LIMIT ?)
           UNION ALL
           SELECT * FROM (
             SELECT position FROM notes INDEXED BY notes_derived_in_order
             WHERE scope_id = ? AND origin = 'derived' AND position > ? ORDER BY position LIMIT ?))
         ORDER BY position LIMIT ?)
       ORDER BY n.position`,
    ),
    more: connection.prepare<[number], { use_log: string | null; is_taken_back: number }>(
      'SELECT use_log, is_taken_back FROM notes WHERE position = ?',
    ),
    loose: connection.prepare<[number], EpisodeRow>(
      `SELECT e.id, e.session_id AS sessionId, e.role, e.speaker, e.text, e.event_at AS eventAt,
         e.recorded_at AS recordedAt, e.place, e.origin, e.trust, e.metadata
       FROM note_sources ns JOIN episodes e ON e.position = ns.episode
       WHERE ns.note = ? AND NOT EXISTS (SELECT 1 FROM notes n WHERE n.episode = e.position)
         AND NOT EXISTS (SELECT 1 FROM note_sources o WHERE o.episode = e.position AND o.note < ns.note)
       ORDER BY ns.ordinal`,
    ),
  };

  return (scope: Scope, after: number, limit: number): readonly WholeNote[] => {
    const [own] = scopes.covered({ ...scope, subtree: false });
    if (own === undefined) return [];
    const rows = statement.page.all(own.id, after, limit, own.id, after, limit, limit);
    return rows.map((row) => whole(scope, row));
  };

  function whole(scope: Scope, row: StoredNoteRow): WholeNote {
    const { note, episode } = storedNote(row);
    const more = statement.more.get(row.position);
    const { sources, derived, supersededBy } = note;
    const past: NotePast = {
      sources,
      derived,
      supersededBy,
      versions: reader.history(scope.tenant, note.id),
      uses: useLogOf(more?.use_log ?? null),
      isTakenBack: more?.is_taken_back === 1,
    };
    const looseEpisodes = statement.loose
      .all(row.position)
      .map((found) => ({ ...found, scope, metadata: metadataOf(found.metadata) }));
    return {
      note,
      episode,
      order: row.position,
      past,
      mentions: relations.mentions(scope.tenant, note.id),
      looseEpisodes,
    };
  }
}
