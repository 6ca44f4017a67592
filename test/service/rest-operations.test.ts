import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { JobId, RunId } from '../../src/memory/ids.ts';
import type { Fence } from '../../src/memory/job.ts';
import { limits } from '../../src/memory/limits.ts';
import { makeScope } from '../builders.ts';
import { type HttpServer, openHttpServer } from './http-server.ts';
import { newRestCalls } from './rest-calls.ts';

/** Background work on the wire; the test is the worker. */
describe('the REST interface to background work', () => {
  let server: HttpServer;
  beforeAll(async () => {
    server = await openHttpServer();
  });
  afterAll(() => server.close());
  const { call } = newRestCalls(() => server);

  test('a consolidation is answered with 202 and where to follow it', async () => {
    const { status, headers, body } = await call('POST', '/v1/consolidations', {
      namespace: 'queued',
      passes: ['notes'],
      dry_run: true,
    });
    expect(status).toBe(202);
    expect(headers.get('location')).toBe(`/v1/operations/${body.id}`);
    expect(body).toEqual({
      id: expect.stringMatching(/^job_/),
      kind: 'consolidation',
      namespace: 'queued',
      passes: ['notes'],
      dry_run: true,
      state: 'queued',
      attempts: 0,
      done: 0,
      total: 0,
      created_at: expect.stringMatching(/Z$/),
      updated_at: expect.stringMatching(/Z$/),
      next_try_at: null,
      error: null,
      result: null,
    });
    expect((await call('GET', headers.get('location') ?? '')).body).toEqual(body);
    const listed = async (query: string) => (await call('GET', `/v1/operations?${query}`)).body.data;
    expect(await listed('state=queued,running')).toEqual([body]);
    expect(await listed('state=dead&state=done')).toEqual([]);
    expect((await call('POST', `/v1/operations/${body.id}/cancel`)).body).toMatchObject({ state: 'cancelled' });
    expect((await call('POST', `/v1/operations/${body.id}/cancel`)).status).toBe(409);
    expect((await call('POST', `/v1/operations/${body.id}/retry`)).body).toMatchObject({ state: 'queued' });
    await call('POST', `/v1/operations/${body.id}/cancel`);
  });

  test('progress is told as events, and the stream ends when it is settled', async () => {
    const id = await consolidate('streamed');
    const stream = await follow(id);
    expect(stream.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(stream.headers.get('cache-control')).toBe('no-store');
    expect(await stream.next()).toMatchObject({ event: 'progress', data: { id, state: 'queued' } });
    const fence = await lease();
    await server.store.jobs.extend(fence, { leaseUntil: later(), progress: { done: 3, total: 9 }, now: Date.now() });
    expect(await stream.next()).toMatchObject({ event: 'progress', data: { state: 'running', done: 3, total: 9 } });
    const result = JSON.stringify({ memories: 9, changes: { 'note-derived': 9 }, run_id: 'run_1' });
    await server.store.jobs.settle(fence, { state: 'done', now: Date.now(), result, progress: { done: 9, total: 9 } });
    const last = await stream.next();
    expect(last).toMatchObject({
      event: 'settled',
      data: { state: 'done', done: 9, result: { memories: 9, changes: { 'note-derived': 9 }, run_id: 'run_1' } },
    });
    expect(await stream.next()).toBeNull();

    const again = await follow(id, { 'Last-Event-ID': last?.id ?? '' });
    expect(await again.next()).toEqual(last);
    expect(await again.next()).toBeNull();
    const nonsense = await follow(id, { 'Last-Event-ID': 'nonsense' });
    expect(await nonsense.next()).toEqual(last);
  });

  test('who comes back is told only what it has not seen', async () => {
    const id = await consolidate('seen');
    const first = await follow(id);
    const event = await first.next();
    await first.cancel();
    const again = await follow(id, { 'Last-Event-ID': event?.id ?? '' });
    await call('POST', `/v1/operations/${id}/cancel`);
    expect(await again.next()).toMatchObject({ event: 'settled', data: { state: 'cancelled' } });
  });

  test('an operation that is not there has no stream, and so has none without a key', async () => {
    expect((await call('GET', `/v1/operations/job_${'0'.repeat(26)}/events`)).status).toBe(404);
    const response = await fetch(`${server.url}/v1/operations/job_1/events`);
    expect(response.status).toBe(401);
    await response.body?.cancel();
  });

  test('so many streams and no more; a closed one makes room', async () => {
    const id = await consolidate('crowded');
    const streams = await Promise.all(Array.from({ length: limits.progressStreams }, () => follow(id)));
    await Promise.all(streams.map((stream) => stream.next()));
    const refused = await call('GET', `/v1/operations/${id}/events`);
    expect([refused.status, refused.body.code, refused.headers.get('retry-after')]).toEqual([503, 'unavailable', '1']);
    await Promise.all(streams.map((stream) => stream.cancel()));
    await expect.poll(async () => (await follow(id)).status).toBe(200);
    await call('POST', `/v1/operations/${id}/cancel`);
  });

  test('streams end when the server shuts down', async () => {
    const other = await openHttpServer();
    const { call: callOther } = newRestCalls(() => other);
    const { body } = await callOther('POST', '/v1/consolidations', { namespace: 'drained' });
    const response = await fetch(`${other.url}/v1/operations/${body.id}/events`, {
      headers: { Authorization: `Bearer ${other.key}` },
    });
    const closing = other.close();
    expect(await response.text()).toContain('event: progress');
    await closing;
  });

  test('an operation that was given up says why, and is tried again when asked', async () => {
    const id = await consolidate('dead');
    const fence = await lease();
    await server.store.jobs.settle(fence, { state: 'dead', now: Date.now(), error: 'The model does not answer.' });
    expect((await call('GET', `/v1/operations/${id}`)).body).toMatchObject({
      state: 'dead',
      attempts: 1,
      error: 'The model does not answer.',
    });
    expect((await call('POST', `/v1/operations/${id}/retry`)).body).toMatchObject({ state: 'queued', attempts: 0 });
    const next = await lease();
    const runAfter = Date.now() + 60_000;
    await server.store.jobs.settle(next, { state: 'queued', runAfter, now: Date.now(), error: 'Later.' });
    expect((await call('GET', `/v1/operations/${id}`)).body).toMatchObject({
      state: 'queued',
      next_try_at: new Date(runAfter).toISOString(),
    });
    await call('POST', `/v1/operations/${id}/cancel`);
  });

  test('runs are listed with what they did, told in full, and taken back', async () => {
    const namespace = 'runs';
    const jobId = (await consolidate(namespace)) as JobId;
    const scope = makeScope('ours', namespace);
    const runId = 'run_00000000000000000000000001' as RunId;
    const { runs } = server.store;
    await runs.begin({ id: runId, scope, jobId, state: 'running', startedAt: 1_000, finishedAt: null, summary: null });
    await runs.record({
      runId,
      ordinal: 0,
      prompt: 'construct-note/1',
      model: 'tiny@localhost',
      answer: '{"notes":[]}',
      inputTokens: 12,
      outputTokens: 3,
      at: 1_500,
      shown: [],
    });
    expect((await call('POST', `/v1/consolidations/${runId}/revert`)).status).toBe(409);
    await runs.finish(runId, { state: 'done', at: 2_000, summary: '{"note-derived":4}' });
    const view = {
      id: runId,
      namespace,
      operation_id: jobId,
      state: 'done',
      started_at: '1970-01-01T00:00:01.000Z',
      finished_at: '1970-01-01T00:00:02.000Z',
      changes: { 'note-derived': 4 },
    };
    expect((await call('GET', `/v1/consolidations?namespace=${namespace}`)).body.data).toEqual([view]);
    expect((await call('GET', '/v1/consolidations?namespace=elsewhere')).body.data).toEqual([]);
    expect((await call('GET', `/v1/consolidations/${runId}`)).body).toEqual({
      ...view,
      answers: [
        {
          prompt: 'construct-note/1',
          model: 'tiny@localhost',
          answer: '{"notes":[]}',
          input_tokens: 12,
          output_tokens: 3,
          at: '1970-01-01T00:00:01.500Z',
        },
      ],
    });
    expect((await call('POST', `/v1/consolidations/${runId}/revert`)).body).toEqual({ ...view, state: 'reverted' });
    expect((await call('POST', `/v1/consolidations/${runId}/revert`)).body).toEqual({ ...view, state: 'reverted' });
    await call('POST', `/v1/operations/${jobId}/cancel`);
  });

  test("what is another tenant's and what never was are answered byte for byte alike", async () => {
    const job = await consolidate('theirs');
    const run = 'run_00000000000000000000000002' as RunId;
    const scope = makeScope('ours', 'theirs');
    const begun = { id: run, scope, jobId: job as JobId, state: 'running', startedAt: 1, finishedAt: null } as const;
    await server.store.runs.begin({ ...begun, summary: null });
    for (const [method, before, theirs, after] of [
      ['GET', '/v1/operations/', job, ''],
      ['GET', '/v1/operations/', job, '/events'],
      ['POST', '/v1/operations/', job, '/retry'],
      ['POST', '/v1/operations/', job, '/cancel'],
      ['GET', '/v1/consolidations/', run, ''],
      ['POST', '/v1/consolidations/', run, '/revert'],
    ] as const) {
      const nobodys = theirs.replace(/_.*/, `_${'9'.repeat(26)}`);
      const [one, other] = await Promise.all(
        [theirs, nobodys].map(async (asked) => {
          const answer = await call(method, before + asked + after, undefined, {
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
    await call('POST', `/v1/operations/${job}/cancel`);
  });

  test('so many operations wait and no more', async () => {
    const ask = (namespace: string) => call('POST', '/v1/consolidations', { namespace });
    const first = await consolidate('many');
    const job = await server.store.jobs.job(makeScope('ours').tenant, first as JobId);
    for (let index = 1; index < limits.operationsQueued; index += 1) {
      const id = `job_${String(index).padStart(26, '0')}` as JobId;
      await server.store.jobs.enqueue({ ...job!, id, scope: makeScope('ours', `many-${index}`) });
    }
    const refused = await ask('one-more');
    expect([refused.status, refused.body.code, refused.headers.get('retry-after')]).toEqual([
      429,
      'rate_limited',
      '10',
    ]);
    expect((await ask('many')).body.id).toBe(first);
  });

  const later = () => Date.now() + 60_000;

  async function consolidate(namespace: string): Promise<string> {
    return String((await call('POST', '/v1/consolidations', { namespace })).body.id);
  }

  /** Takes the one job that waits. */
  async function lease(): Promise<Fence> {
    const job = await server.store.jobs.lease({ now: Date.now(), leaseUntil: later() });
    if (job === null) throw new Error('There is no job.');
    return { jobId: job.id, token: job.token };
  }

  async function follow(id: string, headers: Record<string, string> = {}) {
    const response = await fetch(`${server.url}/v1/operations/${id}/events`, {
      headers: { Authorization: `Bearer ${server.key}`, ...headers },
    });
    const reader = response.body!.getReader();
    const decoder = new TextDecoder();
    let text = '';
    return { status: response.status, headers: response.headers, next, cancel: () => reader.cancel() };

    async function next(): Promise<{ id: string; event: string; data: Record<string, unknown> } | null> {
      while (!text.includes('\n\n')) {
        const { value, done } = await reader.read();
        if (done) return null;
        text += decoder.decode(value, { stream: true });
      }
      const end = text.indexOf('\n\n');
      const fields = new Map(
        text
          .slice(0, end)
          .split('\n')
          .map((line) => line.split(/: (.*)/s) as [string, string]),
      );
      text = text.slice(end + 2);
      return { id: fields.get('id')!, event: fields.get('event')!, data: JSON.parse(fields.get('data')!) };
    }
  }
});
