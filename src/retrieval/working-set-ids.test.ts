import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type NoteId, newIdSource } from '../memory/ids.ts';
import { newIdTable } from './working-set-ids.ts';

const digits = [...'0123456789abcdefghjkmnpqrstvwxyz'];
const usual = fc
  .tuple(fc.constantFrom(...digits.slice(0, 8)), fc.array(fc.constantFrom(...digits), { minLength: 25, maxLength: 25 }))
  .map(([first, rest]) => `note_${first}${rest.join('')}`);
/** Too large for 128 bits, of another alphabet, length or prefix: kept as they are. */
const unusual = fc.oneof(
  usual.map((id) => id.replace('note_', 'node_')),
  usual.map((id) => `note_8${id.slice(6)}`),
  usual.map((id) => `${id.slice(0, -1)}u`),
  usual.map((id) => id.toUpperCase()),
  fc.string(),
);
const anyId = fc.oneof({ weight: 4, arbitrary: usual }, { weight: 1, arbitrary: unusual }).map((id) => id as NoteId);

describe('a table of ids', () => {
  it('gives back every id by its slot and every slot by its id, after any additions and removals', () => {
    fc.assert(
      fc.property(fc.uniqueArray(anyId, { maxLength: 200 }), fc.func(fc.boolean()), (ids, isRemoved) => {
        const table = newIdTable();
        const kept = new Map<NoteId, number>();
        for (const [slot, id] of ids.entries()) {
          table.set(slot, id);
          kept.set(id, slot);
          const gone = ids[slot >> 1]!;
          if (!isRemoved(slot) || !kept.has(gone)) continue;
          table.remove(slot >> 1);
          kept.delete(gone);
        }
        for (const again of [table, newIdTable(table.packed(ids.length), (slot) => kept.has(ids[slot]!))]) {
          for (const id of ids) expect(again.find(id)).toBe(kept.get(id) ?? -1);
          for (const [id, slot] of kept) expect(again.idOf(slot)).toBe(id);
        }
      }),
    );
  });

  it('holds an id of the usual form in no more than 30 bytes', () => {
    const { noteId } = newIdSource(() => 1_700_000_000_000);
    const table = newIdTable();
    for (let slot = 0; slot < 10_000; slot += 1) table.set(slot, noteId());
    table.trim(10_000);
    expect(table.bytes() / 10_000).toBeLessThan(30);
  });
});
