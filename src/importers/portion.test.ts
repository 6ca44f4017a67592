import fc from 'fast-check';
import { expect, test } from 'vitest';
import { limits } from '../memory/limits.ts';
import { portions } from './portion.ts';

test('what fits stays as it is', () => {
  const unit = { sessionId: 's', messages: [{ content: 'One.' }, { content: 'Two.' }] };
  expect(portions(unit)).toEqual([unit]);
});

test('a long conversation is parted between messages', () => {
  const messages = Array.from({ length: limits.messagesPerAdd * 2 + 1 }, (_, index) => ({
    content: `Message ${index}`,
  }));
  const found = portions({ sessionId: 's', messages });
  expect(found.map((part) => part.messages.length)).toEqual([limits.messagesPerAdd, limits.messagesPerAdd, 1]);
  expect(found.flatMap((part) => part.messages)).toEqual(messages);
});

test('a long text is parted where a paragraph ends', () => {
  const paragraph = `${'word '.repeat(10_000)}\n\n`;
  const [unit] = portions({ messages: [{ role: 'user', content: paragraph + paragraph }] });
  expect(unit?.messages).toEqual([
    { role: 'user', content: paragraph },
    { role: 'user', content: paragraph },
  ]);
});

test('parts fit, and joined they say what was said', () => {
  const piece = fc.constantFrom('x'.repeat(30_000), '\u{1f600}'.repeat(20_000), 'a b '.repeat(9_000), 'end.\n\n', ' ');
  fc.assert(
    fc.property(fc.array(piece, { minLength: 1, maxLength: 9 }), (pieces) => {
      const content = `Start${pieces.join('')}end`;
      const parts = portions({ messages: [{ content }] }).flatMap((unit) => unit.messages);
      expect(parts.map((part) => part.content).join('')).toBe(content);
      for (const part of parts) {
        expect(part.content.length).toBeLessThanOrEqual(limits.textCharacters);
        expect(part.content.isWellFormed()).toBe(true);
      }
    }),
    { numRuns: 50 },
  );
});
