import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createApiKey } from '../../src/api/api-key.ts';
import { type KeyScope, keyScopes } from '../../src/memory/access.ts';
import { parseNamespace, parseTenant } from '../../src/memory/scope.ts';
import { type HttpServer, openHttpServer } from './http-server.ts';

let server: HttpServer;
let now: number;

beforeEach(async () => {
  now = Date.UTC(2024, 4, 8);
  server = await openHttpServer({ clock: () => now });
});
afterEach(() => server.close());

interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

async function call(key: string, method: string, path: string, body?: object): Promise<Answer> {
  const response = await fetch(server.url + path, {
    method,
    headers: { Authorization: `Bearer ${key}`, ...(body !== undefined && { 'Content-Type': 'application/json' }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

async function keyWith(scopes: readonly KeyScope[], namespaces: readonly string[] | null = null): Promise<string> {
  const wanted = {
    tenant: parseTenant('ours'),
    name: 'test',
    expiresAt: null,
    scopes,
    namespaces: namespaces?.map((name) => parseNamespace(name)) ?? null,
  };
  return (await createApiKey({ keys: server.store.keys, clock: () => now }, wanted)).text;
}

async function added(namespace: string): Promise<string> {
  const { body } = await call(server.key, 'POST', '/v1/memories', { namespace, text: 'Peanuts.' });
  const [first] = body.memories as { id: string }[];
  return first?.id ?? '';
}

describe('scopes', () => {
  /** What each address needs, on a memory that is there. */
  const needs: readonly (readonly [string, string, KeyScope, object?])[] = [
    ['POST', '/v1/memories', 'write', { namespace: 'a', text: 'x' }],
    ['POST', '/v1/memories/batch', 'write', { items: [{ namespace: 'a', text: 'x' }] }],
    ['GET', '/v1/memories?namespace=a', 'read'],
    ['GET', '/v1/memories/ID', 'read'],
    ['PATCH', '/v1/memories/ID', 'write', { text: 'y' }],
    ['DELETE', '/v1/memories/ID', 'write'],
    ['DELETE', '/v1/memories/ID?hard=true', 'erase'],
    ['GET', '/v1/memories/ID/history', 'read'],
    ['POST', '/v1/memories/ID/restore', 'write'],
    ['POST', '/v1/memories/ID/invalidate', 'write', {}],
    ['GET', '/v1/memories/ID/related', 'read'],
    ['POST', '/v1/search', 'read', { namespace: 'a', query: 'x' }],
    ['POST', '/v1/context', 'read', { namespace: 'a', query: 'x' }],
    ['POST', '/v1/facts', 'write', { namespace: 'a', subject: 'Al', attribute: 'likes', value: 'tea' }],
    ['GET', '/v1/facts?namespace=a', 'read'],
    ['GET', '/v1/entities?namespace=a', 'read'],
    ['GET', '/v1/graph?namespace=a', 'read'],
    ['GET', '/v1/policies?namespace=a', 'read'],
    ['PUT', '/v1/policies', 'admin', { namespace: 'a', capacity: 10 }],
    ['POST', '/v1/consolidations', 'write', { namespace: 'a' }],
    ['GET', '/v1/operations', 'read'],
    ['GET', '/v1/keys', 'admin'],
    ['POST', '/v1/keys', 'admin', { name: 'x', scopes: [] }],
    ['GET', '/v1/audit', 'admin'],
  ];

  for (const [method, path, scope, body] of needs) {
    test(`${method} ${path} needs ${scope}, and nothing else does instead`, async () => {
      const address = path.replace('ID', await added('a'));
      const without = await keyWith(keyScopes.filter((one) => one !== scope));
      const refused = await call(without, method, address, body);
      expect(refused).toMatchObject({ status: 403, body: { code: 'forbidden' } });
      expect(refused.body.detail).toContain(`"${scope}"`);
      expect((await call(await keyWith([scope]), method, address, body)).status).toBeLessThan(300);
    });
  }

  test('a search that counts as a use needs write too', async () => {
    const key = await keyWith(['read']);
    const { status } = await call(key, 'POST', '/v1/search', { namespace: 'a', query: 'x', reinforce: true });
    expect(status).toBe(403);
  });
});

describe('a key of some namespaces', () => {
  let key: string;
  beforeEach(async () => {
    key = await keyWith(keyScopes, ['users/alice']);
  });

  test('works in them and below', async () => {
    const own = await added('users/alice');
    const below = await added('users/alice/work');
    for (const id of [own, below]) expect((await call(key, 'GET', `/v1/memories/${id}`)).status).toBe(200);
    const listed = await call(key, 'GET', '/v1/memories?namespace=users/alice/**');
    expect((listed.body.data as unknown[]).length).toBe(2);
    expect((await call(key, 'POST', '/v1/memories', { namespace: 'users/alice', text: 'x' })).status).toBe(201);
  });

  test.each(['users/bob', 'users', 'users/**', 'users/alice2', 'users/**/alice'])(
    'is refused when it names %s',
    async (namespace) => {
      const query = `namespace=${encodeURIComponent(namespace)}`;
      const asked = await Promise.all([
        call(key, 'GET', `/v1/memories?${query}`),
        call(key, 'POST', '/v1/memories', { namespace, text: 'x' }),
        call(key, 'POST', '/v1/memories/batch', {
          items: [
            { namespace: 'users/alice', text: 'x' },
            { namespace, text: 'x' },
          ],
        }),
        call(key, 'POST', '/v1/search', { namespace, query: 'x' }),
        call(key, 'POST', '/v1/context', { namespace, query: 'x' }),
        call(key, 'GET', `/v1/facts?${query}`),
        call(key, 'GET', `/v1/graph?${query}`),
        call(key, 'GET', `/v1/policies?${query}`),
        call(key, 'POST', '/v1/consolidations', { namespace }),
      ]);
      for (const { status, body } of asked) expect([status, body.code]).toEqual([403, 'forbidden']);
    },
  );

  test('cannot tell a memory elsewhere from one that never was', async () => {
    const id = await added('users/bob');
    const requests: readonly (readonly [string, string, object?])[] = [
      ['GET', ''],
      ['PATCH', '', { text: 'mine' }],
      ['DELETE', ''],
      ['DELETE', '?hard=true'],
      ['GET', '/history'],
      ['GET', '/related'],
      ['GET', '/retention'],
      ['POST', '/restore'],
      ['POST', '/invalidate', {}],
    ];
    for (const [method, rest, body] of requests) {
      const elsewhere = await call(key, method, `/v1/memories/${id}${rest}`, body);
      const nowhere = await call(key, method, `/v1/memories/${id.slice(0, -1)}0${rest}`, body);
      const { instance: _, request_id: __, ...seen } = elsewhere.body;
      expect(elsewhere.status, `${method} ${rest}`).toBe(404);
      expect(nowhere.body).toMatchObject(seen);
    }
    expect((await call(key, 'POST', '/v1/feedback', { memories: [{ id, kind: 'used' }] })).status).toBe(404);
    expect((await call(server.key, 'GET', `/v1/memories/${id}`)).body).toMatchObject({ text: 'Peanuts.', version: 1 });
  });

  test('sees operations of its namespaces alone', async () => {
    const { body: theirs } = await call(server.key, 'POST', '/v1/consolidations', { namespace: 'users/bob' });
    const { body: own } = await call(key, 'POST', '/v1/consolidations', { namespace: 'users/alice' });
    const { body: listed } = await call(key, 'GET', '/v1/operations');
    expect((listed.data as { id: string }[]).map(({ id }) => id)).toEqual([own.id]);
    expect((await call(key, 'GET', `/v1/operations/${theirs.id}`)).status).toBe(404);
    expect((await call(key, 'POST', `/v1/operations/${theirs.id}/cancel`)).status).toBe(404);
  });

  test('manages no keys, since it could make itself one of all', async () => {
    expect((await call(key, 'POST', '/v1/keys', { name: 'x' })).status).toBe(403);
    expect((await call(key, 'GET', '/v1/audit')).status).toBe(403);
  });
});

describe('keys', () => {
  async function made(body: object = {}): Promise<{ id: string; secret: string }> {
    const answer = await call(server.key, 'POST', '/v1/keys', { name: 'agent', ...body });
    expect(answer.status).toBe(201);
    const { key, secret } = answer.body as unknown as { key: { id: string }; secret: string };
    return { id: key.id, secret };
  }
  const opens = async (secret: string) => (await call(secret, 'GET', '/v1/memories?namespace=a')).status;

  test('are made with read and write, shown once, and listed without what opens', async () => {
    const { id, secret } = await made({ namespaces: ['users/alice'], expires_in_seconds: 60 });
    const { body } = await call(server.key, 'GET', '/v1/keys');
    const listed = (body.data as { id: string }[]).find((key) => key.id === id);
    expect(listed).toEqual({
      id,
      name: 'agent',
      scopes: ['read', 'write'],
      namespaces: ['users/alice'],
      state: 'in_force',
      created_at: '2024-05-08T00:00:00.000Z',
      expires_at: '2024-05-08T00:01:00.000Z',
      revoked_at: null,
    });
    expect(JSON.stringify(body)).not.toContain(secret.split('_')[2]);
  });

  test('expire', async () => {
    const { secret } = await made({ expires_in_seconds: 60 });
    expect(await opens(secret)).toBe(200);
    now += 60_000;
    expect(await opens(secret)).toBe(401);
  });

  test('are revoked at once', async () => {
    const { id, secret } = await made();
    expect(await opens(secret)).toBe(200);
    expect((await call(server.key, 'DELETE', `/v1/keys/${id}`)).body).toMatchObject({ state: 'revoked' });
    expect(await opens(secret)).toBe(401);
  });

  test('bring nothing more on a stream that was open when they were revoked', async () => {
    const { id, secret } = await made();
    const { body: operation } = await call(server.key, 'POST', '/v1/consolidations', { namespace: 'a' });
    const address = `/v1/operations/${operation.id}`;
    const stream = await fetch(`${server.url}${address}/events`, { headers: { Authorization: `Bearer ${secret}` } });
    const reader = stream.body?.pipeThrough(new TextDecoderStream()).getReader();
    const first = await reader?.read();
    expect(first?.value).toContain('"queued"');
    await call(server.key, 'DELETE', `/v1/keys/${id}`);
    await call(server.key, 'POST', `${address}/cancel`);
    let rest = '';
    for (let part = await reader?.read(); part?.done === false; part = await reader?.read()) rest += part.value;
    expect(rest).not.toContain('cancelled');
  });

  test('are rotated: both work for a while, then the new one alone', async () => {
    const { id, secret } = await made({ scopes: ['read'], expires_in_seconds: 1_000 });
    now += 10_000;
    const { status, body } = await call(server.key, 'POST', `/v1/keys/${id}/rotate`, { overlap_seconds: 100 });
    expect(status).toBe(201);
    expect(body.key).toMatchObject({ name: 'agent', scopes: ['read'], expires_at: '2024-05-08T00:16:50.000Z' });
    expect(await opens(secret)).toBe(200);
    expect(await opens(String(body.secret))).toBe(200);
    now += 100_000;
    expect(await opens(secret)).toBe(401);
    expect(await opens(String(body.secret))).toBe(200);
    expect((await call(server.key, 'POST', `/v1/keys/${id}/rotate`)).status).toBe(409);
  });

  test('of another tenant are not there', async () => {
    const { id, secret } = await made();
    for (const [method, path] of [
      ['DELETE', `/v1/keys/${id}`],
      ['POST', `/v1/keys/${id}/rotate`],
    ] as const) {
      expect((await call(server.strangerKey, method, path)).status).toBe(404);
    }
    expect(await opens(secret)).toBe(200);
    const { body } = await call(server.strangerKey, 'GET', '/v1/keys');
    expect(JSON.stringify(body)).not.toContain(id);
  });

  test('give no scope that their maker has not', async () => {
    const admin = await keyWith(['admin', 'read']);
    expect((await call(admin, 'POST', '/v1/keys', { name: 'x', scopes: ['erase'] })).status).toBe(403);
    const { id } = await made({ scopes: ['erase'] });
    expect((await call(admin, 'POST', `/v1/keys/${id}/rotate`)).status).toBe(403);
    expect((await call(admin, 'POST', '/v1/keys', { name: 'x', scopes: ['read'] })).status).toBe(201);
  });

  test.each([
    [{}, '/name'],
    [{ name: '' }, '/name'],
    [{ name: 'x', scopes: ['root'] }, '/scopes/0'],
    [{ name: 'x', namespaces: [] }, '/namespaces'],
    [{ name: 'x', namespaces: ['a//b'] }, '/namespaces/0'],
    [{ name: 'x', expires_in_seconds: 0 }, '/expires_in_seconds'],
    [{ name: 'x', tenant: 'theirs' }, '/tenant'],
  ])('%j is refused at %s', async (body, pointer) => {
    const answer = await call(server.key, 'POST', '/v1/keys', body);
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ pointer }] } });
  });
});
