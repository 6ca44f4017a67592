import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import { type RunningServer, startServer } from '../../src/server.ts';

const key = `ecphory_mem0test_${'k'.repeat(43)}`;
const quiet = () => {};
const log = { debug: quiet, info: quiet, warn: quiet, error: quiet };

interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown> & Record<string, unknown>[];
}

describe("mem0's addresses", () => {
  let folder: string;
  let server: RunningServer;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ecphory-mem0-'));
    const flags = { database: join(folder, 'e.db'), port: '0', compat: 'mem0' };
    server = await startServer(loadConfig(flags, { ECPHORY_API_KEY: key }), { log });
  });
  afterAll(async () => {
    await server.close();
    await rm(folder, { recursive: true });
  });

  test('versions 1 and 2 answer as their clients expect: bare lists, and results for v1.1', async () => {
    const body = { messages: 'I collect stamps.', user_id: 'old', org_id: null, project_id: null };
    expect((await call('POST', '/v1/memories/', body)).body).toMatchObject([{ event: 'ADD' }]);
    const v11 = await call('POST', '/v1/memories/', { ...body, messages: 'I collect coins.', output_format: 'v1.1' });
    expect(v11.body).toMatchObject({ results: [{ memory: 'I collect coins.' }] });
    expect((await call('POST', '/v1/memories/search/', { query: 'stamps', user_id: 'old' })).body).toMatchObject([
      { memory: 'I collect stamps.', user_id: 'old', score: expect.any(Number) },
      {},
    ]);
    const filters = { AND: [{ user_id: 'old' }] };
    expect((await call('POST', '/v2/memories/search/', { query: 'coins', filters })).body).toMatchObject([{}, {}]);
    expect((await call('GET', '/v1/memories/?user_id=old')).body).toHaveLength(2);
    expect((await call('POST', '/v2/memories/', { filters })).body).toHaveLength(2);
    expect((await call('GET', '/v1/memories/?user_id=old&page=1&page_size=1')).body).toMatchObject({
      count: 2,
      next: '/v1/memories/?page=2&page_size=1',
    });
  });

  test("the addresses of mem0's open edition take its key header, and answer with results", async () => {
    const open = (method: string, path: string, body?: object) => call(method, path, body, { 'X-API-Key': key });
    const added = await open('POST', '/memories', {
      messages: [{ role: 'user', content: 'I row.' }],
      user_id: 'open',
      metadata: { sport: true },
    });
    expect(added).toMatchObject({ status: 200, body: { results: [{ memory: 'I row.', event: 'ADD' }] } });
    const found = await open('POST', '/search', { query: 'rowing: I row', user_id: 'open', limit: 3 });
    const [memory] = found.body.results as { readonly id: string }[];
    expect(memory).toMatchObject({ memory: 'I row.', metadata: { sport: true } });
    const path = `/memories/${memory?.id}`;
    expect((await open('PUT', path, { data: 'I row at dawn.' })).body).toMatchObject({ text: 'I row at dawn.' });
    expect((await open('GET', '/memories?user_id=open')).body).toMatchObject({
      results: [{ memory: 'I row at dawn.' }],
    });
    expect((await open('GET', `${path}/history`)).body).toHaveLength(2);
    expect((await open('DELETE', path)).status).toBe(200);
    expect((await open('GET', path)).status).toBe(404);
    expect((await open('DELETE', '/memories')).status).toBe(400);
    expect((await call('GET', '/memories?user_id=open', undefined, {})).status).toBe(401);
  });

  test("our own addresses keep their meaning beside mem0's", async () => {
    const own = { Authorization: `Bearer ${key}` };
    const added = await call('POST', '/v1/memories/', { namespace: 'users/alice', text: 'Ours.' }, own);
    expect(added).toMatchObject({ status: 201, body: { memories: [{}] } });
    const listed = await call('GET', '/v1/memories?namespace=users/alice', undefined, own);
    expect(listed.body).toMatchObject({ data: [{ text: 'Ours.', namespace: 'users/alice' }] });
    expect((await call('DELETE', '/v1/memories?user_id=alice', undefined, own)).status).toBe(405);
  });

  test('broken requests are refused, not failures', async () => {
    for (const [method, path, body] of [
      ['POST', '/v3/memories/add/', { messages: [], user_id: 'a' }],
      ['POST', '/v3/memories/add/', { messages: [{ content: { type: 'image_url' } }], user_id: 'a' }],
      ['POST', '/v3/memories/add/', { messages: [{ role: 'king', content: 'x' }], user_id: 'a' }],
      ['POST', '/v3/memories/add/', { messages: 'x', user_id: 'a'.repeat(129) }],
      ['POST', '/v3/memories/add/', { messages: 'x', user_id: '*' }],
      ['POST', '/v3/memories/add/', { messages: 'x', user_id: 'a', metadata: { mem0_user_id: 'b' } }],
      ['POST', '/v3/memories/add/', { messages: 'x', user_id: 'a', expiration_date: '2026-13-40' }],
      ['POST', '/v3/memories/add/', { messages: [{ content: 'x' }], user_id: 'a', timestamp: 1e300 }],
      ['POST', '/v3/memories/search/', { query: '', filters: { user_id: 'a' } }],
      ['POST', '/v3/memories/search/', { filters: { user_id: 'a' } }],
      ['POST', '/v3/memories/search/', { query: 'x', filters: { user_id: 'a' }, top_k: 0 }],
      ['POST', '/v3/memories/?page=0', { filters: { user_id: 'a' } }],
      ['POST', '/v3/memories/?page=x', { filters: { user_id: 'a' } }],
      ['DELETE', '/v1/memories/', undefined],
      ['DELETE', '/v1/memories/?user_id=*', undefined],
      ['DELETE', '/v1/memories/?user_id=a&user_id=b', undefined],
      ['PUT', '/v1/batch/', { memories: [{}] }],
    ] as const) {
      expect([path, body, (await call(method, path, body)).status]).toEqual([path, body, 400]);
    }
    expect((await call('POST', '/v3/memories/', { filters: { user_id: 'a' } })).body).toMatchObject({ count: 0 });
    expect((await call('DELETE', '/v2/entities/planet/mars/')).status).toBe(404);
    expect((await call('GET', '/v1/memories/..%2f/')).status).toBe(404);
    expect((await call('GET', '/v1/webhooks/')).status).toBe(404);
    expect((await call('GET', '/v1/webhooks/', undefined, { Authorization: 'Token x' })).status).toBe(401);
  });

  test('whatever a client sends, the answer is no failure of ours', async () => {
    const paths = [
      '/v3/memories/add/',
      '/v3/memories/search/',
      '/v3/memories/',
      '/v1/memories/',
      '/v2/memories/',
      '/search',
    ];
    const field = fc.constantFrom(
      ...['messages', 'role', 'content', 'user_id', 'run_id', 'metadata', 'filters', 'AND', 'NOT', 'query', 'top_k'],
      ...['created_at', 'timestamp', 'expiration_date', 'categories', 'fields', 'reference_date', 'page', 'name'],
    );
    const leaf = fc.constantFrom<unknown>(
      'a',
      '*',
      '',
      'tea',
      0,
      -1,
      1e308,
      1_715_176_560,
      true,
      null,
      '2024-02-30',
      '\u0000',
    );
    const { value } = fc.letrec<{ value: unknown; object: object }>((tie) => ({
      value: fc.oneof({ maxDepth: 4 }, leaf, tie('object'), fc.array(tie('value'), { maxLength: 3 })),
      object: fc.dictionary(field, tie('value'), { maxKeys: 4 }),
    }));
    const good = { user_id: 'fuzz', query: 'tea', messages: 'tea', filters: { user_id: 'fuzz' } };
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...paths), fc.dictionary(field, value, { maxKeys: 4 }), async (path, body) => {
        expect([200, 400, 413]).toContain((await call('POST', path, { ...good, ...body })).status);
      }),
      { numRuns: 150 },
    );
  });

  test('deleteAll erases more than one page, and leaves the next entity alone', async () => {
    const messages = Array.from({ length: 250 }, (_, index) => ({ role: 'user', content: `Fact ${index}.` }));
    await call('POST', '/v3/memories/add/', { messages, user_id: 'many' });
    await call('POST', '/v3/memories/add/', { messages: 'Stays.', user_id: 'many more' });
    expect((await call('DELETE', '/v1/memories/?user_id=many')).status).toBe(200);
    expect((await call('GET', '/v1/memories/?user_id=many')).body).toEqual([]);
    expect((await call('GET', '/v1/memories/?user_id=many+more')).body).toHaveLength(1);
  });

  test('without the setting there are no such addresses', async () => {
    const database = join(folder, 'plain.db');
    const plain = await startServer(loadConfig({ database, port: '0' }, { ECPHORY_API_KEY: key }), { log });
    const headers = { Authorization: `Token ${key}`, 'X-API-Key': key };
    expect((await fetch(`${plain.url}/v1/ping/`, { headers })).status).toBe(401);
    expect((await fetch(`${plain.url}/memories?user_id=a`, { headers })).status).toBe(404);
    await plain.close();
  });

  async function call(
    method: string,
    path: string,
    body?: object,
    headers: Record<string, string> = { Authorization: `Token ${key}` },
  ): Promise<Answer> {
    const response = await fetch(server.url + path, {
      method,
      headers: { ...headers, ...(body !== undefined && { 'Content-Type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: (await response.json()) as Answer['body'] };
  }
});
