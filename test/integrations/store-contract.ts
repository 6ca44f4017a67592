import type { BaseStore, MatchCondition } from '@langchain/langgraph-checkpoint';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encodeLabel } from '../../src/integrations/langgraph/label.ts';

export interface StoreBackend {
  readonly name: string;
  open(): Promise<{ readonly store: BaseStore; close(): Promise<void> }>;
}

/**
 * What LangGraph expects of a store, run against its own `InMemoryStore` too. Where ours differs (see
 * `langgraph-store.test.ts`) nothing is said here: the order without a query, namespaces that were emptied, which
 * keys and depths are refused.
 */
export function storeContract(backend: StoreBackend): void {
  describe(`a LangGraph store ${backend.name}`, () => {
    let store: BaseStore;
    let close: () => Promise<void>;
    let tests = 0;
    /** A namespace of the test's own. */
    let home: string[];
    const own = () => {
      tests += 1;
      home = [`test-${tests}`];
      return home;
    };

    beforeAll(async () => {
      ({ store, close } = await backend.open());
    });
    afterAll(() => close());

    test('gives back what was put, with key, namespace and times', async () => {
      const namespace = [...own(), 'profiles'];
      const before = Date.now();
      await store.put(namespace, 'alice', { name: 'Alice', age: 36 });
      const item = await store.get(namespace, 'alice');
      expect(item).toMatchObject({ namespace, key: 'alice', value: { name: 'Alice', age: 36 } });
      expect(item?.createdAt).toBeInstanceOf(Date);
      expect(item?.createdAt.getTime()).toBeGreaterThanOrEqual(before - 1);
      expect(item?.updatedAt.getTime()).toBeGreaterThanOrEqual(item?.createdAt.getTime() ?? 0);
    });

    test('a get of what is not there is null', async () => {
      own();
      expect(await store.get(home, 'nobody')).toBeNull();
      expect(await store.get([...home, 'deeper'], 'nobody')).toBeNull();
    });

    test.each([
      ['nothing', {}],
      [
        'every kind of JSON',
        { text: 'a', number: -1.5e300, yes: true, no: false, none: null, list: [1, [2]], deep: { a: {} } },
      ],
      ['texts that look like escapes', { code: 'print("\\u0000 \\ud800 ~0 ~1 \\\\")', tilde: '~~01' }],
      ['U+0000, half a surrogate pair and line separators', { nul: 'a\0b', half: '\ud83d', lines: '\u2028\u2029' }],
      ['names that mean something elsewhere', { id: 1, state: 'x', $eq: 2, 'a.b': 3, 'a/b~c': 4, '': 5, 'value.x': 6 }],
      ['a long name', { ['n'.repeat(300)]: 1 }],
      ['snake and camel case', { session_id: 's', sessionId: 'c', metadata: { as_of: 1, asOf: 2 } }],
      ['Unicode in two forms', { é: 1, 'e\u0301': 2, text: 'e\u0301 🎉' }],
      ['what is deeper than a request may be', nested(60)],
      ['40,000 characters', { text: 'Porto "rains". '.repeat(2_700) }],
      ['many emoji', { text: '🎉'.repeat(9_999) }],
    ])('keeps %s exactly', async (_, value: Record<string, unknown>) => {
      own();
      await store.put(home, 'key', value);
      expect((await store.get(home, 'key'))?.value).toEqual(value);
      expect((await store.search(home)).map((item) => item.value)).toEqual([value]);
    });

    test.each([
      '',
      ' ',
      'a b',
      'a/b',
      '../..',
      'a*',
      '**',
      'a.b:c',
      '%2F',
      'ключ',
      '🎉',
      'é',
      'e\u0301',
      '{"$eq":1}',
      "'",
    ])('keeps the key %j apart from others', async (key) => {
      own();
      await store.put(home, key, { key });
      await store.put(home, `${key}x`, { key: 'another' });
      expect(await store.get(home, key)).toMatchObject({ key, value: { key } });
    });

    test.each([
      'a b',
      ' a',
      'a ',
      'a/b',
      '**',
      '%2F',
      '%',
      '%2E',
      'ключ',
      '🎉',
      'é',
      'e\u0301',
      '\n',
      encodeLabel('ana@x.com'),
      encodeLabel('user:1'),
      encodeLabel(''),
    ])('keeps the namespace label %j apart from others', async (label) => {
      own();
      await store.put([...home, label], 'key', { label });
      await store.put([...home, 'plain', label], 'key', { label: 'deeper' });
      expect(await store.get([...home, label], 'key')).toMatchObject({ namespace: [...home, label], value: { label } });
      expect(await store.search([...home, label])).toHaveLength(1);
      expect(await store.listNamespaces({ prefix: [...home, label] })).toEqual([[...home, label]]);
    });

    test('a second put replaces the whole value, and keeps the time of creation', async () => {
      own();
      await store.put(home, 'key', { a: 1, b: 2 });
      const first = (await store.get(home, 'key'))?.createdAt.getTime();
      await store.put(home, 'key', { b: 3 });
      const item = await store.get(home, 'key');
      expect(item?.value).toEqual({ b: 3 });
      expect(item?.createdAt.getTime()).toBe(first);
      expect(await store.search(home)).toHaveLength(1);
    });

    test('large and small values replace each other', async () => {
      own();
      const large = { text: 'x '.repeat(20_000) };
      for (const value of [large, { small: 1 }, { text: 'y '.repeat(20_000) }, large]) {
        await store.put(home, 'key', value);
        expect((await store.get(home, 'key'))?.value).toEqual(value);
      }
      await store.delete(home, 'key');
      expect(await store.get(home, 'key')).toBeNull();
    });

    test('deletes, by delete and by a put of null, only that item; a key can be used again', async () => {
      own();
      await store.put(home, 'a', { n: 1 });
      await store.put(home, 'b', { n: 2 });
      await store.put([...home, 'deeper'], 'a', { n: 3 });
      await store.delete(home, 'a');
      expect(await store.get(home, 'a')).toBeNull();
      await store.batch([{ namespace: home, key: 'b', value: null }]);
      expect((await store.search(home)).map((item) => item.value)).toEqual([{ n: 3 }]);
      await store.put(home, 'a', { n: 1 });
      expect(await store.get(home, 'a')).toMatchObject({ value: { n: 1 } });
      await store.delete(home, 'never');
    });

    test('answers a batch in its order: reads see what was before it, and the last put to a key counts', async () => {
      own();
      await store.put(home, 'old', { n: 0 });
      const [, got, searched, , old, listed] = await store.batch([
        { namespace: home, key: 'new', value: { n: 1 } },
        { namespace: home, key: 'new' },
        { namespacePrefix: home, limit: 10, offset: 0 },
        { namespace: home, key: 'new', value: { n: 2 } },
        { namespace: home, key: 'old' },
        { matchConditions: [{ matchType: 'prefix', path: home }], limit: 10, offset: 0 },
      ]);
      expect(got).toBeNull();
      expect(searched).toMatchObject([{ key: 'old' }]);
      expect(old).toMatchObject({ value: { n: 0 } });
      expect(listed).toEqual([home]);
      expect((await store.get(home, 'new'))?.value).toEqual({ n: 2 });
    });

    test('puts of one key at once leave one item', async () => {
      own();
      await Promise.all(Array.from({ length: 8 }, (_, n) => store.put(home, 'key', { n })));
      const items = await store.search(home);
      expect(items).toHaveLength(1);
      expect(items[0]?.value).toEqual((await store.get(home, 'key'))?.value);
    });

    describe('searching', () => {
      const people = {
        ana: { name: 'Ana', city: 'Porto', age: 31, tags: ['x'], rank: '7', isMember: true, note: null },
        ben: { name: 'Ben', city: 'Lima', age: 25, isMember: false },
        cleo: { name: 'Cleo', city: 'Porto', age: 44, rank: '12', nul: 'a\0' },
        dan: { name: 'Dan' },
      };
      let place: string[];

      beforeAll(async () => {
        place = [...own(), 'people'];
        for (const [key, value] of Object.entries(people)) await store.put(place, key, value);
        await store.put([...home, 'people-elsewhere'], 'eve', { name: 'Eve', city: 'Porto' });
      });

      test.each<[string, Record<string, unknown>, string]>([
        ['a text', { city: 'Porto' }, 'ana cleo'],
        ['a number', { age: 25 }, 'ben'],
        ['a boolean', { isMember: false }, 'ben'],
        ['null', { note: null }, 'ana'],
        ['two fields', { city: 'Porto', age: 44 }, 'cleo'],
        ['$eq', { city: { $eq: 'Lima' } }, 'ben'],
        ['$ne, true of what is absent', { city: { $ne: 'Porto' } }, 'ben dan'],
        ['$gt', { age: { $gt: 31 } }, 'cleo'],
        ['$gte', { age: { $gte: 31 } }, 'ana cleo'],
        ['$lt', { age: { $lt: 31 } }, 'ben'],
        ['$lte', { age: { $lte: 31 } }, 'ana ben'],
        ['a range', { age: { $gt: 25, $lt: 44 } }, 'ana'],
        ['numbers in texts', { rank: { $gt: 8 } }, 'cleo'],
        ['$in', { city: { $in: ['Porto', 'Rome'] } }, 'ana cleo'],
        ['$in with null', { note: { $in: [null] } }, 'ana'],
        ['$in of nothing', { city: { $in: [] } }, ''],
        ['$nin', { city: { $nin: ['Porto'] } }, 'ben dan'],
        ['an empty condition', { city: {} }, 'ana ben cleo dan'],
        ['a list, which equals nothing', { tags: ['x'] }, ''],
        ['an unknown operator', { city: { $like: 'Porto' } }, ''],
        ['a name of our own fields', { state: 'active' }, ''],
        [
          'more clauses than we judge',
          Object.fromEntries(Array.from({ length: 60 }, (_, n) => [`f${n}`, { $ne: 1 }])),
          'ana ben cleo dan',
        ],
      ])('filters by %s', async (_, filter, keys) => {
        const found = await store.search(place, { filter });
        expect(
          found
            .map(({ key }) => key)
            .sort()
            .join(' '),
        ).toBe(keys);
      });

      test('a prefix is of whole labels, and of any depth', async () => {
        await store.put([...place, 'deep', 'deeper'], 'fay', { name: 'Fay' });
        expect(keysOf(await store.search(place))).toEqual(['ana', 'ben', 'cleo', 'dan', 'fay']);
        expect(keysOf(await store.search([...place, 'deep']))).toEqual(['fay']);
        expect(keysOf(await store.search(home))).toEqual(['ana', 'ben', 'cleo', 'dan', 'eve', 'fay']);
        expect((await store.search([], { limit: 1_000 })).length).toBeGreaterThanOrEqual(6);
        await store.delete([...place, 'deep', 'deeper'], 'fay');
      });

      test('pages do not overlap and miss nothing; ten are given when no limit is', async () => {
        own();
        await store.batch(Array.from({ length: 23 }, (_, n) => ({ namespace: home, key: `key-${n}`, value: { n } })));
        expect(await store.search(home)).toHaveLength(10);
        const pages = await Promise.all([0, 10, 20, 30].map((offset) => store.search(home, { limit: 10, offset })));
        expect(pages.map((page) => page.length)).toEqual([10, 10, 3, 0]);
        expect(new Set(pages.flat().map(({ key }) => key)).size).toBe(23);
        expect(await store.search(home, { limit: 0 })).toEqual([]);
      });

      test('the best answer to a query comes first, with a score', async () => {
        own();
        await store.put(home, 'food', { text: 'Alice loves pizza with anchovies' });
        await store.put(home, 'sport', { text: 'Alice climbs mountains at weekends' });
        await store.put(home, 'work', { text: 'Alice repairs violins for a living' });
        const found = await store.search(home, { query: 'repairs violins' });
        expect(found[0]?.key).toBe('work');
        expect(found[0]?.score).toBeTypeOf('number');
        expect(keysOf(found)).toEqual(['food', 'sport', 'work']);
        const [one, two] = await Promise.all(
          [0, 1].map((offset) => store.search(home, { query: 'repairs violins', limit: 1, offset })),
        );
        expect([one?.[0]?.key, two?.[0]?.key]).toEqual([found[0]?.key, found[1]?.key]);
        const filtered = await store.search(home, {
          query: 'violins',
          filter: { text: { $ne: 'Alice repairs violins for a living' } },
        });
        expect(keysOf(filtered)).toEqual(['food', 'sport']);
      });

      test('an item that is not indexed has no score', async () => {
        own();
        await store.put(home, 'secret', { text: 'the violin is in the attic' }, false);
        await store.put(home, 'open', { text: 'the cello is in the cellar', hidden: 'violin attic' }, ['text']);
        const found = await store.search(home, { query: 'violin cello attic' });
        expect(found.map(({ key, score }) => [key, typeof score])).toEqual([
          ['open', 'number'],
          ['secret', 'undefined'],
        ]);
      });
    });

    describe('listing namespaces', () => {
      let base: string;
      beforeAll(async () => {
        [base = ''] = own();
        for (const tail of ['a/b/v1', 'a/c/v1', 'a/c/v2', 'd', 'd/e/v1']) {
          await store.put([base, ...tail.split('/')], 'key', { tail });
        }
      });
      const listed = async (options: Parameters<BaseStore['listNamespaces']>[0]) =>
        (await store.listNamespaces(options)).map((labels) => labels.slice(1).join('/'));

      test('in order, each once', async () => {
        expect(await listed({ prefix: [base] })).toEqual(['a/b/v1', 'a/c/v1', 'a/c/v2', 'd', 'd/e/v1']);
      });
      test('by prefix and suffix, with wildcards', async () => {
        expect(await listed({ prefix: [base, 'a'], suffix: ['v1'] })).toEqual(['a/b/v1', 'a/c/v1']);
        expect(await listed({ prefix: [base, '*', 'c'] })).toEqual(['a/c/v1', 'a/c/v2']);
        expect(await listed({ prefix: [base], suffix: ['c', '*'] })).toEqual(['a/c/v1', 'a/c/v2']);
        expect(await listed({ prefix: [base, 'z'] })).toEqual([]);
      });
      test('cut at a depth, and by page', async () => {
        expect(await listed({ prefix: [base], maxDepth: 2 })).toEqual(['a', 'd']);
        expect(await listed({ prefix: [base], limit: 2, offset: 1 })).toEqual(['a/c/v1', 'a/c/v2']);
      });
      test('by several conditions in a batch', async () => {
        const matchConditions: MatchCondition[] = [
          { matchType: 'prefix', path: [base] },
          { matchType: 'suffix', path: ['v2'] },
        ];
        const [found] = await store.batch([{ matchConditions, limit: 10, offset: 0 }]);
        expect(found).toEqual([[base, 'a', 'c', 'v2']]);
      });
    });

    test.each([[['a.b']], [['a:b']], [['']], [['nul\0']], [[]]])(
      'refuses the namespace %j',
      async (namespace: string[]) => {
        await expect(store.put(namespace, 'key', { n: 1 })).rejects.toThrow();
        await expect(store.batch([{ namespace, key: 'key', value: { n: 1 } }])).rejects.toThrow();
      },
    );

    test('refuses the root that LangGraph keeps for itself', async () => {
      await expect(store.put(['langgraph'], 'key', { n: 1 })).rejects.toThrow('langgraph');
    });
  });
}

function keysOf(items: readonly { readonly key: string }[]): string[] {
  return items.map(({ key }) => key).sort();
}

function nested(levels: number): Record<string, unknown> {
  return levels === 0 ? { end: true } : { in: nested(levels - 1) };
}
