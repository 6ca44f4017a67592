import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeDerived, makeEpisode, makeNote, makeScope, may8, remembered } from '../../test/builders.ts';
import type { Json } from './episode.ts';
import { isEcphoryError } from './errors.ts';
import { type Comparison, type Filter, filterFields, matches, parseFilter } from './filter.ts';
import { limits } from './limits.ts';

describe('parseFilter', () => {
  it('takes a bare value for equality, several fields for all of them, nothing for everything', () => {
    expect(parseFilter({ topic: 'x' })).toEqual(compare('topic', 'eq', 'x'));
    expect(parseFilter({ kind: 'summary' })).toEqual({
      kind: 'compare',
      field: { kind: 'field', name: 'kind' },
      comparison: 'eq',
      value: 'summary',
    });
    expect(parseFilter({ a: 1, b: null })).toEqual({
      kind: 'and',
      filters: [compare('a', 'eq', 1), compare('b', 'eq', null)],
    });
    expect(parseFilter({})).toEqual({ kind: 'and', filters: [] });
  });

  it.each([
    ['$eq', 'eq'],
    ['$ne', 'ne'],
    ['$gt', 'gt'],
    ['$gte', 'gte'],
    ['$lt', 'lt'],
    ['$lte', 'lte'],
  ] as const)('reads %s', (operator, comparison) => {
    expect(parseFilter({ size: { [operator]: 7 } })).toEqual(compare('size', comparison, 7));
  });

  it('reads $in, $nin, $exists, $contains, $and, $or and $not', () => {
    const field = { kind: 'metadata', key: 'a' } as const;
    expect(parseFilter({ a: { $in: [1, 'x', null, true] } })).toEqual({
      kind: 'in',
      field,
      values: [1, 'x', null, true],
    });
    expect(parseFilter({ a: { $nin: [1] } })).toEqual({ kind: 'not', filter: { kind: 'in', field, values: [1] } });
    expect(parseFilter({ a: { $exists: false } })).toEqual({ kind: 'exists', field, exists: false });
    expect(parseFilter({ a: { $contains: 'x' } })).toEqual({ kind: 'contains', field, value: 'x' });
    expect(parseFilter({ a: { $gt: 1, $lt: 5 } })).toEqual({
      kind: 'and',
      filters: [compare('a', 'gt', 1), compare('a', 'lt', 5)],
    });
    expect(parseFilter({ $or: [{ a: 1 }, { $not: { $and: [{ a: 2 }] } }] })).toEqual({
      kind: 'or',
      filters: [compare('a', 'eq', 1), { kind: 'not', filter: { kind: 'and', filters: [compare('a', 'eq', 2)] } }],
    });
  });

  it('reads times as milliseconds, in UTC where no zone is said, and only in fields of time', () => {
    const times = ['2024-05-08T13:56:00Z', '2024-05-08T13:56', '2024-05-08T15:56:00+02:00', may8];
    for (const time of times) {
      expect(parseFilter({ created_at: { $gte: time } })).toMatchObject({ comparison: 'gte', value: may8 });
    }
    expect(parseFilter({ event_at: '2024-05-08' })).toMatchObject({ value: Date.UTC(2024, 4, 8) });
    expect(parseFilter({ valid_at: null })).toMatchObject({ value: null });
    expect(parseFilter({ written_at: '2024-05-08' })).toMatchObject({ value: '2024-05-08' });
  });

  it.each<[string, Json, string]>([
    ['a text', 'topic', ''],
    ['a list', [], ''],
    ['null', null, ''],
    ['an unknown connective', { $nor: [] }, '/$nor'],
    ['an empty $or', { $or: [] }, '/$or'],
    ['an $and of no list', { $and: { a: 1 } }, '/$and'],
    ['a part that is no filter', { $or: [{ a: 1 }, 7] }, '/$or/1'],
    ['a $not of a list', { $not: [] }, '/$not'],
    ['an unknown operator', { a: { $regex: '.*' } }, '/a/$regex'],
    ['an operator without its sign', { a: { gt: 1 } }, '/a/gt'],
    ['an operator that needs escaping', { a: { 'x/~y': 1 } }, '/a/x~1~0y'],
    ['no operator', { a: {} }, '/a'],
    ['a list as value', { a: [1] }, '/a'],
    ['an object as operand', { a: { $eq: {} } }, '/a/$eq'],
    ['an $in of no list', { a: { $in: 'x' } }, '/a/$in'],
    ['an $in of lists', { a: { $in: ['x', []] } }, '/a/$in/1'],
    ['an $exists of no boolean', { a: { $exists: 1 } }, '/a/$exists'],
    ['a date that is none', { created_at: 'yesterday' }, '/created_at'],
    ['a date in words', { created_at: 'May 8, 2024' }, '/created_at'],
    ['a day that is not', { event_at: { $lt: '2023-02-30' } }, '/event_at/$lt'],
    ['a boolean as date', { event_at: true }, '/event_at'],
    ['infinity', { a: JSON.parse('1e999') as Json }, '/a'],
    ['a lone surrogate', { a: { $contains: '\ud800' } }, '/a/$contains'],
    ['a field name with a slash and a tilde', { 'a/b~c': {} }, '/a~1b~0c'],
    ['a field name that is too long', { ['x'.repeat(limits.metadataKeyCharacters + 1)]: 1 }, `/${'x'.repeat(129)}`],
  ])('refuses %s and points at it', (_, value, pointer) => {
    expect(faultOf(value)).toEqual(['invalid', `/filter${pointer}`]);
  });

  it('points from where the filter stands in the request', () => {
    expect(() => parseFilter({ a: {} }, '/items/3/filter')).toThrow(
      expect.objectContaining({ faults: [expect.objectContaining({ pointer: '/items/3/filter/a' })] }),
    );
  });

  it('refuses what nests too deep or has too many clauses, and takes what just fits', () => {
    const nested = (depth: number): Json => (depth === 1 ? { a: 1 } : { $not: nested(depth - 1) });
    expect(parseFilter(nested(limits.filterDepth))).toMatchObject({ kind: 'not' });
    expect(faultOf(nested(limits.filterDepth + 1))[0]).toBe('invalid');
    const many = (count: number): Json =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, 1]));
    expect(parseFilter(many(limits.filterClauses))).toMatchObject({ kind: 'and' });
    expect(faultOf(many(limits.filterClauses + 1))[0]).toBe('invalid');
    expect(faultOf({ a: { $in: Array.from({ length: limits.filterClauses }, () => 1) } })[0]).toBe('invalid');
  });

  it('takes names of the language for what they are: metadata', () => {
    for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
      const filter = parseFilter(JSON.parse(`{"${name}": {"$exists": true}}`) as Json);
      expect(filter).toEqual({ kind: 'exists', field: { kind: 'metadata', key: name }, exists: true });
      expect(matches(filter, makeNote(), null)).toBe(false);
    }
  });

  it('either fails as invalid with a pointer or gives a filter that every note can be held against', () => {
    fc.assert(
      fc.property(wild, (value) => {
        try {
          expect(matches(parseFilter(value), makeNote(), null)).toBeTypeOf('boolean');
        } catch (error) {
          if (!isEcphoryError(error)) throw error;
          expect(error.code).toBe('invalid');
          expect(error.faults[0]?.pointer).toMatch(/^\/filter/);
        }
      }),
    );
  });
});

