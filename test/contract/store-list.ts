import { describe, expect, it } from 'vitest';
import type { Json } from '../../src/memory/episode.ts';
import { isEcphoryError } from '../../src/memory/errors.ts';
import { matches, parseFilter } from '../../src/memory/filter.ts';
import type { NoteId } from '../../src/memory/ids.ts';
import { type NoteState, noteStates } from '../../src/memory/note.ts';
import { type ReadScope, readScope } from '../../src/memory/scope.ts';
import type { ListQuery, Store } from '../../src/memory/store.ts';
import {
  makeDerived,
  makeNote,
  makeScope,
  may8,
  noteAdded,
  type Remembered,
  remembered,
  subtreeOf,
} from '../builders.ts';
import { benchOf, expectFailure, type StoreUnderTest } from './open-store.ts';

const scope = makeScope();
const read = readScope(scope);
const active: readonly NoteState[] = ['active'];

export function listContract(subject: StoreUnderTest): void {
  describe('list', () => {
    const bench = benchOf(subject);

    it('is newest first, by id where notes were created at once', async () => {
      const times = [3, 1, 2, 2, 5, -4, 2];
      const notes = times.map((time) => makeNote({ createdAt: time }));
      await bench.store.apply(scope, notes.map(noteAdded));
      const page = await bench.store.list(read, query());
      expect(page.data.map(({ note }) => note.id)).toEqual([4, 0, 6, 3, 2, 1, 5].map((index) => notes[index]!.id));
      expect(page.nextCursor).toBeNull();
    });

    it('shows every note once over its pages, and no cursor after the last', async () => {
      const notes = Array.from({ length: 9 }, (_, index) => makeNote({ createdAt: may8 + (index % 3) }));
      await bench.store.apply(scope, notes.map(noteAdded));
      const whole = (await bench.store.list(read, query())).data.map(({ note }) => note.id);
      for (const limit of [1, 2, 3, 4, 9, 10]) {
        const { ids, pages } = await walk(bench.store, read, query({ limit }));
        expect(ids).toEqual(whole);
        expect(pages).toBe(Math.ceil(9 / limit));
      }
    });

    it('goes on where it was when notes come and go between pages', async () => {
      const notes = Array.from({ length: 6 }, (_, index) => makeNote({ createdAt: may8 - index }));
      await bench.store.apply(scope, notes.map(noteAdded));
      const first = await bench.store.list(read, query({ limit: 2 }));
      await bench.store.apply(scope, [
        noteAdded(makeNote({ createdAt: may8 + 1 })),
        { kind: 'erased', noteIds: [notes[1]!.id] },
      ]);
      const second = await bench.store.list(read, query({ limit: 9, cursor: first.nextCursor }));
      expect(second.data.map(({ note }) => note.id)).toEqual(notes.slice(2).map((note) => note.id));
    });

    it('refuses a malformed cursor, pointing at it', async () => {
      await bench.store.apply(scope, [noteAdded(makeNote())]);
      const malformed = [
        '',
        'x',
        '0',
        '-1',
        'null',
        '{}',
        'bm9uc2Vuc2U',
        "' OR 1=1 --",
        '\u{1f408}',
        '1:2:3',
        '[]',
        'W10',
      ];
      for (const cursor of malformed) {
        const error: unknown = await bench.store.list(read, query({ cursor })).catch((reason: unknown) => reason);
        expect(isEcphoryError(error) && [error.code, error.faults[0]?.pointer], cursor).toEqual(['invalid', '/cursor']);
      }
    });

    it('gives each note with its episode', async () => {
      const { note, episode, changes } = remembered(scope, 'one', { episode: { speaker: 'Alice' } });
      const bare = makeNote({ createdAt: may8 - 1 });
      await bench.store.apply(scope, [...changes, noteAdded(bare)]);
      expect((await bench.store.list(read, query())).data).toEqual([
        { note, episode },
        { note: bare, episode: null },
      ]);
    });

    it('shows only the states it is asked for', async () => {
      const notes = noteStates.map((state, index) => makeNote({ state, createdAt: may8 - index }));
      await bench.store.apply(scope, notes.map(noteAdded));
      for (const states of [active, ['archived', 'quarantined'], noteStates] as const) {
        const { ids } = await walk(bench.store, read, query({ states, limit: 1 }));
        expect(ids).toEqual(
          notes.filter((note) => states.some((state) => state === note.state)).map((note) => note.id),
        );
      }
    });

    it('applies filter and states before it counts a page', async () => {
      const notes = Array.from({ length: 12 }, (_, index) =>
        makeNote({ createdAt: may8 - index, metadata: { even: index % 2 === 0 } }),
      );
      await bench.store.apply(scope, notes.map(noteAdded));
      const filter = parseFilter({ even: true });
      const { ids, pages } = await walk(bench.store, read, query({ filter, limit: 4 }));
      expect(ids).toEqual(notes.filter((_, index) => index % 2 === 0).map((note) => note.id));
      expect(pages).toBe(2);
    });

    it('refuses a page of nothing only with an error of ours', async () => {
      await bench.store.apply(scope, [noteAdded(makeNote())]);
      const outcome: unknown = await bench.store.list(read, query({ limit: 0 })).catch((reason: unknown) => reason);
      if (outcome instanceof Error) expect(isEcphoryError(outcome)).toBe(true);
    });
  });

  describe('a filter', () => {
    const bench = benchOf(subject);

    it('passes what its meaning in plain code passes', async () => {
      const all = menagerie();
      await bench.store.apply(
        scope,
        all.flatMap(({ changes }) => changes),
      );
      for (const text of filters) {
        const filter = parseFilter(JSON.parse(text) as Json);
        const expected = all
          .filter(({ note, episode }) => matches(filter, note, note.kind === 'episodic' ? episode : null))
          .map(({ note }) => note.id)
          .sort();
        expect([...(await bench.store.matching(read, filter))].sort(), text).toEqual(expected);
        const listed = await bench.store.list(read, query({ filter, states: noteStates }));
        expect(listed.data.map(({ note }) => note.id).sort(), text).toEqual(expected);
      }
    });

    it('is told of every state and of nothing outside the scope by matching', async () => {
      const elsewhere = makeScope('acme', 'users/bob');
      const notes = noteStates.map((state) => makeNote({ state, tags: ['cat'] }));
      await bench.store.apply(scope, notes.map(noteAdded));
      await bench.store.apply(elsewhere, [noteAdded(makeNote({ scope: elsewhere, tags: ['cat'] }))]);
      const filter = parseFilter({ tags: { $contains: 'cat' } });
      expect([...(await bench.store.matching(read, filter))].sort()).toEqual(notes.map((note) => note.id).sort());
      const everything = parseFilter({});
      expect(await bench.store.matching(read, everything)).toHaveLength(4);
      expect(await bench.store.matching(subtreeOf(makeScope('acme', 'users')), everything)).toHaveLength(5);
    });

    it('that could not be parsed never reaches the store, but a cursor of another scope may', async () => {
      const rival = makeScope('rival');
      await bench.store.apply(rival, [noteAdded(makeNote({ scope: rival })), noteAdded(makeNote({ scope: rival }))]);
      const { nextCursor } = await bench.store.list(readScope(rival), query({ limit: 1 }));
      const answer = await bench.store.list(read, query({ cursor: nextCursor })).catch((reason: unknown) => reason);
      if (isEcphoryError(answer)) await expectFailure(Promise.reject(answer), 'invalid');
      else expect(answer).toEqual({ data: [], nextCursor: null });
    });
  });
}

