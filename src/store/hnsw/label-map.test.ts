import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { NoteId } from '../../memory/ids.ts';
import { decodeDigests, decodeLabelMap, digestBytes, encodeLabelMap } from './label-map.ts';

const noteId = fc.string({ minLength: 1, maxLength: 31 }).filter((id) => !id.includes('\0')) as fc.Arbitrary<NoteId>;
const label = fc.record({
  digest: fc.uint8Array({ minLength: digestBytes, maxLength: digestBytes }).map((bytes) => Buffer.from(bytes)),
  noteIds: fc.uniqueArray(noteId, { maxLength: 4 }),
});

describe('a map of labels', () => {
  it('comes back as it was written, the notes of a label ascending', () => {
    fc.assert(
      fc.property(fc.array(label, { maxLength: 20 }), (labels) => {
        const file = encodeLabelMap(labels);
        const map = decodeLabelMap(file);
        expect(map.labels).toBe(labels.length);
        expect(map.notes).toBe(labels.reduce((sum, { noteIds }) => sum + noteIds.length, 0));
        expect(decodeDigests(file)).toEqual(labels.map(({ digest }) => digest));
        for (const [index, { noteIds }] of labels.entries()) expect(map.noteIds(index)).toEqual([...noteIds].sort());
      }),
    );
  });

  it('takes 52 bytes a note of an ordinary id, and 36 in memory', () => {
    const ids = Array.from({ length: 1_000 }, (_, n) => `note_${String(n).padStart(26, '0')}` as NoteId);
    const file = encodeLabelMap(ids.map((id) => ({ digest: Buffer.alloc(digestBytes), noteIds: [id] })));
    expect(file.length).toBe(16 + 1_001 * 4 + 1_000 * 31 + 1_000 * 16);
    expect(decodeLabelMap(file).bytes).toBe(16 + 1_001 * 4 + 1_000 * 31);
  });

  it('refuses labels that are not there', () => {
    const map = decodeLabelMap(encodeLabelMap([{ digest: Buffer.alloc(digestBytes), noteIds: [] }]));
    for (const wrong of [-1, 1, 0.5, Number.NaN, 4_294_967_296]) expect(() => map.noteIds(wrong)).toThrow(/no label/);
  });

  it('refuses any file that was cut, and never reads beyond one that was changed', () => {
    const file = encodeLabelMap([
      { digest: Buffer.alloc(digestBytes, 1), noteIds: ['note_a', 'note_b'] as NoteId[] },
      { digest: Buffer.alloc(digestBytes, 2), noteIds: ['note_c'] as NoteId[] },
    ]);
    for (let length = 0; length < file.length; length += 1) {
      expect(() => decodeLabelMap(file.subarray(0, length))).toThrow(/map of labels/);
    }
    fc.assert(
      fc.property(fc.nat(file.length - 1), fc.nat(255), (at, value) => {
        const changed = Buffer.from(file);
        changed[at] = value;
        try {
          const map = decodeLabelMap(changed);
          for (let each = 0; each < map.labels; each += 1) map.noteIds(each);
        } catch (error) {
          expect(String(error)).toMatch(/map of labels/i);
        }
      }),
    );
  });
});
