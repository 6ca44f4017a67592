import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { excerptOf } from './excerpt.ts';

const words = (text: string): readonly string[] => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
const count = (text: string): number => words(text).length;
const excerpt = (text: string, cue: string, tokensMax: number) =>
  excerptOf({ text, cueStems: [...new Set(words(cue))], stems: words, count, tokensMax });

const story =
  'We talked about the weather for a while. Then the bus came. ' +
  'My sister Clara has bought a red sailing boat. She keeps it in Porto. ' +
  'Lunch was fine. We had fish and some bread with it.';

describe('an excerpt', () => {
  test('is the sentence that answers, then what stands around it, in order', () => {
    expect(excerpt(story, 'which boat did Clara buy', 12)).toBe('… My sister Clara has bought a red sailing boat. …');
    expect(excerpt(story, 'which boat did Clara buy', 18)).toBe(
      '… My sister Clara has bought a red sailing boat. She keeps it in Porto. …',
    );
  });

  test('joins what is apart with a sign that something is missing', () => {
    expect(excerpt(story, 'boat fish', 23)).toBe(
      '… My sister Clara has bought a red sailing boat. … We had fish and some bread with it.',
    );
  });

  test('is the beginning when no word of the cue is there', () => {
    expect(excerpt(story, 'zeppelin', 10)).toBe('We talked about the weather for a while. …');
  });

  test('is the whole text when there is room', () => {
    expect(excerpt(story, 'boat', 100)).toBe(story);
  });

  test('is a piece of what has no sentences', () => {
    const letters = excerptOf({
      text: 'x🐙'.repeat(9_000),
      cueStems: [],
      stems: words,
      count: () => 20,
      tokensMax: 30,
    });
    expect(letters).toMatch(/^(?:x🐙)+x? …$/u);
    const listed = Array.from({ length: 500 }, (_, index) => `item${index}`).join(' ');
    expect(excerpt(listed, 'item333', 70)).toMatch(/^… item\d+ .*item333 .*item\d+ …$/);
  });

  test('is nothing when not one sentence fits', () => {
    expect(excerpt(story, 'boat', 4)).toBeNull();
  });

  test('takes lines and sentences of scripts without spaces for what they are', () => {
    const split = (text: string) => [...text];
    const of = (text: string) =>
      excerptOf({ text, cueStems: ['猫'], stems: split, count: (part) => part.length, tokensMax: 10 });
    expect(of('今日は雨が降った。猫が寝ている。明日は晴れるでしょう。')).toBe('… 猫が寝ている。 …');
  });

  test('never costs more than allowed and is made of the text', () => {
    fc.assert(
      fc.property(
        fc.array(fc.lorem({ maxCount: 3, mode: 'sentences' }), { minLength: 1, maxLength: 8 }),
        fc.lorem({ maxCount: 4 }),
        fc.integer({ min: 1, max: 80 }),
        (sentences, cue, tokensMax) => {
          const text = sentences.join('\n');
          const part = excerpt(text, cue, tokensMax);
          if (part === null) return;
          expect(count(part)).toBeLessThanOrEqual(tokensMax);
          for (const piece of part.split('…')) expect(text).toContain(piece.trim());
        },
      ),
    );
  });

  test.each(['.', '. ', 'a. ', '\n', 'x'])('65,536 characters of %j take no time', (unit) => {
    const startedAt = performance.now();
    excerpt(unit.repeat(65_536 / unit.length), 'a', 200);
    expect(performance.now() - startedAt).toBeLessThan(500);
  });
});
