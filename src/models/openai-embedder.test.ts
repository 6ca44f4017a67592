import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { guard } from './embed.ts';
import { retryAfterMs } from './endpoint-failure.ts';
import { type OpenAiEmbedderSettings, openOpenAiEmbedder } from './openai-embedder.ts';

/** What the endpoint does with a request, and what it saw of it. */
type Mode = (seen: Seen, response: ServerResponse) => void;

interface Seen {
  readonly url: string | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: { readonly model: string; readonly input: readonly string[]; readonly [field: string]: unknown };
}

let server: Server;
let baseUrl: string;
let script: Mode[];
let seen: Seen[];

beforeEach(async () => {
  script = [];
  seen = [];
  server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const now: Seen = {
      url: request.url,
      headers: request.headers,
      body: JSON.parse(Buffer.concat(chunks).toString('utf8')),
    };
    // The last mode stays.
    const mode = script[Math.min(seen.length, script.length - 1)];
    seen.push(now);
    mode?.(now, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  baseUrl = `http://127.0.0.1:${port}/v1`;
});

afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

describe('an OpenAI-compatible endpoint', () => {
  test('is asked for floats of its model, and its vectors come back in the order of the texts', async () => {
    script = [ok];
    const vectors = await embed(['a', 'bbb'], { model: 'tiny', dimensions: 2 });
    expect(vectors).toEqual([unit(1, 1), unit(3, 1)]);
    expect(seen[0]).toMatchObject({
      url: '/v1/embeddings',
      body: { model: 'tiny', input: ['a', 'bbb'], encoding_format: 'float' },
    });
    expect(seen[0]?.body).not.toHaveProperty('dimensions');
  });

  test('gets its key if there is one and no authorization otherwise', async () => {
    script = [ok];
    await embed(['a'], { model: 'tiny', dimensions: 2, apiKey: 'secret' });
    await embed(['a'], { model: 'tiny', dimensions: 2 });
    expect(seen.map(({ headers }) => headers.authorization)).toEqual(['Bearer secret', undefined]);
  });

  test('is asked for fewer dimensions when it is a model of OpenAI’s own, or when told to', async () => {
    script = [ok];
    await embed(['a'], { model: 'text-embedding-3-small', dimensions: 2 });
    await embed(['a'], { model: 'tiny', dimensions: 2, sendDimensions: true });
    expect(seen.map(({ body }) => body.dimensions)).toEqual([2, 2]);
  });

  test('gets prefixes by purpose, long texts cut between characters, and no empty text', async () => {
    script = [ok];
    const settings = { model: 'tiny', dimensions: 2, charactersMax: 8, prefixes: { query: 'query: ' } };
    await embed(['cats'], settings);
    await embed(['1234567😀9', ''], settings, 'passage');
    expect(seen.map(({ body }) => body.input)).toEqual([['query: c'], ['1234567', ' ']]);
  });

  test('is sent many texts in batches', async () => {
    script = [ok];
    await embed(['a', 'b', 'c'], { model: 'tiny', dimensions: 2, batchMax: 2 });
    expect(seen.map(({ body }) => body.input)).toEqual([['a', 'b'], ['c']]);
  });

  test('may answer out of order, with or without an index', async () => {
    const items = [
      { index: 1, embedding: [0, 1] },
      { index: 0, embedding: [1, 0] },
    ];
    script = [json({ data: items }), json({ data: items.map(({ embedding }) => ({ embedding })) })];
    expect(await embed(['a', 'b'], { model: 'tiny', dimensions: 2 })).toEqual([unit(1, 0), unit(0, 1)]);
    expect(await embed(['a', 'b'], { model: 'tiny', dimensions: 2 })).toEqual([unit(0, 1), unit(1, 0)]);
  });

  test.each<[string, Mode, string]>([
    ['vectors of another dimension', json({ data: vectors([1, 2, 3], [1, 2, 3]) }), 'expected 2 dimensions, got 3'],
    ['fewer vectors', json({ data: vectors([1, 2]) }), 'expected 2 vectors, got 1'],
    [
      'null among the numbers',
      json({ data: vectors([1, 2], [1, null]) }),
      'expected a number at 1 of embedding 1, got null',
    ],
    [
      'a word among the numbers',
      json({ data: vectors([1, 2], [1, 'NaN']) }),
      'expected a number at 1 of embedding 1, got string',
    ],
    ['NaN', raw('{"data":[{"index":0,"embedding":[1,NaN]}]}'), 'cannot be read'],
    [
      'a number beyond float32',
      raw('{"data":[{"embedding":[1,1e39]},{"embedding":[1,0]}]}'),
      'got Infinity at 1 of vector 0',
    ],
    [
      'base64',
      json({ data: [{ embedding: 'AACAPwAAgD8=' }, { embedding: 'AACAPwAAgD8=' }] }),
      'expected a list of numbers',
    ],
    ['one index twice', json({ data: [1, 1].map((index) => ({ index, embedding: [1, 0] })) }), 'got index 1 twice'],
    [
      'an index too high',
      json({ data: [0, 2].map((index) => ({ index, embedding: [1, 0] })) }),
      'expected an index below 2 at 1',
    ],
    ['zeros', json({ data: vectors([1, 0], [0, 0]) }), 'all zeros in vector 1'],
    ['nothing', json({}), 'expected JSON with a list "data"'],
    ['null', json(null), 'expected JSON with a list "data"'],
    ['garbage bytes', raw(Buffer.from([0xff, 0x00, 0xfe, 0x7b])), 'cannot be read'],
    ['garbage of another type', raw('<html>busy</html>', 'text/html'), 'expected JSON with a list "data"'],
    ['an endless answer', raw(`{"data":[${' '.repeat(200_000)}]}`), 'cannot be read'],
    [
      'a refusal',
      json({ error: { message: 'text of a user', code: 'model_not_found' } }, 404),
      'status 404 (model_not_found)',
    ],
    [
      'an empty purse',
      json({ error: { message: 'pay', code: 'insufficient_quota' } }, 429),
      'status 429 (insufficient_quota)',
    ],
  ])('that answers with %s is not asked again, and the error says what came', async (_, mode, what) => {
    script = [mode];
    const asked = embed(['a', 'b'], { model: 'tiny', dimensions: 2 });
    await expect(asked).rejects.toMatchObject({ code: 'unavailable', message: expect.stringContaining(what) });
    await expect(asked).rejects.not.toMatchObject({ message: expect.stringContaining('text of a user') });
    expect(seen.length).toBe(1);
  });

  test.each<[string, Mode]>([
    ['429 with Retry-After', json({ error: {} }, 429, { 'retry-after': '0.01' })],
    ['500', json({ error: {} }, 500)],
    ['503', raw('busy', 'text/plain', 503)],
    ['a reset connection', (_, response) => response.socket?.resetAndDestroy()],
    [
      'a connection reset in the middle of the answer',
      (_, response) => {
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
        response.write('{"data":[', () => response.socket?.resetAndDestroy());
      },
    ],
  ])('that fails with %s is asked again', async (_, mode) => {
    script = [mode, mode, ok];
    expect(await embed(['a'], { model: 'tiny', dimensions: 2 })).toEqual([unit(1, 1)]);
    expect(seen.length).toBe(3);
  });

  test('that asks for more patience than the caller has fails at once and says how long', async () => {
    script = [json({ error: {} }, 429, { 'retry-after': '3600' })];
    await expect(embed(['a'], { model: 'tiny', dimensions: 2 })).rejects.toMatchObject({
      code: 'unavailable',
      retryAfterMs: 3_600_000,
    });
  });

  test.each<[string, Mode]>([
    ['before', () => undefined],
    ['within', (_, response) => response.writeHead(200, { 'content-type': 'application/json' }).write('{"data":[')],
  ])('that hangs %s its answer cannot hang the caller, and its connection is let go', async (_, mode) => {
    script = [mode];
    const embedder = guard(await openOpenAiEmbedder({ baseUrl, model: 'tiny', dimensions: 2 }));
    const closed = new Promise((resolve) => server.once('connection', (socket) => socket.once('close', resolve)));
    await expect(embedder.embed(['a'], 'query', 100)).rejects.toMatchObject({ code: 'timeout' });
    await closed;
  });

  test.each<[string, Mode]>([
    ['before', () => undefined],
    ['within', (_, response) => response.writeHead(200, { 'content-type': 'application/json' }).write('{"data":[')],
  ])('that hangs %s its answer is given up after its own time-out and asked again', async (_, mode) => {
    script = [mode, ok];
    expect(await embed(['a'], { model: 'tiny', dimensions: 2, timeoutMs: 50 })).toEqual([unit(1, 1)]);
  });

  test('is not followed to another host', async () => {
    script = [json({}, 307, { location: 'http://127.0.0.1:1/steal' })];
    const embedder = await openOpenAiEmbedder({ baseUrl, model: 'tiny', dimensions: 2 });
    await expect(embedder.embed(['a'], 'query', new AbortController().signal)).rejects.toMatchObject({
      code: 'unavailable',
    });
    expect(seen.length).toBe(1);
  });

  test('is opened without being asked anything, even when it is down', async () => {
    const embedder = await openOpenAiEmbedder({ baseUrl: 'http://127.0.0.1:1/v1', model: 'text-embedding-3-large' });
    expect(embedder).toMatchObject({ id: 'openai-text-embedding-3-large-3072', dimensions: 3_072, class: 'sentence' });
  });

  test('has another id with other prefixes', async () => {
    const ids = await Promise.all(
      [{}, { prefixes: { query: 'q: ' } }, { prefixes: { passage: 'q: ' } }].map(
        async (more) => (await openOpenAiEmbedder({ baseUrl, model: 'tiny', dimensions: 2, ...more })).id,
      ),
    );
    expect(new Set(ids).size).toBe(3);
  });

  test.each([
    ['a URL that is none', { baseUrl: 'localhost', model: 'tiny', dimensions: 2 }],
    ['another protocol', { baseUrl: 'file:///etc', model: 'tiny', dimensions: 2 }],
    ['no model', { baseUrl: 'http://127.0.0.1', model: '', dimensions: 2 }],
    ['dimensions that nobody knows', { baseUrl: 'http://127.0.0.1', model: 'tiny' }],
  ])('cannot be opened with %s', async (_, settings) => {
    await expect(openOpenAiEmbedder(settings)).rejects.toMatchObject({ code: 'invalid' });
  });
});

test('Retry-After is read in seconds, as a date, and in OpenAI’s milliseconds', () => {
  const now = Date.UTC(2024, 0, 1);
  const after = (headers: Record<string, string>) => retryAfterMs(new Headers(headers), now);
  expect(after({ 'retry-after': '7' })).toBe(7_000);
  expect(after({ 'retry-after': 'Mon, 01 Jan 2024 00:00:09 GMT' })).toBe(9_000);
  expect(after({ 'retry-after': 'Sun, 31 Dec 2023 23:00:00 GMT' })).toBe(0);
  expect(after({ 'retry-after-ms': '250', 'retry-after': '7' })).toBe(250);
  expect(after({ 'retry-after': 'soon' })).toBe(0);
  expect(retryAfterMs(null, now)).toBe(0);
});

/** A text's vector is its length and 1. */
const ok: Mode = ({ body }, response) =>
  json({ data: body.input.map((text, index) => ({ index, embedding: [text.length, 1] })) })(
    { url: '', headers: {}, body },
    response,
  );

function json(value: unknown, status = 200, headers: Record<string, string> = {}): Mode {
  return (_, response) =>
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(value));
}

function raw(body: string | Buffer, type = 'application/json', status = 200): Mode {
  return (_, response) => response.writeHead(status, { 'content-type': type }).end(body);
}

function vectors(...embeddings: readonly unknown[]): readonly object[] {
  return embeddings.map((embedding, index) => ({ index, embedding }));
}

function unit(x: number, y: number): Float32Array {
  return Float32Array.of(x / Math.hypot(x, y), y / Math.hypot(x, y));
}

async function embed(
  texts: readonly string[],
  settings: Omit<OpenAiEmbedderSettings, 'baseUrl'>,
  purpose: 'query' | 'passage' = 'query',
): Promise<readonly Float32Array[]> {
  const embedder = guard(await openOpenAiEmbedder({ baseUrl, ...settings }), { random: () => 0.01 });
  return embedder.embed(texts, purpose, 10_000);
}
