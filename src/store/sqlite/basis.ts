import type { Derived } from '../../memory/derived.ts';
import type { NoteId } from '../../memory/ids.ts';
import type { Connection } from './driver.ts';
import { notFound } from './write-notes.ts';

/** Whose words are in what was derived from a note. */
export interface Basis {
  /** @throws EcphoryError `not_found` for a note that is gone: its words must not come back. */
  keep(scopeId: number, note: number, derived: Derived | null): void;
  /**
   * Takes the words of a note that goes out of others: drops their past forms, and what runs remember of them, that have
   * any. Gives those whose present form has some.
   */
  forget(other: number, id: NoteId): readonly number[];
}

export function newBasis(connection: Connection): Basis {
  const names = `EXISTS (SELECT 1 FROM json_each(%s, '$.basis') AS item WHERE item.atom = ?)`;
  const statement = {
    other: connection
      .prepare<[string, number], number>('SELECT position FROM notes WHERE id = ? AND scope_id = ?')
      .pluck(),
    keep: connection.prepare('INSERT OR IGNORE INTO note_basis (other, note) VALUES (?, ?)'),
    notes: connection.prepare<[number], number>('SELECT note FROM note_basis WHERE other = ? ORDER BY note').pluck(),
    dropForms: connection.prepare(
      `DELETE FROM note_versions WHERE note = ? AND derived IS NOT NULL AND ${names.replace('%s', 'derived')}`,
    ),
    dropImages: connection.prepare(
      `DELETE FROM run_effects WHERE note = ? AND kind = 'note' AND before ->> '$.form.derived' IS NOT NULL
         AND ${names.replace('%s', `before ->> '$.form.derived'`)}`,
    ),
    isInPresent: connection.prepare<[number, string], unknown>(
      `SELECT 1 FROM notes WHERE position = ? AND derived IS NOT NULL AND ${names.replace('%s', 'derived')}`,
    ),
  };

  return {
    keep(scopeId, note, derived) {
      for (const id of derived?.basis ?? []) {
        const other = statement.other.get(id, scopeId);
        if (other === undefined) throw notFound('note', id);
        statement.keep.run(other, note);
      }
    },

    forget(other, id) {
      return statement.notes.all(other).filter((note) => {
        statement.dropForms.run(note, id);
        statement.dropImages.run(note, id);
        return statement.isInPresent.get(note, id) !== undefined;
      });
    },
  };
}
