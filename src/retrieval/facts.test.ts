import { beforeEach, describe, expect, test } from 'vitest';
import { makeNote, makeScope, may8, noteAdded } from '../../test/builders.ts';
import type { Claim } from '../memory/claim.ts';
import type { Note } from '../memory/note.ts';
import { readScope } from '../memory/scope.ts';
import { type InMemoryStore, openInMemoryStore } from '../store/in-memory.ts';
import { type FactsQuery, newFacts } from './facts.ts';

const scope = makeScope();
const read = readScope(scope);
const dayMs = 86_400_000;

let store: InMemoryStore;

beforeEach(() => {
  store = openInMemoryStore({ clock: () => may8 });
});

async function hold(claim: Partial<Claim>, overrides: Partial<Note> = {}): Promise<Note> {
  const full: Claim = {
    subject: 'Ann',
    attribute: 'residence',
    value: 'Bern',
    polarity: 'positive',
    isSingle: true,
    ...claim,
  };
  const note = makeNote({
    scope,
    text: `${full.subject}: ${full.attribute} ${full.value}.`,
    claim: full,
    origin: 'derived',
    validAt: may8 - 10 * dayMs,
    ...overrides,
  });
  await store.apply(scope, [noteAdded(note)]);
  return note;
}

async function supersede(old: Note, by: Note): Promise<void> {
  const invalidAt = by.validAt;
  await store.apply(scope, [{ kind: 'note-superseded', noteId: old.id, by: by.id, invalidAt, at: may8 }]);
}

async function ask(text: string, overrides: Partial<FactsQuery> = {}) {
  const query = { text, asOf: null, now: may8, times: [], asker: () => null, passing: null, ...overrides };
  const facts = await newFacts(store)(read, query);
  return facts?.answers ?? null;
}

const valuesOf = (answers: Awaited<ReturnType<typeof ask>>) =>
  answers?.map(({ path }) => path.at(-1)?.note.claim?.value) ?? null;

/** Ann lived in Paris, then in Bern. */
async function movedToBern() {
  const paris = await hold({ value: 'Paris' }, { validAt: may8 - 100 * dayMs });
  const bern = await hold({ value: 'Bern' });
  await supersede(paris, bern);
  return { paris, bern };
}

describe('facts', () => {
  test('the current value is the answer, and what held before stands beside it', async () => {
    await movedToBern();
    const answers = await ask('Where does Ann live?');
    expect(valuesOf(answers)).toEqual(['Bern']);
    expect(answers?.[0]?.earlier.map(({ note }) => note.claim?.value)).toEqual(['Paris']);
  });

  test('as of a time the value of that time is the answer', async () => {
    await movedToBern();
    expect(valuesOf(await ask('Where does Ann live?', { asOf: may8 - 50 * dayMs }))).toEqual(['Paris']);
    expect(await ask('Where does Ann live?', { asOf: may8 - 500 * dayMs })).toBeNull();
  });

  test('a question about what was is answered with what was', async () => {
    await movedToBern();
    expect(valuesOf(await ask('Where did Ann live originally?'))).toEqual(['Paris']);
  });

  test('a question in the first person asks about the user, the namespace and the one who speaks', async () => {
    await hold({ subject: 'user', value: 'Bern' });
    expect(valuesOf(await ask('Where do I live?'))).toEqual(['Bern']);
    await hold({ subject: 'Alice', attribute: 'employer', value: 'Acme' });
    expect(valuesOf(await ask('Who is my employer?'))).toEqual(['Acme']);
    await hold({ subject: 'Robin', attribute: 'daily quota', value: '1,200' });
    expect(valuesOf(await ask('What is my daily call quota?', { asker: () => 'Robin' }))).toEqual(['1,200']);
  });

  test('a value that is a subject itself leads on, for two and for three steps', async () => {
    await hold({ subject: 'War and Peace', attribute: 'author', value: 'Leo Tolstoy' });
    await hold({ subject: 'Leo Tolstoy', attribute: 'citizenship', value: 'Russia' });
    await hold({ subject: 'Russia', attribute: 'capital', value: 'Moscow' });
    const two = await ask('What is the country of citizenship of the author of War and Peace?');
    expect(valuesOf(two)).toEqual(['Russia']);
    expect(two?.[0]?.path).toHaveLength(2);
    const three = await ask('What is the capital of the country of citizenship of the author of War and Peace?');
    expect(valuesOf(three)).toEqual(['Moscow']);
    expect(three?.[0]?.path).toHaveLength(3);
  });

  test('a step over what was replaced is not taken', async () => {
    const acme = await hold({ attribute: 'employer', value: 'Acme' }, { validAt: may8 - 100 * dayMs });
    const globex = await hold({ attribute: 'employer', value: 'Globex' });
    await supersede(acme, globex);
    await hold({ subject: 'Acme', attribute: 'headquarters', value: 'Oslo' });
    await hold({ subject: 'Globex', attribute: 'headquarters', value: 'Rome' });
    expect(valuesOf(await ask("Where are the headquarters of Ann's employer?"))).toEqual(['Rome']);
  });

  test('a question of two steps is not answered with one', async () => {
    await hold({ attribute: 'employer', value: 'Acme' });
    expect(await ask("Who is the spouse of Ann's employer?")).toBeNull();
  });

  test('several values stand beside each other where several may hold', async () => {
    await hold({ attribute: 'hobby', value: 'chess', isSingle: false });
    await hold({ attribute: 'hobby', value: 'tennis', isSingle: false });
    expect(valuesOf(await ask('What are the hobbies of Ann, and which hobby is new?'))?.sort()).toEqual([
      'chess',
      'tennis',
    ]);
  });

  test('what is disputed is one answer with the other beside it, the more trusted first', async () => {
    await hold({ value: 'Rome' }, { trust: 1 });
    await hold({ value: 'Bern' }, { trust: 2 });
    const answers = await ask('Where does Ann live?');
    expect(valuesOf(answers)).toEqual(['Bern']);
    expect(answers?.[0]?.disputed.map(({ note }) => note.claim?.value)).toEqual(['Rome']);
  });

  test('who is not named, or not asked about, has no facts in the answer', async () => {
    await hold({});
    expect(await ask('Where does Bob live?')).toBeNull();
    expect(await ask('What did Ann paint?')).toBeNull();
    expect(await ask('')).toBeNull();
  });

  test('facts of another scope are never read, and erased ones are gone', async () => {
    const note = await hold({});
    const other = readScope(makeScope('acme', 'users/bob'));
    const query = { text: 'Where does Ann live?', asOf: null, now: may8, times: [], asker: () => null, passing: null };
    expect(await newFacts(store)(other, query)).toBeNull();
    await store.apply(scope, [{ kind: 'erased', noteIds: [note.id] }]);
    expect(await newFacts(store)(read, query)).toBeNull();
  });

  test('what a filter does not let pass is no fact', async () => {
    await hold({});
    expect(await ask('Where does Ann live?', { passing: [] })).toBeNull();
  });

  test('a cue of 20,000 words is answered at once', async () => {
    await hold({});
    const startedAt = performance.now();
    const answers = await ask(`${'lorem ipsum dolor '.repeat(6_700)}. Where does Ann live?`);
    expect(performance.now() - startedAt).toBeLessThan(500);
    expect(valuesOf(answers)).toEqual(['Bern']);
  });
});