describe('matches', () => {
  const { note, episode } = remembered(makeScope(), 'one', {
    episode: { sessionId: 's1', speaker: 'Alice', role: 'user', place: 'Porto', eventAt: may8 - 1, trust: 1 },
    note: {
      tags: ['cat'],
      derived: makeDerived({ keywords: ['minka'], tags: ['pets'] }),
      validAt: 5,
      metadata: { topic: 'pets', count: 2, done: false, nothing: null, list: ['x', 1], nested: { a: 1 } },
    },
  });
  const passes = (value: Json) => matches(parseFilter(value), note, episode);

  it('knows every field', () => {
    const values: { readonly [Field in (typeof filterFields)[number]]: Json } = {
      id: note.id,
      kind: 'episodic',
      state: 'active',
      session_id: 's1',
      speaker: 'Alice',
      role: 'user',
      place: 'Porto',
      tags: { $contains: 'cat' },
      keywords: { $contains: 'minka' },
      origin: 'user',
      trust: 1,
      version: 1,
      event_at: may8 - 1,
      created_at: may8,
      valid_at: 5,
      invalid_at: null,
      pinned: false,
      expires_at: null,
    };
    for (const name of filterFields) expect(passes({ [name]: values[name] }), name).toBe(true);
    expect(passes(values)).toBe(true);
  });

  it.each<[Json, boolean]>([
    [{ count: 2 }, true],
    [{ count: '2' }, false],
    [{ count: { $ne: '2' } }, true],
    [{ count: { $gt: 1, $lt: 3 } }, true],
    [{ count: { $gt: '1' } }, false],
    [{ done: false }, true],
    [{ done: 0 }, false],
    [{ done: { $lt: 1 } }, false],
    [{ topic: { $contains: 'et' } }, true],
    [{ topic: { $contains: 'ET' } }, false],
    [{ topic: { $gte: 'pets' } }, true],
    [{ list: { $contains: 1 } }, true],
    [{ list: { $contains: '1' } }, false],
    [{ list: 'x' }, false],
    [{ nested: { $exists: true } }, true],
  ])('%j is %s: a value equals only its own type', (filter, expected) => {
    expect(passes(filter)).toBe(expected);
  });

  it('takes an absent value for null: unequal to anything else, neither more nor less', () => {
    for (const key of ['nothing', 'never']) {
      expect(passes({ [key]: null }), key).toBe(true);
      expect(passes({ [key]: { $exists: true } }), key).toBe(false);
      expect(passes({ [key]: { $ne: 1 } }), key).toBe(true);
      expect(passes({ [key]: { $in: [null] } }), key).toBe(true);
      expect(passes({ [key]: { $nin: [1] } }), key).toBe(true);
      for (const operator of ['$gt', '$gte', '$lt', '$lte']) {
        expect(passes({ [key]: { [operator]: 0 } }), `${key} ${operator}`).toBe(false);
        expect(passes({ $not: { [key]: { [operator]: 0 } } }), `${key} not ${operator}`).toBe(true);
      }
    }
  });

  it('finds no session, speaker or time where there is no episode', () => {
    const bare = makeNote();
    for (const name of ['session_id', 'speaker', 'role', 'place', 'event_at']) {
      expect(matches(parseFilter({ [name]: { $exists: false } }), bare, null), name).toBe(true);
    }
    expect(matches(parseFilter({ place: { $exists: false } }), bare, makeEpisode())).toBe(true);
  });

  it('orders texts as UTF-8 does, by code point and not by UTF-16 unit', () => {
    const stored = makeNote({ metadata: { last: '\uffff' } });
    expect(matches(parseFilter({ last: { $lt: '\u{10000}' } }), stored, null)).toBe(true);
    fc.assert(
      fc.property(text, text, (left, right) => {
        const holder = makeNote({ metadata: { word: left } });
        const bytes = Buffer.compare(Buffer.from(left), Buffer.from(right));
        expect(matches(parseFilter({ word: { $lt: right } }), holder, null)).toBe(bytes < 0);
        expect(matches(parseFilter({ word: { $gte: right } }), holder, null)).toBe(bytes >= 0);
      }),
    );
  });

  it('keeps the laws of and, or and not', () => {
    const all = (kind: 'and' | 'or', ...filters: Filter[]): Filter => ({ kind, filters });
    const not = (filter: Filter): Filter => ({ kind: 'not', filter });
    fc.assert(
      fc.property(leaf, leaf, fc.dictionary(fc.constantFrom('a', 'b'), scalar), (left, right, metadata) => {
        const passes = (filter: Filter) => matches(filter, makeNote({ metadata }), null);
        expect(passes(not(not(left)))).toBe(passes(left));
        expect(passes(not(all('and', left, right)))).toBe(passes(all('or', not(left), not(right))));
        expect(passes(all('or', left, right))).toBe(passes(left) || passes(right));
        expect(passes(all('and'))).toBe(true);
        expect(passes(all('or'))).toBe(false);
      }),
    );
  });
});

