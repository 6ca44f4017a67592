import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newAnalyzer } from '../encoding/analyzer.ts';
import { limits } from '../memory/limits.ts';
import { keywordsOf, type StemStatistics } from './keywords.ts';

const analyzer = newAnalyzer();
const nothingKnown: StemStatistics = { notes: 0, having: () => 0 };

describe('keywordsOf', () => {
  it('puts what is rare here before what is common, in its own spelling', () => {
    const statistics: StemStatistics = { notes: 10, having: (stem) => (stem === 'garden' ? 9 : 0) };
    expect(keywordsOf('The Garden has a heron.', statistics, analyzer)).toEqual(['heron', 'Garden']);
  });

  it('names a phrase or a name once, and its words not again', () => {
    expect(keywordsOf('A stained glass window for Oliver Twist.', nothingKnown, analyzer)).toEqual([
      'Oliver Twist',
      'stained glass window',
    ]);
  });

  it('leaves out small talk and what everyone here says', () => {
    const everyday: StemStatistics = { notes: 80, having: (stem) => (stem === 'garden' ? 11 : 0) };
    expect(keywordsOf('Wow, thanks! That sounds great.', nothingKnown, analyzer)).toEqual([]);
    expect(keywordsOf('My garden, with a heron.', everyday, analyzer)).toEqual(['heron']);
  });

  it('gives parts of the text alone, at most as many as the limit, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 300, unit: 'binary' }), (text) => {
        const found = keywordsOf(text, nothingKnown, analyzer);
        expect(found.length).toBeLessThanOrEqual(limits.keywordsPerNote);
        for (const word of found) expect(text).toContain(word);
      }),
      { numRuns: 40 },
    );
  });
});
