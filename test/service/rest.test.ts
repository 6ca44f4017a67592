import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type HttpServer, openHttpServer } from './http-server.ts';
import { newRestCalls } from './rest-calls.ts';

describe('the REST interface', () => {
  let server: HttpServer;
  beforeAll(async () => {
    server = await openHttpServer();
  });
  afterAll(() => server.close());
  const { call, add } = newRestCalls(() => server);

  test('an add is answered with 201, the ids, and where to find it', async () => {
    const { status, headers, body } = await call('POST', '/v1/memories', {
      namespace: 'users/alice',
      text: 'Alice plays chess.',
      session_id: 's1',
    });
    expect(status).toBe(201);
    expect(body).toEqual({
      memories: [{ id: expect.stringMatching(/^note_/), episode_id: expect.stringMatching(/^episode_/) }],
      embedding: 'off',
    });
    const found = await call('GET', headers.get('location') ?? '');
    expect(found.status).toBe(200);
    expect(found.headers.get('etag')).toBe('"1"');
    expect(found.body).toMatchObject({
      text: 'Alice plays chess.',
      session_id: 's1',
      superseded_by: null,
      created_at: expect.stringMatching(/Z$/),
    });
  });

  test('a batch answers item by item', async () => {
    const { status, body } = await call('POST', '/v1/memories/batch', {
      items: [
        { namespace: 'batch', text: 'One.' },
        { namespace: 'batch', text: '' },
      ],
    });
    expect(status).toBe(200);
    expect(body.results).toMatchObject([
      { status: 'stored', memories: [{ episode_id: expect.any(String) }] },
      { status: 'failed', error: { code: 'invalid', pointer: '/items/1/text' } },
    ]);
  });

  test('a listing is paged by cursor', async () => {
    await call('POST', '/v1/memories', {
      namespace: 'paged',
      messages: [1, 2, 3].map((n) => ({ content: `Item ${n}` })),
    });
    const first = await call('GET', '/v1/memories?namespace=paged&limit=2');
    expect(first.body).toMatchObject({ data: [{ text: 'Item 3' }, { text: 'Item 2' }], has_more: true });
    const rest = await call('GET', `/v1/memories?namespace=paged&limit=2&cursor=${first.body.next_cursor}`);
    expect(rest.body).toMatchObject({ data: [{ text: 'Item 1' }], has_more: false, next_cursor: null });
  });

  test('a listing takes a filter and states', async () => {
    const id = await add('states', 'Gone.', { metadata: { colour: 'red' } });
    await add('states', 'Here.', { metadata: { colour: 'red' } });
    await call('DELETE', `/v1/memories/${id}`);
    const filter = encodeURIComponent(JSON.stringify({ colour: 'red' }));
    const texts = async (query: string) =>
      ((await call('GET', `/v1/memories?namespace=states&${query}`)).body.data as { text: string }[]).map(
        (memory) => memory.text,
      );
    expect(await texts(`filter=${filter}`)).toEqual(['Here.']);
    expect(await texts('state=archived')).toEqual(['Gone.']);
    expect(await texts('state=archived&state=active')).toEqual(['Here.', 'Gone.']);
    expect(await texts('state=archived,active')).toEqual(['Here.', 'Gone.']);
  });

  test('an update makes the next entity tag, and one that expects another version is refused', async () => {
    const id = await add('etag', 'One.');
    const updated = await call('PATCH', `/v1/memories/${id}`, { text: 'Two.' }, { 'If-Match': '"1"' });
    expect(updated.status).toBe(200);
    expect(updated.headers.get('etag')).toBe('"2"');
    expect((await call('PATCH', `/v1/memories/${id}`, { text: 'Lost.' }, { 'If-Match': '"1"' })).status).toBe(412);
    expect((await call('DELETE', `/v1/memories/${id}`, undefined, { 'If-Match': '"1"' })).status).toBe(412);
    expect((await call('PATCH', `/v1/memories/${id}`, { text: 'Three.' }, { 'If-Match': '*' })).status).toBe(200);
    const { body } = await call('GET', `/v1/memories/${id}/history`);
    expect(body).toMatchObject({ data: [{ text: 'One.' }, { text: 'Two.' }, { text: 'Three.' }], has_more: false });
  });

  test('delete archives, restore brings back, hard=true erases', async () => {
    const id = await add('delete', 'Here.');
    expect((await call('DELETE', `/v1/memories/${id}`)).body).toEqual({ id, state: 'archived', erased: [] });
    expect((await call('POST', `/v1/memories/${id}/restore`)).body).toMatchObject({ id, state: 'active' });
    expect((await call('DELETE', `/v1/memories/${id}?hard=true`)).body).toEqual({ id, state: 'erased', erased: [id] });
    expect((await call('GET', `/v1/memories/${id}`)).status).toBe(404);
  });

  test('an idempotency key stores once, and refuses another request', async () => {
    const headers = { 'Idempotency-Key': 'key-1' };
    const first = await call('POST', '/v1/memories', { namespace: 'once', text: 'Once.' }, headers);
    const again = await call('POST', '/v1/memories', { namespace: 'once', text: 'Once.' }, headers);
    expect([again.status, again.text]).toEqual([201, first.text]);
    const other = await call('POST', '/v1/memories', { namespace: 'once', text: 'Twice.' }, headers);
    expect([other.status, other.body.code]).toEqual([422, 'key_reused']);
  });

  test('two at once with one idempotency key: one is done, one is told to come back', async () => {
    const headers = { 'Idempotency-Key': 'key-2' };
    const body = { namespace: 'at-once', text: 'Once.' };
    const answers = await Promise.all([1, 2].map(() => call('POST', '/v1/memories', body, headers)));
    const refused = answers.find((answer) => answer.status === 409);
    // Both may also have come one after the other.
    if (refused !== undefined) expect(refused.headers.get('retry-after')).toBe('1');
    expect((await call('GET', '/v1/memories?namespace=at-once')).body.data).toHaveLength(1);
  });

  test("another tenant's memory and one that never was are answered byte for byte alike", async () => {
    const theirs = await add('users/alice', 'The safe code is 4711.');
    const nobodys = `note_${'0'.repeat(theirs.length - 'note_'.length)}`;
    for (const [method, suffix, body] of [
      ['GET', '', undefined],
      ['PATCH', '', { text: 'mine' }],
      ['DELETE', '', undefined],
      ['DELETE', '?hard=true', undefined],
      ['GET', '/history', undefined],
      ['POST', '/restore', undefined],
    ] as const) {
      const [one, other] = await Promise.all(
        [theirs, nobodys].map(async (id) => {
          const path = `/v1/memories/${id}${suffix}`;
          const answer = await call(method, path, body, {
            Authorization: `Bearer ${server.strangerKey}`,
            'X-Request-Id': 'r',
          });
          const headers = [...answer.headers].filter(([name]) => name !== 'date');
          return { status: answer.status, headers, text: answer.text.replaceAll(id, 'ID') };
        }),
      );
      expect(one).toEqual(other);
      expect(one?.status).toBe(404);
    }
  });

  test('without a key nothing is said, not even which addresses there are', async () => {
    for (const [method, path] of [
      ['GET', '/v1/memories/note_1'],
      ['POST', '/v1/search'],
      ['GET', '/v1/nothing'],
      ['PUT', '/v1/memories'],
      ['GET', '/v1'],
    ] as const) {
      const response = await fetch(server.url + path, { method });
      expect([path, response.status]).toEqual([path, 401]);
      expect(response.headers.get('www-authenticate')).toContain('Bearer');
      expect(await response.json()).toMatchObject({ code: 'unauthenticated', errors: [] });
    }
  });

  test('an unknown address and an unknown method are problems', async () => {
    expect((await call('GET', '/v1/nothing')).body).toMatchObject({ status: 404, code: 'not_found' });
    expect((await call('GET', '/favicon.ico')).body).toMatchObject({ status: 404 });
    const put = await call('PUT', '/v1/memories');
    expect([put.status, put.headers.get('allow')]).toEqual([405, 'GET, POST']);
    expect((await call('GET', '/v1/memories/batch')).status).toBe(405);
  });

  test('each answer names its request, and takes over the name it was given', async () => {
    const named = await call('GET', '/v1/memories/note_1', undefined, { 'X-Request-Id': 'trace-7' });
    expect(named.headers.get('x-request-id')).toBe('trace-7');
    expect(named.body).toMatchObject({ request_id: 'trace-7', instance: '/v1/memories/note_1' });
    const misnamed = await call('GET', '/livez', undefined, { 'X-Request-Id': 'a b"c' });
    expect(misnamed.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('no answer is kept by caches, framed, sniffed, or says what serves it', async () => {
    const { headers } = await call('GET', '/livez');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-security-policy')).toBe("default-src 'none';frame-ancestors 'none'");
    expect(headers.get('x-powered-by')).toBeNull();
  });

  test('what goes wrong inside is logged and not told', async () => {
    const broken = await openHttpServer();
    const id = 'note_1';
    broken.store.note = async () => {
      throw new Error('SELECT secret FROM notes');
    };
    const response = await fetch(`${broken.url}/v1/memories/${id}`, {
      headers: { Authorization: `Bearer ${broken.key}` },
    });
    const text = await response.text();
    expect(response.status).toBe(500);
    expect(text).not.toContain('SELECT');
    expect(JSON.parse(text)).toMatchObject({ code: 'internal', request_id: response.headers.get('x-request-id') });
    expect(broken.failures).toHaveLength(1);
    await broken.close();
  });

  test('readiness goes red with the reasons; liveness stays green', async () => {
    const other = await openHttpServer();
    expect(await (await fetch(`${other.url}/readyz`)).json()).toEqual({ status: 'ready' });
    const health = await other.store.health();
    other.store.health = async () => ({ ...health, writable: false });
    other.setDraining();
    const response = await fetch(`${other.url}/readyz`);
    expect(response.status).toBe(503);
    expect(response.headers.get('connection')).toBe('close');
    expect(await response.json()).toMatchObject({
      reasons: ['The server is shutting down.', 'The store cannot be written.'],
    });
    expect((await fetch(`${other.url}/livez`)).status).toBe(200);
    await other.close();
  });
});
