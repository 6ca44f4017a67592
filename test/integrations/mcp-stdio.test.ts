import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, type ClientOptions } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { builtModule } from '../crash/built-store.ts';
import { mcpContract } from './mcp-contract.ts';
import { call, connectOverHttp, eras, type McpServer, openMcpServer } from './mcp-server.ts';

describe('MCP over standard input and output', () => {
  let folder: string;
  let main: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ecphory-mcp-stdio-'));
    main = builtModule('src/cli/main.js');
  }, 120_000);
  afterAll(async () => {
    await rm(folder, { recursive: true });
  });

  async function connect(
    args: readonly string[],
    options: ClientOptions = {},
    environment: Readonly<Record<string, string>> = {},
  ): Promise<Client> {
    const client = new Client({ name: 'test', version: '1.0.0' }, options);
    const env = { ECPHORY_LOG_LEVEL: 'warn', ...environment };
    await client.connect(
      new StdioClientTransport({ command: process.execPath, args: [main, 'mcp', ...args], env, stderr: 'ignore' }),
    );
    return client;
  }

  /** The command by hand: what it is told, all that it says, and how it ends. */
  async function run(args: readonly string[], input: string, environment: Readonly<Record<string, string>> = {}) {
    const child = spawn(process.execPath, [main, 'mcp', ...args], { env: { PATH: process.env.PATH, ...environment } });
    let [out, errors] = ['', ''];
    child.stdout.on('data', (part: Buffer) => {
      out += part.toString();
      // Every answer that is waited for is there: the host hangs up.
      if (out.includes('"id":9')) child.stdin.end();
    });
    child.stderr.on('data', (part: Buffer) => {
      errors += part.toString();
    });
    child.stdin.on('error', () => {});
    child.stdin.write(input);
    if (!input.includes('"id":9')) child.stdin.end();
    const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
    return { code, out, errors };
  }

  describe('over a database of its own', () => {
    mcpContract((options) => connect(['--database', join(folder, 'own.db')], options));

    test('what one host remembered the next one finds', async () => {
      const args = ['--database', join(folder, 'kept.db'), '--namespace', 'users/dora'];
      const first = await connect(args);
      const { structured } = await call(first, 'add_memory', { text: 'Dora dives.' });
      expect(structured).toMatchObject({ namespace: 'users/dora' });
      await first.close();
      const second = await connect(args);
      expect((await call(second, 'search_memory', { query: 'dives' })).structured).toMatchObject({
        memories: [{ id: structured.id, text: 'Dora dives.' }],
      });
      const third = await run(args, '');
      expect(third).toMatchObject({ code: 6, out: '', errors: expect.stringContaining('in use by process') });
      await second.close();
    });

    test('standard output is the protocol alone, broken lines do no harm, and it ends when the host hangs up', async () => {
      const hello = {
        jsonrpc: '2.0',
        id: 1,
        method: 'initialize',
        params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'raw', version: '1' } },
      };
      const lines = [
        JSON.stringify(hello),
        'not JSON',
        '{"jsonrpc":"2.0"}',
        '[]',
        '{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"__proto__"}}',
        '{"jsonrpc":"2.0","id":3,"method":"tools/call","params":{"name":"add_memory","arguments":{"text":"x","metadata":{"__proto__":{"a":1}}}}}',
        '{"jsonrpc":"2.0","id":4,"method":"tools/call","params":{"name":"add_memory","arguments":{"text":"\\ud800"}}}',
        '{"jsonrpc":"2.0","id":9,"method":"ping"}',
        '',
      ];
      const { code, out } = await run(['--database', join(folder, 'raw.db')], lines.join('\n'));
      expect(code).toBe(0);
      const answers = out
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as { jsonrpc: string });
      expect(answers.every(({ jsonrpc }) => jsonrpc === '2.0')).toBe(true);
      expect(out).toContain('"name":"ecphory"');
    });

    test('a message over the limit ends the connection instead of filling the memory', async () => {
      const { code, out } = await run(['--database', join(folder, 'big.db')], `{"id":9,"x":"${'x'.repeat(1_100_000)}`);
      expect({ code, out }).toEqual({ code: 0, out: '' });
    });
  });

  describe('through a running server', () => {
    let server: McpServer;
    beforeAll(async () => {
      server = await openMcpServer();
    });
    afterAll(async () => {
      await server.close();
    });

    test.each(eras)('a client of %s reaches what is there', async (era, options) => {
      const args = ['--url', server.url, '--namespace', `users/${era}`];
      const client = await connect(args, options, { ECPHORY_API_KEY: server.key });
      const { structured } = await call(client, 'add_memory', { text: 'Finn fishes.', metadata: { topic: 'sport' } });
      const other = await connectOverHttp(server, server.key);
      expect((await call(other, 'get_memory', { id: structured.id })).structured).toMatchObject({
        namespace: `users/${era}`,
        metadata: { topic: 'sport' },
      });
      expect((await call(client, 'get_context', { query: 'Who fishes?' })).text).toContain('Finn fishes.');
      expect(await call(client, 'get_memory', { id: 'note_nobody' })).toMatchObject({
        isError: true,
        text: expect.stringMatching(/^not_found/),
      });
      await Promise.all([client.close(), other.close()]);
    });

    test('a wrong key is told to the model as something that only its user can mend', async () => {
      const wrong = { ECPHORY_API_KEY: `ecphory_ourkey01_${'b'.repeat(43)}` };
      const client = await connect(['--url', server.url], {}, wrong);
      expect(await call(client, 'search_memory', { query: 'x' })).toMatchObject({
        isError: true,
        text: expect.stringMatching(/^unauthenticated: .*\n.*valid Ecphory API key/),
      });
      await client.close();
    });

    test.each([
      [['--url', 'http://127.0.0.1:1'], {}, 'ECPHORY_API_KEY is not set'],
      [
        ['--url', 'ftp://nowhere'],
        { ECPHORY_API_KEY: `ecphory_ourkey01_${'a'.repeat(43)}` },
        '--url is "ftp://nowhere"',
      ],
      [['--url', 'http://127.0.0.1:1', '--tenant', 'a'], {}, 'leave --tenant out'],
      [['--namespace', '..'], {}, 'namespace'],
      [['install', 'emacs'], {}, 'allowed: claude-code, claude-desktop, cursor, vscode'],
    ])('%j with %j ends with 2 and one clear line', async (args, environment, line) => {
      const { code, out, errors } = await run(args, '', environment as Record<string, string>);
      expect({ code, out }).toEqual({ code: 2, out: '' });
      expect(errors).toContain(line);
    });
  });
});
