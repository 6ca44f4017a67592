import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runCommand } from '../../src/cli/command.ts';
import { type Config, loadConfig } from '../../src/config.ts';
import { type RunningServer, startServer } from '../../src/server.ts';

let folder: string;
let database: string;
let servers: RunningServer[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ecphory-keys-'));
  database = join(folder, 'memory.db');
  servers = [];
});
afterEach(async () => {
  await Promise.all(servers.map((server) => server.close()));
  await rm(folder, { recursive: true });
});

async function start(environment: Record<string, string> = {}): Promise<RunningServer> {
  const config: Config = loadConfig(
    { port: '0', database },
    { ECPHORY_CONSOLIDATION: 'off', ECPHORY_EMBEDDER: 'off', ...environment },
  );
  const quiet = () => {};
  const server = await startServer(config, { log: { debug: quiet, info: quiet, warn: quiet, error: quiet } });
  servers.push(server);
  return server;
}

async function run(args: readonly string[], environment: Record<string, string> = {}) {
  let out = '';
  let errors = '';
  const code = await runCommand(args, {
    write: (text) => {
      out += text;
    },
    writeError: (text) => {
      errors += text;
    },
    stopRequested: new Promise(() => {}),
    environment,
  });
  return { code, out, errors };
}

/** A server on every address is reached at this one. */
const local = (server: RunningServer) => server.url.replace(/\/\/(?:0\.0\.0\.0|\[::\])/, '//127.0.0.1');

async function status(server: RunningServer, key: string | null, path = '/v1/memories?namespace=a'): Promise<number> {
  const headers = key === null ? {} : { Authorization: `Bearer ${key}` };
  const response = await fetch(local(server) + path, { headers });
  await response.text();
  return response.status;
}

describe('a server', () => {
  test.each(['127.0.0.1', '0.0.0.0'])(
    'on %s answers nothing of memories, keys or counts without a key',
    async (host) => {
      const server = await start({ ECPHORY_HOST: host });
      expect(server.firstKey).not.toBeNull();
      for (const path of ['/v1/memories?namespace=a', '/v1/keys', '/v1/audit', '/v1/nothing', '/mcp', '/metrics']) {
        expect(await status(server, null, path), path).toBe(401);
      }
      expect(await status(server, server.firstKey)).toBe(200);
      expect(await status(server, server.firstKey, '/metrics')).toBe(200);
    },
  );

  test('has no setting that turns keys off', () => {
    const settings = Object.keys(loadConfig({}, {}));
    expect(settings.filter((name) => /auth|anonymous|insecure/i.test(name))).toEqual([]);
  });

  test('keeps what was put down of requests when it stops', async () => {
    const first = await start();
    const key = first.firstKey ?? '';
    await status(first, key);
    await first.close();
    const second = await start();
    const response = await fetch(`${second.url}/v1/audit`, { headers: { Authorization: `Bearer ${key}` } });
    const { data } = (await response.json()) as { data: { route: string; namespaces: string[] }[] };
    expect(data).toMatchObject([{ route: '/v1/memories', namespaces: ['a'] }]);
  });

  test('counts what recall did, stage by stage', async () => {
    const server = await start();
    const headers = { Authorization: `Bearer ${server.firstKey}`, 'Content-Type': 'application/json' };
    for (const [path, body] of [
      ['/v1/memories', { namespace: 'a', text: 'Peanuts.' }],
      ['/v1/search', { namespace: 'a', query: 'peanuts' }],
    ] as const) {
      const response = await fetch(server.url + path, { method: 'POST', headers, body: JSON.stringify(body) });
      await response.text();
      expect(response.status).toBeLessThan(300);
    }
    const text = await (await fetch(`${server.url}/metrics`, { headers })).text();
    expect(text).toContain('ecphory_stage_duration_seconds_count{stage="working_set",outcome="done"} 1');
    expect(text).toContain('ecphory_stage_duration_seconds_count{stage="read_notes",outcome="done"} 1');
    expect(text).toMatch(/nodejs_eventloop_lag_p99_seconds \d/);
    expect(text).toContain('ecphory_store_writable 1');
    expect(text).not.toContain('Peanuts');
  });
});

describe('the command for keys', () => {
  test('makes, rotates and revokes keys of a running server', async () => {
    const server = await start();
    const at = ['--url', server.url];
    const admin = { ECPHORY_API_KEY: server.firstKey ?? '' };
    const made = await run(['keys', 'create', '--name', 'agent', '--namespaces', 'users/alice', ...at], admin);
    const key = made.out.trim();
    const id = key.split('_')[1] ?? '';
    expect(await status(server, key, '/v1/memories?namespace=users/alice')).toBe(200);
    expect(await status(server, key)).toBe(403);

    const rotated = await run(['keys', 'rotate', id, '--overlap', '0m', ...at], admin);
    const next = rotated.out.trim();
    expect(await status(server, key, '/v1/memories?namespace=users/alice')).toBe(401);
    expect(await status(server, next, '/v1/memories?namespace=users/alice')).toBe(200);

    await run(['keys', 'revoke', next.split('_')[1] ?? '', ...at], admin);
    expect(await status(server, next, '/v1/memories?namespace=users/alice')).toBe(401);
    const listed = await run(['keys', 'list', '--json', ...at], admin);
    const rows = JSON.parse(listed.out) as { name: string; state: string; scopes: string[] }[];
    expect(rows.map(({ name, state }) => [name, state])).toEqual([
      ['first', 'in_force'],
      ['agent', 'expired'],
      ['agent', 'revoked'],
    ]);
    expect(rows[1]?.scopes).toEqual(['read', 'write']);
  });

  test.each([
    [['create', '--scopes', 'root'], 'There is no scope "root": read, write, admin, erase.'],
    [['create', '--expires', '90'], '--expires is "90"; allowed: minutes, hours or days'],
    [['create', '--namespaces', 'a//b'], 'no empty label'],
    [['list', '--url', 'ftp://x'], '--url is "ftp://x"'],
    [['list', '--url', 'http://127.0.0.1:1'], 'ECPHORY_API_KEY is not set'],
  ])('%j ends with 2 and one clear line', async (args, line) => {
    await (await start()).close();
    const { code, out, errors } = await run(['keys', ...args, '--database', database]);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(errors).toContain(line);
  });
});
