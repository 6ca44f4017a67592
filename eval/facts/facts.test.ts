import { describe, expect, it } from 'vitest';
import { isRight } from './measure.ts';
import { naturalSet } from './natural-set.ts';
import { structuredSet } from './structured-set.ts';

describe('generated fact sets', () => {
  it('are the same for the same seed', () => {
    expect(structuredSet(2_000, 7, 10)).toEqual(structuredSet(2_000, 7, 10));
    expect(naturalSet(2_000, 7, 'independent')).toEqual(naturalSet(2_000, 7, 'independent'));
    expect(structuredSet(2_000, 8, 10)).not.toEqual(structuredSet(2_000, 7, 10));
  });

  it('are about as long as asked, in messages of about 512 tokens', () => {
    const { messages } = structuredSet(6_000, 1, 10);
    const characters = messages.reduce((sum, { text }) => sum + text.length, 0);
    expect(Math.abs(characters / 4 / 6_000 - 1)).toBeLessThan(0.15);
    expect(Math.max(...messages.map(({ text }) => text.length))).toBeLessThanOrEqual(512 * 4);
  });

  it('ask what the last statement of a thing answers', () => {
    const { messages, questions } = structuredSet(6_000, 1, 400);
    const lines = messages.flatMap(({ text }) => text.split('\n'));
    const asked = questions.filter(({ text }) => /^What is the capital of [A-Z]\w+\?$/.test(text));
    expect(asked.length).toBeGreaterThan(0);
    for (const { text, answer } of asked) {
      const country = text.slice('What is the capital of '.length, -1);
      expect(lines.findLast((line) => line.includes(`The capital of ${country} is`))).toContain(` is ${answer}.`);
    }
  });
});

describe('isRight', () => {
  it('looks for the expected answer in the given one, both normalised', () => {
    expect(isRight('The Silent Harbour!', 'silent harbour')).toBe(true);
    expect(isRight('Rome', 'Paris')).toBe(false);
  });
});
