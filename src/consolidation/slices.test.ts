import fc from 'fast-check';
import { expect, test } from 'vitest';
import { makeNoteId, may8 } from '../../test/builders.ts';
import type { Change } from '../memory/change.ts';
import { slicesOf } from './slices.ts';

test('gives every change once, in order, and never parts those of one note', () => {
  const ids = Array.from({ length: 4 }, makeNoteId);
  const changes = fc.array(fc.nat(3)).map((picks) =>
    picks.map((pick): Change => {
      return { kind: 'note-superseded', noteId: ids[pick]!, by: null, invalidAt: null, at: may8 };
    }),
  );
  fc.assert(
    fc.property(changes, fc.integer({ min: 1, max: 5 }), (plan, size) => {
      const slices = slicesOf(plan, size);
      expect(slices.flat()).toEqual(plan);
      for (const [index, slice] of slices.entries()) {
        expect(slice.length).toBeGreaterThan(0);
        const [last, next] = [slice.at(-1), slices[index + 1]?.[0]];
        if (last?.kind === 'note-superseded' && next?.kind === 'note-superseded') {
          expect(last.noteId).not.toBe(next.noteId);
        }
      }
    }),
  );
});
