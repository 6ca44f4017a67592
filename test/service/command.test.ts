import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runCommand } from '../../src/cli/command.ts';

interface Running {
  /** Standard output up to now. */
  out(): string;
  errors(): string;
  /** Resolves when the output matches. */
  said(pattern: RegExp): Promise<RegExpExecArray>;
  stop(): void;
  readonly exitCode: Promise<number>;
}

describe('the command', () => {
  let folder: string;
  let database: string;
  let running: Running[];
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ecphory-command-'));
    database = join(folder, 'data', 'memory.db');
    running = [];
  });
  afterEach(async () => {
    for (const one of running) one.stop();
    await Promise.all(running.map((one) => one.exitCode));
    await rm(folder, { recursive: true });
  });

  function start(args: readonly string[], environment: Record<string, string> = {}): Running {
    let out = '';
    let errors = '';
    let stop = () => {};
    let heard = () => {};
    const exitCode = runCommand(args, {
      write: (text) => {
        out += text;
        heard();
      },
      writeError: (text) => {
        errors += text;
      },
      stopRequested: new Promise<void>((resolve) => {
        stop = resolve;
      }),
      environment,
    });
    const one: Running = {
      out: () => out,
      errors: () => errors,
      stop,
      exitCode,
      async said(pattern) {
        for (;;) {
          const match = pattern.exec(out);
          if (match !== null) return match;
          const ended = await Promise.race([
            new Promise<null>((resolve) => {
              heard = () => resolve(null);
            }),
            exitCode,
          ]);
          if (ended !== null && pattern.exec(out) === null) throw new Error(`It ended (${ended}): ${errors}`);
        }
      },
    };
    running.push(one);
    return one;
  }

  async function run(args: readonly string[], environment?: Record<string, string>) {
    const one = start(args, environment);
    return { code: await one.exitCode, out: one.out(), errors: one.errors() };
  }

  const serve = (...more: string[]) => ['serve', '--port', '0', '--database', database, ...more];

  test('serve prints a key once and a pair of curl commands that work as printed', async () => {
    const first = start(serve());
    await first.said(/users\/alice","query".*\n/);
    expect(first.out()).toContain('shown only this once');
    const commands = first.out().match(/curl -s .*/g) ?? [];
    expect(commands).toHaveLength(2);
    const answers: unknown[] = [];
    for (const command of commands) {
      const { stdout } = await promisify(execFile)('sh', ['-c', command]);
      answers.push(JSON.parse(stdout));
    }
    expect(answers).toMatchObject([
      { memories: [{ id: expect.any(String) }] },
      { hits: [{ memory: { text: 'Alice is allergic to peanuts.' } }], degraded: [] },
    ]);
    first.stop();
    expect(await first.exitCode).toBe(0);

    const second = start(serve());
    await second.said(/curl -s [^\n]*\/v1\/search/);
    expect(second.out()).not.toMatch(/ecphory_[0-9A-Za-z]+_/);
    expect(second.out()).toContain('ecphory keys create');
  });

  test('serve --json says where and with which key as one line', async () => {
    const one = start(serve('--json'));
    await one.said(/\n/);
    const said = JSON.parse(one.out()) as { url: string; api_key: string };
    expect(said).toEqual({
      url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      api_key: expect.stringMatching(/^ecphory_/),
      database,
    });
    const response = await fetch(`${said.url}/v1/memories?namespace=a`, {
      headers: { Authorization: `Bearer ${said.api_key}` },
    });
    expect(await response.json()).toEqual({ data: [], next_cursor: null, has_more: false });
  });

  test('a key given from outside is accepted and never printed', async () => {
    const key = `ecphory_givenkey1_${'s'.repeat(43)}`;
    const one = start(serve(), { ECPHORY_API_KEY: key });
    const [, url] = await one.said(/at (http:\S+),/);
    await one.said(/query/);
    expect(one.out() + one.errors()).not.toContain('sssss');
    const response = await fetch(`${url}/v1/memories?namespace=a`, { headers: { Authorization: `Bearer ${key}` } });
    expect(response.status).toBe(200);
    one.stop();
    await one.exitCode;
    const other = await run(serve(), { ECPHORY_API_KEY: key.replace(/s$/, 't') });
    expect(other.code).toBe(2);
    expect(other.errors).toContain('another secret');
  });

  test('a second process on the file exits with 6 and names the holder', async () => {
    const first = start(serve());
    await first.said(/curl/);
    const second = await run(serve());
    expect(second.code).toBe(6);
    expect(second.errors).toContain(`in use by process ${process.pid}`);
    expect((await run(['keys', 'list', '--database', database])).code).toBe(6);
  });

  test('keys are made, listed and revoked', async () => {
    const first = start(serve());
    await first.said(/curl/);
    first.stop();
    await first.exitCode;
    const made = await run(['keys', 'create', '--tenant', 'acme', '--name', 'agent', '--database', database]);
    expect(made.out).toMatch(/^ecphory_[0-9A-Za-z]+_[0-9A-Za-z]{43}\n$/);
    const listed = await run(['keys', 'list', '--json', '--database', database]);
    const rows = JSON.parse(listed.out) as { id: string; tenant: string; revoked_at: string | null }[];
    expect(rows.map((row) => row.tenant)).toEqual(['default', 'acme']);
    expect(made.out).toContain(rows[1]!.id);
    expect((await run(['keys', 'revoke', rows[1]!.id, '--database', database])).code).toBe(0);
    expect((await run(['keys', 'list', '--database', database])).out).toMatch(
      /acme {2,}agent {2,}read,write {2,}all {2,}\S+ {2}revoked/,
    );
    expect((await run(['keys', 'revoke', 'nobody', '--database', database])).code).toBe(3);
  });

  test.each([
    [['serve', '--port', 'ten'], {}, '--port is "ten"; allowed: a whole number from 0'],
    [['serve'], { ECPHORY_PORT: '70000' }, 'ECPHORY_PORT is "70000"; allowed: a whole number from 0'],
    [['serve'], { ECPHORY_EMBEDDER: 'gpt' }, 'ECPHORY_EMBEDDER is "gpt"; allowed: hashed, static'],
    [['serve'], { ECPHORY_EMBEDDER: 'openai' }, 'ECPHORY_EMBEDDER_MODEL is not set; ECPHORY_EMBEDDER=openai needs it'],
    [['serve'], { ECPHORY_API_KEY: 'my secret' }, 'ECPHORY_API_KEY is not in the right form; allowed: ecphory_<id'],
    [['serve', '--prot', '1'], {}, "unknown option '--prot'"],
    [['remember'], {}, "unknown command 'remember'"],
    [['keys', 'list', '--database', '/nowhere/memory.db'], {}, 'There is no database at /nowhere/memory.db'],
  ])('%j with %j ends with 2 and one clear line', async (args, environment, line) => {
    const { code, out, errors } = await run(args, environment as Record<string, string>);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(errors).toContain(line);
    expect(errors.trimEnd().split('\n').length).toBeLessThanOrEqual(2);
    expect(errors).not.toContain('my secret');
  });

  test('a port in use ends with 6 and says what to do', async () => {
    const holder = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => holder.once('listening', resolve));
    const { port } = holder.address() as { port: number };
    const { code, errors } = await run(['serve', '--port', String(port), '--database', database]);
    holder.close();
    expect(code).toBe(6);
    expect(errors).toContain('choose another port with --port');
  });

  test('help shows examples', async () => {
    const { code, out } = await run(['--help']);
    expect(code).toBe(0);
    expect(out).toContain('ecphory keys create --tenant acme');
  });

  test('what is not safe is said at start', async () => {
    const one = start(serve('--host', '0.0.0.0'), { ECPHORY_SYNCHRONOUS: 'off' });
    await one.said(/curl/);
    expect(one.errors()).toContain('plain HTTP');
    expect(one.errors()).toContain('For benchmarks only');
  });

  test('stopping lets a request under way finish', async () => {
    const one = start(serve('--json'));
    await one.said(/\n/);
    const { url, api_key: key } = JSON.parse(one.out()) as { url: string; api_key: string };
    const adds = Array.from({ length: 20 }, (_, index) =>
      fetch(`${url}/v1/memories`, {
        method: 'POST',
        headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' },
        body: JSON.stringify({ namespace: 'a', text: `Memory ${index}.` }),
      }),
    );
    await Promise.race(adds);
    one.stop();
    const outcomes = await Promise.allSettled(adds);
    expect(await one.exitCode).toBe(0);
    // A connection that had not been accepted yet may be refused; one that was is answered.
    const statuses = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value.status] : []));
    expect(statuses.every((status) => status === 201)).toBe(true);
    expect(statuses.length).toBeGreaterThan(0);
  });
});
