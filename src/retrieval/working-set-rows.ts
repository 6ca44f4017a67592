import type { Analyzer } from '../memory/analyzer.ts';
import type { NoteId } from '../memory/ids.ts';
import { keyInput } from '../memory/note-text.ts';
import type { Store, WorkingRow } from '../memory/store.ts';
import { breath } from './breath.ts';
import type { MutableWorkingSet } from './working-set-updates.ts';

/** Stems put between two turns of the event loop: about 5 ms. */
const stemsPerTurn = 20_000;
/** What a row costs besides its stems, in stems. */
const rowStems = 10;
/** Notes analysed between two turns of the event loop: a few milliseconds, 100 ms if all are as long as can be. */
const notesPerAnalysis = 16;

/** Puts the rows, in pieces. False as soon as one does not fit on: the set must then be built anew. */
export async function putRows(set: MutableWorkingSet, rows: readonly WorkingRow[]): Promise<boolean> {
  let stems = 0;
  for (const row of rows) {
    if (!set.put(row)) return false;
    stems += rowStems;
    for (const passage of row.keys.passages) stems += passage.length;
    if (stems < stemsPerTurn) continue;
    stems = 0;
    await breath();
  }
  return true;
}

/**
 * The rows with keys of this analyser. Where another one made them, or an older version, they are made from the
 * text, which is read for it; rows of notes erased meanwhile are left out.
 */
export async function rowsWithKeysOf(
  analyzer: Analyzer,
  rows: readonly WorkingRow[],
  store: Pick<Store, 'notes'>,
): Promise<readonly WorkingRow[]> {
  const foreign = rows.filter(({ keys }) => keys.analyzer !== analyzer.id);
  if (foreign.length === 0) return rows;
  const ours = new Map<NoteId, WorkingRow>();
  for (const row of rows) if (row.keys.analyzer === analyzer.id) ours.set(row.id, row);
  for (let from = 0; from < foreign.length; from += notesPerAnalysis) {
    const some = new Map(foreign.slice(from, from + notesPerAnalysis).map((row) => [row.id, row]));
    for (const { note, episode } of await store.notes(foreign[from]!.scope.tenant, [...some.keys()])) {
      const row = some.get(note.id);
      if (row === undefined) continue;
      ours.set(note.id, { ...row, keys: analyzer.keys(keyInput(note, episode)) });
    }
    await breath();
  }
  return rows.flatMap(({ id }) => ours.get(id) ?? []);
}
