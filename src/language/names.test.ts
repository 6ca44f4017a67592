import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { entitiesOf, type FoundKind } from './names.ts';

describe('entitiesOf', () => {
  it('finds names with the small words and numbers inside them', () => {
    expect(named('name', 'He left the Bank of England for Apollo 11 and met Ludwig van Beethoven.')).toEqual([
      'Bank of England',
      'Apollo 11',
      'Ludwig van Beethoven',
    ]);
  });

  it('keeps a name at the beginning of a sentence, and drops a word that only begins one', () => {
    expect(named('name', 'Caroline ran. Running helps. She likes running. The Beatles played! Wow, thanks.')).toEqual([
      'Caroline',
      'Beatles',
    ]);
  });

  it('leaves the possessive out', () => {
    expect(named('name', "I read Becky Chambers's novel at Melanie's.")).toEqual(['Becky Chambers', 'Melanie']);
  });

  it('takes neither dates nor numbers with units for names', () => {
    expect(named('name', 'On Monday, 7 May 2023 we ran 5 km in 25 min for $20.')).toEqual([]);
  });

  it('finds titles between quotes, and no quoted remark', () => {
    expect(named('title', 'We saw "The Grand Budapest Hotel" and she said "that was fun".')).toEqual([
      'The Grand Budapest Hotel',
    ]);
  });

  it('finds code however it is written', () => {
    const text = 'Call parseTime or load_config in rank.ts, see `npm run eval` and WorkingSet.';
    expect(named('code', text)).toEqual(['parseTime', 'load_config', 'rank.ts', 'npm run eval', 'WorkingSet']);
  });

  it('finds runs of words of content as phrases', () => {
    expect(named('phrase', 'we went to the pottery workshop with an old wooden kiln')).toEqual([
      'pottery workshop',
      'old wooden kiln',
    ]);
  });

  it('gives spans of the text, in order, without overlaps, for any text', () => {
    const word = fc.constantFrom(
      'Anna ',
      'of ',
      '"The End" ',
      '`x_y` ',
      'aB ',
      'J. R. ',
      'red kite ',
      "Bob's ",
      '\n',
      '7 km. ',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.array(word).map((words) => words.join('')),
        ),
        (text) => {
          let last = 0;
          for (const { text: name, start, end } of entitiesOf(text)) {
            expect(start).toBeGreaterThanOrEqual(last);
            expect(text.slice(start, end)).toBe(name);
            last = end;
          }
        },
      ),
    );
  });

  it('reads a long text in a time that grows with its length', () => {
    for (const text of ['Ab '.repeat(50_000), 'a_'.repeat(50_000), '"A'.repeat(50_000), 'x'.repeat(100_000)]) {
      const startedAt = performance.now();
      entitiesOf(text);
      expect(performance.now() - startedAt).toBeLessThan(3_000);
    }
  });
});

function named(kind: FoundKind, text: string): readonly string[] {
  return entitiesOf(text).flatMap((entity) => (entity.kind === kind ? [entity.text] : []));
}
