import { expect, test } from 'vitest';
import { tenseOf } from './tense.ts';

test.each([
  'What was the deadline originally?',
  'Where did Ann live before she moved to Bern?',
  'What was my daily quota at first?',
  'Who was my previous employer?',
  'Where did I use to work, I mean where I used to work?',
  'How has my view of the project changed?',
  'What is the history of my addresses?',
])('asks about what was: %s', (cue) => {
  expect(tenseOf(cue)).toBe('past');
});

test.each([
  'Where do I live now?',
  'What is my current quota?',
  'Does Ann still work at Acme?',
  'What is the latest version of my plan?',
])('asks about what is: %s', (cue) => {
  expect(tenseOf(cue)).toBe('present');
});

test.each(['What did Ann paint?', 'How many cards are in my gallery?', 'When did they meet?', ''])(
  'says neither: %s',
  (cue) => {
    expect(tenseOf(cue)).toBe('open');
  },
);

test('a long text is looked at in its beginning only', () => {
  const startedAt = performance.now();
  expect(tenseOf(`What is my quota? ${'what was '.repeat(30_000)}originally`)).toBe('open');
  expect(performance.now() - startedAt).toBeLessThan(200);
});
