import { expect, test } from 'vitest';
import { makeScope, remembered } from '../../test/builders.ts';
import { folded } from './folded.ts';

function hit(text: string, speaker: string | null = null) {
  const { note, episode } = remembered(makeScope(), text, { episode: { speaker } });
  return { stored: { note, episode }, score: 1, explanation: null };
}

test('what says the same words is one hit, the best, with how many there are', () => {
  const hits = [hit('I like tea.'), hit('Tea, I like.'), hit('i LIKE  tea'), hit('I like coffee.')];
  const result = folded(hits);
  expect(result.hits).toEqual([hits[0], hits[1], hits[3]]);
  expect(result.times).toEqual([2, 1, 1]);
});

test('one word that differs may be what changed', () => {
  const long = 'This is a long text about where I live and what I do all day, namely in';
  expect(folded([hit(`${long} Lisbon.`), hit(`${long} Porto.`)]).hits).toHaveLength(2);
});

test('the same words of somebody else are an answer', () => {
  expect(folded([hit('I like tea.', 'Ana'), hit('I like tea!', 'Ben')]).hits).toHaveLength(2);
});

test('what has no words is the same when its signs are', () => {
  expect(folded([hit('🐙'), hit('🐙'), hit('!?')]).times).toEqual([2, 1]);
});
