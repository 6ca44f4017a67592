import { describe, expect, it } from 'vitest';
import { allEligible, analyzer, type Said, workingSetOf } from '../../test/working-set-of.ts';
import type { SequenceKind } from '../memory/sequence.ts';
import { type SequenceAnswer, sequenceAnswer } from './sequence.ts';
import { sequenceQuestion } from './sequence-question.ts';

const dayMs = 86_400_000;
const start = Date.UTC(2024, 0, 1, 9);

function answerTo(cue: string, said: readonly Said[]): SequenceAnswer | null {
  const set = workingSetOf(said);
  return sequenceAnswer(cue, { set, analyzer, eligible: allEligible(set) });
}

const told: readonly Said[] = [
  { text: 'We moved to a flat in Lisbon.', at: start + 20 * dayMs, session: 'b', speaker: 'Alice' },
  { text: 'I adopted a grey cat called Minka.', at: start, session: 'a', speaker: 'Alice' },
  { text: 'She broke the blue vase already.', at: start, session: 'a', speaker: 'Alice' },
  { text: 'I ran a marathon in Porto.', at: start + 50 * dayMs, session: 'c', speaker: 'Bob' },
];

describe('a question about order', () => {
  it.each<[string, SequenceKind, readonly string[]]>([
    ['Which came first, the wedding or the trip to Rome?', 'which_first', ['the wedding', 'the trip to Rome']],
    ['Which happened first: my promotion or moving house?', 'which_first', ['my promotion', 'moving house']],
    ['what was first the wedding or the trip?', 'which_first', ['the wedding', 'the trip']],
    ['Between the wedding and the trip, which came first?', 'which_first', ['the wedding', 'the trip']],
    ['The wedding or the trip: which was more recent?', 'which_last', ['The wedding', 'the trip']],
    ['Did I visit Rome or adopt the cat first?', 'which_first', ['visit Rome', 'adopt the cat']],
    ['In which order did the wedding and the trip happen?', 'which_first', ['the wedding', 'the trip']],
    ['Did the wedding happen before the trip?', 'is_before', ['the wedding', 'the trip']],
    ['Did I visit Rome long before I adopted the cat?', 'is_before', ['visit Rome', 'adopted the cat']],
    ['Was the wedding after the trip took place?', 'is_after', ['the wedding', 'the trip']],
    ['Is it true that the wedding came later than the trip?', 'is_after', ['the wedding', 'the trip']],
    ['What happened right before the wedding?', 'just_before', ['the wedding']],
    ['What happened after I told you about the wedding?', 'just_after', ['the wedding']],
    ['What did Alice do immediately after the wedding?', 'just_after', ['the wedding']],
    ['What followed the wedding?', 'just_after', ['the wedding']],
    ['How long between the wedding and the trip?', 'elapsed', ['the wedding', 'the trip']],
    ['How many days passed between when I met Ann and when I flew to Rome?', 'elapsed', ['met Ann', 'flew to Rome']],
    ['How much time was there from the wedding to the trip?', 'elapsed', ['the wedding', 'the trip']],
    ['How many weeks after the wedding did the trip happen?', 'elapsed', ['the wedding', 'the trip']],
    ['When was the first time I went to Rome?', 'first_time', ['went to Rome']],
    ['When did Alice last visit Rome?', 'last_time', ['Alice visit Rome']],
  ])('is taken apart: %s', (cue, kind, parts) => {
    const question = sequenceQuestion(cue);
    expect(question?.kind).toBe(kind);
    expect(question?.readings).toContainEqual(parts);
  });

  it.each([
    'Which book did Alice recommend?',
    'What was the first movie I watched or read about?',
    'When did Nate win his first video game tournament?',
    'How many more problems did I solve between the two quizzes?',
    'How long have I had the cat?',
    'Did I mention it before?',
    'Tell me about the wedding.',
    '',
  ])('is not seen in another: %s', (cue) => {
    expect(sequenceQuestion(cue)).toBeNull();
  });

  it('is read in no time, however it is made', () => {
    const before = performance.now();
    for (const piece of [' or ', ' before ', 'which ', ' first', ' and the ', ', ', ' between ', 'when ']) {
      for (const head of ['which came first, ', 'did ', 'how long between ', 'when was the first time ']) {
        sequenceQuestion(head + piece.repeat(Math.floor(900 / piece.length)));
      }
    }
    expect(sequenceQuestion(`which came first, ${'x or '.repeat(100_000)}`)).toBeNull();
    expect(performance.now() - before).toBeLessThan(2_000);
  });

  it('is answered by when things happened, not by when they were told', () => {
    expect(answerTo('Which came first, the move to Lisbon or adopting the grey cat?', told)).toMatchObject({
      answer: 'second',
      episodes: [
        { slot: 0, at: start + 20 * dayMs },
        { slot: 1, at: start },
      ],
      abstained: null,
    });
    expect(answerTo('Did Bob run the marathon before we moved to Lisbon?', told)?.answer).toBe('no');
    expect(answerTo('How long between adopting the grey cat and the move to Lisbon?', told)?.answer).toEqual({
      elapsedMs: 20 * dayMs,
    });
  });

  it('is answered by arrival where turns of one session have one time', () => {
    expect(answerTo('Did the vase break before I adopted the cat?', told)?.answer).toBe('no');
    expect(
      answerTo('What happened right after I adopted the grey cat?', told)?.episodes.map(({ slot }) => slot),
    ).toEqual([1, 2]);
  });

  it('goes on to the next session at the end of one', () => {
    expect(answerTo('What happened right after the blue vase broke?', told)?.episodes.map(({ slot }) => slot)).toEqual([
      2, 0,
    ]);
    expect(answerTo('What happened right before I adopted the grey cat?', told)?.abstained).toBe('no_neighbour');
  });

  it('does not take one person for another', () => {
    expect(answerTo('Did Alice run the marathon before the move to Lisbon?', told)?.abstained).toBe('not_recognised');
  });

  it('does not take an assistant’s echo for a second event', () => {
    const chat: readonly Said[] = [
      { text: 'I adopted a grey cat.', session: 'a', role: 'user', at: start },
      { text: 'Congratulations on adopting a grey cat!', session: 'a', role: 'assistant', at: start + 1 },
      { text: 'I ran a marathon.', session: 'b', role: 'user', at: start - dayMs },
    ];
    expect(answerTo('Which came first, adopting the grey cat or the marathon?', chat)?.answer).toBe('second');
  });

  it('is not answered where the question contradicts the order', () => {
    expect(answerTo('How long after the move to Lisbon did I adopt the grey cat?', told)?.abstained).toBe(
      'order_contradicted',
    );
  });

  it('is not answered where both parts are one episode', () => {
    expect(answerTo('Which came first, adopting the cat or the cat called Minka?', told)?.abstained).toBe(
      'same_episode',
    );
  });

  it('sees neither what may not be returned nor what is no episode', () => {
    const set = workingSetOf([...told, { text: 'Bob went diving in Crete.', kind: 'semantic', at: start }]);
    const eligible = allEligible(set);
    const cue = 'Which came first, the move to Lisbon or adopting the grey cat?';
    expect(sequenceAnswer('Did I go diving in Crete before the move?', { set, analyzer, eligible })?.abstained).toBe(
      'not_recognised',
    );
    eligible[0] = 0;
    expect(sequenceAnswer(cue, { set, analyzer, eligible })?.abstained).toBe('not_recognised');
  });
});

