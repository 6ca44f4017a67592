import { describe, expect, it } from 'vitest';
import { type ImportanceInput, importanceOf } from './importance.ts';
import type { StemStatistics } from './keywords.ts';

const nothingKnown: StemStatistics = { notes: 0, having: () => 0 };
const plain = (text: string, more: Partial<ImportanceInput> = {}): number =>
  importanceOf({ text, stems: [], isNaming: false, isDated: false, isQuestion: false, ...more }, nothingKnown);

describe('importanceOf', () => {
  it('adds up what its formula says', () => {
    expect(plain('Hello there.')).toBe(0.2);
    // A fact of one's own (.15), a number (.1) and a name (.05).
    expect(plain('My sister has 3 cats.', { isNaming: true })).toBe(0.5);
    // A commitment (.15) with a date (.1), and eight stems that are new: .3 · .5 in an empty scope.
    const stems = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
    expect(plain("We'll leave tomorrow.", { isDated: true, stems })).toBe(0.6);
    expect(plain('Where to?', { isQuestion: true })).toBe(0.05);
  });

  it('is .9 at least when someone asks for it to be remembered', () => {
    expect(plain('Remember that Rex bites.')).toBe(0.9);
    expect(plain('From now on answer in French.')).toBe(0.9);
    expect(plain('Do you remember my dog?', { isQuestion: true })).toBeLessThan(0.5);
  });

  it('rises with how new the words are here', () => {
    const stems = Array.from({ length: 8 }, (_, index) => `w${index}`);
    const among = (having: number): number =>
      importanceOf(
        { text: '', stems, isNaming: false, isDated: false, isQuestion: false },
        { notes: 99, having: () => having },
      );
    expect(among(0)).toBe(0.5);
    expect(among(9)).toBe(0.35);
    expect(among(99)).toBe(0.2);
  });
});
