import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { standingSentences } from './instructions.ts';

const kinds = (text: string) => standingSentences(text).map(({ kind }) => kind);

describe('standing sentences', () => {
  test.each([
    'Always answer in metric units.',
    'From now on, reply in Spanish.',
    'Never use emojis when you write to me.',
    'Please use metric.',
    'Call me Sam.',
    'You can call me Dr. Okafor from now on.',
    'When I ask about trains, give me the platform, too.',
    'Whenever I mention a deadline, remind me of the time zone.',
    'Please do not ever mention my sister.',
    'I want you to always show your sources.',
    'Include a table when I ask about prices.',
    'Keep your answers short from now on.',
    "Don't use jargon.",
    'In future, write dates as day, month, year.',
  ])('an order for all time is an instruction: %s', (text) => {
    expect(kinds(text)).toEqual(['instruction']);
  });

  test.each([
    'Always here to help!',
    'Never give up!',
    'Never say never!',
    'Never had a chance to visit it.',
    'I always include lemon in my tea.',
    'She never answers when I ask her.',
    'Call me back tomorrow.',
    'Can you call me when you arrive?',
    'When I asked about the train, he gave me a map.',
    'Please use the blue cup for this one.',
    'What does "always" mean?',
    'We have always lived in Porto.',
    'My manager told me to always use the side door.',
  ])('a habit, a saying, a story or a single wish is none: %s', (text) => {
    expect(kinds(text)).toEqual([]);
  });

  test('what an instruction is about is told apart', () => {
    expect(standingSentences('Always name the source when I ask about prices of flats.')).toEqual([
      {
        kind: 'instruction',
        text: 'Always name the source when I ask about prices of flats.',
        about: 'prices of flats',
      },
    ]);
    expect(standingSentences('Always answer in metric.')[0]?.about).toBeNull();
  });

  test('of a long sentence the clause that says what is preferred stands alone', () => {
    const text = "I'm packing for the trip, and I prefer trains over planes on short ways, so can you find me one?";
    expect(standingSentences(text)).toEqual([
      { kind: 'preference', text: 'I prefer trains over planes on short ways', about: null },
    ]);
    expect(kinds('Do you think I prefer it?')).toEqual([]);
    expect(kinds('It looks fine, just as I prefer, but it is late.')).toEqual([]);
  });

  test('every sentence is word for word in the text', () => {
    const parts = fc.constantFrom(
      'Always',
      'I prefer',
      'answer',
      'in metric',
      'when I ask',
      ',',
      '. ',
      '\n',
      'tea',
      '?',
    );
    fc.assert(
      fc.property(fc.array(parts, { maxLength: 30 }), (words) => {
        const text = words.join(' ');
        for (const sentence of standingSentences(text)) expect(text).toContain(sentence.text);
      }),
    );
  });

  test('a hostile text takes no long time', () => {
    const started = performance.now();
    for (const piece of ['when I ask ', 'I prefer ', 'always ', 'call me ', 'please do not ', 'in future, ']) {
      standingSentences(piece.repeat(2_000));
    }
    expect(performance.now() - started).toBeLessThan(1_000);
  });
});