describe('1,200 generated questions about order', () => {
  const random = newRandom(20_240_508);
  const worlds = Array.from({ length: 30 }, () => newWorld(random));
  const outcomes = worlds.flatMap((world) =>
    Array.from({ length: 40 }, () => {
      const asked = ask(world, random);
      return { ...asked, given: sequenceAnswer(asked.cue, { set: world.set, analyzer, eligible: world.eligible }) };
    }),
  );

  it('are all understood', () => {
    expect(outcomes.filter(({ given, kind }) => given?.kind !== kind).map(({ cue }) => cue)).toEqual([]);
  });

  it('are all answered right when each part means one episode told', () => {
    const answerable = outcomes.filter(({ expected }) => expected !== null);
    expect(answerable.length).toBeGreaterThan(500);
    const wrong = answerable.filter(
      ({ given, expected, slots }) =>
        given === null ||
        given.abstained !== null ||
        JSON.stringify(given.answer) !== JSON.stringify(expected?.answer) ||
        given.episodes.map(({ slot }) => slot).join() !== slots.join(),
    );
    expect(wrong.map(({ cue, given, expected }) => ({ cue, given, expected }))).toEqual([]);
  });

  it('are never answered when a part was not told, or more than once', () => {
    const unanswerable = outcomes.filter(({ expected }) => expected === null);
    expect(unanswerable.length).toBeGreaterThan(300);
    expect(unanswerable.filter(({ given }) => given?.abstained === null).map(({ cue }) => cue)).toEqual([]);
    expect(new Set(unanswerable.map(({ given }) => given?.abstained))).toEqual(
      new Set(['not_recognised', 'ambiguous']),
    );
  });
});

interface Event {
  /** "adopted", "adopt", "adopting". */
  readonly verb: readonly [string, string, string];
  readonly thing: string;
}