/** As JSON, so that one that fails can be pasted into a request. */
const filters: readonly string[] = [
  {},
  { kind: 'episodic' },
  { kind: { $ne: 'episodic' } },
  { kind: { $in: ['semantic', 'summary'] } },
  { state: 'archived' },
  { state: { $nin: ['archived'] } },
  { session_id: 's1' },
  { session_id: null },
  { session_id: { $ne: 's1' } },
  { session_id: { $exists: true } },
  { session_id: { $exists: false } },
  { session_id: { $gt: 's0' } },
  { session_id: { $in: [null, 's2'] } },
  { session_id: { $nin: ['s1'] } },
  { speaker: 'Alice' },
  { speaker: 'alice' },
  { speaker: { $contains: 'lic' } },
  { speaker: { $contains: '%' } },
  { speaker: { $contains: '_' } },
  { speaker: { $contains: '' } },
  { role: 'user' },
  { place: { $contains: 'Port' } },
  { place: { $contains: 'port' } },
  { place: { $lt: '\uffff' } },
  { tags: { $contains: 'cat' } },
  { tags: { $contains: 'ca' } },
  { tags: { $contains: 1 } },
  { tags: { $exists: true } },
  { tags: 'cat' },
  { tags: { $ne: 'cat' } },
  { tags: { $gt: '' } },
  { keywords: { $contains: 'minka' } },
  { tags: { $contains: 'pets' } },
  { keywords: { $in: ['minka'] } },
  { $not: { tags: { $contains: 'cat' } } },
  { origin: 'tool' },
  { trust: { $gte: 2 } },
  { trust: { $lt: 2 } },
  { trust: '2' },
  { trust: { $ne: '2' } },
  { trust: true },
  { version: 1 },
  { version: { $gt: 1 } },
  { event_at: { $gte: '2024-05-08T00:00:00Z' } },
  { event_at: { $lt: '2024-05-08T00:00:00Z' } },
  { event_at: null },
  { $not: { event_at: { $lt: '2024-05-08T00:00:00Z' } } },
  { created_at: { $gt: may8 - 3, $lte: may8 } },
  { valid_at: { $exists: true } },
  { valid_at: { $lte: '2024-05-08T13:56:00Z' } },
  { invalid_at: null },
  { id: 'note_nobody' },
  { id: { $contains: 'note_' } },
  { id: { $exists: true } },
  { topic: 'pets' },
  { topic: { $ne: 'pets' } },
  { topic: { $in: ['pets', 'cars'] } },
  { topic: { $nin: ['pets', 'cars'] } },
  { topic: { $gt: 'm' } },
  { topic: { $contains: 'et' } },
  { topic: { $exists: false } },
  { topic: { $contains: 'pets' } },
  { topic: '' },
  { count: 1 },
  { count: '1' },
  { count: true },
  { count: { $gt: 0 } },
  { count: { $gte: 1, $lte: 1 } },
  { count: { $lt: '2' } },
  { count: { $ne: 1 } },
  { count: { $in: [1, true, '1'] } },
  { count: 0.1 },
  { count: 9_007_199_254_740_991 },
  { done: true },
  { done: 1 },
  { done: false },
  { done: 0 },
  { done: { $ne: true } },
  { done: { $gt: 0 } },
  { done: { $in: [1, 0] } },
  { done: { $contains: true } },
  { list: { $contains: 'x' } },
  { list: { $contains: 1 } },
  { list: { $contains: true } },
  { list: { $contains: null } },
  { list: { $contains: '1' } },
  { list: { $exists: true } },
  { list: { $ne: 'x' } },
  { nested: { $exists: true } },
  { nested: { $ne: 'x' } },
  { nested: { $contains: 'a' } },
  { nested: '{"a":1}' },
  { list: '["x"]' },
  { 'a.b': 'dotted' },
  { a: { $exists: true } },
  { 'q"uote': 'quoted' },
  { "it's": 'apostrophe' },
  { 'back\\slash': 'slashed' },
  { '[0]': 'indexed' },
  { '': 'empty' },
  { 'ké y': 'spaced' },
  { text: { $gt: '\u{ffff}' } },
  { text: { $lt: '\u{10000}' } },
  { text: '\u{1f408}' },
  { text: { $contains: '\u{1f408}' } },
  { constructor: { $exists: true } },
  { toString: { $ne: null } },
  { nothing: null },
  { nothing: { $exists: true } },
  { nothing: { $in: [null] } },
  { nothing: { $gte: null } },
  { nothing: { $in: [] } },
  { nothing: { $nin: [] } },
  { $or: [{ topic: 'pets' }, { count: { $gte: 2 } }] },
  { $and: [{ topic: 'pets' }, { count: 1 }] },
  { $or: [{ $and: [{ kind: 'episodic' }, { $not: { speaker: 'Alice' } }] }, { trust: 0 }] },
  { $not: { $or: [{ topic: 'pets' }, { topic: null }] } },
  { topic: 'pets', kind: 'episodic', tags: { $contains: 'cat' } },
].map((filter) => JSON.stringify(filter));

