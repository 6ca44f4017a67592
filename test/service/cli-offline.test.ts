import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import { newClient } from '../../src/sdk/client.ts';
import { type RunningServer, startServer } from '../../src/server.ts';
import { type CliRun, jsonLines, runCli } from './cli-run.ts';

const key = `ecphory_clitestkey_${'k'.repeat(43)}`;
const quiet = () => {};

interface CheckLine {
  readonly name: string;
  readonly status: string;
  readonly detail: string;
  readonly advice: string | null;
}

describe('the command with a database of its own', () => {
  let folder: string;
  let database: string;
  let server: RunningServer | null;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'ecphory-offline-'));
    database = join(folder, 'memory.db');
    server = null;
  });
  afterEach(async () => {
    await server?.close();
    rmSync(folder, { recursive: true });
  });

  const run = (args: readonly string[], environment: Record<string, string> = {}): Promise<CliRun> =>
    runCli(args, { environment: { ECPHORY_DATABASE: database, ECPHORY_URL: 'http://127.0.0.1:9', ...environment } });

  async function serving(environment: Record<string, string> = {}): Promise<string> {
    const settings = {
      ECPHORY_API_KEY: key,
      ECPHORY_CONSOLIDATION: 'off',
      ECPHORY_LOG_LEVEL: 'silent',
      ...environment,
    };
    server = await startServer(loadConfig({ database, port: '0' }, settings), {
      log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
    });
    return server.url;
  }

  async function stopServing(): Promise<void> {
    await server?.close();
    server = null;
  }

  async function add(url: string, ...texts: readonly string[]): Promise<void> {
    const memory = newClient({ baseUrl: url, apiKey: key });
    for (const text of texts) await memory.add({ namespace: 'users/alice', text });
  }

  async function textsIn(url: string): Promise<readonly string[]> {
    const page = await newClient({ baseUrl: url, apiKey: key }).list({ namespace: 'users/alice' });
    return page.data.map(({ text }) => text).toSorted();
  }

  test('a backup of a running server is one private file that holds every acknowledged memory', async () => {
    const url = await serving();
    await add(url, 'One.', 'Two.');
    const file = join(folder, 'copy.db');
    const writing = add(url, 'During.', 'During it, too.');
    const made = await run(['backup', file, '--json']);
    await writing;
    expect(made).toMatchObject({ code: 0, errors: '' });
    const said = JSON.parse(made.out) as { notes: number };
    expect(said).toEqual({ file, bytes: statSync(file).size, notes: expect.any(Number) });
    expect(said.notes).toBeGreaterThanOrEqual(2);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder).filter((name) => name.startsWith('copy.db'))).toEqual(['copy.db']);
    expect(await run(['backup', file])).toMatchObject({ code: 5, out: '', errors: expect.stringContaining('already') });
    await add(url, 'After the copy.');
    expect(await textsIn(url)).toEqual(['After the copy.', 'During it, too.', 'During.', 'One.', 'Two.']);
  });

  test('what is restored is what was backed up, and what was there is kept', async () => {
    const url = await serving();
    await add(url, 'Kept.');
    const file = join(folder, 'copy.db');
    await run(['backup', file]);
    await add(url, 'Written after.');
    const refused = await run(['restore-backup', file, '--yes']);
    expect(refused).toMatchObject({ code: 6, errors: expect.stringContaining(`in use by process ${process.pid}`) });
    await stopServing();
    expect(await run(['restore-backup', file])).toMatchObject({ code: 2, errors: expect.stringContaining('--yes') });
    const dry = await run(['restore-backup', file, '--dry-run', '--json']);
    expect(JSON.parse(dry.out)).toEqual({ backup: file, notes: 1, database, dry_run: true });
    const done = await run(['restore-backup', file, '--yes', '--json']);
    expect(done.code).toBe(0);
    const { former } = JSON.parse(done.out) as { former: string };
    expect(existsSync(former)).toBe(true);
    expect(await textsIn(await serving())).toEqual(['Kept.']);
    await stopServing();
    await run(['restore-backup', former, '--yes']);
    expect(await textsIn(await serving())).toEqual(['Kept.', 'Written after.']);
  });

  test('a backup that is damaged, or none at all, replaces nothing', async () => {
    const url = await serving();
    await add(
      url,
      ...Array.from({ length: 200 }, (_, index) => `Memory ${index} of a long list, padded: ${'x'.repeat(200)}`),
    );
    const file = join(folder, 'copy.db');
    await run(['backup', file]);
    await stopServing();
    const bytes = readFileSync(file);
    // Some pages of tables and indexes, none of them the first.
    for (let at = 8; at < 40; at += 1) bytes.fill(0, at * 4_096 + 100, at * 4_096 + 200);
    const damaged = join(folder, 'damaged.db');
    writeFileSync(damaged, bytes);
    const text = join(folder, 'notes.txt');
    writeFileSync(text, 'Not a database. '.repeat(500));
    const before = readFileSync(database);
    for (const [other, code] of [
      [damaged, expect.any(Number)],
      [text, 6],
      [join(folder, 'nowhere.db'), 3],
    ] as const) {
      const refused = await run(['restore-backup', other, '--yes']);
      expect(refused).toMatchObject({ code, out: '', errors: expect.stringContaining(other) });
      expect(refused.code).not.toBe(0);
    }
    expect(readFileSync(database).equals(before)).toBe(true);
  });

  test('a database that can no longer be opened is replaced all the same', async () => {
    await add(await serving(), 'Saved.');
    const file = join(folder, 'copy.db');
    await run(['backup', file]);
    await stopServing();
    writeFileSync(database, 'garbage');
    expect(await run(['restore-backup', file, '--yes'])).toMatchObject({ code: 0 });
    expect(await textsIn(await serving())).toEqual(['Saved.']);
  });

  test('indexes are made anew, and searches find what they found', async () => {
    const url = await serving();
    await add(url, 'Alice is allergic to peanuts.', 'Clara lives in Porto.');
    expect(await run(['rebuild-index'])).toMatchObject({ code: 6, errors: expect.stringContaining('itself') });
    await stopServing();
    const done = await run(['rebuild-index', '--json']);
    expect(done.code).toBe(0);
    expect(JSON.parse(done.out)).toMatchObject({ scopes: 1, vectors: 2 });
    const memory = newClient({ baseUrl: await serving(), apiKey: key });
    const { hits, degraded } = await memory.search({ namespace: 'users/alice', query: 'Clara in Porto' });
    expect({ first: hits[0]?.memory.text, degraded }).toEqual({ first: 'Clara lives in Porto.', degraded: [] });
  });

  test('another embedder gets its vectors, and the former ones go when that is said', async () => {
    await add(await serving(), 'One.', 'Two.', 'Three.');
    await stopServing();
    const other = { ECPHORY_EMBEDDER_DIMENSIONS: '64' };
    const planned = JSON.parse((await run(['reembed', '--forget-others', '--dry-run', '--json'], other)).out);
    expect(planned).toMatchObject({ missing: 3, forgotten: 3, made: 0, dry_run: true });
    expect(await run(['reembed', '--forget-others'], other)).toMatchObject({ code: 2, out: '' });
    const made = JSON.parse((await run(['reembed', '--forget-others', '--yes', '--json'], other)).out);
    expect(made).toMatchObject({ missing: 3, forgotten: 3, made: 3, dry_run: false });
    const again = JSON.parse((await run(['reembed', '--json'], other)).out);
    expect(again).toMatchObject({ missing: 0, made: 0 });
    const anew = JSON.parse((await run(['reembed', '--all', '--yes', '--json'], other)).out);
    expect(anew).toMatchObject({ missing: 3, made: 3 });
    expect(await run(['reembed'], { ECPHORY_EMBEDDER: 'off' })).toMatchObject({ code: 2 });
  });

  test.each(['backup', 'rebuild-index', 'reembed'])('%s makes no database where there is none', async (name) => {
    expect(await run([name])).toMatchObject({
      code: 2,
      out: '',
      errors: expect.stringContaining('There is no database'),
    });
    expect(readdirSync(folder)).toEqual([]);
  });

  async function checks(environment: Record<string, string> = {}, ...more: string[]) {
    const { code, out } = await run(['doctor', '--json', ...more], environment);
    return { code, checks: new Map(jsonLines<CheckLine>(out).map((check) => [check.name, check])) };
  }

  test('the doctor finds nothing to fail before the first start, and says how to start', async () => {
    const before = await checks();
    expect(before.code).toBe(0);
    expect(before.checks.get('database')).toMatchObject({
      status: 'warn',
      advice: expect.stringContaining('ecphory serve'),
    });
    expect(before.checks.get('packages')?.detail).toMatch(/SQLite 3\.\d+\.\d+, sqlite-vec v/);
    expect(before.checks.get('server')).toMatchObject({ status: 'warn' });
    expect(readdirSync(folder)).toEqual([]);
    const text = await run(['doctor']);
    expect(text.out).toMatch(/^(?:ok {4}|warn {2})node {10}Node \d/);
  });

  test('the doctor sees a running server, who has the database, and whether the key is taken', async () => {
    const url = await serving();
    await add(url, 'One.');
    const well = await checks({ ECPHORY_URL: url, ECPHORY_API_KEY: key }, '--deep');
    expect(well.code).toBe(0);
    for (const name of [
      'disk',
      'permissions',
      'lock',
      'database',
      'migrations',
      'vectors',
      'embedder',
      'server',
      'key',
    ]) {
      expect(well.checks.get(name)).toMatchObject({ name, status: 'ok', advice: null });
    }
    expect(well.checks.get('lock')?.detail).toContain(`process ${process.pid}`);
    const wrong = await checks({ ECPHORY_URL: url, ECPHORY_API_KEY: key.replace(/k$/, 'x') });
    expect(wrong.code).toBe(1);
    expect(wrong.checks.get('key')).toMatchObject({ status: 'fail', advice: expect.stringContaining('keys create') });
    // The server still has its lock.
    expect(await run(['reembed'])).toMatchObject({ code: 6 });
    await add(url, 'Two.');
  });

  test('the doctor fails for a damaged database, a dead endpoint and a bad address, and ends with 1', async () => {
    writeFileSync(database, 'Not a database. '.repeat(500));
    chmodSync(database, 0o644);
    const ill = await checks({
      ECPHORY_URL: 'nowhere',
      ECPHORY_MODEL: 'small',
      ECPHORY_MODEL_BASE_URL: 'http://127.0.0.1:9/v1',
      ECPHORY_EMBEDDER: 'static',
      ECPHORY_EMBEDDER_PATH: join(folder, 'nothing'),
    });
    expect(ill.code).toBe(1);
    for (const name of ['database', 'embedder', 'model', 'server']) {
      expect(ill.checks.get(name)).toMatchObject({ name, status: 'fail', advice: expect.any(String) });
    }
    expect(ill.checks.get('permissions')).toMatchObject({
      status: 'warn',
      advice: expect.stringContaining('chmod 600'),
    });
  });

  test('the doctor asks an endpoint which models it has, and shows its key to nobody else', async () => {
    const seen: (string | undefined)[] = [];
    const endpoint = createServer((request, response) => {
      seen.push(`${request.url} ${request.headers.authorization}`);
      response.end(JSON.stringify({ data: [{ id: 'small' }] }));
    });
    await new Promise<void>((resolve) => endpoint.listen(0, '127.0.0.1', resolve));
    const { port } = endpoint.address() as { port: number };
    const settings = { ECPHORY_MODEL_BASE_URL: `http://127.0.0.1:${port}/v1`, ECPHORY_MODEL_API_KEY: 'sk-secret' };
    const known = await run(['doctor'], { ...settings, ECPHORY_MODEL: 'small' });
    const unknown = await checks({ ...settings, ECPHORY_MODEL: 'large' });
    endpoint.closeAllConnections();
    endpoint.close();
    expect(known.out).toContain(`small at 127.0.0.1:${port} answers`);
    expect(known.out + known.errors).not.toContain('sk-secret');
    expect(unknown.checks.get('model')).toMatchObject({
      status: 'warn',
      advice: expect.stringContaining('ECPHORY_MODEL'),
    });
    expect(seen).toEqual(['/v1/models Bearer sk-secret', '/v1/models Bearer sk-secret']);
  });
});
