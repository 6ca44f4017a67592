import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Change } from '../../src/memory/change.ts';
import type { Json, Metadata } from '../../src/memory/episode.ts';
import { type Filter, type FilterTarget, filterFields, matches } from '../../src/memory/filter.ts';
import type { Note } from '../../src/memory/note.ts';
import { readScope } from '../../src/memory/scope.ts';
import { makeNote, makeScope, may8, noteAdded } from '../builders.ts';
import { openInMemory, openSqlite } from './open-stores.ts';

const scope = makeScope();

describe.each([
  ['in-memory', openInMemory],
  ['SQLite', openSqlite],
])('the %s store', (_, open) => {
  it('passes by any filter exactly the notes that its meaning in plain code passes', async () => {
    const { store, cleanup } = await open({ clock: () => may8 });
    const notes: Note[] = [];
    const add = (metadata: Metadata): Change => {
      const note = makeNote({ metadata, tags: Object.keys(metadata), text: 'x' });
      notes.push(note);
      return noteAdded(note);
    };
    try {
      await store.apply(scope, fc.sample(metadata, 150).map(add));
      await fc.assert(
        fc.asyncProperty(filter, async (candidate) => {
          const found = await store.matching(readScope(scope), candidate);
          const expected = notes.filter((note) => matches(candidate, note, null)).map((note) => note.id);
          expect([...found].sort()).toEqual(expected.sort());
        }),
        { numRuns: 300 },
      );
    } finally {
      await cleanup();
    }
  });

  it('finds a number again, whichever double it is', async () => {
    const { store, cleanup } = await open({ clock: () => may8 });
    const doubles = fc.sample(fc.double({ noNaN: true, noDefaultInfinity: true }), 200);
    const notes = doubles.map((value) => makeNote({ metadata: { value } }));
    try {
      await store.apply(scope, notes.map(noteAdded));
      for (const [index, value] of doubles.entries()) {
        const candidate: Filter = {
          kind: 'compare',
          field: { kind: 'metadata', key: 'value' },
          comparison: 'eq',
          value,
        };
        expect(await store.matching(readScope(scope), candidate), String(value)).toContain(notes[index]!.id);
      }
    } finally {
      await cleanup();
    }
  });
});

/** Characters that JSON, SQL, JSON paths or LIKE give a meaning to, and code points on both sides of UTF-16's seam. */
const character = fc.constantFrom(
  'a',
  'B',
  ' ',
  '"',
  "'",
  '\\',
  '.',
  '$',
  '[',
  '%',
  '_',
  '\n',
  'é',
  '\uffff',
  '\u{10000}',
);
const text = fc.string({ unit: character, maxLength: 2 });
const number = fc.oneof(fc.integer({ min: -2, max: 2 }), fc.constantFrom(0.1, 0.5, 1e21, -1e-7, 2 ** 53, 2 ** 63));
const scalar = fc.oneof(text, number, fc.boolean(), fc.constant(null));
const key = fc.oneof(fc.constantFrom('a', 'B', '', '.', '$', "'", '"', '\\'), text);
const value: fc.Arbitrary<Json> = fc.oneof(
  { weight: 4, arbitrary: scalar },
  { weight: 1, arbitrary: fc.array(scalar, { maxLength: 3 }) },
  { weight: 1, arbitrary: fc.dictionary(key, scalar, { maxKeys: 2, noNullPrototype: true }) },
);
const metadata = fc.dictionary(key, value, { maxKeys: 5, noNullPrototype: true });
const field: fc.Arbitrary<FilterTarget> = fc.oneof(
  { weight: 4, arbitrary: key.map((name) => ({ kind: 'metadata', key: name }) as const) },
  { weight: 1, arbitrary: fc.constantFrom(...filterFields).map((name) => ({ kind: 'field', name }) as const) },
);
const leaf: fc.Arbitrary<Filter> = fc.oneof(
  fc.record({
    kind: fc.constant('compare' as const),
    field,
    comparison: fc.constantFrom('eq', 'ne', 'gt', 'gte', 'lt', 'lte'),
    value: scalar,
  }),
  fc.record({ kind: fc.constant('in' as const), field, values: fc.array(scalar, { maxLength: 3 }) }),
  fc.record({ kind: fc.constant('exists' as const), field, exists: fc.boolean() }),
  fc.record({ kind: fc.constant('contains' as const), field, value: scalar }),
);
const filter: fc.Arbitrary<Filter> = fc.letrec<{ filter: Filter }>((tie) => ({
  filter: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    fc.record({
      kind: fc.constantFrom('and' as const, 'or' as const),
      filters: fc.array(tie('filter'), { maxLength: 3 }),
    }),
    fc.record({ kind: fc.constant('not' as const), filter: tie('filter') }),
  ),
})).filter;
