import { mkdir, mkdtemp, readdir, readFile, readlink, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runCommand } from '../../src/cli/command.ts';
import { hostEntry, hostFile, mcpHosts } from '../../src/cli/mcp-hosts.ts';

const key = `ecphory_ourkey01_${'a'.repeat(43)}`;
const url = 'http://127.0.0.1:8787';

describe('ecphory mcp install', () => {
  let folder: string;
  let file: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ecphory-install-'));
    file = join(folder, 'host', 'mcp.json');
  });
  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  async function install(host: string, ...more: string[]) {
    let [out, errors] = ['', ''];
    const code = await runCommand(['mcp', 'install', host, '--file', file, ...more], {
      write: (text) => {
        out += text;
      },
      writeError: (text) => {
        errors += text;
      },
      stopRequested: new Promise(() => {}),
      environment: { ECPHORY_API_KEY: key },
    });
    return { code, out, errors };
  }

  async function held(): Promise<Record<string, unknown>> {
    return JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>;
  }

  async function write(text: string): Promise<void> {
    await mkdir(join(folder, 'host'), { recursive: true });
    await writeFile(file, text);
  }

  test('claude-code is given the address, and the key by the name of a variable', async () => {
    expect(await install('claude-code', '--url', `${url}/`)).toMatchObject({ code: 0, errors: '' });
    const headers = { Authorization: 'Bearer $' + '{ECPHORY_API_KEY}' };
    expect(await held()).toEqual({ mcpServers: { ecphory: { type: 'http', url: `${url}/mcp`, headers } } });
  });

  test('cursor is given the namespace in the address', async () => {
    await install('cursor', '--url', url, '--namespace', 'users/alice');
    const headers = { Authorization: 'Bearer $' + '{env:ECPHORY_API_KEY}' };
    expect(await held()).toEqual({
      mcpServers: { ecphory: { url: `${url}/mcp?namespace=users%2Falice`, headers } },
    });
  });

  test('vscode asks for the key itself', async () => {
    await install('vscode', '--url', url);
    await install('vscode', '--url', `${url}0`);
    expect(await held()).toMatchObject({
      servers: { ecphory: { type: 'http', headers: { Authorization: 'Bearer $' + '{input:ecphory-api-key}' } } },
      inputs: [{ id: 'ecphory-api-key', type: 'promptString', password: true }],
    });
    expect((await held()).inputs).toHaveLength(1);
  });

  test('claude-desktop, which has to hold the key, is readable by its owner alone', async () => {
    await write('{}');
    const { code, out } = await install('claude-desktop', '--url', url);
    expect(code).toBe(0);
    expect(out).not.toContain(key);
    expect(await held()).toMatchObject({
      mcpServers: {
        ecphory: {
          command: process.execPath,
          env: { ECPHORY_API_KEY: key },
          args: expect.arrayContaining(['--url', url]),
        },
      },
    });
    for (const name of await readdir(join(folder, 'host'))) {
      expect((await stat(join(folder, 'host', name))).mode & 0o077).toBe(0);
    }
  });

  test('without a server a host starts the command on the database, by full paths', async () => {
    for (const host of mcpHosts) {
      await install(host, '--database', 'memory.db');
      const { mcpServers, servers } = await held();
      const { ecphory } = (host === 'vscode' ? servers : mcpServers) as { ecphory: { args: string[] } };
      expect(ecphory.args.slice(-3)).toEqual(['mcp', '--database', join(process.cwd(), 'memory.db')]);
      expect(JSON.stringify(ecphory)).not.toContain(key);
    }
  });

  test('everything else in the file stays, as it was written, and the old text is kept beside it', async () => {
    const before =
      '{\n    "theme": "dark",\n    "mcpServers": {"other": {"command": "x", "args": ["1"]}},\n    "n": 1\n}';
    await write(before);
    const { out } = await install('cursor', '--url', url);
    const after = await held();
    expect(after).toMatchObject({ theme: 'dark', mcpServers: { other: { command: 'x', args: ['1'] } }, n: 1 });
    expect(Object.keys(after)).toEqual(['theme', 'mcpServers', 'n']);
    expect(await readFile(file, 'utf8')).toContain('\n    "theme"');
    const backup = /is in (.*)\.\n/.exec(out)?.[1] ?? '';
    expect(await readFile(backup, 'utf8')).toBe(before);
  });

  test('a second time changes nothing and leaves no second backup', async () => {
    await install('cursor', '--url', url);
    const once = await readFile(file, 'utf8');
    expect((await install('cursor', '--url', url)).out).toContain('already');
    expect(await readFile(file, 'utf8')).toBe(once);
    expect(await readdir(join(folder, 'host'))).toEqual(['mcp.json']);
  });

  test.each([
    ['{ // mine\n "mcpServers": {} }', 'not plain JSON'],
    ['[]', 'is not an object'],
    ['{"mcpServers": []}', '"mcpServers" is not an object'],
    ['null', 'is not an object'],
  ])('a file that holds %j is left alone', async (text, complaint) => {
    await write(text);
    const { code, errors } = await install('cursor', '--url', url);
    expect(code).toBe(2);
    expect(errors).toContain(complaint);
    expect(await readFile(file, 'utf8')).toBe(text);
    expect(await readdir(join(folder, 'host'))).toEqual(['mcp.json']);
  });

  test('an empty file is as good as none', async () => {
    await write('\n');
    expect((await install('cursor', '--url', url)).code).toBe(0);
    expect(await held()).toMatchObject({ mcpServers: { ecphory: {} } });
  });

  test('a link stays one, and what it leads to is changed', async () => {
    await mkdir(join(folder, 'host'));
    await writeFile(join(folder, 'dotfile.json'), '{"a": 1}');
    await symlink(join(folder, 'dotfile.json'), file);
    await install('cursor', '--url', url);
    expect(await readlink(file)).toBe(join(folder, 'dotfile.json'));
    expect(await held()).toMatchObject({ a: 1, mcpServers: { ecphory: {} } });
  });

  test('--print writes nothing and shows no key', async () => {
    const { code, out, errors } = await install('claude-desktop', '--url', url, '--print');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ mcpServers: { ecphory: { env: { ECPHORY_API_KEY: '<your key>' } } } });
    expect(out + errors).not.toContain(key);
    expect(await readdir(folder)).toEqual([]);
  });

  test('each host keeps its file where its maker says', () => {
    const linux = { platform: 'linux', home: '/h', folder: '/p' };
    expect(mcpHosts.map((host) => hostFile(host, linux))).toEqual([
      '/p/.mcp.json',
      '/h/.config/Claude/claude_desktop_config.json',
      '/h/.cursor/mcp.json',
      '/p/.vscode/mcp.json',
    ]);
    expect(hostFile('claude-desktop', { ...linux, platform: 'darwin' })).toBe(
      '/h/Library/Application Support/Claude/claude_desktop_config.json',
    );
    expect(hostFile('claude-desktop', { ...linux, platform: 'win32', home: 'C:\\U' })).toBe(
      'C:\\U\\AppData\\Roaming\\Claude\\claude_desktop_config.json',
    );
  });

  test('no host is given the key where a reference does', () => {
    const access = { kind: 'server', url, namespace: null, apiKey: key } as const;
    for (const host of mcpHosts) {
      const entry = hostEntry(host, access, { command: 'npx', args: ['-y', 'ecphory'] });
      expect(JSON.stringify(entry.server).includes(key)).toBe(entry.holdsKey);
      expect(entry.holdsKey).toBe(host === 'claude-desktop');
    }
  });
});