interface World {
  readonly set: ReturnType<typeof workingSetOf>;
  readonly eligible: Uint8Array;
  /** Slots of events told once. */
  readonly once: readonly { readonly event: Event; readonly slot: number }[];
  /** Told twice, so that neither is meant. */
  readonly twice: readonly Event[];
  readonly untold: readonly Event[];
  /** Slots from the first to the last, by an order of its own making. */
  readonly timeline: readonly number[];
  readonly at: (slot: number) => number;
  readonly sessionOf: (slot: number) => string;
}

const verbs: readonly Event['verb'][] = [
  ['adopted', 'adopt', 'adopting'],
  ['painted', 'paint', 'painting'],
  ['repaired', 'repair', 'repairing'],
  ['visited', 'visit', 'visiting'],
  ['ordered', 'order', 'ordering'],
  ['planted', 'plant', 'planting'],
  ['watched', 'watch', 'watching'],
  ['borrowed', 'borrow', 'borrowing'],
];
const kinds =
  'bicycle kitchen violin castle lamp telescope garden carpet sailboat piano greenhouse museum teapot cabin tent mirror'.split(
    ' ',
  );
const qualities = 'crimson wooden ancient silver Norwegian broken enormous striped portable haunted'.split(' ');
const idle = [
  'How was your day otherwise?',
  'Nothing much, the weather is fine.',
  'That sounds lovely.',
  'I slept badly again.',
  'Shall we talk about dinner?',
];

/** Sessions that arrive out of order, some of whose turns share one time. */
function newWorld(random: () => number): World {
  const events = shuffled(
    kinds.flatMap((kind) =>
      qualities.map((quality): Event => ({ verb: pick(verbs, random), thing: `${quality} ${kind}` })),
    ),
    random,
  );
  const onceEvents = events.slice(0, 24);
  const twice = events.slice(24, 28);
  const untold = events.slice(28, 60);
  const utterances = shuffled(
    [...onceEvents, ...twice, ...twice].map((event) => `I ${event.verb[0]} the ${event.thing}.`),
    random,
  );
  const sessions: Said[][] = [];
  for (let session = 0; utterances.length > 0; session += 1) {
    const at = start + Math.floor(random() * 300) * dayMs;
    const stepMs = pick([0, 0, 1_000, 60_000], random);
    const turns: Said[] = [];
    for (let turn = 0; turn < 5; turn += 1) {
      const text = random() < 0.3 ? pick(idle, random) : (utterances.pop() ?? pick(idle, random));
      turns.push({ text, at: at + turn * stepMs, session: `s${session}` });
    }
    sessions.push(turns);
  }
  // Two sessions in which everything has one time: which began first is then which arrived first.
  const said = shuffled(sessions, random).flat();
  // Turns arrive out of order, too, where their times tell the order.
  for (let index = 1; index < said.length; index += 1) {
    const [before, here] = [said[index - 1]!, said[index]!];
    if (before.session === here.session && before.at !== here.at && random() < 0.3) {
      said[index - 1] = here;
      said[index] = before;
    }
  }
  const begins = new Map<string, readonly [number, number]>();
  for (const [slot, { session = '', at = 0 }] of said.entries()) {
    const known = begins.get(session ?? '');
    if (known === undefined || at < known[0]) begins.set(session ?? '', [at, slot]);
  }
  const keyOf = (slot: number): readonly number[] => {
    const { at = 0, session } = said[slot]!;
    return [at, ...(begins.get(session ?? '') ?? []), slot];
  };
  const timeline = said.map((_, slot) => slot).sort((a, b) => compareKeys(keyOf(a), keyOf(b)));
  const set = workingSetOf(said);
  const slotOf = (event: Event): number => said.findIndex(({ text }) => text.includes(`the ${event.thing}.`));
  return {
    set,
    eligible: allEligible(set),
    once: onceEvents.map((event) => ({ event, slot: slotOf(event) })),
    twice,
    untold,
    timeline,
    at: (slot) => said[slot]!.at ?? 0,
    sessionOf: (slot) => said[slot]!.session ?? '',
  };
}

interface Asked {
  readonly cue: string;
  readonly kind: SequenceKind;
  readonly expected: { readonly answer: SequenceAnswer['answer'] } | null;
  readonly slots: readonly number[];
}

type Template = readonly [SequenceKind, (x: Event, y: Event) => string];

const past = ({ verb, thing }: Event): string => `I ${verb[0]} the ${thing}`;
const base = ({ verb, thing }: Event): string => `${verb[1]} the ${thing}`;
const doing = ({ verb, thing }: Event): string => `${verb[2]} the ${thing}`;

