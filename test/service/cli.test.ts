import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import { type RunningServer, startServer } from '../../src/server.ts';
import type { CliOptions, CliRun } from './cli-run.ts';
import { jsonLines, runCli } from './cli-run.ts';

const key = `ecphory_clitestkey_${'k'.repeat(43)}`;
const looking = { isInput: false, isOutput: true, isError: false, columns: 80 };
const quiet = () => {};

describe('the command against a running server', () => {
  let folder: string;
  let server: RunningServer;
  let environment: Record<string, string>;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'ecphory-cli-'));
    const config = loadConfig(
      { database: join(folder, 'memory.db'), port: '0' },
      { ECPHORY_API_KEY: key, ECPHORY_CONSOLIDATION: 'off', ECPHORY_LOG_LEVEL: 'silent' },
    );
    server = await startServer(config, { log: { debug: quiet, info: quiet, warn: quiet, error: quiet } });
    environment = { ECPHORY_URL: server.url, ECPHORY_API_KEY: key };
  });
  afterAll(async () => {
    await server.close();
    rmSync(folder, { recursive: true });
  });

  const run = (args: readonly string[], options: CliOptions = {}): Promise<CliRun> =>
    runCli(args, { ...options, environment: { ...environment, ...options.environment } });

  async function added(text: string, ...more: string[]): Promise<string> {
    const { code, out, errors } = await run(['add', text, ...more]);
    expect({ code, errors }).toEqual({ code: 0, errors: '' });
    return out.trimEnd();
  }

  test('a newcomer adds a memory, finds it, looks at it and takes it away', async () => {
    const place = ['--namespace', 'users/newcomer'];
    const id = await added('Alice is allergic to peanuts.', ...place);
    expect(id).toMatch(/^note_[0-9a-z]{26}$/);
    const found = await run(['search', 'What', 'is', 'Alice', 'allergic', 'to?', ...place]);
    expect(found.out).toContain(id);
    expect(found.out).toContain('Alice is allergic to peanuts.');
    expect((await run(['show', id])).out).toMatch(/^Alice is allergic to peanuts\.\n\nid +note_/);
    expect(await run(['rm', id])).toEqual({ code: 0, out: `${id}  archived\n`, errors: '' });
    const gone = await run(['search', 'allergic', ...place]);
    expect(gone).toMatchObject({ code: 0, out: expect.not.stringContaining('peanuts') });
    expect(gone.errors).toContain('Nothing was found in users/newcomer.');
    expect((await run(['restore', id])).out).toContain('Alice is allergic to peanuts.');
  });

  test('a text comes from standard input byte for byte, without its last line end', async () => {
    const { code, out } = await run(['add', '-', '--json'], { input: 'Zoë said:\n“grüße” 🙂\n' });
    expect(code).toBe(0);
    const { memories } = JSON.parse(out) as { memories: { id: string }[] };
    const shown = await run(['show', memories[0]?.id ?? '', '--json']);
    expect(JSON.parse(shown.out)).toMatchObject({
      text: 'Zoë said:\n“grüße” 🙂',
      namespace: 'default',
      session_id: null,
    });
    expect(await run(['add', '-'], { input: '\n' })).toMatchObject({
      code: 2,
      errors: expect.stringContaining('empty'),
    });
    const broken = await run(['add', '-'], { input: Uint8Array.of(0x61, 0xff) });
    expect(broken).toMatchObject({ code: 2, errors: expect.stringContaining('not UTF-8') });
  });

  test('lists are one JSON object a line in the words of the API, and go on where they ended', async () => {
    const place = ['--namespace', 'users/lists'];
    const ids = [await added('One.', ...place), await added('Two.', ...place), await added('Three.', ...place)];
    const first = await run(['list', ...place, '--limit', '2', '--json']);
    const found = jsonLines<{ id: string; created_at: string }>(first.out);
    expect(found.map(({ id }) => id)).toEqual([ids[2], ids[1]]);
    expect(found[0]?.created_at).toMatch(/Z$/);
    const cursor = /--cursor (\S+),/.exec(first.errors)?.[1] ?? '';
    const second = await run(['list', ...place, '--cursor', cursor, '--json']);
    expect(jsonLines<{ id: string }>(second.out).map(({ id }) => id)).toEqual([ids[0]]);
    const all = await run(['list', ...place, '--limit', '1', '--all', '--json']);
    expect(jsonLines(all.out)).toHaveLength(3);
    expect(await run(['list', '--namespace', 'users/nobody', '--json'])).toEqual({
      code: 0,
      out: '',
      errors: 'Nothing is in users/nobody.\n',
    });
  });

  test('an edit makes a version, and another writer is not overwritten', async () => {
    const id = await added('Alice likes tea.', '--tag', 'draft', '--metadata', '{"topic": "drinks"}');
    const edited = await run([
      'edit',
      id,
      'Alice likes',
      'green tea.',
      '--pinned',
      '--tag',
      'none',
      '--if-version',
      '1',
    ]);
    expect(edited.out).toContain('(pinned) Alice likes green tea.');
    const shown = JSON.parse((await run(['show', id, '--json'])).out);
    expect(shown).toMatchObject({ version: 2, tags: [], pinned: true, metadata: { topic: 'drinks' } });
    const late = await run(['edit', id, 'x', '--if-version', '1']);
    expect(late).toMatchObject({ code: 5, out: '', errors: expect.stringContaining('ecphory show') });
    const versions = jsonLines<{ text: string }>((await run(['history', id, '--json'])).out);
    expect(versions.map(({ text }) => text)).toEqual(['Alice likes tea.', 'Alice likes green tea.']);
    expect(await run(['edit', id])).toMatchObject({ code: 2, out: '' });
  });

  test('erasing asks, and does nothing where nobody answers yes', async () => {
    const id = await added('To be erased.');
    const terminal = { ...looking, isInput: true };
    expect(await run(['rm', id, '--hard'])).toMatchObject({ code: 2, errors: expect.stringContaining('--yes') });
    expect(await run(['rm', id, '--hard'], { terminal, input: 'n\n' })).toMatchObject({ code: 130, out: '' });
    const dry = await run(['rm', id, '--hard', '--dry-run']);
    expect(dry).toMatchObject({ code: 0, errors: '1 would be erased; nothing was done.\n' });
    const erased = await run(['rm', id, '--hard'], { terminal, input: 'yes\n' });
    expect(erased).toMatchObject({ code: 0, out: `${id}  erased\n` });
    expect(await run(['show', id])).toMatchObject({ code: 3, out: '' });
  });

  test.each([
    ['an unknown command', ['remember'], {}, 2, 'unknown command'],
    ['an unknown option', ['list', '--nope'], {}, 2, 'unknown option'],
    ['no text', ['add'], {}, 2, 'missing required argument'],
    ['a filter that is no object', ['list', '--filter', '[1]'], {}, 2, 'JSON object'],
    ['a namespace that is none', ['list', '--namespace', 'a//b'], {}, 2, 'namespace'],
    ['an address that is none', ['list', '--url', 'ftp://x'], {}, 2, '--url is "ftp://x"'],
    ['an address in the environment that is none', ['list'], { ECPHORY_URL: 'x' }, 2, 'ECPHORY_URL is "x"'],
    ['a memory that is not there', ['show', 'note_00000000000000000000000000'], {}, 3, 'no memory with this id'],
    ['no key', ['list'], { ECPHORY_API_KEY: '' }, 4, 'There is no API key'],
    ['a wrong key', ['list', '--key', key.replace(/k$/, 'x')], {}, 4, 'taken from --key or ECPHORY_API_KEY'],
    ['no server', ['list', '--url', 'http://127.0.0.1:9'], {}, 6, 'ecphory serve'],
  ])('%s: one line on standard error and the right exit code', async (_, args, variables, code, line) => {
    const ended = await run(args, { environment: variables as Record<string, string> });
    expect(ended).toMatchObject({ code, out: '', errors: expect.stringContaining(line) });
    expect(ended.errors.trimEnd().split('\n').length).toBeLessThanOrEqual(2);
    expect(ended.errors).not.toContain('kkkkk');
  });

  test('a flag wins over the environment, that over the default', async () => {
    await added('Of the flag.', '--namespace', 'users/flag');
    const variables = {
      ECPHORY_NAMESPACE: 'users/variable',
      ECPHORY_URL: 'http://127.0.0.1:9',
      ECPHORY_API_KEY: 'wrong',
    };
    const { code, out } = await run(['list', '-n', 'users/flag', '--url', server.url, '--key', key, '--json'], {
      environment: variables,
    });
    expect({ code, texts: jsonLines<{ text: string }>(out).map(({ text }) => text) }).toEqual({
      code: 0,
      texts: ['Of the flag.'],
    });
    const other = await run(['list'], { environment: { ECPHORY_NAMESPACE: 'users/variable' } });
    expect(other.errors).toBe('Nothing is in users/variable.\n');
  });

  test('colours only where they are wanted, and nothing in a memory reaches the terminal as a command', async () => {
    const place = ['--namespace', 'users/hostile'];
    await added('\u001b[31mred\u001b]0;title\u0007 \u009b2J \u202etxt', ...place);
    const start = '\u001b';
    const plain = await run(['list', ...place]);
    expect(plain.out).not.toContain(start);
    expect(plain.out).toContain('\\u001b[31mred\\u001b]0;title\\u0007 \\u009b2J \\u202etxt');
    const coloured = await run(['list', ...place], { terminal: looking });
    expect(coloured.out).toContain(`${start}[2m`);
    expect(coloured.out).not.toContain(`${start}[31m`);
    expect([...coloured.out.trimEnd().replaceAll(new RegExp(`${start}\\[\\d+m`, 'g'), '')].length).toBeLessThanOrEqual(
      80,
    );
    expect((await run(['list', ...place], { environment: { FORCE_COLOR: '1' } })).out).toContain(`${start}[2m`);
    const refused = { environment: { NO_COLOR: '1', FORCE_COLOR: '1' }, terminal: looking };
    expect((await run(['list', ...place], refused)).out).not.toContain(start);
    expect((await run(['context', 'red title', ...place], { terminal: looking })).out).not.toContain(start);
    const search = await run(['search', 'red title', ...place, '--explain'], { terminal: looking });
    expect(search.out).not.toContain(`${start}[31m`);
    expect(jsonLines<{ text: string }>((await run(['list', ...place, '--json'])).out)[0]?.text).toContain(start);
  });

  test('what is known has a command each, with and without --json', async () => {
    const place = ['--namespace', 'users/known'];
    const id = await added('My sister Clara lives in Porto.', ...place);
    for (const args of [
      ['context', 'Clara', ...place],
      ['related', id],
      ['graph', ...place],
      ['graph', ...place, '--center', id],
      ['facts', ...place],
      ['entities', ...place],
      ['timeline', ...place],
      ['profile', ...place],
      ['stats', ...place],
      ['show', id, '--retention'],
      ['consolidate', ...place, '--runs'],
    ]) {
      expect(await run(args)).toMatchObject({ code: 0 });
      const { code, out } = await run([...args, '--json']);
      expect({ args, code }).toEqual({ args, code: 0 });
      for (const line of jsonLines<object>(out)) expect(line).toBeTypeOf('object');
    }
    expect((await run(['graph', ...place, '--center', id, '--dot'])).out).toMatch(
      /^digraph memory \{\n.*box.*\n\}\n$/s,
    );
    expect((await run(['stats', ...place])).out).toMatch(/memories +1 active/);
  });

  test('what a filter means is taken away together, and only where a namespace is named', async () => {
    const place = ['--namespace', 'users/tidy'];
    await added('A draft.', '--tag', 'draft', ...place);
    await added('Another draft.', '--tag', 'draft', ...place);
    await added('Final.', ...place);
    const filter = ['--filter', '{"tags": {"$contains": "draft"}}'];
    expect(await run(['rm', ...filter])).toMatchObject({ code: 2, errors: expect.stringContaining('--namespace') });
    expect(await run(['rm'])).toMatchObject({ code: 2, out: '' });
    const dry = await run(['rm', ...filter, ...place, '--dry-run', '--json']);
    expect(JSON.parse(dry.out)).toMatchObject({ matched: 2, deleted: 0 });
    expect(await run(['rm', ...filter, ...place])).toMatchObject({ code: 2, errors: expect.stringContaining('--yes') });
    expect(await run(['rm', ...filter, ...place, '--yes'])).toMatchObject({ code: 0, out: '2 archived\n' });
    const left = jsonLines<{ text: string }>((await run(['list', ...place, '--json'])).out);
    expect(left.map(({ text }) => text)).toEqual(['Final.']);
  });

  test('an export is taken back as it was, by a server and by a file', async () => {
    const place = ['--namespace', 'users/moved'];
    const id = await added('Alice moved to Porto.', '--tag', 'home', ...place);
    await run(['edit', id, 'Alice moved to Lisbon.']);
    const exported = await run(['export', ...place]);
    expect(exported).toMatchObject({ code: 0, errors: expect.stringContaining('lines of users/moved') });
    const lines = jsonLines<{ type: string }>(exported.out);
    expect([lines.at(0)?.type, lines.at(-1)?.type]).toEqual(['header', 'end']);
    await run(['rm', id, '--hard', '--yes']);
    const back = await run(['import', '-', '--format', 'ecphory', '--url', server.url, '--json'], {
      input: exported.out,
    });
    expect(JSON.parse(back.out)).toMatchObject({ memories: 1, skipped: 0, namespaces: ['users/moved'] });
    expect(jsonLines((await run(['history', id, '--json'])).out)).toHaveLength(2);
    const file = join(folder, 'moved.ndjson');
    writeFileSync(file, exported.out);
    const other = ['--database', join(folder, 'other.db'), '--json'];
    const quietly = { environment: { ECPHORY_LOG_LEVEL: 'silent', ECPHORY_CONSOLIDATION: 'off' } };
    const into = await run(['import', file, '--format', 'ecphory', ...other], quietly);
    expect(into).toMatchObject({ code: 0, errors: '' });
    const again = await run(['import', file, '--format', 'ecphory', ...other], quietly);
    expect(JSON.parse(again.out)).toMatchObject({ memories: 0, skipped: 1 });
    const elsewhere = ['import', file, '--format', 'ecphory', '--namespace', 'users/others', ...other];
    expect((await run(elsewhere, quietly)).code).not.toBe(0);
  });

  test('a consolidation can be asked for without waiting, and waiting can be given up', async () => {
    const place = ['--namespace', 'users/asleep'];
    await added('Nobody works here.', ...place);
    const queued = await run(['consolidate', ...place, '--no-wait', '--json']);
    expect(JSON.parse(queued.out)).toMatchObject({ state: 'queued', namespace: 'users/asleep' });
    const stopped = await run(['consolidate', ...place], { stopRequested: Promise.resolve() });
    expect(stopped).toMatchObject({ code: 130, out: '' });
  });

  test('a stop while the server thinks ends with 130', async () => {
    let stop = quiet;
    const slow = createServer(() => stop());
    await new Promise<void>((resolve) => slow.listen(0, '127.0.0.1', resolve));
    const { port } = slow.address() as { port: number };
    const stopRequested = new Promise<void>((resolve) => {
      stop = resolve;
    });
    const ended = await run(['list', '--url', `http://127.0.0.1:${port}`], { stopRequested });
    slow.closeAllConnections();
    slow.close();
    expect(ended).toEqual({ code: 130, out: '', errors: 'ecphory: interrupted\n' });
  });
});

