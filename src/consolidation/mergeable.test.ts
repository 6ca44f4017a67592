import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { makeClaim, makeEpisode, makeNote, may8 } from '../../test/builders.ts';
import type { Episode } from '../memory/episode.ts';
import type { Note } from '../memory/note.ts';
import type { StoredNote } from '../memory/store.ts';
import { type EventTimes, newEventTimes } from './event-times.ts';
import { mergeable } from './mergeable.ts';

const day = 86_400_000;

describe('mergeable', () => {
  test('keeps 200 pairs apart that look alike and do not say the same', async () => {
    const timesOf = await newEventTimes();
    const pairs = lookAlikes();
    expect(new Set(pairs.map(([one, other]) => `${one.note.text}\n${other.note.text}`)).size).toBeGreaterThan(150);
    expect(pairs).toHaveLength(200);
    expect(merged(pairs, timesOf)).toEqual([]);
  });

  test('keeps them apart inside long texts too, where all else is the same', async () => {
    const timesOf = await newEventTimes();
    // The last two kinds lean on the turn before them, which a long text does not.
    const pairs = lookAlikes()
      .slice(0, 190)
      .map(([one, other]): Pair => [inLong(one), inLong(other)]);
    expect(merged(pairs, timesOf)).toEqual([]);
  });

  test('takes 200 pairs for one that say the same in other dress', async () => {
    const timesOf = await newEventTimes();
    const pairs = sameSaid();
    expect(pairs).toHaveLength(200);
    const refused = pairs.filter(([one, other]) => mergeable(one, other, timesOf) === null);
    expect(refused.map(textsOf)).toEqual([]);
  });

  test('takes a long text for the same when only a linking word differs', async () => {
    const timesOf = await newEventTimes();
    const [one, other] = [said(`I think that ${long}`), said(`I think ${long}`)];
    expect(mergeable(one, other, timesOf)).toBeGreaterThan(0.97);
    expect(mergeable(said('I think that Ines likes trains.'), said('I think Ines likes trains.'), timesOf)).toBeNull();
  });

  test('is of what is the same besides the words', async () => {
    const timesOf = await newEventTimes();
    const text = 'Minka the cat prefers tuna over salmon.';
    const claim = makeClaim({ value: 'tuna' });
    const others: readonly StoredNote[] = [
      said(text, { speaker: 'Boris' }),
      said(text, { role: 'assistant' }),
      said(text, { place: 'Oslo' }),
      said(text, {}, { trust: 1 }),
      said(text, {}, { state: 'archived' }),
      said(text, {}, { isPinned: true }),
      said(text, {}, { tags: ['vet'] }),
      said(text, {}, { metadata: { source: 'diary' } }),
      said(text, {}, { invalidAt: may8 }),
      said(text, {}, { kind: 'semantic' }),
      said(text, {}, { claim }),
    ];
    const one = said(text, {}, { expiresAt: may8 + day });
    expect(others.map((other) => mergeable(one, other, timesOf))).toEqual(others.map(() => null));
    expect(mergeable(one, said(text), timesOf)).toBeNull();
    expect(mergeable(said(text), one, timesOf)).toBe(1);
    expect(mergeable(said(text, {}, { claim }), said(text, {}, { claim: { ...claim } }), timesOf)).toBe(1);
  });

  test('does not depend on which text is the earlier one', async () => {
    const timesOf = await newEventTimes();
    const words = fc.constantFrom(
      'not',
      'Ines',
      'Oslo',
      '3',
      '4',
      'likes',
      'The',
      'really',
      'trains',
      '?',
      'May',
      'may',
    );
    const texts = fc.array(words, { minLength: 1, maxLength: 9 }).map((some) => some.join(' '));
    fc.assert(
      fc.property(texts, texts, (one, other) => {
        const there = mergeable(said(one), said(other), timesOf);
        expect(mergeable(said(other), said(one), timesOf)).toBe(there);
      }),
    );
  });

  test('holds for any text with its own copy, however it is cased and spaced, once it says enough by itself', async () => {
    const timesOf = await newEventTimes();
    const words = fc.constantFrom('Ines', 'likes', 'trains', 'green', 'tea', 'with', 'lemon', 'in', 'Lisbon', '12');
    fc.assert(
      fc.property(fc.array(words, { minLength: 4, maxLength: 20 }), (some) => {
        const [one, other] = [some.join(' '), `  ${some.join('  ').toLowerCase()}.`];
        expect(mergeable(said(one), said(other), timesOf)).toBe(1);
      }),
    );
  });

  test('never holds when a number, a name or a "not" is put in', async () => {
    const timesOf = await newEventTimes();
    const words = fc.constantFrom('Ines', 'likes', 'trains', 'green', 'tea', 'with', 'lemon', 'in', 'Lisbon', 'every');
    const put = fc.constantFrom('7', 'not', 'never', 'Boris', 'Monday', '$', 'no', 'without');
    fc.assert(
      fc.property(fc.array(words, { minLength: 4, maxLength: 120 }), put, fc.nat(), (some, more, at) => {
        const index = at % (some.length + 1);
        const other = [...some.slice(0, index), more, ...some.slice(index)];
        expect(mergeable(said(some.join(' ')), said(other.join(' ')), timesOf)).toBeNull();
      }),
    );
  });
});

