import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runCommand } from '../../src/cli/command.ts';
import { type Config, loadConfig } from '../../src/config.ts';
import type { MemoryService } from '../../src/memory/service.ts';
import { newClient } from '../../src/sdk/client.ts';
import { type RunningServer, startServer } from '../../src/server.ts';
import { builtModule } from '../crash/built-store.ts';

const namespace = 'users/alma';
let folder: string;
let environment: Readonly<Record<string, string>>;

beforeEach(() => {
  // The thread runs what was compiled.
  builtModule('src/worker.js');
  folder = mkdtempSync(join(tmpdir(), 'ecphory-worker-'));
  environment = { ECPHORY_DATABASE: join(folder, 'memory.db'), ECPHORY_PORT: '0', ECPHORY_LOG_LEVEL: 'silent' };
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('a server consolidates what is written, in a thread of its own', async () => {
  await withServer({}, async (memory) => {
    await memory.add({ namespace, messages: said(5) });

    const operation = await memory.consolidate({ namespace }, { wait: true });

    expect(operation).toMatchObject({ state: 'done', attempts: 1, error: null });
    const entities = await memory.entities({ namespace });
    expect(entities.map(({ name }) => name)).toContain('Lisbon');
    const runs = await memory.runs({ namespace });
    expect(runs.reduce((sum, { changes }) => sum + (changes['note-derived'] ?? 0), 0)).toBeGreaterThanOrEqual(5);
    const again = await memory.consolidate({ namespace }, { wait: true });
    expect(again.result).toEqual({ memories: 0, changes: {}, runId: null });
  });
});

test('what a server without a worker leaves, "ecphory worker --once" does, and says what', async () => {
  await withServer({ ECPHORY_CONSOLIDATION: 'off' }, async (memory) => {
    await memory.add({ namespace, messages: said(5) });
    const refused = await run(['worker', '--once']);
    expect(refused.code).toBe(6);
    expect(refused.errors).toMatch(/is in use by process \d+.*A server does this work itself/s);
  });

  const { code, output, errors } = await run(['worker', '--once', '--json']);

  expect(code).toBe(0);
  expect(JSON.parse(output)).toMatchObject({
    jobs: 1,
    memories: 5,
    changes: { 'note-derived': 5 },
    waiting: 0,
    dead: 0,
  });
  expect(errors).toBe('default: users/alma: done, 5 memories\n');
  expect(JSON.parse((await run(['worker', '--once', '--json'])).output)).toMatchObject({ jobs: 0, memories: 0 });
});

test('"ecphory worker" makes no database where there is none', async () => {
  const { code, errors } = await run(['worker', '--once']);
  expect(code).toBe(2);
  expect(errors).toContain('There is no database at');
});

function said(count: number) {
  return Array.from({ length: count }, (_, index) => ({
    content: `Magnus and I went to Lisbon, number ${index}.`,
    name: 'Alma',
    timestamp: '2024-05-08T13:56:00Z',
  }));
}

async function withServer(more: Readonly<Record<string, string>>, use: (memory: MemoryService) => Promise<void>) {
  const config: Config = loadConfig({}, { ...environment, ...more });
  const quiet = () => undefined;
  const server: RunningServer = await startServer(config, {
    log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
  });
  try {
    await use(newClient({ baseUrl: server.url, apiKey: server.firstKey ?? '' }));
  } finally {
    await server.close();
  }
}

async function run(args: readonly string[]) {
  let output = '';
  let errors = '';
  const code = await runCommand(args, {
    write: (text) => {
      output += text;
    },
    writeError: (text) => {
      errors += text;
    },
    stopRequested: new Promise(() => undefined),
    environment,
  });
  return { code, output, errors };
}
