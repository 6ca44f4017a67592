import fc from 'fast-check';
import { expect, test } from 'vitest';
import { harmless, indented, newPaint, oneLine } from './paint.ts';

test('no text can say anything to a terminal', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const controls = [...harmless(text)].filter((character) => {
        const code = character.codePointAt(0) ?? 0;
        return (code < 32 && !['\n', '\t'].includes(character)) || (code >= 127 && code < 160);
      });
      expect(controls).toEqual([]);
    }),
  );
});

test('a line is one line and fits, with whole characters', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 10, max: 60 }), (text, columns) => {
      const line = oneLine(text, columns);
      expect(line).not.toMatch(/[\r\n]/);
      expect([...line].length).toBeLessThanOrEqual(columns);
    }),
  );
  expect(oneLine('aaaaaaaaa🙂🙂', 10)).toBe('aaaaaaaaa…');
  expect(oneLine(' a\n b ', null)).toBe('a b');
});

test('every line is moved to the right', () => {
  expect(indented('a\nb')).toBe('   a\n   b');
});

test('without colours text is left as it is', () => {
  expect(newPaint(false).red('a')).toBe('a');
  expect(newPaint(true).red('a')).toBe('\u001b[31ma\u001b[39m');
});