type Pair = readonly [StoredNote, StoredNote];

function merged(pairs: readonly Pair[], timesOf: EventTimes): readonly string[] {
  return pairs.filter(([one, other]) => mergeable(one, other, timesOf) !== null).map(textsOf);
}

function textsOf([one, other]: Pair): string {
  return `${one.note.text} | ${other.note.text}`;
}

function said(text: string, of: Partial<Episode> = {}, and: Partial<Note> = {}): StoredNote {
  const episode = makeEpisode({ text, speaker: 'Alma', role: 'user', sessionId: 'one', ...of });
  return { note: makeNote({ kind: 'episodic', text, sources: [episode.id], ...and }), episode };
}

const long =
  'the long walk along the river with the children and the two old dogs is what I like best about a slow weekend at home, ' +
  'because nobody has to be anywhere and the bakery near the bridge sells warm bread with seeds until noon';

function inLong({ note, episode }: StoredNote): StoredNote {
  const text = `About ${long}. ${note.text}`;
  return { note: { ...note, text }, episode: episode === null ? null : { ...episode, text } };
}

const people = ['Ines', 'Magnus', 'Yuki', 'Carla', 'Tomas'];
const cities = ['Lisbon', 'Oslo', 'Kyoto', 'Turin', 'Quito'];
const foods = ['ramen', 'lentil soup', 'rye bread', 'mango rice', 'dumplings'];

