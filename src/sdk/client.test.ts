import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { isEcphoryError } from '../memory/errors.ts';
import { listAll, newClient } from './client.ts';

interface Sent {
  readonly url: string;
  readonly method: string;
  readonly headers: Headers;
  readonly body: unknown;
}

/** A server that gives these answers in turn, and what it was sent. */
function fakeServer(...answers: (Response | Error)[]) {
  const sent: Sent[] = [];
  const rest = [...answers];
  const fetchFake: typeof fetch = async (input, init) => {
    const { body } = init ?? {};
    sent.push({
      url: String(input),
      method: init?.method ?? 'GET',
      headers: new Headers(init?.headers),
      body: typeof body === 'string' ? JSON.parse(body) : null,
    });
    const answer = rest.shift();
    if (answer === undefined) throw new Error('The fake server has no more answers.');
    if (answer instanceof Error) throw answer;
    return answer;
  };
  return { sent, client: newClient({ baseUrl: 'http://memory.test/', apiKey: 'ecphory_k_s', fetch: fetchFake }) };
}

const json = (body: object, status = 200, headers: Record<string, string> = {}) =>
  new Response(JSON.stringify(body), { status, headers });
const added = () => json({ memories: [{ id: 'note_1', episode_id: 'episode_1' }], embedding: 'ready' }, 201);
const busy = () => json({ code: 'unavailable', detail: 'busy' }, 503);

async function failureOf(attempt: Promise<unknown>) {
  const error = await attempt.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!isEcphoryError(error)) throw error ?? new Error('It should have failed.');
  return error;
}

