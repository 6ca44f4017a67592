import { describe, expect, it, test } from 'vitest';
import { makeScope, may8, remembered } from '../../test/builders.ts';
import type { Episode } from '../memory/episode.ts';
import { extractClaims } from './extract-claims.ts';

describe('extractClaims', () => {
  test.each([
    ['The capital of Belavia is Corford.', 'Belavia | capital | Corford'],
    ['Ines Hollis is married to Hugo Umber.', 'Ines Hollis | spouse | Hugo Umber'],
    ['The name of the current head of state in Belavia is Vera Quayle.', 'Belavia | head of state | Vera Quayle'],
    ['The university where Leif Jessop was educated is Kelburg College.', 'Leif Jessop | education | Kelburg College'],
    ['Zorblatt is allied with the guild of Menders.', 'Zorblatt | allied with the guild of | Menders'],
  ])('reads the listed fact %j', (fact, expected) => {
    expect(read(`3. ${fact}\n4. Filler was founded by Nobody.`)[0]).toBe(expected);
  });

  test.each([
    ['I live in Paris.', ['user | residence | Paris']],
    ['I just moved to Rome with my wife.', ['user | residence | Rome']],
    ['I no longer live in Paris.', ['user | residence | not Paris']],
    ['My daily quota is now 1,200.', ['user | daily quota | 1,200']],
    ['My sister Ann works at Acme.', ['user | sister | Ann', 'Ann | employer | Acme']],
    ['My budget is $5,000, not $4,000.', ['user | budget | $5,000', 'user | budget | not $4,000']],
    ["I don't like coffee any more.", ['user | likes | not coffee']],
    ['I have a dog named Rex.', ['user | dog | Rex']],
    [
      'We changed our meeting day from Monday to Thursday.',
      ['user | meeting day | not Monday', 'user | meeting day | Thursday'],
    ],
    ['Melanie lives in Denver. She works for Boeing.', ['Melanie | residence | Denver', 'Melanie | employer | Boeing']],
    ['I have been based in Oslo since May.', ['user | residence | Oslo']],
    ['I grew up in Ohio but live in Denver now.', ['user | hometown | Ohio', 'user | residence | Denver']],
    ['I love Porto, where I live now.', ['user | likes | Porto', 'user | residence | Porto']],
    [
      'I work remotely as a data analyst for Initech.',
      ['user | employer | Initech', 'user | occupation | data analyst'],
    ],
    ['We started working at Acme last spring.', ['user | employer | Acme']],
    ['Ann quit Acme and joined Boeing.', ['Ann | employer | not Acme', 'Ann | employer | Boeing']],
    ['My boss, Carla, wants the slides.', ['user | boss | Carla']],
    ['Ann and Bob got married.', ['Ann | spouse | Bob', 'Bob | spouse | Ann']],
    ['I speak Spanish and a bit of Dutch.', ['user | language | Spanish', 'user | language | Dutch']],
    ['They extended my project deadline to May 27.', ['user | project deadline | May 27']],
    ['I just bought a used Honda Civic last week.', ['user | possession | used Honda Civic']],
    ['We are moving to Lisbon in March.', ['user | plan | move to Lisbon in March']],
    ['Can you suggest a toy for my dog Rex?', ['user | dog | Rex']],
    ['I live in Oslo, can you recommend a gym?', ['user | residence | Oslo']],
  ])('reads %j', (text, expected) => {
    expect(read(text)).toEqual(expected);
  });

  test.each([
    'If I lived in Rome, I would be happy.',
    'Do you live in Rome?',
    'I wish I lived in Rome.',
    'Maybe I live in the wrong city.',
    'I think I work at Acme in that dream.',
    'She said that I live in Rome.',
    'When I lived in Rome I worked for Acme.',
    'I would love to work for Acme.',
    'How do I tell Ann that I moved to Rome?',
    'I loved the way you sang.',
    'Tom said "I live in Rome now" and laughed.',
    'Thanks, that sounds great!',
  ])('claims nothing from %j', (text) => {
    expect(read(text)).toEqual([]);
  });

  it('claims nothing of what an assistant says', () => {
    expect(read('I live in Paris.', { role: 'assistant' })).toEqual([]);
  });

  it('speaks of a speaker by name', () => {
    expect(read('I live in Paris.', { speaker: 'Ann' })).toEqual(['Ann | residence | Paris']);
  });

  it('dates a claim by the past time that its sentence names', () => {
    const { episode, note } = remembered(makeScope(), 'I moved to Rome last week.');
    const times = [{ text: 'last week', from: may8 - 9 * 86_400_000, until: may8 - 2 * 86_400_000 }];
    expect(extractClaims({ episode, note }, { times, turnBefore: null })[0]?.validAt).toBe(may8 - 9 * 86_400_000);
  });

  it('takes time that grows with the text and no faster', () => {
    const text = 'I said that we and my of the is was to '.repeat(1_500);
    const startedAt = performance.now();
    read(text);
    expect(performance.now() - startedAt).toBeLessThan(2_000);
  });
});

function read(text: string, episode: Partial<Episode> = {}): string[] {
  return extractClaims(remembered(makeScope(), text, { episode }), { times: [], turnBefore: null }).map(
    ({ subject, attribute, value, polarity }) =>
      `${subject} | ${attribute} | ${polarity === 'negative' ? 'not ' : ''}${value}`,
  );
}
