import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { makeNoteId, makeScope, may8 } from '../../test/builders.ts';
import { newAnalyzer } from '../encoding/analyzer.ts';
import type { WorkingRow } from '../memory/store.ts';
import { analyseCue } from './cue.ts';
import type { CueTime } from './cue-time.ts';
import { eligibleSlots } from './eligible.ts';
import { newKinds } from './kinds.ts';
import { type Ranking, rank } from './rank.ts';
import { newScratch } from './scratch.ts';
import { signalWeights } from './weights.ts';
import type { WorkingSet } from './working-set.ts';
import { newWorkingSet } from './working-set-updates.ts';

const analyzer = newAnalyzer();
const kinds = newKinds(analyzer);

interface Said extends Partial<Omit<WorkingRow, 'keys'>> {
  readonly text: string;
}

function remembering(said: readonly Said[]): WorkingSet {
  const set = newWorkingSet(analyzer);
  said.forEach(({ text, ...row }, index) => {
    const eventAt = row.eventAt ?? may8 + index * 1_000;
    set.put({
      id: makeNoteId(),
      scope: makeScope(),
      order: index + 1,
      kind: 'episodic',
      state: 'active',
      version: 1,
      sessionId: null,
      speaker: null,
      role: null,
      eventAt,
      createdAt: eventAt,
      validAt: null,
      invalidAt: null,
      expiredAt: null,
      place: null,
      trust: 2,
      importance: 0.5,
      stability: 2,
      lastUsedAt: eventAt,
      isPinned: false,
      expiresAt: null,
      accesses: null,
      keys: analyzer.keys({ text, context: null, place: null, eventAt }),
      ...row,
    });
  });
  set.seal();
  return set;
}

/** One for all: what a search leaves in it would show in the next. */
const scratch = newScratch();

const dayMs = 24 * 3_600_000;

function asked(set: WorkingSet, text: string, limit = 10, times: readonly CueTime[] = []): Ranking {
  return rank({
    set,
    cue: analyseCue(text, analyzer, set),
    analyzer,
    kinds,
    eligible: eligibleSlots({ set, asOf: null, now: may8 * 2, includeArchived: false, passing: null }),
    similarities: new Map(),
    times,
    weights: signalWeights,
    limit,
    scratch,
  });
}

const found = (set: WorkingSet, text: string): readonly number[] => asked(set, text).hits.map(({ slot }) => slot);

const filler: readonly Said[] = [
  'The train to Bern was late again.',
  'My neighbour grows tomatoes on the balcony.',
  'We painted the kitchen yellow in spring.',
  'The dentist said everything was fine.',
].map((text) => ({ text }));

describe('copies', () => {
  test('the limit counts notes that differ, and what may be a copy comes along', () => {
    const set = remembering([
      { text: 'The grey cat sleeps.' },
      { text: 'The grey cat sleeps!' },
      { text: 'My cat is grey and fat.' },
      { text: 'Somebody has a cat.' },
    ]);
    const { hits, repeats } = asked(set, 'grey cat', 2);
    expect(repeats).toBe(true);
    expect(hits.map(({ slot }) => slot).sort()).toEqual([0, 1, 2]);
  });

  test('a thing said a thousand times leaves room for others', () => {
    const many = Array.from({ length: 1_000 }, () => ({ text: 'The grey cat.' }));
    const set = remembering([...many, { text: 'A cat that Ana has seen is as grey as the sky.' }, ...filler]);
    expect(found(set, 'grey cat')).toContain(1_000);
  });

  test('without copies there are as many hits as asked for', () => {
    const set = remembering([{ text: 'A cat.' }, { text: 'Cats are grey.' }, { text: 'The cat is old.' }]);
    expect(asked(set, 'cat', 2)).toMatchObject({ repeats: false, hits: { length: 2 } });
  });
});

describe('a time in the cue', () => {
  test('lifts what was said then, and nothing when there is none', () => {
    const said = (eventAt: number): Said => ({ text: 'We went camping by the lake.', eventAt });
    const set = remembering([said(may8), said(may8 + 40 * dayMs), said(may8 + 90 * dayMs), ...filler]);
    const times = [{ from: may8 + 30 * dayMs, until: may8 + 60 * dayMs, isRelative: false }];
    const { hits, signals } = asked(set, 'camping by the lake', 10, times);
    expect(hits[0]?.slot).toBe(1);
    expect(signals.find(({ name }) => name === 'interval')?.values[hits[0]?.position ?? -1]).toBe(1);
    const plain = asked(set, 'camping by the lake').signals.find(({ name }) => name === 'interval');
    expect(plain?.values.every((value) => value === 0)).toBe(true);
  });
});