describe('the client', () => {
  // Pauses between tries take no time here.
  beforeAll(() => vi.stubGlobal('setTimeout', (run: () => void) => queueMicrotask(run)));
  afterAll(() => vi.unstubAllGlobals());

  test('speaks the words of the wire and answers in those of the interface', async () => {
    const { sent, client } = fakeServer(added());
    const result = await client.add({ namespace: 'a', sessionId: 's', text: 'x', metadata: { sessionId: 1 } });
    expect(result).toEqual({ memories: [{ id: 'note_1', episodeId: 'episode_1' }], embedding: 'ready' });
    expect(sent[0]).toMatchObject({
      url: 'http://memory.test/v1/memories',
      method: 'POST',
      body: { namespace: 'a', session_id: 's', text: 'x', metadata: { sessionId: 1 } },
    });
    expect(sent[0]?.headers.get('authorization')).toBe('Bearer ecphory_k_s');
    expect(sent[0]?.headers.get('idempotency-key')).toMatch(/^[0-9a-f]{32}$/);
  });

  test('an add is tried again under the same idempotency key', async () => {
    const { sent, client } = fakeServer(new TypeError('fetch failed'), busy(), added());
    await client.add({ namespace: 'a', text: 'x' });
    const keys = sent.map(({ headers }) => headers.get('idempotency-key'));
    expect(keys).toHaveLength(3);
    expect(new Set(keys).size).toBe(1);
  });

  test('two adds have two idempotency keys, and a given one is used', async () => {
    const { sent, client } = fakeServer(added(), added(), added());
    await client.add({ namespace: 'a', text: 'x' });
    await client.add({ namespace: 'a', text: 'x' });
    await client.add({ namespace: 'a', text: 'x' }, { idempotencyKey: 'mine' });
    expect(new Set(sent.map(({ headers }) => headers.get('idempotency-key'))).size).toBe(3);
    expect(sent[2]?.headers.get('idempotency-key')).toBe('mine');
  });

  test('an update is not repeated when nobody knows whether it was carried out', async () => {
    const { sent, client } = fakeServer(new TypeError('fetch failed'));
    expect((await failureOf(client.update('note_1', { text: 'x' }))).code).toBe('unavailable');
    expect(sent).toHaveLength(1);
  });

  test('an update is repeated when the server says that it did nothing', async () => {
    const { sent, client } = fakeServer(busy(), json({ id: 'note_1', version: 2 }));
    await client.update('note_1', { text: 'x' }, { ifVersion: 1 });
    expect(sent.map(({ headers }) => headers.get('if-match'))).toEqual(['"1"', '"1"']);
  });

  test('a search that counts its hits as used is not repeated blindly', async () => {
    const { sent, client } = fakeServer(new TypeError('fetch failed'));
    await failureOf(client.search({ namespace: 'a', query: 'x', reinforce: true }));
    expect(sent).toHaveLength(1);
  });

  test('gives up after its retries and says why', async () => {
    const { sent, client } = fakeServer(busy(), busy(), busy(), busy(), added());
    expect(await failureOf(client.get('note_1'))).toMatchObject({ code: 'unavailable', message: 'busy' });
    expect(sent).toHaveLength(4);
  });

  test('a problem becomes the error it was', async () => {
    const { client } = fakeServer(
      json({ code: 'invalid', detail: 'The text is empty.', errors: [{ pointer: '/text', message: 'empty' }] }, 400),
      json({ code: 'stale', detail: 'The memory is at version 3, not 1.' }, 412),
    );
    expect(await failureOf(client.add({ namespace: 'a', text: '' }))).toMatchObject({
      code: 'invalid',
      message: 'The text is empty.',
      faults: [{ pointer: '/text', message: 'empty' }],
    });
    expect((await failureOf(client.delete('note_1', { ifVersion: 1 }))).code).toBe('stale');
  });

  test('an answer that is not ours is still an error of ours', async () => {
    const { client } = fakeServer(
      new Response('<h1>Bad gateway</h1>', { status: 413 }),
      new Response('<h1>Welcome</h1>'),
      new Response('<h1>Welcome</h1>'),
      new Response('<h1>Welcome</h1>'),
      new Response('<h1>Welcome</h1>'),
    );
    expect((await failureOf(client.get('note_1'))).code).toBe('too_large');
    expect((await failureOf(client.get('note_1'))).message).toContain('is it Ecphory?');
  });

  test('a server that does not answer in time is a timeout', async () => {
    const neverAnswering: typeof fetch = (_input, init) =>
      new Promise((_resolve, reject) => {
        init?.signal?.addEventListener('abort', () => reject(init.signal?.reason));
      });
    const client = newClient({ baseUrl: 'http://memory.test', apiKey: 'k', fetch: neverAnswering, timeoutMs: 1 });
    expect((await failureOf(client.get('note_1'))).code).toBe('timeout');
  });

  test.each(['', '..', '.', 'a/b', 'a?b', 'ä', '\ud800'])('the id %j exists for nobody and is not sent', async (id) => {
    const { sent, client } = fakeServer();
    const attempts = [
      client.get(id),
      client.delete(id),
      client.update(id, {}),
      client.history(id),
      client.restore(id),
      client.invalidate(id),
      client.related(id),
      client.entity(id),
      client.operation(id),
      client.retryOperation(id),
      client.cancelOperation(id),
      client.run(id),
      client.revertRun(id),
    ];
    const failures = await Promise.all(attempts.map(failureOf));
    expect(failures.map(({ code }) => code)).toEqual(Array(attempts.length).fill('not_found'));
    expect(sent).toEqual([]);
  });

  test('questions are asked in the words of the wire', async () => {
    const page = () => json({ data: [], next_cursor: null, has_more: false });
    const { sent, client } = fakeServer(page(), page(), page(), json({ nodes: [], edges: [], is_truncated: true }));
    await client.facts({
      namespace: 'a/**',
      subject: 'Ann & Ben',
      asOf: '2024-01-01',
      includeSuperseded: true,
      limit: 3,
    });
    await client.operations({ states: ['queued', 'running'] });
    await client.runs({});
    expect(await client.graph({ namespace: 'a', center: 'note_1', hops: 2 })).toEqual({
      nodes: [],
      edges: [],
      isTruncated: true,
    });
    expect(sent.map(({ url }) => url.slice('http://memory.test'.length))).toEqual([
      '/v1/facts?namespace=a%2F**&subject=Ann+%26+Ben&as_of=2024-01-01&include_superseded=true&limit=3',
      '/v1/operations?state=queued&state=running',
      '/v1/consolidations',
      '/v1/graph?namespace=a&center=note_1&hops=2',
    ]);
    const failure = await failureOf(client.facts({ namespace: 'a', subject: 'a\ud800' }));
    expect(failure).toMatchObject({ code: 'invalid', faults: [{ pointer: '/subject' }] });
  });

  test('a fact and an end are tried again under their keys', async () => {
    const lost = new TypeError('fetch failed');
    const { sent, client } = fakeServer(lost, json({ outcome: 'added' }, 201), lost, lost, json({ id: 'note_1' }));
    await client.addFact({ namespace: 'a', subject: 'Ann', attribute: 'boss', value: 'Ben', isSingle: true });
    expect(sent[0]?.headers.get('idempotency-key')).toBe(sent[1]?.headers.get('idempotency-key'));
    expect(sent[1]?.body).toEqual({ namespace: 'a', subject: 'Ann', attribute: 'boss', value: 'Ben', is_single: true });
    await client.invalidate('note_1', { invalidAt: '2024-01-01', supersededBy: 'note_2' });
    const keys = sent.slice(2).map(({ headers }) => headers.get('idempotency-key'));
    expect(keys).toHaveLength(3);
    expect(new Set(keys).size).toBe(1);
    expect(sent[4]?.body).toEqual({ invalid_at: '2024-01-01', superseded_by: 'note_2' });
  });

  test('listAll fetches page after page', async () => {
    const { sent, client } = fakeServer(
      json({ data: [{ id: 'note_3' }, { id: 'note_2' }], next_cursor: 'c', has_more: true }),
      json({ data: [{ id: 'note_1' }], next_cursor: null, has_more: false }),
    );
    const ids: string[] = [];
    const filter = { topic: 'x' };
    for await (const memory of listAll(client, { namespace: 'a b', states: ['active', 'archived'], filter })) {
      ids.push(memory.id);
    }
    expect(ids).toEqual(['note_3', 'note_2', 'note_1']);
    const query = new URL(sent[1]!.url).searchParams;
    expect(query.getAll('state')).toEqual(['active', 'archived']);
    expect([query.get('cursor'), query.get('namespace'), query.get('filter')]).toEqual(['c', 'a b', '{"topic":"x"}']);
  });
});

