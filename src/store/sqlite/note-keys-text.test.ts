import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readKeys, writeKeys } from './note-keys-text.ts';

const stems = fc.array(fc.string({ unit: 'grapheme' }), { maxLength: 5 });

test('keys read back as they were written, whatever the stems', () => {
  fc.assert(
    fc.property(
      fc.record({
        analyzer: fc.string(),
        passages: fc.array(stems, { maxLength: 4 }),
        context: stems,
        words: fc.nat(),
        question: fc.boolean(),
      }),
      (keys) => {
        expect(readKeys(writeKeys(keys))).toEqual(keys);
      },
    ),
  );
});