/** Notes that differ in everything a filter can name, with the values that stores tend to confuse. */
function menagerie(): readonly Remembered[] {
  return [
    remembered(scope, 'one', {
      episode: {
        sessionId: 's1',
        speaker: 'Alice',
        role: 'user',
        place: 'Porto',
        metadata: { topic: 'pets', count: 1 },
      },
      note: { tags: ['cat', 'dog'], derived: makeDerived({ keywords: ['minka'], tags: ['pets'] }), validAt: may8 },
    }),
    remembered(scope, 'two', {
      episode: {
        sessionId: 's2',
        speaker: 'alice',
        role: 'assistant',
        place: 'porto',
        metadata: { topic: 'cars', count: '1' },
      },
      note: { tags: ['catalogue'], state: 'archived', createdAt: may8 - 2 },
    }),
    remembered(scope, 'three', {
      episode: { sessionId: null, speaker: '100%_', origin: 'tool', trust: 0, metadata: { count: true, done: true } },
      note: { tags: ['1'], createdAt: may8 - 5, validAt: may8 + 1 },
    }),
    remembered(scope, 'four', {
      episode: {
        eventAt: may8 - 90_000_000,
        place: '\u{10000}',
        trust: 1,
        metadata: { done: 1, list: ['x', 1, null], nothing: null },
      },
      note: { state: 'invalidated', invalidAt: may8, version: 2 },
    }),
    derived({ metadata: { done: false, list: [true, '1'], nested: { a: 1 }, topic: '' } }),
    derived({ kind: 'summary', metadata: { done: 0, count: 2, 'a.b': 'dotted', text: '\u{1f408}', list: ['x'] } }),
    derived({
      kind: 'procedural',
      metadata: { a: { b: 'dotted' }, 'q"uote': 'quoted', "it's": 'apostrophe', text: '\uffff' },
    }),
    derived({ metadata: { 'back\\slash': 'slashed', '[0]': 'indexed', '': 'empty', 'ké y': 'spaced', count: 0.1 } }),
    derived({
      metadata: { count: 9_007_199_254_740_991, topic: ['pets'], done: 'true', text: '{"a":1}', list: '["x"]' },
    }),
    derived({ metadata: { count: null, topic: 'PETS', nested: '{"a":1}', text: '' }, trust: 3 }),
  ];
}

/** A note over an episode that it is not one to one with. */
function derived(note: Parameters<typeof makeNote>[0]): Remembered {
  return remembered(scope, 'derived', {
    episode: { sessionId: 's1', speaker: 'Alice' },
    note: { kind: 'semantic', ...note },
  });
}

function query(overrides: Partial<ListQuery> = {}): ListQuery {
  return { limit: 100, cursor: null, filter: null, states: active, ...overrides };
}

async function walk(store: Store, where: ReadScope, first: ListQuery): Promise<{ ids: NoteId[]; pages: number }> {
  const ids: NoteId[] = [];
  let cursor: string | null = null;
  let pages = 0;
  do {
    const page = await store.list(where, { ...first, cursor });
    expect(page.data.length).toBeLessThanOrEqual(first.limit);
    ids.push(...page.data.map(({ note }) => note.id));
    cursor = page.nextCursor;
    pages += 1;
  } while (cursor !== null && pages < 100);
  return { ids, pages };
}