/** Five pairs of each of 40 kinds of difference. */
function lookAlikes(): readonly Pair[] {
  const pair = (one: string, other: string): Pair => [said(one), said(other)];
  const later = (text: string): Pair => [said(text), said(text, { eventAt: may8 + 9 * day, sessionId: 'two' })];
  const kinds: readonly ((person: string, city: string, food: string, at: number) => Pair)[] = [
    (person, _city, _food, at) =>
      pair(`${person} ran ${at + 5} km in the park.`, `${person} ran ${at + 6} km in the park.`),
    (person) => pair(`${person} has two sisters and a dog.`, `${person} has three sisters and a dog.`),
    (person, _c, _f, at) => pair(`${person} pays $${at}50 for the flat.`, `${person} pays $${at}60 for the flat.`),
    (person, _c, _f, at) => pair(`${person} pays $${at}50 for the flat.`, `${person} pays €${at}50 for the flat.`),
    (_p, city, _f, at) => pair(`The flight to ${city} is at 7:${at}5.`, `The flight to ${city} is at 7:${at}6.`),
    (_p, city) => pair(`The flight to ${city} is at 7 am.`, `The flight to ${city} is at 7 pm.`),
    (_p, city, _f, at) =>
      pair(`My lease in ${city} ends on ${at + 3} March.`, `My lease in ${city} ends on ${at + 3} May.`),
    (_p, city, _f, at) => pair(`We moved to ${city} in 201${at}.`, `We moved to ${city} in 202${at}.`),
    (person) => pair(`${person} has piano lessons on Tuesday.`, `${person} has piano lessons on Thursday.`),
    (person, city) => pair(`${person} works at a bank in ${city}.`, `Piotr works at a bank in ${city}.`),
    (person, city) => pair(`My cousin ${person} lives in ${city}.`, `My cousin ${person} lives in Perth.`),
    (person, _c, food) => pair(`${person} likes ${food} a lot.`, `${person} does not like ${food} a lot.`),
    (person, _c, food) => pair(`${person} can eat ${food} again.`, `${person} cannot eat ${food} again.`),
    (person, _c, food) => pair(`${person} always orders ${food} here.`, `${person} never orders ${food} here.`),
    (person, city) => pair(`${person} still lives in ${city} now.`, `${person} no longer lives in ${city} now.`),
    (person, _c, food) => pair(`I like ${food} with ${person}.`, `I don't like ${food} with ${person}.`),
    (person, city) => pair(`${person} sent Ruth a card from ${city}.`, `Ruth sent ${person} a card from ${city}.`),
    (_p, city) => pair(`The train goes from ${city} to Cork.`, `The train goes from Cork to ${city}.`),
    (person) => pair(`${person} bought a blue bicycle for work.`, `${person} bought a red bicycle for work.`),
    (person) => pair(`${person} takes tea before dinner.`, `${person} takes tea after dinner.`),
    (person, _c, food) => pair(`${person} orders ${food} with nuts.`, `${person} orders ${food} without nuts.`),
    (person) => pair(`${person} may come to the party.`, `${person} will come to the party.`),
    (person, city) => pair(`${person} lives in ${city} these days.`, `${person} lived in ${city} these days.`),
    (person, city) => pair(`${person} is moving to ${city}.`, `Is ${person} moving to ${city}?`),
    (person, city) => pair(`${person} is moving to ${city}.`, `${person} is moving to ${city}?`),
    (person, city) =>
      pair(`${person} will visit ${city} if it rains.`, `${person} will visit ${city} unless it rains.`),
    (person) => pair(`${person} walks 5 miles every morning.`, `${person} walks 5 kilometres every morning.`),
    (person) => pair(`He told ${person} about the exam.`, `She told ${person} about the exam.`),
    (person) => pair(`My brother helps ${person} with the garden.`, `My sister helps ${person} with the garden.`),
    (person) => pair(`${person} loves the Polish shoes best.`, `${person} loves the polish shoes best.`),
    (person, _c, _f, at) =>
      pair(`${person}'s file is notes${at}.txt for now.`, `${person}'s file is notes${at}.csv for now.`),
    (person) => pair(`${person} owns most of the shop.`, `${person} owns all of the shop.`),
    (person) => pair(`Only ${person} knows the code word.`, `${person} knows the code word.`),
    (person) => pair(`${person} lost -5 points in the game.`, `${person} lost 5 points in the game.`),
    (person) => pair(`${person} is not really fond of jazz.`, `${person} is not fond of jazz.`),
    (person, city) => later(`I had lunch with ${person} in ${city}.`),
    (person, city) => later(`${person} flies to ${city} tomorrow.`),
    (person) => later(`I just met ${person} at the gym.`),
    (person, _c, food) => later(`It tastes like the ${food} of ${person}.`),
    (person, city) => later(`Yes, ${person} would love ${city} too.`),
  ];
  return kinds.flatMap((make) => people.map((person, at) => make(person, cities[at] ?? '', foods[at] ?? '', at + 1)));
}

/** Ten dresses of 20 statements, worn again days later. */
function sameSaid(): readonly Pair[] {
  const statements = people.flatMap((person, at) => [
    `${person} doesn't eat meat and is allergic to peanuts.`,
    `My favourite food is ${foods[at]} with three kinds of pickles.`,
    `I'm planning to study law in ${cities[at]} because I love arguing.`,
    `${person} earns 48,500 euros a year and lives in ${cities[at]}.`,
  ]);
  const dresses: readonly ((text: string) => string)[] = [
    (text) => text,
    (text) => text.toLowerCase(),
    (text) => text.toUpperCase(),
    (text) => text.replace(/\.$/, '!!'),
    (text) => `  ${text.replaceAll(' ', '  ')}\n`,
    (text) => `Well, ${text}`,
    (text) =>
      text.replace("doesn't", 'does not').replace("I'm", 'I am').replace('three', '3').replace('48,500', '48500'),
    (text) => text.replaceAll("'", '\u2019').replace('favourite', 'favorite').replace('48,500', '48500'),
    (text) => text.replace('is allergic', 'is really allergic').replace('I love', 'I absolutely love'),
    (text) => `${text.replace(/\.$/, '')}, by the way.`,
  ];
  return statements.flatMap((text) =>
    dresses.map(
      (dress, at): Pair => [said(text), said(dress(text), { eventAt: may8 + at * 3 * day, sessionId: `later-${at}` })],
    ),
  );
}
