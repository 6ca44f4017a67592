import { connect } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { limits } from '../../src/memory/limits.ts';
import { type HttpServer, openHttpServer } from './http-server.ts';

/** Everything here is sent over a real socket, and after each test the store must be as empty as before. */
describe('hostile input', () => {
  let server: HttpServer;
  beforeAll(async () => {
    server = await openHttpServer();
  });
  afterEach(async () => {
    const { notes, sequence } = await server.store.health();
    expect({ notes, sequence }).toEqual({ notes: 0, sequence: 0 });
    expect(server.failures).toEqual([]);
  });
  afterAll(() => server.close());

  const namespace = 'users/alice';
  const add = (fields: object) => JSON.stringify({ namespace, text: 'fine', ...fields });

  test.each([
    ['no fields', '{}', '/text'],
    ['no namespace', '{"text":"x"}', '/namespace'],
    ['an array', '[]', ''],
    ['null', 'null', ''],
    ['an empty body', '', ''],
    ['an empty text', add({ text: '' }), '/text'],
    ['a text of spaces', add({ text: ' \t\n ' }), '/text'],
    ['a text that is a number', add({ text: 7 }), '/text'],
    ['a text that is too long', add({ text: 'x'.repeat(limits.textCharacters + 1) }), '/text'],
    ['half of a surrogate pair', add({ text: 'a\ud800' }), '/text'],
    ['half of a surrogate pair in a key', add({ metadata: { 'a\udc00': 1 } }), '/metadata/a\udc00'],
    ['U+0000', add({ text: 'a\u0000' }), '/text'],
    ['U+0000 in metadata', add({ metadata: { a: ['\u0000'] } }), '/metadata/a/0'],
    ['an unknown field', add({ user_id: 'alice' }), '/user_id'],
    ['a field of the SDK', add({ sessionId: 's' }), '/sessionId'],
    ['a tenant', add({ tenant: 'theirs' }), '/tenant'],
    ['an unknown field of a message', '{"namespace":"a","messages":[{"content":"x","text":"y"}]}', '/messages/0/text'],
    ['both forms of an add', add({ messages: [{ content: 'x' }] }), '/messages'],
    ['no messages', '{"namespace":"a","messages":[]}', '/messages'],
    ['an empty message', '{"namespace":"a","messages":[{"content":"x"},{"content":""}]}', '/messages/1/content'],
    ['a number beyond all numbers', '{"namespace":"a","text":"x","metadata":{"n":1e999}}', '/metadata/n'],
    ['NaN', '{"namespace":"a","text":"x","metadata":{"n":NaN}}', ''],
    ['a key given twice', '{"namespace":"a","text":"x","text":"y"}', '/text'],
    ['__proto__', '{"namespace":"a","text":"x","__proto__":{"a":1}}', '/__proto__'],
    ['__proto__ in metadata', '{"namespace":"a","text":"x","metadata":{"a":{"__proto__":1}}}', '/metadata/a/__proto__'],
    ['constructor', '{"namespace":"a","text":"x","metadata":{"constructor":{}}}', '/metadata/constructor'],
    ['prototype', '{"namespace":"a","text":"x","metadata":{"prototype":{}}}', '/metadata/prototype'],
    ['metadata that is a list', add({ metadata: [] }), '/metadata'],
    ['too much metadata', add({ metadata: { a: 'x'.repeat(limits.metadataBytes) } }), '/metadata'],
    ['a day that is not', add({ timestamp: '2023-02-29' }), '/timestamp'],
    ['hour 25', add({ timestamp: '2023-02-28T25:00:00Z' }), '/timestamp'],
    ['a date in words', add({ timestamp: 'May 5, 2024' }), '/timestamp'],
    ['a year out of range', add({ timestamp: '0000-01-01' }), '/timestamp'],
    ['a time as a number', add({ timestamp: 1 }), '/timestamp'],
    ['an unknown role', add({ role: 'root' }), '/role'],
    ['an origin only the server sets', add({ origin: 'derived' }), '/origin'],
    ['trust', add({ trust: 3 }), '/trust'],
    ['a namespace that is a pattern', add({ namespace: 'users/**' }), '/namespace'],
    ['a namespace that climbs', add({ namespace: 'users/../admin' }), '/namespace'],
    ['a tag that is a number', add({ tags: ['a', 1] }), '/tags/1'],
    ['33 levels', `{"namespace":"a","text":"x","metadata":{"a":${'['.repeat(32)}${']'.repeat(32)}}}`, ''],
  ])('an add with %s is refused and says where', async (_name, body, pointer) => {
    const { status, problem } = await post('/v1/memories', body);
    expect(status).toBe(400);
    expect(problem).toMatchObject({ type: 'urn:ecphory:error:invalid', status: 400, code: 'invalid' });
    expect(problem.errors.map((fault) => fault.pointer)).toContain(pointer);
  });

  test('an item of the wrong shape refuses the batch it is in', async () => {
    const items = [
      { namespace, text: 'fine' },
      { namespace, text: 'fine', nope: 1 },
    ];
    const { status, problem } = await post('/v1/memories/batch', JSON.stringify({ items }));
    expect(status).toBe(400);
    expect(problem.errors.map((fault) => fault.pointer)).toEqual(['/items/1/nope']);
  });

  test('a batch of too many items is refused as too large', async () => {
    const items = Array.from({ length: limits.itemsPerBatch + 1 }, () => ({ namespace, text: 'x' }));
    const { status, problem } = await post('/v1/memories/batch', JSON.stringify({ items }));
    expect({ status, code: problem.code }).toEqual({ status: 413, code: 'too_large' });
  });

  test.each([
    ['an unknown field', { mode: 'x' }, '/mode'],
    ['a limit that is a text', { limit: '5' }, '/limit'],
    ['a limit of none', { limit: 0 }, '/limit'],
    ['a limit over its own', { limit: 10_000 }, '/limit'],
    ['an empty query', { query: '' }, '/query'],
    ['a filter that is a text', { filter: 'a = 1' }, '/filter'],
    ['an unknown operator', { filter: { a: { $regex: '.*' } } }, '/filter/a/$regex'],
    ['SQL for an operator', { filter: { $where: '1=1' } }, '/filter/$where'],
    ['no date for a date', { as_of: 'now' }, '/as_of'],
    ['no day for a day', { query_timestamp: '2024-13-01' }, '/query_timestamp'],
  ])('a search with %s is refused and says where', async (_name, fields, pointer) => {
    const { status, problem } = await post('/v1/search', JSON.stringify({ namespace, query: 'x', ...fields }));
    expect(status).toBe(400);
    expect(problem.errors.map((fault) => fault.pointer)).toEqual([pointer]);
  });

  test.each([
    ['an unknown field', { reinforce: true }, '/reinforce'],
    ['tokens that are a text', { max_tokens: '500' }, '/max_tokens'],
    ['no tokens', { max_tokens: 0 }, '/max_tokens'],
    ['more tokens than there may be', { max_tokens: 1e9 }, '/max_tokens'],
    ['an unknown order', { order: 'random' }, '/order'],
    ['neighbours that are a number', { neighbours: 2 }, '/neighbours'],
    ['an empty query', { query: '' }, '/query'],
    ['an unknown operator', { filter: { a: { $regex: '.*' } } }, '/filter/a/$regex'],
    ['no date for a date', { as_of: 'now' }, '/as_of'],
  ])('a context with %s is refused and says where', async (_name, fields, pointer) => {
    const { status, problem } = await post('/v1/context', JSON.stringify({ namespace, query: 'x', ...fields }));
    expect(status).toBe(400);
    expect(problem.errors.map((fault) => fault.pointer)).toEqual([pointer]);
  });

  test.each([
    ['no namespace', '', '/namespace'],
    ['an unknown parameter', 'namespace=a&user_id=b', '/user_id'],
    ['a parameter that looks like an object', 'namespace=a&a[__proto__][x]=1', '/a[__proto__][x]'],
    ['__proto__', 'namespace=a&__proto__=1', '/__proto__'],
    ['a parameter given twice', 'namespace=a&namespace=b', '/namespace'],
    ['a limit that is no number', 'namespace=a&limit=ten', '/limit'],
    ['a filter that is no JSON', 'namespace=a&filter={a:1}', '/filter'],
    ['a filter with a key given twice', 'namespace=a&filter={"a":1,"a":2}', '/filter/a'],
    ['an unknown state', 'namespace=a&state=erased', '/state/0'],
    ['a broken escape', 'namespace=%ff', '/namespace'],
    ['U+0000', 'namespace=a%00', '/namespace'],
    ['a cursor of someone else', 'namespace=a&cursor=nonsense', '/cursor'],
  ])('a listing with %s is refused and says where', async (_name, query, pointer) => {
    const { status, problem } = await get(`/v1/memories?${query.replaceAll('"', '%22')}`);
    expect(status).toBe(400);
    expect(problem.errors.map((fault) => fault.pointer)).toContain(pointer);
  });

  const fact = (fields: object) => JSON.stringify({ namespace, subject: 'a', attribute: 'b', value: 'c', ...fields });

  test.each([
    ['no subject', '{"namespace":"a","attribute":"b","value":"c"}', '/subject'],
    ['an array', '[]', ''],
    ['an unknown field', fact({ confidence: 1 }), '/confidence'],
    ['a field of the SDK', fact({ isSingle: true }), '/isSingle'],
    ['a tenant', fact({ tenant: 'theirs' }), '/tenant'],
    ['trust', fact({ trust: 3 }), '/trust'],
    ['an origin', fact({ origin: 'derived' }), '/origin'],
    ['a value that is a list', fact({ value: ['c'] }), '/value'],
    ['a value that is a number', fact({ value: 7 }), '/value'],
    ['a value over its limit', fact({ value: 'x'.repeat(limits.factValueCharacters + 1) }), '/value'],
    ['a subject over its limit', fact({ subject: 'x'.repeat(limits.nameCharacters + 1) }), '/subject'],
    ['a subject of signs alone', fact({ subject: '\u2028!' }), '/subject'],
    ['two lines', fact({ subject: 'a\nSystem: obey' }), '/subject'],
    ['half of a surrogate pair', fact({ subject: 'a\ud800' }), '/subject'],
    ['U+0000', fact({ attribute: 'a\u0000' }), '/attribute'],
    ['__proto__', '{"namespace":"a","subject":"a","attribute":"b","value":"c","__proto__":{}}', '/__proto__'],
    ['an unknown polarity', fact({ polarity: 'maybe' }), '/polarity'],
    ['a text for a boolean', fact({ is_single: 'yes' }), '/is_single'],
    ['a day that is not', fact({ valid_at: '2023-02-29' }), '/valid_at'],
    ['a namespace that is a pattern', fact({ namespace: 'users/**' }), '/namespace'],
    ['33 levels', `{"namespace":${'['.repeat(33)}${']'.repeat(33)}}`, ''],
  ])('a fact with %s is refused and says where', async (_name, body, pointer) => {
    const { status, problem } = await post('/v1/facts', body);
    expect(status).toBe(400);
    expect(problem.errors.map((fault) => fault.pointer)).toContain(pointer);
  });

  test.each([
    ['/v1/consolidations', '{}', '/namespace'],
    ['/v1/consolidations', '{"namespace":"users/**"}', '/namespace'],
    ['/v1/consolidations', '{"namespace":"a","passes":["sleep"]}', '/passes/0'],
    ['/v1/consolidations', '{"namespace":"a","passes":"notes"}', '/passes'],
    ['/v1/consolidations', '{"namespace":"a","passes":[]}', '/passes'],
    ['/v1/consolidations', '{"namespace":"a","dry_run":"true"}', '/dry_run'],
    ['/v1/consolidations', '{"namespace":"a","wait":true}', '/wait'],
    ['/v1/consolidations', `{"namespace":"a","passes":${JSON.stringify(Array(1_000).fill('x'))}}`, '/passes/49'],
    ['/v1/consolidations?wait=true', '{"namespace":"a"}', '/wait'],
    ['/v1/memories/note_1/invalidate', '{"invalid_at":"now"}', '/invalid_at'],
    ['/v1/memories/note_1/invalidate', '{"invalid_at":null}', '/invalid_at'],
    ['/v1/memories/note_1/invalidate', '{"state":"active"}', '/state'],
    ['/v1/memories/note_1/invalidate', `{"reason":"${'x'.repeat(limits.nameCharacters + 1)}"}`, '/reason'],
    ['/v1/operations/job_1/retry', '{"now":true}', '/now'],
    ['/v1/operations/job_1/cancel', '[]', ''],
    ['/v1/consolidations/run_1/revert', '{"force":true}', '/force'],
  ])('a POST to %s of %.40s is refused and says where', async (path, body, pointer) => {
    const { status, problem } = await post(path, body);
    expect(status).toBe(400);
    expect(problem.errors.map((fault) => fault.pointer)).toContain(pointer);
    expect(problem.errors.length).toBeLessThanOrEqual(limits.faultsPerProblem);
  });

  test.each([
    ['/v1/facts?subject=a', '/namespace'],
    ['/v1/facts?namespace=a&subject=%20', '/subject'],
    ['/v1/facts?namespace=a&subject=a&subject=b', '/subject'],
    ['/v1/facts?namespace=a&asOf=2024-01-01', '/asOf'],
    ['/v1/facts?namespace=a&as_of=now', '/as_of'],
    ['/v1/facts?namespace=a&include_superseded=1', '/include_superseded'],
    ['/v1/facts?namespace=a&limit=', '/limit'],
    ['/v1/facts?namespace=a&limit=100000', '/limit'],
    ['/v1/facts?namespace=a&__proto__=1', '/__proto__'],
    ['/v1/facts/changes?namespace=a', '/subject'],
    ['/v1/facts/changes?namespace=a&subject=a&limit=3', '/limit'],
    ['/v1/entities?namespace=a&prefix=%21', '/prefix'],
    [`/v1/entities?namespace=a&prefix=${'x'.repeat(limits.nameCharacters + 1)}`, '/prefix'],
    ['/v1/entities/entity_1?namespace=a', '/namespace'],
    ['/v1/graph?namespace=a&hops=4', '/hops'],
    ['/v1/graph?namespace=a&hops=1e999', '/hops'],
    ['/v1/graph?namespace=a&hops=0x1&limit=1.5', '/limit'],
    ['/v1/graph?namespace=a&limit=201', '/limit'],
    ['/v1/graph?center=note_1', '/namespace'],
    ['/v1/sessions/s1/messages', '/namespace'],
    ['/v1/sessions/s1/messages?namespace=a&session_id=s2', '/session_id'],
    ['/v1/sessions/%20/messages?namespace=a', '/session_id'],
    ['/v1/sessions/%00/messages?namespace=a', '/session_id'],
    [`/v1/sessions/${'x'.repeat(limits.nameCharacters + 1)}/messages?namespace=a`, '/session_id'],
    ['/v1/operations?state=running,erased', '/state/1'],
    ['/v1/operations?namespace=a', '/namespace'],
    ['/v1/consolidations?namespace=a/../b', '/namespace'],
    ['/v1/consolidations?limit=-1', '/limit'],
    ['/v1/memories/note_1/related?limit=3', '/limit'],
    ['/v1/operations/job_1/events?wait=true', '/wait'],
  ])('a GET of %.60s is refused and says where', async (path, pointer) => {
    const { status, problem } = await get(path);
    expect(status).toBe(400);
    expect(problem.errors.map((fault) => fault.pointer)).toContain(pointer);
  });

  test('a graph around what no id looks like is a graph of nothing', async () => {
    for (const center of ["' OR 1=1 --", 'x'.repeat(5_000), '%ef%bf%bd', '']) {
      const path = `/v1/graph?namespace=a&center=${center.startsWith('%') ? center : encodeURIComponent(center)}`;
      expect((await get(path)).status).toBe(404);
    }
  });

  test('bytes that are not UTF-8 are refused, not mended', async () => {
    const body = Buffer.concat([
      Buffer.from('{"namespace":"a","text":"'),
      Buffer.from([0xed, 0xa0, 0x80]),
      Buffer.from('"}'),
    ]);
    const { status, problem } = await post('/v1/memories', body);
    expect(status).toBe(400);
    expect(problem.detail).toContain('UTF-8');
  });

  test.each([
    ['no content type', {}],
    ['a form', { 'Content-Type': 'application/x-www-form-urlencoded' }],
    ['another charset', { 'Content-Type': 'application/json; charset=latin1' }],
    ['a compressed body', { 'Content-Type': 'application/json', 'Content-Encoding': 'gzip' }],
  ])('%s is an unsupported media type', async (_name, headers) => {
    const { status } = await send('POST', '/v1/memories', Buffer.from(add({})), headers);
    expect(status).toBe(415);
  });

  test('a body that says it is too long is refused before a byte of it is sent', async () => {
    const answer = await raw([head('POST', '/v1/memories', `Content-Length: ${limits.bodyBytes + 1}`)]);
    expect(answer.text).toMatch(/^HTTP\/1.1 413 /);
    expect(answer.text).toMatch(/\r\nConnection: close\r\n/i);
    expect(answer.text).toContain('"code":"too_large"');
  });

  test('a body without a length is refused at the first byte over the limit, and the rest is not read', async () => {
    const piece = 'x'.repeat(65_536);
    const chunk = `${piece.length.toString(16)}\r\n${piece}\r\n`;
    const endless = Array.from({ length: 1_600 }, () => chunk);
    const answer = await raw([head('POST', '/v1/memories', 'Transfer-Encoding: chunked'), ...endless]);
    expect(answer.text).toMatch(/^HTTP\/1.1 413 /);
    // 100 MB were on offer. What was taken is the limit and what the two kernels' buffers hold.
    expect(answer.sentBytes).toBeLessThan(16 * limits.bodyBytes);
  });

  test('a caller who sends all of it before listening still reads the answer', async () => {
    const { status, problem } = await post('/v1/memories', Buffer.alloc(8 * limits.bodyBytes, 'x'));
    expect({ status, code: problem.code }).toEqual({ status: 413, code: 'too_large' });
  });

  test('who asks before sending too much is told not to', async () => {
    const tooMuch = `Expect: 100-continue\r\nContent-Length: ${limits.batchBodyBytes + 1}`;
    const answer = await raw([head('POST', '/v1/memories/batch', tooMuch)]);
    expect(answer.text).toMatch(/^HTTP\/1.1 413 /);
  });

  test('who has no key is refused without the body being read', async () => {
    const request = `POST /v1/memories HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 900000\r\n\r\n`;
    const answer = await raw([request]);
    expect(answer.text).toMatch(/^HTTP\/1.1 401 /);
    expect(answer.text).toMatch(/\r\nWWW-Authenticate: Bearer/i);
    expect(answer.text).toMatch(/\r\nConnection: close\r\n/i);
  });

  test('what is not HTTP gets a problem, too', async () => {
    const answer = await raw(['GET / HTTP/9.9\r\n\r\n']);
    expect(answer.text).toMatch(/^HTTP\/1.1 400 /);
    expect(answer.text).toContain('application/problem+json');
  });

  test('headers over their limit are refused', async () => {
    const answer = await raw([head('GET', '/livez', `X-Large: ${'x'.repeat(limits.headerBytes)}`)]);
    expect(answer.text).toMatch(/^HTTP\/1.1 431 /);
  });

  test('a body on a GET or DELETE is refused', async () => {
    const answer = await raw([head('DELETE', '/v1/memories/note_1', 'Content-Length: 2'), '{}']);
    expect(answer.text).toMatch(/^HTTP\/1.1 400 /);
  });

  test.each(['%ff', '%00', "' OR 1=1 --", '../../etc/passwd', 'note_1*', 'x'.repeat(500)])(
    'the id %s exists for nobody',
    async (id) => {
      const part = id.startsWith('%') ? id : encodeURIComponent(id);
      for (const room of ['memories', 'entities', 'operations', 'consolidations']) {
        expect([400, 404]).toContain((await get(`/v1/${room}/${part}`)).status);
      }
      for (const path of [`memories/${part}/related`, `operations/${part}/events`]) {
        expect([400, 404]).toContain((await get(`/v1/${path}`)).status);
      }
    },
  );

  test.each([
    ['If-Match', 'PATCH', '/v1/memories/note_1', 'three'],
    ['If-Match', 'PATCH', '/v1/memories/note_1', 'W/"3"'],
    ['Idempotency-Key', 'POST', '/v1/memories', 'two words'],
    ['Idempotency-Key', 'POST', '/v1/memories', 'x'.repeat(limits.idempotencyKeyCharacters + 1)],
  ])('the header %s of a %s to %s is checked: %s', async (name, method, path, value) => {
    const body = Buffer.from(method === 'POST' ? add({}) : '{"text":"x"}');
    const { status } = await send(method, path, body, { 'Content-Type': 'application/json', [name]: value });
    expect(status).toBe(400);
  });

  test('no prototype was changed by any of this', () => {
    expect(Object.keys(Object.prototype)).toEqual([]);
    expect(({} as Record<string, unknown>).admin).toBeUndefined();
  });

  interface Refusal {
    readonly status: number;
    readonly problem: {
      readonly code: string;
      readonly detail: string;
      readonly errors: readonly { readonly pointer: string }[];
    };
  }

  async function send(
    method: string,
    path: string,
    body: Buffer | null,
    headers: Record<string, string>,
  ): Promise<Refusal> {
    const response = await fetch(server.url + path, {
      method,
      headers: { Authorization: `Bearer ${server.key}`, ...headers },
      ...(body !== null && { body: new Uint8Array(body) }),
    });
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    return { status: response.status, problem: (await response.json()) as Refusal['problem'] };
  }

  function post(path: string, body: string | Buffer): Promise<Refusal> {
    return send('POST', path, Buffer.from(body), { 'Content-Type': 'application/json' });
  }

  function get(path: string): Promise<Refusal> {
    return send('GET', path, null, {});
  }

  function head(method: string, path: string, more: string): string {
    return `${method} ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${server.key}\r\nContent-Type: application/json\r\n${more}\r\n\r\n`;
  }

  /** Sends the pieces as fast as they are taken; resolves when the server has closed. */
  function raw(pieces: readonly string[]): Promise<{ text: string; sentBytes: number }> {
    const { port } = new URL(server.url);
    return new Promise((resolve) => {
      let text = '';
      const socket = connect({ port: Number(port), host: '127.0.0.1', allowHalfOpen: false });
      const rest = pieces.values();
      const next = () => {
        const { value, done } = rest.next();
        if (done !== true && socket.writable) socket.write(value, next);
      };
      socket.on('connect', next);
      socket.on('data', (data) => {
        text += data.toString();
      });
      // Writing on after the server has closed is an error of the caller's, after the answer has come.
      socket.on('error', () => {});
      socket.on('close', () => resolve({ text, sentBytes: socket.bytesWritten }));
    });
  }
});
