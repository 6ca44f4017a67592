import { afterEach, describe, expect, test } from 'vitest';
import { type AuditTrail, newAuditTrail } from '../../src/api/audit-trail.ts';
import { newMetrics } from '../../src/api/metrics.ts';
import type { ApiKeyId } from '../../src/memory/ids.ts';
import { parseTenant } from '../../src/memory/scope.ts';
import { sensitiveKinds } from '../../src/redaction/detector.ts';
import { type HttpServer, openHttpServer } from './http-server.ts';

let server: HttpServer;
afterEach(() => server.close());

function ask(method: string, path: string, body?: object, key: string | null = server.key): Promise<Response> {
  return fetch(server.url + path, {
    method,
    headers: {
      ...(key !== null && { Authorization: `Bearer ${key}` }),
      ...(body !== undefined && { 'Content-Type': 'application/json' }),
      'X-Request-Id': 'asked-by-test',
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
}

describe('the audit log', () => {
  let trail: AuditTrail;

  async function openAudited(): Promise<void> {
    server = await openHttpServer({
      app: (store) => {
        trail = newAuditTrail({ audit: store.audit, clock: Date.now, onFailure: () => {} });
        return { audit: { store: store.audit, trail } };
      },
    });
  }

  async function entries(query = ''): Promise<readonly Record<string, unknown>[]> {
    const response = await ask('GET', `/v1/audit${query}`);
    expect(response.status).toBe(200);
    return ((await response.json()) as { data: Record<string, unknown>[] }).data;
  }

  test('says which key read and wrote what, and not a word of it', async () => {
    await openAudited();
    const canary = 'xylophone';
    const added = await ask('POST', '/v1/memories', { namespace: 'users/alice', text: `A ${canary}.` });
    const { memories } = (await added.json()) as { memories: { id: string }[] };
    const id = memories[0]?.id ?? '';
    await (await ask('GET', `/v1/memories/${id}`)).text();
    await (await ask('POST', '/v1/search', { namespace: 'users/alice', query: canary })).text();
    await (await ask('GET', `/v1/sessions/${canary}/messages?namespace=users/alice`)).text();

    const log = await entries();
    expect(log.map(({ method, route, status, memories: count }) => [method, route, status, count])).toEqual([
      ['GET', '/v1/sessions/:session/messages', 200, 0],
      ['POST', '/v1/search', 200, 0],
      ['GET', '/v1/memories/:id', 200, 1],
      ['POST', '/v1/memories', 201, 1],
    ]);
    expect(log[2]).toEqual({
      at: expect.stringMatching(/^\d{4}-/),
      key_id: server.key.split('_')[1],
      method: 'GET',
      route: '/v1/memories/:id',
      status: 200,
      request_id: 'asked-by-test',
      namespaces: ['users/alice'],
      memories: 1,
      memory_ids: [id],
    });
    expect(JSON.stringify(log)).not.toContain(canary);
  });

  test('holds what was refused, is one tenant’s, and is read a page at a time', async () => {
    await openAudited();
    for (const path of ['/v1/memories/nothing', '/v1/memories?namespace=a', '/v1/memories?namespace=b']) {
      await (await ask('GET', path)).text();
    }
    await (await ask('GET', '/v1/memories?namespace=a', undefined, server.strangerKey)).text();
    await (await ask('GET', '/v1/memories?namespace=a', undefined, 'ecphory_nobody')).text();

    const first = (await (await ask('GET', '/v1/audit?limit=2')).json()) as { data: object[]; next_cursor: string };
    expect(first.data).toMatchObject([{ namespaces: ['b'] }, { namespaces: ['a'] }]);
    const second = await entries(`?limit=2&cursor=${first.next_cursor}`);
    expect(second).toMatchObject([{ route: '/v1/memories/:id', status: 404 }]);
    expect(await entries('?key_id=nobody')).toEqual([]);
    expect(await entries('?until=2001-01-01')).toEqual([]);
    expect((await ask('GET', '/v1/audit?limit=0')).status).toBe(400);
  });

  test('is tried again when it could not be written, in order', async () => {
    await openAudited();
    const failures: unknown[] = [];
    let isBroken = true;
    const flaky = newAuditTrail({
      audit: {
        ...server.store.audit,
        append: (...given) => {
          if (isBroken) return Promise.reject(new Error('disk'));
          return server.store.audit.append(...given);
        },
      },
      clock: Date.now,
      onFailure: (error) => failures.push(error),
    });
    const tenant = parseTenant('ours');
    const entry = {
      at: Date.now(),
      tenant,
      keyId: 'key' as ApiKeyId,
      method: 'GET',
      route: '/v1/memories',
      status: 200,
      namespaces: [],
      memories: 0,
      memoryIds: [],
    };
    for (const requestId of ['one', 'two']) flaky.note({ ...entry, requestId });
    await flaky.flush();
    expect(failures).toHaveLength(1);
    isBroken = false;
    await flaky.close();
    expect((await server.store.audit.list(tenant, { limit: 2 })).map((kept) => kept.requestId)).toEqual(['two', 'one']);
    expect(flaky.lost()).toBe(0);
  });
});

describe('the rate of a key', () => {
  test('is told with every answer, and over it a request is 429 with Retry-After', async () => {
    server = await openHttpServer({ app: () => ({ rateLimit: { requestsPerSecond: 0.01, burst: 2 } }) });
    const answers = [];
    for (let count = 0; count < 3; count += 1) answers.push(await ask('GET', '/v1/memories?namespace=a'));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 429]);
    expect(answers.map(({ headers }) => headers.get('RateLimit')?.split(';')[1])).toEqual(['r=1', 'r=0', 'r=0']);
    expect(answers[0]?.headers.get('RateLimit-Policy')).toBe('"key";q=2;w=200');
    expect(Number(answers[2]?.headers.get('Retry-After'))).toBeGreaterThan(90);
    expect(await answers[2]?.json()).toMatchObject({ code: 'rate_limited', status: 429 });
    expect((await ask('GET', '/v1/memories?namespace=a', undefined, server.strangerKey)).status).toBe(200);
  });

  test('is none of a wrong key, which does not slow the right one', async () => {
    server = await openHttpServer({ app: () => ({ rateLimit: { requestsPerSecond: 0.01, burst: 2 } }) });
    const wrong = `${server.key.slice(0, -1)}${server.key.endsWith('0') ? '1' : '0'}`;
    for (let count = 0; count < 5; count += 1) {
      expect((await ask('GET', '/v1/memories?namespace=a', undefined, wrong)).status).toBe(401);
    }
    expect((await ask('GET', '/v1/memories?namespace=a')).status).toBe(200);
  });
});

describe('metrics', () => {
  test('count requests by the address as it is documented, for the operator alone', async () => {
    server = await openHttpServer({ app: () => ({ metricsAccess: 'key' }) });
    expect((await ask('GET', '/metrics', undefined, null)).status).toBe(401);
    expect((await ask('GET', '/metrics')).status).toBe(403);
    const operator = await server.keyOf('default');
    await (await ask('GET', '/v1/memories/note_1')).text();
    await (await ask('GET', '/v1/nowhere/secret-in-a-path')).text();
    const response = await ask('GET', '/metrics', undefined, operator);
    expect(response.headers.get('Content-Type')).toContain('text/plain');
    const text = await response.text();
    expect(text).toContain(
      'ecphory_http_request_duration_seconds_count{method="GET",route="/v1/memories/:id",status="404"} 1',
    );
    expect(text).toContain('ecphory_http_refused_total{why="unauthenticated"} 1');
    expect(text).toContain('route="none",status="404"');
    expect(text).not.toContain('secret-in-a-path');
  });

  test('say how the store, the queue and the model are', async () => {
    const metrics = newMetrics();
    server = await openHttpServer({ app: () => ({ metricsAccess: 'open', metrics }) });
    const { store } = server;
    metrics.watch({
      health: store.health,
      jobs: store.jobs.counts,
      nextJobAt: async () => 1_000,
      cursor: async () => 0,
      workingSetBytes: () => 4_096,
      isVectorSearchDegraded: () => false,
      auditLost: () => 0,
      clock: () => 3_500,
    });
    metrics.model({ inputTokens: 100, outputTokens: 7, cost: 0.25 });
    metrics.stage('vectors', 12, 'done');
    await (await ask('POST', '/v1/memories', { namespace: 'a', text: 'x' })).text();
    const text = await (await ask('GET', '/metrics', undefined, null)).text();
    for (const line of [
      'ecphory_store_notes 1',
      'ecphory_jobs{state="dead"} 0',
      'ecphory_job_lag_seconds 2.5',
      'ecphory_model_tokens_total{direction="input"} 100',
      'ecphory_model_cost_total 0.25',
      'ecphory_stage_duration_seconds_count{stage="vectors",outcome="done"} 1',
      'ecphory_working_set_bytes 4096',
    ]) {
      expect(text).toContain(`${line}\n`);
    }
    expect(text).toMatch(/ecphory_feed_lag_entries [1-9]/);
  });
});

describe('secrets and personal data', () => {
  const input = {
    namespace: 'users/alice',
    messages: [
      {
        content: 'Mail me: alice@mail.example',
        metadata: { contact: { mail: ['alice@mail.example'] } },
        place: 'Rome',
      },
    ],
    tags: ['alice@mail.example'],
  };
  const kinds = new Set(sensitiveKinds);
  const found: string[] = [];
  const onFound = (kind: string) => found.push(kind);

  test('are replaced before they are stored', async () => {
    server = await openHttpServer({ redaction: { mode: 'redact', kinds, onFound } });
    const added = await ask('POST', '/v1/memories', input);
    const { memories } = (await added.json()) as { memories: { id: string }[] };
    const memory = await (await ask('GET', `/v1/memories/${memories[0]?.id}`)).json();
    expect(memory).toMatchObject({
      text: 'Mail me: [redacted:email]',
      tags: ['[redacted:email]'],
      metadata: { contact: { mail: ['[redacted:email]'] } },
      place: 'Rome',
    });
    const update = await ask('PATCH', `/v1/memories/${memories[0]?.id}`, { text: 'Now bob@mail.example' });
    expect(await update.json()).toMatchObject({ text: 'Now [redacted:email]' });
    const fact = await ask('POST', '/v1/facts', {
      namespace: 'users/alice',
      subject: 'Alice',
      attribute: 'email',
      value: 'alice@mail.example',
    });
    expect(await fact.json()).toMatchObject({ fact: { value: '[redacted:email]' } });
    expect(found.length).toBe(5);
    const everything = JSON.stringify(await server.store.feedOfEveryTenant(0, 100));
    expect(everything).not.toContain('mail.example');
  });

  test('are refused with where they were, and nothing is stored', async () => {
    server = await openHttpServer({ redaction: { mode: 'reject', kinds } });
    const answer = await ask('POST', '/v1/memories', input);
    expect(answer.status).toBe(400);
    const problem = (await answer.json()) as { errors: { pointer: string }[] };
    expect(problem.errors.map(({ pointer }) => pointer)).toEqual([
      '/tags/0',
      '/messages/0/content',
      '/messages/0/metadata',
    ]);
    expect(JSON.stringify(problem)).not.toContain('alice@');
    expect((await server.store.health()).notes).toBe(0);
    const clean = await ask('POST', '/v1/memories', { namespace: 'users/alice', text: 'No secret.' });
    expect(clean.status).toBe(201);
  });

  test('stay word for word unless it is asked for', async () => {
    server = await openHttpServer();
    const added = await ask('POST', '/v1/memories', input);
    const { memories } = (await added.json()) as { memories: { id: string }[] };
    const memory = await (await ask('GET', `/v1/memories/${memories[0]?.id}`)).json();
    expect(memory).toMatchObject({ text: 'Mail me: alice@mail.example' });
  });
});