const text = fc.string({ unit: fc.constantFrom('a', 'b', 'é', '\uffff', '\u{10000}', '\u{10ffff}'), maxLength: 3 });
const scalar = fc.oneof(
  fc.constantFrom('', 'a', 'b'),
  fc.integer({ min: -1, max: 2 }),
  fc.boolean(),
  fc.constant(null),
);
const leaf: fc.Arbitrary<Filter> = fc
  .tuple(fc.constantFrom('a', 'b'), fc.constantFrom('$eq', '$ne', '$gt', '$gte', '$lt', '$lte', '$contains'), scalar)
  .map(([key, operator, value]) => parseFilter({ [key]: { [operator]: value } }));
const wildKey = fc.constantFrom(
  'a',
  'created_at',
  'tags',
  '$and',
  '$or',
  '$not',
  '$in',
  '$nin',
  '$eq',
  '$exists',
  '$contains',
  '$x',
);
const wild: fc.Arbitrary<Json> = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    scalar,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(wildKey, tie('value'), { maxKeys: 3, noNullPrototype: true }),
  ),
})).value;

function compare(key: string, comparison: Comparison, value: string | number | null): Filter {
  return { kind: 'compare', field: { kind: 'metadata', key }, comparison, value };
}

function faultOf(value: Json): readonly unknown[] {
  try {
    return ['it parsed', parseFilter(value)];
  } catch (error) {
    return isEcphoryError(error) ? [error.code, error.faults[0]?.pointer] : [error];
  }
}
