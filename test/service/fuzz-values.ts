import type { Json } from '../../src/memory/episode.ts';

export type Schema = { readonly [key: string]: Json };

/** Whole numbers from 0 to below `below`, the same for the same seed (mulberry32). */
export type Random = (below: number) => number;

export function newRandom(seed: number): Random {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296) * below);
  };
}

export interface Values {
  /** What the schema takes, as often as not at one of its bounds. */
  valid(schema: Schema, name?: string): Json;
  /** The same with one thing wrong somewhere, most of the time. */
  broken(schema: Schema): Json;
  pick<Item>(items: readonly Item[]): Item;
}

export interface ValuesParts {
  readonly random: Random;
  /** Schemas by name, for references. */
  readonly named: Readonly<Record<string, Schema>>;
  /** Values that fit a field by its name, such as ids of what is there; null when nothing is known of it. */
  readonly known: (name: string) => readonly string[] | null;
}

/** Values drawn from JSON schemas of the document. */
export function newValues({ random, named, known }: ValuesParts): Values {
  return { valid, broken: (schema) => damaged(valid(schema)), pick };

  function valid(given: Schema, name = ''): Json {
    const schema = typeof given.$ref === 'string' ? (named[given.$ref.split('/').at(-1) ?? ''] ?? {}) : given;
    const choices = (schema.anyOf ?? schema.oneOf) as readonly Schema[] | undefined;
    if (choices !== undefined) return valid(pick(choices), name);
    if (schema.const !== undefined) return schema.const;
    if (Array.isArray(schema.enum)) return pick(schema.enum as Json[]);
    switch (schema.type) {
      case 'object':
        return object(schema);
      case 'array': {
        const { minItems = 0 } = schema;
        const length = Math.max(Number(minItems), random(4));
        return Array.from({ length }, () => valid((schema.items ?? {}) as Schema, name));
      }
      case 'integer':
        return pick([Number(schema.minimum ?? 0), Number(schema.maximum ?? 9), Number(schema.default ?? 1), 1, 2]);
      case 'number':
        return pick([Number(schema.minimum ?? 0), Number(schema.maximum ?? 1), 1e-9, 0.5, 1, 30, 36_500]);
      case 'boolean':
        return random(2) === 0;
      case 'null':
        return null;
      default:
        return text(schema, name);
    }
  }

  function object(schema: Schema): Json {
    if (schema.properties === undefined) return pick([...openObjects, ...((schema.examples ?? []) as Json[])]);
    const needed = (schema.required ?? []) as readonly string[];
    const fields = Object.entries(schema.properties as Record<string, Schema>).filter(
      ([name]) => needed.includes(name) || random(3) === 0,
    );
    return Object.fromEntries(fields.map(([name, field]) => [name, valid(field, name)]));
  }

  function text(schema: Schema, name: string): string {
    const fitting = known(name);
    if (fitting !== null && fitting.length > 0 && random(8) > 0) return pick(fitting);
    const examples = (schema.examples ?? []) as readonly string[];
    if (examples.length > 0 && random(4) > 0) return pick(examples);
    if (examples.some((example) => /^\d{4}-\d{2}/.test(example))) return pick(times);
    if (random(30) === 0 && schema.maxLength !== undefined)
      return 'x'.repeat(Math.min(Number(schema.maxLength), 70_000));
    return pick(texts);
  }

  /** Goes down a random way and puts something else where it ends. */
  function damaged(value: Json): Json {
    if (random(3) > 0) {
      if (Array.isArray(value) && value.length > 0) {
        const at = random(value.length);
        return value.map((item, index) => (index === at ? damaged(item as Json) : (item as Json)));
      }
      if (value !== null && typeof value === 'object' && !Array.isArray(value)) {
        const entries = Object.entries(value as Schema);
        const at = random(entries.length + 1);
        if (at === entries.length) return { ...(value as Schema), [pick(names)]: pick(oddities) };
        if (random(4) === 0) return Object.fromEntries(entries.filter((_, index) => index !== at));
        return Object.fromEntries(entries.map(([name, field], index) => [name, index === at ? damaged(field) : field]));
      }
    }
    return pick(oddities);
  }

  function pick<Item>(items: readonly Item[]): Item {
    return items[random(items.length)] as Item;
  }
}

const times = [
  '0001-01-01',
  '9999-12-31T23:59:59.999Z',
  '9999-12-31T23:59:59-14:00',
  '0001-01-01T00:00:00+14:00',
  '1969-12-31',
  '2024-02-29 10:00',
];

const texts = [
  'Ana moved to Lisbon in March 2024.',
  'I always answer in metric units.',
  'a',
  'Which came first, the dog or the cat?',
  'What happened last week?',
  'Straße, 東京, 👩‍👩‍👧, e\u0301, \u202Eright to left',
  '"; DROP TABLE notes; --',
  "NEAR(a b) OR 'x'* ^ AND (",
  '../../etc/passwd',
  '<script>alert(1)</script>',
  '%00%ff',
  '**',
];

const names = ['tenant', 'sessionId', '__proto__', 'constructor', 'x', '', 'limit', '$where'];

const openObjects: readonly Json[] = [
  {},
  { kind: 'episodic' },
  { trust: { $gte: 1, $lt: 3 } },
  { $or: [{ tags: { $contains: 'a' } }, { $not: { pinned: true } }] },
  { created_at: { $gte: '2024-01-01' }, expires_at: { $exists: false } },
  { topic: { $in: ['travel', 1, null, true] } },
  { topic: 'travel', deep: { a: [1, { b: null }] } },
  { $and: [] },
  { $nope: 1 },
  { created_at: { $gt: 'yesterday' } },
  { $not: { $not: { $not: { $not: { $not: { a: 1 } } } } } },
];

const oddities: readonly Json[] = [
  null,
  '',
  ' ',
  0,
  -1,
  0.5,
  1e308,
  -1e308,
  9_007_199_254_740_992,
  true,
  [],
  {},
  [[[[[[]]]]]],
  [null],
  'a\u0000b',
  'a\ud800b',
  '\udc00',
  '2024-13-45',
  '9'.repeat(400),
  'x'.repeat(70_000),
  'users//alice',
  'users/**',
  '/**',
  '../..',
  'a/'.repeat(300),
  { $gt: {} },
  'note_00000000000000000000000000',
];
