import { describe, expect, it } from 'vitest';
import { newLanguage, newTextSource } from './text.ts';

describe('newTextSource', () => {
  const language = newLanguage();
  const notes = (seed: number, count: number) => {
    const source = newTextSource(language, seed);
    return Array.from({ length: count }, source.note);
  };

  it('makes the same notes for the same seed and others for another', () => {
    expect(notes(1, 50)).toEqual(notes(1, 50));
    expect(notes(1, 50)).not.toEqual(notes(2, 50));
    expect(newLanguage().words.slice(0, 100)).toEqual(language.words.slice(0, 100));
  });

  it('makes notes of 8 to 40 words in sessions of 20, in order of time', () => {
    const made = notes(3, 60);
    for (const { text } of made) expect(text.split(' ').length).toSatisfy((words: number) => words >= 8 && words <= 40);
    expect(new Set(made.map(({ session }) => session))).toEqual(new Set([0, 1, 2]));
    expect(made.map(({ timestamp }) => timestamp)).toEqual(made.map(({ timestamp }) => timestamp).sort());
  });

  it('draws words by Zipf: few make up much of the text, and many occur once', () => {
    const counts = new Map<string, number>();
    for (const { text } of notes(4, 2_000))
      for (const word of text.split(' ')) counts.set(word, (counts.get(word) ?? 0) + 1);
    const ordered = [...counts.values()].sort((left, right) => right - left);
    const total = ordered.reduce((sum, count) => sum + count, 0);
    const commonest = ordered.slice(0, 25).reduce((sum, count) => sum + count, 0);
    expect(commonest / total).toBeGreaterThan(0.15);
    expect(ordered.filter((count) => count === 1).length).toBeGreaterThan(1_000);
  });

  it('asks queries of 3 to 8 words that are of the language', () => {
    const source = newTextSource(language, 5);
    const known = new Set(language.words);
    for (const query of Array.from({ length: 200 }, source.query)) {
      const words = query.split(' ');
      expect(words.length).toSatisfy((count: number) => count >= 3 && count <= 8);
      expect(words.every((word) => known.has(word))).toBe(true);
    }
  });
});
