import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Change } from '../../src/memory/change.ts';
import type { NoteId } from '../../src/memory/ids.ts';
import { limits } from '../../src/memory/limits.ts';
import { makeEntity, makeLink, makeNote, makeScope, noteAdded } from '../builders.ts';
import { type HttpServer, openHttpServer } from './http-server.ts';
import { newRestCalls } from './rest-calls.ts';

/** Facts, links, entities and graphs as they look on the wire. */
describe('the REST interface to what is known', () => {
  let server: HttpServer;
  beforeAll(async () => {
    server = await openHttpServer();
  });
  afterAll(() => server.close());
  const { call, add } = newRestCalls(() => server);

  const porto = { subject: 'Clara', attribute: 'residence', value: 'Porto', valid_at: '2023-01-01' };

  test('a fact is answered with 201 in the words of the wire, and one that was held with 200', async () => {
    const namespace = 'facts';
    const first = await call('POST', '/v1/facts', { namespace, ...porto });
    expect(first.status).toBe(201);
    expect(first.body).toEqual({
      outcome: 'added',
      fact: {
        id: expect.stringMatching(/^note_/),
        namespace,
        ...porto,
        polarity: 'positive',
        is_single: true,
        text: expect.stringContaining('Porto'),
        state: 'active',
        trust: 2,
        origin: 'user',
        valid_at: '2023-01-01T00:00:00.000Z',
        invalid_at: null,
        created_at: expect.stringMatching(/Z$/),
        superseded_by: null,
        sources: [],
        contradicts: [],
      },
      others: [],
    });
    expect((await call('GET', first.headers.get('location') ?? '')).body).toMatchObject({ kind: 'semantic' });
    const again = await call('POST', '/v1/facts', { namespace, ...porto });
    expect([again.status, again.body.outcome]).toEqual([200, 'corroborated']);
    const next = await call('POST', '/v1/facts', { namespace, ...porto, value: 'Lisbon', valid_at: '2024-03-01' });
    expect([next.status, next.body.outcome]).toEqual([201, 'superseded']);

    const values = async (query: string) => {
      const { body } = await call('GET', `/v1/facts?namespace=${namespace}${query}`);
      expect(body).toMatchObject({ next_cursor: null, has_more: false });
      return (body.data as { value: string }[]).map(({ value }) => value);
    };
    expect(await values('&subject=clara&attribute=residence')).toEqual(['Lisbon']);
    expect(await values('&as_of=2023-06-01')).toEqual(['Porto']);
    expect(await values('&include_superseded=true&limit=2')).toEqual(['Porto', 'Lisbon']);
    expect(await values('&include_superseded=false')).toEqual(['Lisbon']);
    const { body } = await call('GET', `/v1/facts/changes?namespace=${namespace}&subject=Clara`);
    expect((body.data as object[]).map((change) => ({ ...change, fact: undefined }))).toMatchObject([
      { at: '2023-01-01T00:00:00.000Z', kind: 'began', other: null },
      { kind: 'ended', other: (next.body.fact as { id: string }).id },
      { kind: 'began', other: (first.body.fact as { id: string }).id },
    ]);
  });

  test('of more facts than are read at once the newest are told', async () => {
    const namespace = 'many-facts';
    const subject = 'Clara';
    const notes = Array.from({ length: limits.factsRead + 5 }, (_, index) =>
      makeNote({
        scope: scope(namespace),
        createdAt: index + 1,
        claim: { subject, attribute: 'likes', value: `film ${index}`, polarity: 'positive', isSingle: false },
      }),
    );
    await apply(namespace, notes.map(noteAdded));
    const { body } = await call('GET', `/v1/facts?namespace=${namespace}&subject=clara&limit=2`);
    const last = limits.factsRead + 4;
    expect((body.data as { value: string }[]).map(({ value }) => value)).toEqual([`film ${last - 1}`, `film ${last}`]);
  });

  test('a fact is stored once under an idempotency key', async () => {
    const headers = { 'Idempotency-Key': 'fact-1' };
    const first = await call('POST', '/v1/facts', { namespace: 'once', ...porto }, headers);
    const again = await call('POST', '/v1/facts', { namespace: 'once', ...porto }, headers);
    expect([again.status, again.text]).toEqual([201, first.text]);
    const other = await call('POST', '/v1/facts', { namespace: 'once', ...porto, value: 'Faro' }, headers);
    expect([other.status, other.body.code]).toEqual([422, 'key_reused']);
  });

  test('a memory is invalidated with and without a body', async () => {
    const [one, other] = [await add('ended', 'One.'), await add('ended', 'Other.')];
    const plain = await call('POST', `/v1/memories/${one}/invalidate`);
    expect(plain.body).toMatchObject({ id: one, state: 'invalidated', invalid_at: expect.any(String) });
    expect(plain.headers.get('etag')).toBe('"1"');
    const told = await call('POST', `/v1/memories/${other}/invalidate`, {
      invalid_at: '2024-01-01',
      superseded_by: one,
      reason: 'It moved.',
    });
    expect(told.body).toMatchObject({ superseded_by: one, invalid_at: '2024-01-01T00:00:00.000Z' });
    expect((await call('POST', `/v1/memories/${one}/restore`)).body).toMatchObject({ invalid_at: null });
  });

  test('what a pass derives beside a memory leaves its entity tag alone', async () => {
    const id = await add('derived', 'Clara plays the cello.');
    const stored = await server.store.note(scope('derived').tenant, id as NoteId);
    const keys = (await server.store.workingRowsOf({ ...scope('derived'), subtree: false }, [id as NoteId]))[0]!.keys;
    await server.store.apply(scope('derived'), [
      {
        kind: 'note-derived',
        noteId: id as NoteId,
        expectedVersion: 1,
        expectedDerivation: stored!.note.derivation,
        derived: {
          keywords: ['cello'],
          tags: ['music'],
          context: null,
          importance: 0.5,
          times: [],
          basis: [],
          by: 'rules-1',
        },
        keys,
        isEmbeddedAnew: false,
        cause: 'notes',
        at: 1,
      },
    ]);
    const got = await call('GET', `/v1/memories/${id}`);
    expect([got.headers.get('etag'), got.body.keywords, got.body.tags]).toEqual(['"1"', ['cello'], ['music']]);
    const updated = await call(
      'PATCH',
      `/v1/memories/${id}`,
      { text: 'Clara plays the viola.' },
      { 'If-Match': '"1"' },
    );
    expect(updated.status).toBe(200);
    const { body } = await call('GET', `/v1/memories/${id}/history`);
    const forms = body.data as { version: number; derivation: number }[];
    expect(forms.map(({ version, derivation }) => [version, derivation])).toEqual([
      [1, 0],
      [1, 1],
      [2, 1],
    ]);
  });

  test('what passes derived is no memory in a listing, unless it is asked for by origin', async () => {
    const id = await add('listed', 'Clara lives in Porto.');
    const { note } = (await server.store.note(scope('listed').tenant, id as NoteId))!;
    const keys = (await server.store.workingRowsOf({ ...scope('listed'), subtree: false }, [note.id]))[0]!.keys;
    const derived = { ...note, id: `note_${'d'.repeat(26)}` as NoteId, kind: 'semantic', origin: 'derived' } as const;
    await server.store.apply(scope('listed'), [{ kind: 'note-added', note: derived, keys }]);
    const count = async (filter: object) => {
      const query = `namespace=listed&filter=${encodeURIComponent(JSON.stringify(filter))}`;
      return ((await call('GET', `/v1/memories?${query}`)).body.data as object[]).length;
    };
    expect(await count({})).toBe(1);
    expect(await count({ origin: 'derived' })).toBe(1);
    expect(await count({ origin: { $in: ['derived', 'user'] } })).toBe(2);
    expect(await count({ kind: 'semantic' })).toBe(0);
  });

  test('links of a memory are shown strongest first, whichever way they lead', async () => {
    const namespace = 'linked';
    const [one, two, three] = [
      await add(namespace, 'One.'),
      await add(namespace, 'Two.'),
      await add(namespace, 'Three.'),
    ];
    await apply(namespace, [
      link(namespace, one, two, { weight: 0.4, reason: 'both about numbers' }),
      link(namespace, three, one, { weight: 0.9, type: 'contradicts' }),
    ]);
    const { body } = await call('GET', `/v1/memories/${one}/related`);
    expect(body.data).toMatchObject([
      { type: 'contradicts', direction: 'to', weight: 0.9, memory: { id: three, text: 'Three.' } },
      {
        type: 'related',
        direction: 'from',
        reason: 'both about numbers',
        memory: { id: two, created_at: expect.any(String) },
      },
    ]);
    await call('DELETE', `/v1/memories/${three}`);
    expect((await call('GET', `/v1/memories/${one}/related`)).body.data).toHaveLength(1);
  });

  test('entities are listed with what mentions them and what is held of them', async () => {
    const namespace = 'named';
    const clara = makeEntity('Clara Weiss', { scope: scope(namespace) });
    const rome = makeEntity('Rome', { scope: scope(namespace), kind: 'place' });
    const [one, two] = [
      await add(namespace, 'Clara Weiss met Ben in Rome.'),
      await add(namespace, 'Clara Weiss sings.'),
    ];
    await apply(namespace, [mention(one, [clara, rome]), mention(two, [clara])]);
    await call('POST', '/v1/facts', { namespace, ...porto, subject: 'Clara Weiss' });
    expect((await call('GET', `/v1/entities?namespace=${namespace}`)).body.data).toEqual([
      { id: clara.id, kind: 'person', name: 'Clara Weiss', memories: 2 },
      { id: rome.id, kind: 'place', name: 'Rome', memories: 1 },
    ]);
    expect((await call('GET', `/v1/entities?namespace=${namespace}&prefix=weiss`)).body.data).toHaveLength(1);
    const { body } = await call('GET', `/v1/entities/${clara.id}`);
    expect(body).toMatchObject({ namespace, memories: 2, facts: [{ subject: 'Clara Weiss', value: 'Porto' }] });
    expect((body.mentioned_in as { id: string }[]).map(({ id }) => id)).toEqual([two, one]);
  });

  test('a graph grows from its centre over links and entities, and says when it was cut', async () => {
    const namespace = 'graph';
    const clara = makeEntity('Clara', { scope: scope(namespace) });
    const [one, two, three, four, alone] = await Promise.all(
      ['One.', 'Two.', 'Three.', 'Four.', 'Alone.'].map((text) => add(namespace, text)),
    );
    await apply(namespace, [
      link(namespace, one!, two!, { weight: 0.4 }),
      link(namespace, two!, three!, { weight: 0.8 }),
      mention(one!, [clara]),
      mention(four!, [clara]),
    ]);
    const graph = async (query: string) => {
      const { body } = await call('GET', `/v1/graph?namespace=${namespace}${query}`);
      const nodes = body.nodes as { id: string; hops: number }[];
      const edges = body.edges as { from: string; to: string; type: string }[];
      return {
        nodes: Object.fromEntries(nodes.map(({ id, hops }) => [id, hops])),
        edges: edges.map(({ from, to, type }) => [from, type, to]),
        isTruncated: body.is_truncated,
      };
    };
    const near = await graph(`&center=${one}`);
    expect(near.nodes).toEqual({ [one!]: 0, [two!]: 1, [clara.id]: 1 });
    expect(near.edges).toEqual([
      [one, 'related', two],
      [one, 'mentions', clara.id],
    ]);
    expect(near.isTruncated).toBe(false);
    const far = await graph(`&center=${one}&hops=2`);
    expect(far.nodes).toEqual({ [one!]: 0, [two!]: 1, [clara.id]: 1, [three!]: 2, [four!]: 2 });
    expect((await graph(`&center=${clara.id}`)).nodes).toEqual({ [clara.id]: 0, [one!]: 1, [four!]: 1 });
    const cut = await graph(`&center=${one}&hops=3&limit=2`);
    expect([Object.keys(cut.nodes).length, cut.isTruncated]).toEqual([2, true]);
    const overview = await graph('&limit=50');
    expect(Object.keys(overview.nodes)).not.toContain(alone);
    expect([overview.nodes[two!], overview.nodes[three!], overview.nodes[one!]]).toEqual([0, 0, 0]);
    const elsewhere = await call('GET', `/v1/graph?namespace=other&center=${one}`);
    expect(elsewhere.status).toBe(404);
  });

  test("what is another tenant's and what never was are answered byte for byte alike", async () => {
    const namespace = 'secret';
    const clara = makeEntity('Clara', { scope: scope(namespace) });
    const id = await add(namespace, 'Clara knows the safe code.');
    await apply(namespace, [mention(id, [clara])]);
    for (const [method, before, after, theirs, body] of [
      ['POST', '/v1/memories/', '/invalidate', id, {}],
      ['GET', '/v1/memories/', '/related', id, undefined],
      ['GET', '/v1/entities/', '', clara.id, undefined],
      ['GET', `/v1/graph?namespace=${namespace}&center=`, '', id, undefined],
      ['GET', `/v1/graph?namespace=${namespace}&center=`, '', clara.id, undefined],
    ] as const) {
      const nobodys = theirs.replace(/_.*/, `_${'0'.repeat(26)}`);
      const [one, other] = await Promise.all(
        [theirs, nobodys].map(async (asked) => {
          const answer = await call(method, before + asked + after, body, {
            Authorization: `Bearer ${server.strangerKey}`,
            'X-Request-Id': 'r',
          });
          const headers = [...answer.headers].filter(([name]) => name !== 'date');
          return { status: answer.status, headers, text: answer.text.replaceAll(asked, 'ID') };
        }),
      );
      expect(one).toEqual(other);
      expect(one?.status).toBe(404);
    }
  });

  function scope(namespace: string) {
    return makeScope('ours', namespace);
  }

  function apply(namespace: string, changes: readonly Change[]) {
    return server.store.apply(scope(namespace), changes);
  }

  function link(namespace: string, from: string, to: string, more: object): Change {
    return { kind: 'link-set', link: makeLink(from as NoteId, to as NoteId, { scope: scope(namespace), ...more }) };
  }

  function mention(noteId: string, entities: readonly ReturnType<typeof makeEntity>[]): Change {
    const mentions = entities.map((entity, index) => ({ entity, start: index, end: index + 1 }));
    return { kind: 'entities-set', noteId: noteId as NoteId, mentions };
  }
});
