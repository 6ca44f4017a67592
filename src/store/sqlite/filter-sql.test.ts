import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeDerived, makeNote, makeScope, noteAdded, remembered } from '../../../test/builders.ts';
import type { Derived } from '../../memory/derived.ts';
import type { Metadata } from '../../memory/episode.ts';
import { type Filter, type FilterTarget, filterFields, matches } from '../../memory/filter.ts';
import { readScope } from '../../memory/scope.ts';
import type { StoredNote } from '../../memory/store.ts';
import { openSqliteStore, type SqliteStore } from './open.ts';

const scope = makeScope();
/** Names that would be something else in a JSON path, a LIKE pattern or SQL. */
const names = ['topic', 'a.b', '$', '$.topic', 'a"b', "a'b", '[0]', 'é', '', '__proto__', 'ключ', 'a\\b', '%'];
const texts = ['', 'a', 'A', 'ab', 'é', '\u{1f600}', '\uffff', 'null', '1', "'; DROP TABLE notes", 'acme', 'user', '%'];
const numbers = [0, -1, 1, 2, 1.5, 0.1 + 0.2, 2 ** 53, 2 ** 60, 1e300, 5e-324, Date.UTC(2024, 4, 8, 13, 56)];

const scalar = fc.oneof(
  fc.constantFrom(...texts),
  fc.constantFrom(...numbers),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
  fc.boolean(),
  fc.constant(null),
);
const json = fc.oneof(scalar, fc.array(scalar, { maxLength: 3 }), fc.dictionary(fc.constantFrom(...names), scalar));
const metadata = fc
  .uniqueArray(fc.tuple(fc.constantFrom(...names), json), { selector: ([name]) => name, maxLength: 6 })
  .map((entries): Metadata => Object.fromEntries(entries));
const target: fc.Arbitrary<FilterTarget> = fc.oneof(
  fc.constantFrom(...filterFields).map((name) => ({ kind: 'field' as const, name })),
  fc.constantFrom(...names).map((key) => ({ kind: 'metadata' as const, key })),
);
const { filter } = fc.letrec<{ filter: Filter }>((tie) => ({
  filter: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.record({
      kind: fc.constant('compare' as const),
      field: target,
      comparison: fc.constantFrom('eq' as const, 'ne', 'gt', 'gte', 'lt', 'lte'),
      value: scalar,
    }),
    fc.record({ kind: fc.constant('in' as const), field: target, values: fc.array(scalar, { maxLength: 4 }) }),
    fc.record({ kind: fc.constant('exists' as const), field: target, exists: fc.boolean() }),
    fc.record({ kind: fc.constant('contains' as const), field: target, value: scalar }),
    fc.record({ kind: fc.constant('not' as const), filter: tie('filter') }),
    fc.record({ kind: fc.constantFrom('and' as const, 'or'), filters: fc.array(tie('filter'), { maxLength: 3 }) }),
  ),
}));

let folder: string;
let store: SqliteStore;
let memories: readonly StoredNote[];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ecphory-filter-'));
  store = await openSqliteStore({ path: join(folder, 'memory.db'), clock: () => 1, synchronous: 'off' });
  const changes = fc.sample(fc.tuple(metadata, scalar), 80).flatMap(([of, extra], index) => {
    const tags = [...texts.slice(index % 5, (index % 5) + 2)];
    const word = typeof extra === 'string' ? extra : null;
    if (index % 3 === 0) return [noteAdded(makeNote({ scope, tags, metadata: of, invalidAt: index }))];
    const episode = { sessionId: word, speaker: index % 2 === 0 ? 'Ann' : null, place: word, eventAt: index * 1.5 };
    return remembered(scope, `text ${index}`, { episode, note: { tags, derived: derived(index), metadata: of } })
      .changes;
  });
  await store.apply(scope, changes);
  memories = (await store.list(readScope(scope), { limit: 200, cursor: null, filter: null, states: ['active'] })).data;
});

afterAll(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

function derived(index: number): Derived | null {
  return index % 4 === 1
    ? null
    : makeDerived({ keywords: ['a', ...texts.slice(index % 3, 2)], tags: texts.slice(index % 7, 8) });
}

test('a filter compiled to SQL passes exactly the notes that `matches` passes', async () => {
  expect(memories.length).toBe(80);
  await fc.assert(
    fc.asyncProperty(filter, async (tried) => {
      const found = await store.matching(readScope(scope), tried);
      const expected = memories.filter(({ note, episode }) => matches(tried, note, episode));
      expect([...found].sort()).toEqual(expected.map(({ note }) => note.id).sort());
    }),
    { numRuns: 500 },
  );
});
