import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { memoryFiles } from '../../src/integrations/anthropic/memory-files.ts';
import { limits } from '../../src/memory/limits.ts';
import { type OpenMemory, openMemoryInProcess, openMemoryOverHttp } from '../integrations/open-memory.ts';
import { newReferenceFiles } from './reference-files.ts';

const namespace = 'users/alice';

describe.each([
  ['in process', openMemoryInProcess],
  ['over HTTP', openMemoryOverHttp],
])("Anthropic's memory tool, %s", (where, openMemory) => {
  let open: OpenMemory;
  beforeEach(async () => {
    open = await openMemory();
  });
  afterEach(() => open.close());

  test('tells a model what it did in the words of Anthropic’s own backend', async () => {
    const files = memoryFiles(open.memory, { namespace });
    const told: string[] = [];
    for (const command of [
      { command: 'view', path: '/memories' },
      { command: 'create', path: '/memories/people/clara.md', file_text: 'Clara\nlives in Porto\n' },
      { command: 'create', path: '/memories/people/clara.md', file_text: 'again' },
      { command: 'str_replace', path: '/memories/people/clara.md', old_str: 'Porto', new_str: 'Lisbon' },
      { command: 'insert', path: '/memories/people/clara.md', insert_line: 1, insert_text: 'is my sister\n' },
      { command: 'view', path: '/memories/people/clara.md', view_range: [2, 3] },
      { command: 'view', path: '/memories' },
      { command: 'rename', old_path: '/memories/people', new_path: '/memories/family' },
      { command: 'view', path: '/memories/people' },
      { command: 'delete', path: '/memories/family' },
    ]) {
      told.push(await files.execute(command));
    }
    expect(told).toEqual([
      "Here're the files and directories up to 2 levels deep in /memories, excluding hidden items and node_modules:\n0B\t/memories",
      'File created successfully at: /memories/people/clara.md',
      'Error: File /memories/people/clara.md already exists',
      'The memory file has been edited. Here is the snippet showing the change (with line numbers):\n     1\tClara\n     2\tlives in Lisbon\n     3\t',
      'The file /memories/people/clara.md has been edited.',
      "Here's the content of /memories/people/clara.md with line numbers:\n     2\tis my sister\n     3\tlives in Lisbon",
      "Here're the files and directories up to 2 levels deep in /memories, excluding hidden items and node_modules:\n35B\t/memories\n35B\t/memories/people/\n35B\t/memories/people/clara.md",
      'Successfully renamed /memories/people to /memories/family',
      'Error: The path /memories/people does not exist. Please provide a valid path.',
      'Successfully deleted /memories/family',
    ]);
  });

  test('keeps each file as one memory, found by its words, with its versions, and archives what is deleted', async () => {
    const files = memoryFiles(open.memory, { namespace });
    await files.create({ command: 'create', path: '/memories/clara.md', file_text: 'Clara lives in Porto.' });
    await files.str_replace({
      command: 'str_replace',
      path: '/memories/clara.md',
      old_str: 'Porto',
      new_str: 'Lisbon',
    });
    const { hits } = await open.memory.search({ namespace, query: 'Where does Clara live?' });
    expect(hits.map((hit) => hit.memory)).toMatchObject([
      { text: 'Clara lives in Lisbon.', metadata: { path: '/memories/clara.md' }, version: 2, origin: 'agent' },
    ]);
    const id = hits[0]?.memory.id ?? '';
    expect((await open.memory.history(id)).map(({ text }) => text)).toEqual([
      'Clara lives in Porto.',
      'Clara lives in Lisbon.',
    ]);
    await files.delete({ command: 'delete', path: '/memories/clara.md' });
    expect((await open.memory.get(id)).state).toBe('archived');
    await open.memory.restore(id);
    expect(await files.execute({ command: 'view', path: '/memories/clara.md' })).toContain('Lisbon');
  });

  test('leaves the other memories of the namespace alone, and other namespaces too', async () => {
    await open.memory.add({ namespace, text: 'A memory that is no file.' });
    await open.memory.add({ namespace, text: 'Neither is this.', metadata: { path: '/etc/passwd' } });
    await memoryFiles(open.memory, { namespace: 'users/bob' }).execute({
      command: 'create',
      path: '/memories/secret',
      file_text: 'of Bob',
    });
    const files = memoryFiles(open.memory, { namespace });
    expect(await files.execute({ command: 'view', path: '/memories' })).toMatch(/node_modules:\n0B\t\/memories$/);
    expect(await files.execute({ command: 'view', path: '/memories/secret' })).toMatch(/does not exist/);
  });

  test.each([
    '/etc/passwd',
    '/memoriesX/a',
    'memories/a',
    '',
    '/memories/../etc/passwd',
    '/memories/a/../../b',
    '/memories/..',
    '/memories/%2e%2e/etc',
    '/memories/%2E%2E%2Fetc',
    '/memories/%252e%252e%252fetc',
    '/memories/..%5c..%5cetc',
    '/memories\\..\\etc',
    '/memories/a\\b',
    '/memories/a\u0000b',
    '/memories/a%00b',
    '/memories/a\nb',
    '/memories/\ud800',
    `/memories/${'a'.repeat(600)}`,
  ])('refuses the path %j in every command', async (path) => {
    const files = memoryFiles(open.memory, { namespace });
    await files.execute({ command: 'create', path: '/memories/good', file_text: 'good' });
    const commands = [
      { command: 'view', path },
      { command: 'create', path, file_text: 'x' },
      { command: 'str_replace', path, old_str: 'a', new_str: 'b' },
      { command: 'insert', path, insert_line: 0, insert_text: 'x' },
      { command: 'delete', path },
      { command: 'rename', old_path: '/memories/good', new_path: path },
      { command: 'rename', old_path: path, new_path: '/memories/other' },
    ];
    for (const command of commands) expect(await files.execute(command)).toMatch(/^Error: (Path|A path) /);
    const { data } = await open.memory.list({ namespace });
    expect(data.map(({ text, metadata }) => [text, metadata.path])).toEqual([['good', '/memories/good']]);
  });

  test('says what is wrong with a command that is none, and never rejects for it', async () => {
    const files = memoryFiles(open.memory, { namespace });
    for (const command of [null, 'view', {}, { command: 'chmod', path: '/memories' }, { command: 'create', path: 1 }]) {
      expect(await files.execute(command)).toMatch(/^Error: The command is not valid\./);
    }
    expect(await files.execute({ command: 'create', path: '/memories/a', file_text: 'a\u0000b' })).toMatch(
      /^Error: .*U\+0000/,
    );
  });

  test('keeps a file that is empty, one of spaces, and one larger than a memory may be, exactly', async () => {
    const files = memoryFiles(open.memory, { namespace });
    const line = `${'Liebe Grüße 🎈 '.repeat(12)}\n`;
    const large = line.repeat(Math.floor(250_000 / line.length));
    const contents = new Map([
      ['/memories/empty', ''],
      ['/memories/spaces', ' \n\t\n'],
      ['/memories/large', large],
      ['/memories/one-line', '🎈'.repeat(80_000)],
    ]);
    for (const [path, text] of contents) {
      expect(await files.execute({ command: 'create', path, file_text: text })).toBe(
        `File created successfully at: ${path}`,
      );
    }
    for (const [path, text] of contents) expect(await textOf(path)).toBe(text);
    await files.execute({ command: 'insert', path: '/memories/large', insert_line: 700, insert_text: 'in the middle' });
    expect(await textOf('/memories/large')).toBe(large.split('\n').toSpliced(700, 0, 'in the middle').join('\n'));
    await files.execute({ command: 'str_replace', path: '/memories/empty', old_str: '', new_str: 'now words' });
    expect(await textOf('/memories/empty')).toBe('now words');
    await files.execute({ command: 'rename', old_path: '/memories/large', new_path: '/memories/renamed' });
    expect((await textOf('/memories/renamed')).length).toBe(large.length + 14);
    await files.execute({ command: 'delete', path: '/memories/renamed' });
    await files.execute({ command: 'delete', path: '/memories/one-line' });
    // Nothing of the large files is left in recall.
    expect((await open.memory.list({ namespace })).data).toHaveLength(2);
    const tooLarge = 'x'.repeat(limits.memoryFileCharacters + 1);
    expect(await files.execute({ command: 'create', path: '/memories/x', file_text: tooLarge })).toMatch(
      /at most 1000000/,
    );

    async function textOf(path: string): Promise<string> {
      const told = await files.execute({ command: 'view', path });
      return told
        .split('\n')
        .slice(1)
        .map((shown) => shown.slice(shown.indexOf('\t') + 1))
        .join('\n');
    }
  });

  test('lets one of many creators of a file succeed, and keeps every edit of many editors', async () => {
    const hosts = Array.from({ length: 6 }, () => memoryFiles(open.memory, { namespace }));
    const create = { command: 'create', path: '/memories/a', file_text: 'start' };
    for (let round = 0; round < 3; round += 1) {
      const told = await Promise.all(hosts.map((files) => files.execute(create)));
      expect(told.filter((text) => text.startsWith('File created'))).toHaveLength(1);
      expect(told.filter((text) => text === 'Error: File /memories/a already exists')).toHaveLength(5);
      const edits = await Promise.all(
        hosts.map((files, index) =>
          files.execute({ command: 'insert', path: '/memories/a', insert_line: 1, insert_text: `edit ${index}` }),
        ),
      );
      expect(edits).toEqual(Array(6).fill('The file /memories/a has been edited.'));
      const text = (await open.memory.list({ namespace })).data[0]?.text ?? '';
      expect(text.split('\n').sort()).toEqual([...hosts.map((_, index) => `edit ${index}`), 'start']);
      await hosts[0]?.execute({ command: 'delete', path: '/memories/a' });
    }
  });

  test('takes the longest path', async () => {
    const files = memoryFiles(open.memory, { namespace });
    const path = `/memories/${'目'.repeat(200)}/${'🎈'.repeat(150)}`;
    expect(await files.execute({ command: 'create', path, file_text: 'x' })).toBe(
      `File created successfully at: ${path}`,
    );
    expect(await files.execute({ command: 'view', path: '/memories' })).toContain(`1B\t${path}`);
  });

  test('can make a file again whose memory was erased', async () => {
    const files = memoryFiles(open.memory, { namespace });
    const create = { command: 'create', path: '/memories/a', file_text: 'words' };
    for (let round = 0; round < 3; round += 1) {
      expect(await files.execute(create)).toBe('File created successfully at: /memories/a');
      const { data } = await open.memory.list({ namespace });
      await open.memory.delete(data[0]?.id ?? '', { hard: true });
    }
  });

  test('never has two files at one path, however many move and make them at the same time', async () => {
    const hosts = Array.from({ length: 4 }, () => memoryFiles(open.memory, { namespace }));
    await Promise.all(
      hosts.map((files, index) =>
        files.execute({ command: 'create', path: `/memories/${index}`, file_text: `of ${index}` }),
      ),
    );
    await Promise.all([
      ...hosts.map((files, index) =>
        files.execute({ command: 'rename', old_path: `/memories/${index}`, new_path: '/memories/goal' }),
      ),
      memoryFiles(open.memory, { namespace }).execute({ command: 'create', path: '/memories/goal', file_text: 'new' }),
    ]);
    const { data } = await open.memory.list({ namespace });
    const paths = data.map(({ metadata }) => metadata.path);
    expect(new Set(paths).size).toBe(paths.length);
    for (const index of hosts.keys()) expect(data.map(({ text }) => text)).toContain(`of ${index}`);
  });

  test('does what a map from paths to texts does', async () => {
    const name = fc.constantFrom('a', 'b', 'B.md', '.x');
    const path = fc.array(name, { maxLength: 3 }).map((names) => ['/memories', ...names].join('/'));
    const text = fc
      .array(fc.constantFrom('one', 'two', '', ' ', 'zwei é'), { maxLength: 4 })
      .chain((lines) => fc.constantFrom('\n', '\r\n').map((end) => lines.join(end)));
    const range = fc.option(fc.tuple(fc.integer({ min: 0, max: 5 }), fc.constantFrom(-1, 0, 1, 3, 9)), {
      nil: undefined,
    });
    const command = fc.oneof(
      fc.record({ kind: fc.constant('view' as const), path, range }),
      { weight: 3, arbitrary: fc.record({ kind: fc.constant('create' as const), path, text }) },
      fc.record({ kind: fc.constant('replace' as const), path, old: fc.constantFrom('one', 'two', 'e\nt', 'é'), text }),
      fc.record({ kind: fc.constant('insert' as const), path, line: fc.integer({ min: -1, max: 6 }), text }),
      fc.record({ kind: fc.constant('remove' as const), path }),
      fc.record({ kind: fc.constant('rename' as const), path, to: path }),
    );
    let run = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(command, { minLength: 8, maxLength: 24 }), async (commands) => {
        run += 1;
        const ours = memoryFiles(open.memory, { namespace: `run/${run}` });
        const reference = newReferenceFiles();
        for (const one of commands) {
          switch (one.kind) {
            case 'view': {
              const viewed = await ours.execute({
                command: 'view',
                path: one.path,
                ...(one.range && { view_range: one.range }),
              });
              const expected = reference.view(one.path, one.range);
              if (expected.startsWith('directory')) expect(viewed).toMatch(/^Here're the files/);
              else expect(viewed).toBe(expected);
              break;
            }
            case 'create':
              expect(await ours.execute({ command: 'create', path: one.path, file_text: one.text })).toBe(
                reference.create(one.path, one.text),
              );
              break;
            case 'replace': {
              const told = await ours.execute({
                command: 'str_replace',
                path: one.path,
                old_str: one.old,
                new_str: one.text,
              });
              const expected = reference.replace(one.path, one.old, one.text);
              if (expected === 'edited') expect(told).toMatch(/^The memory file has been edited\./);
              else if (expected === 'several') expect(told).toMatch(/Multiple occurrences/);
              else expect(told).toBe(expected);
              break;
            }
            case 'insert':
              expect(
                await ours.execute({ command: 'insert', path: one.path, insert_line: one.line, insert_text: one.text }),
              ).toBe(reference.insert(one.path, one.line, one.text));
              break;
            case 'remove':
              expect(await ours.execute({ command: 'delete', path: one.path })).toBe(reference.remove(one.path));
              break;
            case 'rename':
              expect(await ours.execute({ command: 'rename', old_path: one.path, new_path: one.to })).toBe(
                reference.rename(one.path, one.to),
              );
          }
        }
        const { data } = await open.memory.list({ namespace: `run/${run}`, limit: limits.pageLimit });
        expect(data.map(({ metadata }) => metadata.path).sort()).toEqual([...reference.files.keys()].sort());
      }),
      { numRuns: where === 'in process' ? 60 : 3 },
    );
  });
});
