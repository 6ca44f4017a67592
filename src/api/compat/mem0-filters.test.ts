import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Json } from '../../memory/episode.ts';
import { isEcphoryError } from '../../memory/errors.ts';
import { parseFilter } from '../../memory/filter.ts';
import { parseNamespace, parseReadScope, parseTenant } from '../../memory/scope.ts';
import { entityIdsOf, namespaceOf, parseEntityId } from './mem0-entity.ts';
import { selectionOf } from './mem0-filters.ts';

describe("mem0's filters", () => {
  test.each<[string, Json, object]>([
    ['a user alone needs no filter', { user_id: 'alice' }, { namespace: 'mem0/users/alice' }],
    [
      'the user that every match has says where to look',
      { AND: [{ user_id: 'alice' }, { run_id: '*' }] },
      { namespace: 'mem0/users/alice', filter: { mem0_run_id: { $exists: true } } },
    ],
    [
      'any user is every namespace of users',
      { user_id: '*', topic: 'x' },
      { namespace: 'mem0/users/**', filter: { topic: { $eq: 'x' } } },
    ],
    [
      'an agent may have any user',
      { agent_id: { in: ['a', 'b'] } },
      { namespace: 'mem0/**', filter: { mem0_agent_id: { $in: ['a', 'b'] } } },
    ],
    [
      'alternatives are looked for everywhere',
      { OR: [{ user_id: 'alice' }, { agent_id: 'bot', app_id: 'web' }] },
      {
        namespace: 'mem0/**',
        filter: {
          $or: [{ mem0_user_id: { $eq: 'alice' } }, { mem0_agent_id: { $eq: 'bot' }, mem0_app_id: { $eq: 'web' } }],
        },
      },
    ],
    [
      'NOT excludes whatever one of its filters matches',
      { user_id: 'a', NOT: [{ run_id: 'r' }, { topic: 'x' }] },
      {
        namespace: 'mem0/users/a',
        filter: { $not: { $or: [{ mem0_run_id: { $eq: 'r' } }, { topic: { $eq: 'x' } }] } },
      },
    ],
    [
      'a user excluded pins no namespace',
      { NOT: { user_id: 'a' } },
      { namespace: 'mem0/**', filter: { $not: { mem0_user_id: { $eq: 'a' } } } },
    ],
    [
      'two users at once match nothing',
      { AND: [{ user_id: 'a' }, { user_id: 'b' }] },
      { namespace: 'mem0/users/a', filter: { mem0_user_id: { $eq: 'b' } } },
    ],
    [
      'times, categories and metadata have their own names here',
      {
        user_id: 'a',
        created_at: { gte: '2024-07-01', lt: '2024-08-01' },
        categories: { contains: 'x' },
        metadata: { n: { gt: 2 } },
      },
      {
        namespace: 'mem0/users/a',
        filter: {
          created_at: { $gte: '2024-07-01', $lt: '2024-08-01' },
          tags: { $contains: 'x' },
          n: { $gt: 2 },
        },
      },
    ],
    [
      'in of categories means to have one of them',
      { user_id: 'a', categories: { in: ['x', 'y'] } },
      { namespace: 'mem0/users/a', filter: { $or: [{ tags: { $contains: 'x' } }, { tags: { $contains: 'y' } }] } },
    ],
  ])('%s', (_, filters, selection) => {
    expect(selectionOf(filters)).toEqual(selection);
  });

  test.each<[string, Json, string]>([
    ['no entity', { topic: 'x' }, '/filters'],
    ['nothing', {}, '/filters'],
    ['no object', [], '/filters'],
    ['an operator that is not known', { user_id: 'a', topic: { icontains: 'x' } }, '/filters/topic/icontains'],
    ['an empty list', { user_id: 'a', OR: [] }, '/filters/OR'],
    ['a time of revision', { AND: [{ user_id: 'a' }, { updated_at: '*' }] }, '/filters/AND/1/updated_at'],
    ['a name that is a field of ours', { user_id: 'a', metadata: { kind: 'x' } }, '/filters/metadata/kind'],
    ['a name that is an operator of ours', { user_id: 'a', $or: 'x' }, '/filters/$or'],
  ])('%s is refused where it stands', (_, filters, pointer) => {
    expect(() => selectionOf(filters)).toThrow(
      expect.objectContaining({ code: 'invalid', faults: [expect.objectContaining({ pointer })] }),
    );
  });

  test('whatever is sent is refused as invalid, or reads below mem0 with a filter that our grammar knows', () => {
    const names = fc.constantFrom(
      'AND',
      'OR',
      'NOT',
      'user_id',
      'agent_id',
      'metadata',
      'categories',
      'created_at',
      'x',
      'in',
      'gt',
    );
    const leaf = fc.constantFrom<Json>('*', 'alice', '', '../x', 1, null, true, '2024-01-01', [], ['a']);
    const { value } = fc.letrec<{ value: Json; object: Json }>((tie) => ({
      value: fc.oneof({ maxDepth: 6 }, leaf, tie('object'), fc.array(tie('value'), { maxLength: 3 })),
      object: fc.dictionary(names, tie('value'), { maxKeys: 3 }),
    }));
    const known = (read: () => unknown) => {
      try {
        return read();
      } catch (error) {
        if (isEcphoryError(error) && error.code === 'invalid') return null;
        throw error;
      }
    };
    fc.assert(
      fc.property(value, (filters) => {
        known(() => {
          const { namespace, filter } = selectionOf(filters);
          expect(namespace).toMatch(/^mem0\//);
          parseReadScope(parseTenant('t'), namespace);
          if (filter !== undefined) parseFilter(filter);
        });
      }),
      { numRuns: 500 },
    );
  });
});

test('each id has a namespace of its own, and is found in it again', () => {
  const id = fc.oneof(
    fc.string({ minLength: 1, maxLength: 12 }),
    fc.constantFrom('.', '..', 'a/b', '*x', ' a', 'a ', '%2F'),
  );
  fc.assert(
    fc.property(id, id, (left, right) => {
      const namespaces = [left, right].map((value) => {
        try {
          const parsed = parseEntityId('user_id', value);
          const namespace = parseNamespace(namespaceOf({ user_id: parsed }));
          expect(entityIdsOf({ namespace, metadata: {} })).toEqual({ user_id: parsed });
          return namespace;
        } catch (error) {
          if (isEcphoryError(error) && (value.trim() === '' || value === '*')) return null;
          throw error;
        }
      });
      if (left.normalize('NFC') !== right.normalize('NFC') && namespaces[0] !== null) {
        expect(namespaces[0]).not.toBe(namespaces[1]);
      }
    }),
  );
});