describe('the client, waiting', () => {
  const operation = (state: string, done = 0) => ({ id: 'job_1', state, done, total: 9, attempts: 1, dry_run: false });
  const events = (...operations: object[]) =>
    new Response(
      `: alive\n\n${operations.map((one) => `id: 1\nevent: progress\ndata: ${JSON.stringify(one)}\n\n`).join('')}`,
      { headers: { 'Content-Type': 'text/event-stream; charset=utf-8' } },
    );

  test('is told of progress as it happens', async () => {
    const told = events(operation('running', 3), operation('running', 3), operation('done', 9));
    const { sent, client } = fakeServer(json(operation('queued'), 202), told);
    const seen: string[] = [];
    const onProgress = ({ state, done }: { state: string; done: number }) => seen.push(`${state} ${done}`);
    const last = await client.consolidate({ namespace: 'a', dryRun: true }, { wait: true, onProgress });
    expect(last).toMatchObject({ state: 'done', dryRun: false });
    expect(seen).toEqual(['queued 0', 'running 3', 'done 9']);
    expect(sent[0]?.body).toEqual({ namespace: 'a', dry_run: true });
    expect(sent[1]?.url).toBe('http://memory.test/v1/operations/job_1/events');
    expect(sent[1]?.headers.get('accept')).toBe('text/event-stream');
  });

  test('looks for itself when a stream ends early, and where there is none', async () => {
    const { sent, client } = fakeServer(
      json(operation('queued'), 202),
      events(operation('running', 3)),
      json(operation('running', 5)),
      json({ code: 'unavailable' }, 503),
      json(operation('running', 7)),
      json(operation('dead', 7)),
    );
    expect(await client.consolidate({ namespace: 'a' }, { wait: true })).toMatchObject({ state: 'dead', done: 7 });
    expect(sent.map(({ url }) => url.split('/v1/')[1])).toEqual([
      'consolidations',
      'operations/job_1/events',
      'operations/job_1',
      'operations/job_1/events',
      'operations/job_1',
      'operations/job_1',
    ]);
  });

  test('asks once and does not wait unless told to', async () => {
    const { sent, client } = fakeServer(json(operation('queued'), 202));
    expect(await client.consolidate({ namespace: 'a' })).toMatchObject({ state: 'queued' });
    expect(sent).toHaveLength(1);
  });
});
