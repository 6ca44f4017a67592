import { expect, test } from 'vitest';
import { makeScope, may8, remembered } from '../../test/builders.ts';
import { folded } from './folded.ts';

function hit(text: string, speaker: string | null = null, eventAt = may8) {
  const { note, episode } = remembered(makeScope(), text, { episode: { speaker, eventAt } });
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

test.each([
  ['I have a temperature of 38.5', 'I have a temperature of 385'],
  ['It is 5 degrees', 'It is -5 degrees'],
  ['I like c', 'I like c++'],
  ['You are coming.', 'You are coming?'],
  ['The concert 👍', 'The concert 👎'],
  ['I do eat meat', 'I do not eat meat'],
  ['We met on 3 May 2023', 'We met on 5 May 2023'],
])('%s and %s are two', (one, other) => {
  expect(folded([hit(one), hit(other)]).times).toEqual([1, 1]);
});

test('a word that is counted from today says something else on another day', () => {
  const later = may8 + 3 * 24 * 3_600_000;
  expect(folded([hit('I like tea.'), hit('I like tea.', null, later)]).times).toEqual([2]);
  expect(folded([hit('I ran today.'), hit('I ran today.', null, later)]).times).toEqual([1, 1]);
  expect(folded([hit('I ran today.'), hit('I ran today!', null, may8 + 1)]).times).toEqual([2]);
});

test('what was folded before counts', () => {
  expect(folded([{ ...hit('I like tea.'), copies: 2 }, hit('I like tea')]).times).toEqual([4]);
});
