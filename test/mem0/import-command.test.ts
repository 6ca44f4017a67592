import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runCommand } from '../../src/cli/command.ts';
import { loadConfig } from '../../src/config.ts';
import { newClient } from '../../src/sdk/client.ts';
import { startServer } from '../../src/server.ts';

const key = `ecphory_mem0test_${'k'.repeat(43)}`;

describe('ecphory import', () => {
  let folder: string;
  let database: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ecphory-import-'));
    database = join(folder, 'e.db');
  });
  afterEach(() => rm(folder, { recursive: true }));

  async function run(...args: string[]) {
    let [out, errors] = ['', ''];
    const code = await runCommand(['import', ...args], {
      write: (text) => {
        out += text;
      },
      writeError: (text) => {
        errors += text;
      },
      stopRequested: new Promise(() => {}),
      environment: { ECPHORY_API_KEY: key, ECPHORY_LOG_LEVEL: 'error' },
    });
    return { code, out, errors };
  }

  async function fileOf(name: string, content: unknown): Promise<string> {
    const path = join(folder, name);
    await writeFile(path, JSON.stringify(content));
    return path;
  }

  test('takes over a file into the database, says so, and does it once', async () => {
    const file = await fileOf('memories.json', {
      results: [
        { memory: 'Likes tea.', user_id: 'alice', created_at: '2024-07-26T10:29:36Z' },
        { memory: 'Likes cake.', user_id: 'bob', agent_id: 'chef' },
        { memory: '' },
        { memory: 'Whose?' },
      ],
    });
    const args = [file, '--format', 'mem0', '--database', database];
    const dry = await run(...args, '--dry-run', '--json');
    expect(JSON.parse(dry.out)).toMatchObject({ dry_run: true, units: 3, stored: 2 });
    const first = await run(...args);
    expect(first.out).toContain('2 of 3 stored, 2 memories in all.');
    expect(first.out).toContain('1 of the file left out: It has no text under "memory".');
    expect(first.errors).toContain('number 3 was not stored: Say whose memory it is');
    expect(first.code).toBe(1);
    const again = await run(...args, '--json');
    expect(JSON.parse(again.out)).toMatchObject({ dry_run: false, stored: 0, known: 2, complete: true });
    const quiet = () => {};
    const server = await startServer(loadConfig({ database, port: '0', compat: 'mem0' }, { ECPHORY_API_KEY: key }), {
      log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
    });
    const response = await fetch(`${server.url}/v1/memories/?agent_id=chef`, {
      headers: { Authorization: `Token ${key}` },
    });
    expect(await response.json()).toMatchObject([{ memory: 'Likes cake.', user_id: 'bob', agent_id: 'chef' }]);
    // And into a server that is running.
    const chat = await fileOf('conversations.json', [
      { uuid: 'u', name: 'Hi', chat_messages: [{ sender: 'human', text: 'I moved to Bonn.' }] },
    ]);
    const remote = await run(chat, '--format', 'claude', '--namespace', 'users/alice', '--url', server.url);
    expect(remote).toMatchObject({ code: 0, out: '1 of 1 stored, 1 memories in all.\n' });
    const own = newClient({ baseUrl: server.url, apiKey: key });
    expect((await own.list({ namespace: 'users/alice' })).data).toMatchObject([
      { text: 'I moved to Bonn.', sessionId: 'claude u', role: 'user', origin: 'import' },
    ]);
    await server.close();
  });

  test('wrong usage is told before anything is opened', async () => {
    const file = await fileOf('conversations.json', []);
    for (const [args, why] of [
      [[file, '--format', 'outlook', '--namespace', 'a'], '--format is "outlook"; allowed: ecphory, mem0, letta'],
      [[file, '--format', 'claude'], '--namespace is not set'],
      [[file, '--format', 'claude', '--namespace', 'a//b'], 'no empty label'],
      [[file, '--format', 'claude', '--namespace', 'a'], 'A Claude export is the file conversations.json'],
      [[join(folder, 'none'), '--format', 'claude', '--namespace', 'a'], 'There is no file'],
      [[file], "required option '--format"],
    ] as const) {
      const { code, errors } = await run(...args, '--database', database);
      expect([code, errors]).toEqual([2, expect.stringContaining(why)]);
    }
  });
});