describe('ranking', () => {
  test('a note with the words of the cue comes before notes without', () => {
    const set = remembering([...filler, { text: 'Minka is a grey cat that hates rain.' }]);
    expect(found(set, 'Which cat hates rain?')[0]).toBe(4);
  });

  test('a short answer is found by the question that was asked before it', () => {
    const inSession = { sessionId: 's1' };
    const set = remembering([
      ...filler,
      { text: 'Which instrument did your grandfather build?', speaker: 'Ann', ...inSession },
      { text: 'A harpsichord, out of pear wood.', speaker: 'Bob', ...inSession },
      { text: 'Harpsichord strings are brass.', speaker: 'Ann', sessionId: 's2' },
    ]);
    expect(found(set, "What did Bob's grandfather build?")[0]).toBe(5);
  });

  test('among people the one who is named is heard', () => {
    const set = remembering([
      { text: 'I went to Lisbon in June with my sister.', speaker: 'Ann', sessionId: 's1' },
      { text: 'I went to Lisbon in June with my sister.', speaker: 'Bob', sessionId: 's2' },
      ...filler,
    ]);
    expect(found(set, 'Did Bob go to Lisbon?')[0]).toBe(1);
    expect(found(set, 'Did Ann go to Lisbon?')[0]).toBe(0);
  });

  test('what the user said is wanted, unless the cue asks what the assistant said', () => {
    const text = 'The hotel in Porto with the blue tiles.';
    const set = remembering([
      { text, role: 'assistant', sessionId: 's1' },
      { text, role: 'user', sessionId: 's2' },
      ...filler,
    ]);
    expect(found(set, 'Which hotel in Porto do I like?')[0]).toBe(1);
    expect(found(set, 'Which hotel in Porto did you recommend?')[0]).toBe(0);
  });

  test('a standing instruction comes up when advice is asked, though it shares no word', () => {
    const set = remembering([
      { text: 'Always include version numbers when I ask about libraries.', role: 'user', sessionId: 's1' },
      ...filler.map((said): Said => ({ ...said, role: 'user', sessionId: 's2' })),
    ]);
    expect(found(set, 'How should I paint the kitchen?')).toContain(0);
  });

  test('a note that shares rare words with the best hit is brought to mind', () => {
    const set = remembering([
      { text: 'Transfiguration of Vincent is the third album by M. Ward.' },
      { text: 'Matthew Ward is a guitarist from Portland, Oregon.' },
      ...filler,
    ]);
    expect(found(set, 'Who made the album Transfiguration of Vincent?')).toEqual(expect.arrayContaining([0, 1]));
  });

  test('outside any conversation the note that begins with a name comes before those that mention it', () => {
    const set = remembering([
      { text: 'Halva Days is a record by Minka Oort, who wrote all of Halva Days with Minka Oort senior.' },
      { text: 'Minka Oort sings, paints and lives in a town near the sea with her many friends.' },
      ...filler,
    ]);
    expect(found(set, 'Who is Minka Oort?')[0]).toBe(1);
  });

  test('the note on what the best hit names comes before others that share a rare word with it', () => {
    const set = remembering([
      { text: 'The Minka Show\nThe Minka Show is a series, shown at night on Channel Zephyr.' },
      { text: 'Minka\nMinka is a grey cat that hates rain.' },
      { text: 'The shop\nA shop at the harbour sells the scarf that Zephyr wore, on a series of hooks.' },
      { text: 'Channel Zephyr\nChannel Zephyr was founded by two sisters.' },
      ...filler,
    ]);
    const best = found(set, 'The Minka Show is shown by whom, founded by which people?').slice(0, 2);
    expect(best.toSorted()).toEqual([0, 3]);
  });

  test('when several things are asked for, a session that is full of the words hides no other session', () => {
    const sayings = (sessionId: string, count: number): Said[] =>
      Array.from({ length: count }, (_, index) => ({
        text: `We talked about the books on shelf ${index} and the books of the week.`,
        speaker: 'Bob',
        sessionId,
      }));
    const set = remembering([
      ...sayings('s1', 9),
      { text: 'I finished reading a memoir about whales last night.', speaker: 'Ann', sessionId: 's2' },
      { text: 'It is raining here again.', speaker: 'Bob', sessionId: 's2' },
      ...filler.map((said): Said => ({ ...said, speaker: 'Bob', sessionId: 's3' })),
    ]);
    expect(found(set, 'What books has Ann read?')[0]).toBe(9);
    const { signals } = asked(set, 'What books has Ann read?');
    expect(signals.find(({ name }) => name === 'session')?.weight).toBe(0);
  });

  test('an order is answered with what was said, from all sessions, not with ten hits of one', () => {
    const session = (name: string, count: number): Said[] =>
      Array.from({ length: count }, (_, index) => ({
        text: `I am working on the garden plan, part ${name} ${index}.`,
        role: 'user',
        sessionId: name,
      }));
    const set = remembering([...session('one', 8), ...session('two', 8), ...session('three', 8), ...filler]);
    const { hits } = asked(set, 'In which order did I bring up the parts of my garden plan?', 3);
    expect(new Set(hits.map(({ slot }) => set.slots.session[slot])).size).toBe(3);
  });

  test('a score is the sum of its signals times its steps', () => {
    const set = remembering([
      ...filler.map((said): Said => ({ ...said, role: 'user', sessionId: 's1' })),
      { text: 'The kitchen should be green next spring.', role: 'user', sessionId: 's1' },
    ]);
    for (const cue of ['What colour is the kitchen?', 'Summarise the order in which I painted the kitchen.']) {
      const { hits, signals } = asked(set, cue);
      expect(hits.length).toBeGreaterThan(0);
      for (const { position, score, steps } of hits) {
        const sum = signals.reduce((total, { weight, values }) => total + weight * values[position]!, 0);
        expect(steps.reduce((product, { factor }) => product * factor, sum)).toBeCloseTo(score, 9);
      }
    }
  });

  test('every signal lies between 0 and 1, whatever was said and asked', () => {
    const word = fc.constantFrom(
      'cat',
      'rain',
      'always',
      'ask',
      'Bob',
      'paint',
      'recommend',
      'you',
      'order',
      '2024',
      '?',
    );
    const text = fc.array(word, { minLength: 1, maxLength: 12 }).map((words) => words.join(' '));
    const said = fc.record({
      text,
      role: fc.constantFrom('user' as const, 'assistant' as const, null),
      speaker: fc.constantFrom('Ann', 'Bob', null),
      sessionId: fc.constantFrom('s1', 's2', null),
    });
    fc.assert(
      fc.property(fc.array(said, { maxLength: 12 }), text, (notes, cue) => {
        const { signals } = asked(remembering(notes), cue);
        for (const { values } of signals) {
          for (const value of values) expect(value >= 0 && value <= 1 + 1e-9).toBe(true);
        }
      }),
      { numRuns: 60 },
    );
  });

  test('the same question of the same memory has the same answer', () => {
    const set = remembering([...filler, ...filler, ...filler]);
    expect(found(set, 'the late train and the tomatoes')).toEqual(found(set, 'the late train and the tomatoes'));
  });

  test.each(['"', '*', 'NEAR(train, late)', "'; DROP TABLE notes; --", '🚂', '\u0000', '(((', 'a AND', '^', ''])(
    'a cue is only ever words: %j',
    (cue) => {
      const set = remembering([...filler, { text: 'Choo choo 🚂 NEAR the "late" train' }]);
      expect(() => found(set, cue)).not.toThrow();
    },
  );

  test('c++ and emoji are words that find what has them', () => {
    const set = remembering([
      ...filler,
      { text: 'I write C++ at work.' },
      { text: 'What a day 🚂' },
      { text: 'Plan C it is.' },
    ]);
    expect(found(set, 'c++')[0]).toBe(4);
    expect(found(set, '🚂')[0]).toBe(5);
  });

  test('a cue of 20,000 words is answered by its rarest', () => {
    const set = remembering([...filler, { text: 'The password of the zeppelin is heliotrope.' }]);
    const cue = `${'train kitchen neighbour dentist '.repeat(5_000)} zeppelin heliotrope`;
    expect(found(set, cue)).toContain(4);
  });
});