const templates: readonly Template[] = [
  ['which_first', (x, y) => `Which came first, ${doing(x)} or ${doing(y)}?`],
  ['which_first', (x, y) => `Which happened first: when ${past(x)} or when ${past(y)}?`],
  ['which_first', (x, y) => `Did I ${base(x)} or ${base(y)} first?`],
  ['which_first', (x, y) => `What did I do earlier, ${base(x)} or ${base(y)}?`],
  ['which_first', (x, y) => `Between ${doing(x)} and ${doing(y)}, which was first?`],
  ['which_first', (x, y) => `hey, do you remember which of these came first - ${doing(x)} or ${doing(y)}`],
  ['which_last', (x, y) => `Which was more recent, ${doing(x)} or ${doing(y)}?`],
  ['which_last', (x, y) => `Which event happened last: ${doing(x)} or ${doing(y)}?`],
  ['is_before', (x, y) => `Did I ${base(x)} before I ${y.verb[0]} the ${y.thing}?`],
  ['is_before', (x, y) => `Did ${doing(x)} happen before ${doing(y)}?`],
  ['is_before', (x, y) => `Is it true that ${past(x)} earlier than ${past(y)}?`],
  ['is_before', (x, y) => `Had I already ${x.verb[0]} the ${x.thing} some time before ${doing(y)}?`],
  ['is_after', (x, y) => `Did I ${base(x)} after ${doing(y)}?`],
  ['is_after', (x, y) => `Was ${doing(x)} later than ${doing(y)}?`],
  ['elapsed', (x, y) => `How long between ${doing(x)} and ${doing(y)}?`],
  ['elapsed', (x, y) => `How many days passed between when ${past(x)} and when ${past(y)}?`],
  ['elapsed', (x, y) => `Tell me how much time went by between the day ${past(x)} and the day ${past(y)}.`],
  ['just_before', (x) => `What happened right before ${past(x)}?`],
  ['just_before', (x) => `What did I say just before I told you about ${doing(x)}?`],
  ['just_after', (x) => `What happened immediately after ${doing(x)}?`],
  ['just_after', (x) => `Right after ${past(x)}, what happened?`],
  ['first_time', (x) => `When was the first time that ${past(x)}?`],
  ['last_time', (x) => `When did I last ${base(x)}?`],
];

function ask(world: World, random: () => number): Asked {
  const [kind, phrase] = pick(templates, random);
  const isOccurrence = kind === 'first_time' || kind === 'last_time';
  const isOfOne = isOccurrence || kind === 'just_before' || kind === 'just_after';
  const [x, y] = shuffled(world.once, random);
  const place = (slot: number): number => world.timeline.indexOf(slot);
  // Sessions of one day may interleave: the next turn of the same one is meant, of any other only at its end.
  const others =
    kind === 'just_after'
      ? world.timeline.slice(place(x!.slot) + 1)
      : world.timeline.slice(0, place(x!.slot)).reverse();
  const neighbour = others.find((slot) => world.sessionOf(slot) === world.sessionOf(x!.slot)) ?? others[0];
  const hasNeighbour = neighbour !== undefined || !kind.startsWith('just');
  if (random() < 0.45 || !hasNeighbour) {
    const stranger = pick(random() < 0.4 && !isOccurrence ? world.twice : world.untold, random);
    const [first, second] = isOfOne || random() < 0.5 ? [stranger, y!.event] : [x!.event, stranger];
    return { kind, cue: phrase(first, second), expected: null, slots: [] };
  }
  const cue = phrase(x!.event, y!.event);
  if (isOccurrence) return { kind, cue, expected: { answer: null }, slots: [x!.slot] };
  if (isOfOne) return { kind, cue, expected: { answer: null }, slots: [x!.slot, neighbour ?? -1] };
  const isEarlier = place(x!.slot) < place(y!.slot);
  const slots = [x!.slot, y!.slot];
  const answers = {
    which_first: isEarlier ? 'first' : 'second',
    which_last: isEarlier ? 'second' : 'first',
    is_before: isEarlier ? 'yes' : 'no',
    is_after: isEarlier ? 'no' : 'yes',
    elapsed: { elapsedMs: Math.abs(world.at(x!.slot) - world.at(y!.slot)) },
  } as const;
  return { kind, cue, expected: { answer: answers[kind as keyof typeof answers] }, slots };
}

function compareKeys(a: readonly number[], b: readonly number[]): number {
  for (const [index, value] of a.entries()) if (value !== b[index]) return value - b[index]!;
  return 0;
}

function pick<Item>(items: readonly Item[], random: () => number): Item {
  return items[Math.floor(random() * items.length)]!;
}

function shuffled<Item>(items: readonly Item[], random: () => number): Item[] {
  const left = [...items];
  for (let index = left.length - 1; index > 0; index -= 1) {
    const other = Math.floor(random() * (index + 1));
    [left[index], left[other]] = [left[other]!, left[index]!];
  }
  return left;
}

/** Mulberry32. */
function newRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
