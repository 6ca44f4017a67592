import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import { newClient } from '../../src/sdk/client.ts';
import { type RunningServer, startServer } from '../../src/server.ts';
import { type HttpServer, openHttpServer } from './http-server.ts';

describe('the stream of events over HTTP', () => {
  let server: HttpServer;
  beforeAll(async () => {
    server = await openHttpServer();
  });
  afterAll(async () => server.close());

  const get = (path: string, headers = {}, signal?: AbortSignal) =>
    fetch(server.url + path, {
      headers: { Authorization: `Bearer ${server.key}`, ...headers },
      ...(signal !== undefined && { signal }),
    });

  test('says where it begins, then tells, and Last-Event-ID wins over the query', async () => {
    const memory = newClient({ baseUrl: server.url, apiKey: server.key });
    await memory.addBatch(['One.', 'Two.', 'Three.'].map((text) => ({ namespace: 'users/sse', text })));
    const first: { id: string } = await firstEvent();
    const over = new AbortController();
    const response = await get('/v1/events?namespace=users/sse&after=0', { 'Last-Event-ID': first.id }, over.signal);
    expect(response.headers.get('Content-Type')).toContain('text/event-stream');
    const text = await textUntil(response, (so) => (so.match(/event: memory\.created/g) ?? []).length === 2);
    over.abort();
    expect(text.startsWith(`id: ${first.id}\nevent: open\ndata: {}\n\n`)).toBe(true);

    async function firstEvent() {
      const stop = new AbortController();
      for await (const event of memory.events({ namespace: 'users/sse', after: '0', signal: stop.signal })) {
        stop.abort();
        return event;
      }
      throw new Error('There was no event.');
    }
  });

  test('is refused before it begins for a request that is wrong', async () => {
    for (const query of ['', '?namespace=', '?namespace=users/a&after=x', '?namespace=users/a&type=memory.seen']) {
      expect((await get(`/v1/events${query}`)).status).toBe(400);
    }
    expect((await get('/v1/events?namespace=users/a', { 'Last-Event-ID': 'x' })).status).toBe(400);
  });

  test('ends when the server drains', async () => {
    const other = await openHttpServer();
    const response = await fetch(`${other.url}/v1/events?namespace=users/a`, {
      headers: { Authorization: `Bearer ${other.key}` },
    });
    other.setDraining();
    expect(await response.text()).toContain('event: open');
    await other.close();
  });

  test('an idempotency key that comes with another body answers 422', async () => {
    const post = (body: object) =>
      fetch(`${server.url}/v1/memories/delete`, {
        method: 'POST',
        headers: {
          Authorization: `Bearer ${server.key}`,
          'Content-Type': 'application/json',
          'Idempotency-Key': 'the-same',
        },
        body: JSON.stringify(body),
      });
    const input = { namespace: 'users/once', filter: {}, dry_run: false };
    expect((await post(input)).status).toBe(200);
    expect((await post({ ...input, hard: true })).status).toBe(422);
  });
});

describe('webhooks of the server as it ships', () => {
  let folder: string;
  let server: RunningServer;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ecphory-webhooks-'));
    const quiet = () => {};
    const settings = { ECPHORY_CONSOLIDATION: 'off', ECPHORY_WEBHOOK_ALLOW_PRIVATE: 'true' };
    server = await startServer(loadConfig({ port: '0', database: join(folder, 'memory.db') }, settings), {
      log: { debug: quiet, info: quiet, warn: quiet, error: console.error },
    });
  });
  afterAll(async () => {
    await server.close();
    await rm(folder, { recursive: true });
  });

  test('reach their receiver, and a delivery can be replayed', async () => {
    const received: { readonly id: unknown; readonly body: string }[] = [];
    const receiver = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => {
        body += chunk.toString();
      });
      request.on('end', () => {
        received.push({ id: request.headers['webhook-id'], body });
        response.writeHead(204).end();
      });
    });
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
    const memory = newClient({ baseUrl: server.url, apiKey: server.firstKey ?? '' });
    const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`;
    const { id } = await memory.createWebhook({ namespace: 'users/**', url, types: ['memory.created'] });
    const added = await memory.add({ namespace: 'users/ana', text: 'Ana likes tea.' });
    await vi.waitFor(() => expect(received).toHaveLength(1), { timeout: 10_000 });
    expect(JSON.parse(received[0]?.body ?? '')).toMatchObject({
      type: 'memory.created',
      data: { namespace: 'users/ana', memory_id: added.memories[0]?.id },
    });
    await vi.waitFor(async () => expect((await memory.deliveries(id)).data[0]?.state).toBe('delivered'));
    const [delivery] = (await memory.deliveries(id)).data;
    await memory.replayDelivery(id, delivery!.id);
    await vi.waitFor(() => expect(received).toHaveLength(2), { timeout: 10_000 });
    expect(received[1]).toEqual(received[0]);
    receiver.close();
  });
});

async function textUntil(response: Response, isEnough: (text: string) => boolean): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  const reader = response.body!.getReader();
  while (!isEnough(text)) {
    const { value, done } = await reader.read();
    if (done) break;
    text += decoder.decode(value, { stream: true });
  }
  return text;
}
