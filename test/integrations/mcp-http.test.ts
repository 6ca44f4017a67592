import { createHash } from 'node:crypto';
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mcpContract } from './mcp-contract.ts';
import { call, connectOverHttp, eras, type McpServer, openMcpServer } from './mcp-server.ts';

describe('MCP over HTTP', () => {
  let server: McpServer;
  beforeAll(async () => {
    server = await openMcpServer({ ECPHORY_ALLOWED_HOSTS: 'memory.example.com' });
  });
  afterAll(async () => {
    await server.close();
  });

  mcpContract((options) => connectOverHttp(server, server.key, options));

  const hello = {
    jsonrpc: '2.0',
    id: 1,
    method: 'initialize',
    params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'raw', version: '1' } },
  };
  const usual = () => ({
    Authorization: `Bearer ${server.key}`,
    'Content-Type': 'application/json',
    Accept: 'application/json, text/event-stream',
  });

  /** `fetch` would not let a Host be set. */
  async function post(
    body: string,
    more: Record<string, string | undefined> = {},
    { method = 'POST', path = '/mcp' } = {},
  ): Promise<{ readonly status: number; readonly text: string; readonly headers: NodeJS.Dict<string | string[]> }> {
    const given = Object.entries({ ...usual(), ...more }).filter(
      (pair): pair is [string, string] => pair[1] !== undefined,
    );
    return new Promise((resolve, reject) => {
      const sent = request(server.url + path, { method, headers: Object.fromEntries(given) }, (answer) => {
        let text = '';
        answer.setEncoding('utf8');
        answer.on('data', (part: string) => {
          text += part;
        });
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text, headers: answer.headers }));
      });
      sent.on('error', reject);
      sent.end(method === 'POST' ? body : undefined);
    });
  }

  test('a raw client of 2025 is answered without a session', async () => {
    const answer = await post(JSON.stringify(hello));
    expect(answer.status).toBe(200);
    expect(answer.text).toContain('"name":"ecphory"');
    expect(answer.headers['mcp-session-id']).toBeUndefined();
    expect(answer.headers['cache-control']).toBe('no-store');
  });

  test.each([
    ['no key', undefined],
    ['a key of nobody', `Bearer ecphory_nobody01_${'b'.repeat(43)}`],
    ['a wrong secret', `Bearer ecphory_ourkey01_${'b'.repeat(43)}`],
    ['another scheme', 'Basic YTpi'],
  ])('with %s every request is refused, whatever it asks', async (_, authorization) => {
    for (const [body, options] of [
      [JSON.stringify(hello), {}],
      ['not JSON', {}],
      ['', { method: 'GET' }],
      ['', { method: 'DELETE' }],
    ] as const) {
      const answer = await post(body, { Authorization: authorization }, options);
      expect(answer.status).toBe(401);
      expect(answer.headers['www-authenticate']).toMatch(/^Bearer/);
    }
  });

  test.each(eras)('the official client of %s does not come in with a wrong key', async (_, options) => {
    await expect(connectOverHttp(server, `ecphory_ourkey01_${'b'.repeat(43)}`, options)).rejects.toThrow();
  });

  test.each([
    [{ Host: 'evil.example' }],
    [{ Host: 'localhost.evil.example' }],
    [{ Origin: 'https://evil.example' }],
    [{ Origin: 'null' }],
    [{ Origin: 'http://localhost@evil.example' }],
    [{ Host: 'evil.example', Origin: 'http://localhost' }],
  ])('a request with %j is refused though the key is good', async (headers) => {
    const answer = await post(JSON.stringify(hello), headers);
    expect(answer.status).toBe(403);
    expect(answer.text).toContain('ECPHORY_ALLOWED_HOSTS');
  });

  test.each([
    [{ Host: 'localhost:9999' }],
    [{ Host: '[::1]:80' }],
    [{ Host: 'memory.example.com' }],
    [{ Origin: 'http://localhost:6274' }],
    [{ Host: 'memory.example.com', Origin: 'https://memory.example.com' }],
  ])('a request with %j is answered', async (headers) => {
    expect((await post(JSON.stringify(hello), headers)).status).toBe(200);
  });

  test.each([
    ['not JSON', {}, 400],
    ['[]', {}, 400],
    [JSON.stringify([hello, hello]), {}, 400],
    ['null', {}, 400],
    ['{}', {}, 400],
    ['"text"', {}, 400],
    [`${'['.repeat(100_000)}`, {}, 400],
    ['{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"__proto__":{}}}', {}, 400],
    [JSON.stringify(hello), { 'Content-Type': 'text/plain' }, 415],
    [JSON.stringify(hello), { Accept: 'text/html' }, 406],
    [`"${'x'.repeat(1_048_577)}"`, {}, 413],
    [JSON.stringify({ ...hello, method: 'no/such', params: {} }), {}, 200],
  ])('a hostile body %# is answered without a failure inside', async (body, headers, status) => {
    const answer = await post(body, headers);
    expect(answer.status).toBe(status);
    expect(answer.text).not.toMatch(/at .*\.[jt]s:\d/);
  });

  test('only POST is taken, and only one namespace', async () => {
    for (const method of ['GET', 'DELETE', 'PUT']) {
      const answer = await post('', {}, { method });
      expect(answer.status).toBe(405);
      expect(answer.headers.allow).toBe('POST');
    }
    expect((await post(JSON.stringify(hello), {}, { path: '/mcp?tenant=stranger' })).status).toBe(400);
    expect((await post(JSON.stringify(hello), {}, { path: '/mcp?namespace=a&namespace=b' })).status).toBe(400);
  });

  test.each(eras)('nothing of another tenant can be reached by a client of %s', async (era, options) => {
    const [ours, theirs] = await Promise.all([
      connectOverHttp(server, server.key, options),
      connectOverHttp(server, server.strangerKey, options),
    ]);
    const namespace = `secret/${era}`;
    const { structured } = await call(ours, 'add_memory', { namespace, text: 'The password is swordfish.' });
    const id = String(structured.id);
    expect((await call(theirs, 'search_memory', { namespace, query: 'password' })).structured.memories).toEqual([]);
    expect((await call(theirs, 'list_memories', { namespace })).structured.memories).toEqual([]);
    expect((await call(theirs, 'get_context', { namespace, query: 'password' })).structured.text).toBe('');
    for (const name of ['get_memory', 'memory_history', 'delete_memory', 'update_memory']) {
      const given = name === 'update_memory' ? { id, text: 'x' } : { id };
      expect(await call(theirs, name, given)).toMatchObject({
        isError: true,
        text: expect.stringMatching(/^not_found/),
      });
    }
    await expect(theirs.readResource({ uri: `memory://${id}` })).rejects.toThrow(/not found/i);
    expect((await call(ours, 'get_memory', { id })).structured).toMatchObject({ text: 'The password is swordfish.' });
    await Promise.all([ours.close(), theirs.close()]);
  });

  test('the address can say where tools read and write that name no namespace', async () => {
    const client = await connectOverHttp(server, server.key, {}, '/mcp?namespace=users%2Fcarol');
    const { structured } = await call(client, 'add_memory', { text: 'Carol sails.' });
    expect(structured).toMatchObject({ namespace: 'users/carol' });
    const elsewhere = await connectOverHttp(server, server.key);
    const found = await call(elsewhere, 'search_memory', { namespace: 'users/carol', query: 'sails' });
    expect(found.structured).toMatchObject({ memories: [{ id: structured.id }] });
    await Promise.all([client.close(), elsewhere.close()]);
  });

  test('nobody can hold a stream open to listen', async () => {
    const client = await connectOverHttp(server, server.key, eras[1]?.[1]);
    await expect(client.listen({ toolsListChanged: true })).rejects.toThrow();
    await client.close();
  });

  test('a hundred calls at once are all answered, each for its own tenant', async () => {
    const [ours, theirs] = await Promise.all([
      connectOverHttp(server, server.key),
      connectOverHttp(server, server.strangerKey),
    ]);
    await call(ours, 'add_memory', { namespace: 'crowd', text: 'Ours is blue.' });
    await call(theirs, 'add_memory', { namespace: 'crowd', text: 'Theirs is red.' });
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, index) =>
        call(index % 2 === 0 ? ours : theirs, 'search_memory', { namespace: 'crowd', query: 'blue red' }),
      ),
    );
    answers.forEach((answer, index) => {
      expect(answer.structured).toMatchObject({
        memories: [{ text: index % 2 === 0 ? 'Ours is blue.' : 'Theirs is red.' }],
      });
    });
    await Promise.all([ours.close(), theirs.close()]);
  });

  test('a caller that goes away in the middle of an answer does no harm', async () => {
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' });
    for (let round = 0; round < 20; round += 1) {
      const gone = new AbortController();
      const answer = fetch(`${server.url}/mcp`, { method: 'POST', headers: usual(), body, signal: gone.signal });
      if (round % 2 === 0) await answer;
      gone.abort();
      await answer.then((response) => response.text()).catch(() => {});
    }
    expect((await post(JSON.stringify(hello))).status).toBe(200);
  });

  test('the words that models are told are those that were reviewed', async () => {
    const client = await connectOverHttp(server, server.key);
    const { tools } = await client.listTools();
    const words = [
      client.getInstructions(),
      ...tools.map(({ name, title, description }) => [name, title, description]),
    ];
    const digest = createHash('sha256').update(JSON.stringify(words)).digest('hex').slice(0, 16);
    // A change here is a change of every agent's prompt: read the words again, then pin them anew.
    expect(digest).toBe('b499511401cc3a6e');
    await client.close();
  });

  test('nothing of all this failed inside', () => {
    expect(server.failures).toEqual([]);
  });
});
