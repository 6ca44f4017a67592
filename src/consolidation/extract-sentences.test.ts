import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newAnalyzer } from '../encoding/analyzer.ts';
import { extractedSentences } from './extract-sentences.ts';

const analyzer = newAnalyzer();

describe('extracted sentences', () => {
  it('say what most of the others speak of', () => {
    const texts = [
      'Sounds great!',
      'The bakery in Porto sells dark rye bread.',
      'Did the bakery have rye bread left?',
      'It rained a little on Tuesday afternoon.',
      'The rye bread of that bakery keeps a week.',
    ];
    expect(chosen(texts, 1)).toEqual([1]);
    expect(chosen(texts, 2)).toEqual([1, 4]);
  });

  it('do not say the same twice', () => {
    const same = 'The bakery in Porto sells dark rye bread.';
    expect(chosen([same, same, same], 3)).toEqual([0]);
  });

  it('are none where nothing says anything', () => {
    expect(chosen([], 3)).toEqual([]);
    expect(chosen(['Yes.', 'No way!', 'Thanks.'], 3)).toEqual([]);
  });

  it('are in reading order, no more than asked for, each once', () => {
    const words = fc.array(fc.constantFrom('bread', 'rye', 'bakery', 'Porto', 'rain', 'chess', 'pawn', 'is'), {
      maxLength: 9,
    });
    fc.assert(
      fc.property(fc.array(words, { maxLength: 20 }), fc.integer({ min: 0, max: 6 }), (texts, count) => {
        const positions = chosen(
          texts.map((text) => text.join(' ')),
          count,
        );
        expect(positions.length).toBeLessThanOrEqual(count);
        expect(positions).toEqual([...new Set(positions)].sort((one, other) => one - other));
        expect(positions.every((position) => position >= 0 && position < texts.length)).toBe(true);
      }),
    );
  });
});

function chosen(texts: readonly string[], count: number): readonly number[] {
  const candidates = texts.map((text) => ({ text, stems: analyzer.stems(text), isQuestion: text.endsWith('?') }));
  return extractedSentences(candidates, count);
}
