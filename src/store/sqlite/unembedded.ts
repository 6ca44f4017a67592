import type { StoredNote } from '../../memory/store.ts';
import type { Connection } from './driver.ts';
import { type StoredNoteRow, storedNote, storedNoteSelect } from './rows.ts';

/** Notes that wait for a vector, of every tenant: for the worker that makes up for what is missing. */
export interface Unembedded {
  oldest(embedder: string, limit: number): readonly StoredNote[];
  /** This note has lost its vectors. */
  reopen(note: number): void;
}

/**
 * Nearly every note has its vector, so looking from the first one each time would read the whole table to find
 * nothing. Each embedder remembers up to where all is done; only losing a vector moves that back.
 */
export function newUnembedded(connection: Connection): Unembedded {
  const statement = {
    oldest: connection.prepare<[number, string, number], StoredNoteRow>(
      `${storedNoteSelect}
       WHERE n.position >= ? AND n.origin <> 'derived' AND NOT EXISTS (
         SELECT 1 FROM vectors v
         WHERE v.note = n.position AND v.embedder = (SELECT id FROM embedders WHERE name = ?))
       ORDER BY n.position LIMIT ?`,
    ),
    last: connection.prepare<[], number | null>('SELECT max(position) FROM notes').pluck(),
  };
  const doneBefore = new Map<string, number>();

  return {
    oldest(embedder, limit) {
      const rows = statement.oldest.all(doneBefore.get(embedder) ?? 0, embedder, limit);
      doneBefore.set(embedder, rows[0]?.position ?? (statement.last.get() ?? 0) + 1);
      return rows.map(storedNote);
    },
    reopen(note) {
      for (const [embedder, position] of doneBefore) doneBefore.set(embedder, Math.min(position, note));
    },
  };
}