describe('the command alone', () => {
  const commands = [
    ...['serve', 'worker', 'add', 'search', 'context', 'list', 'show', 'edit', 'rm', 'restore', 'history', 'related'],
    ...['graph', 'facts', 'entities', 'timeline', 'profile', 'consolidate', 'stats', 'export', 'import', 'backup'],
    ...['restore-backup', 'rebuild-index', 'reembed', 'mcp', 'doctor', 'completion'],
  ];

  test.each(commands)('%s --help says what it does, with an example', async (name) => {
    const { code, out } = await runCli([name, '--help']);
    expect(code).toBe(0);
    expect(out).toMatch(new RegExp(`Examples?:\\n  (?:.* )?ecphory ${name}|Examples?:\\n  source <\\(ecphory ${name}`));
  });

  test('a command that talks to a server loads nothing of what serves', () => {
    const reached = new Set<string>();
    const walk = (path: string): void => {
      if (reached.has(path)) return;
      reached.add(path);
      const text = readFileSync(path, 'utf8');
      const from = /^(?:import|export) (?!type )[^;]*?from '(\.[^']+)';/gm;
      for (const match of text.matchAll(from)) walk(join(dirname(path), match[1] ?? ''));
    };
    const source = fileURLToPath(new URL('../../src/', import.meta.url));
    walk(join(source, 'cli', 'command.ts'));
    const names = [...reached].map((path) => relative(source, path));
    expect(names).toContain('sdk/client.ts');
    for (const heavy of ['server.ts', 'api/app.ts', 'service.ts', 'worker-alone.ts'])
      expect(names).not.toContain(heavy);
  });

  test('help names every command and every exit code', async () => {
    const { out } = await runCli(['--help']);
    for (const name of [...commands, 'keys', 'eval', 'bench']) expect(out).toMatch(new RegExp(`^  ${name} `, 'm'));
    for (const code of ['0 done', '1 failed', '2 wrong', '3 not', '4 no', '5 conflict', '6 unavailable', '130 inter']) {
      expect(out).toContain(code);
    }
  });

  test.each([
    ['ecphory re', ['related', 'restore', 'restore-backup', 'rebuild-index', 'reembed']],
    ['ecphory mcp in', ['install']],
    ['ecphory add --ro', ['--role']],
    ['ecphory add --role a', ['assistant']],
    ['ecphory list --state q', ['quarantined']],
    ['ecphory keys l', ['list']],
    ['ecphory completion f', ['fish']],
  ])('bash completes "%s"', async (line, expected) => {
    const folder = mkdtempSync(join(tmpdir(), 'ecphory-completion-'));
    try {
      const { code, out } = await runCli(['completion', 'bash']);
      expect(code).toBe(0);
      writeFileSync(join(folder, 'ecphory.bash'), out);
      // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the shell's.
      const script = 'source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _ecphory; echo "${COMPREPLY[@]}"';
      const file = join(folder, 'ecphory.bash');
      const said = execFileSync('bash', ['-c', script, 'bash', file, ...line.split(' ')], { encoding: 'utf8' });
      expect(said.trim().split(' ').sort()).toEqual([...expected].sort());
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('zsh and fish are given scripts, another shell is refused', async () => {
    expect((await runCli(['completion', 'zsh'])).out).toContain('bashcompinit');
    expect((await runCli(['completion', 'fish'])).out).toContain(
      "complete -c ecphory -f -n '__fish_use_subcommand' -a add",
    );
    expect(await runCli(['completion', 'tcsh'])).toMatchObject({ code: 2, out: '' });
  });
});
