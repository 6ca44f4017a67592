import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newServerClient } from './client.ts';
import { diskMegabytes, residentMemory } from './footprint.ts';
import { startServer } from './process.ts';

let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ecphory-eval-'));
});
afterAll(() => rm(directory, { recursive: true }));

async function script(name: string, source: string): Promise<string> {
  const path = join(directory, name);
  await writeFile(path, source);
  return path;
}

describe('startServer', () => {
  it('starts the command, reads its address from the first line, and ends it', async () => {
    const entry = await script(
      'ready.mjs',
      `import { createServer } from 'node:http'; import { env } from 'node:process';
       const server = createServer((_, response) => response.end(JSON.stringify({ args: process.argv.slice(2), mark: env.MARK })));
       server.listen(0, '127.0.0.1', () => console.log(JSON.stringify({ url: 'http://127.0.0.1:' + server.address().port, api_key: 'k' })));
       process.on('SIGTERM', () => process.exit(0));`,
    );
    const server = await startServer({ entry, directory, environment: { MARK: 'yes' } });
    const client = newServerClient(server);
    const { body } = await client.get('/');
    expect(body).toEqual({
      args: ['serve', '--port', '0', '--database', join(directory, 'ecphory.db'), '--json'],
      mark: 'yes',
    });
    expect((await residentMemory(server.pid))?.peakMb ?? 1).toBeGreaterThan(0);
    client.close();
    await server.stop();
    await server.stop();
    expect(() => process.kill(server.pid, 0)).toThrow();
  });

  it('uses the key of an earlier start when none is printed', async () => {
    const entry = await script(
      'again.mjs',
      `console.log(JSON.stringify({ url: 'http://127.0.0.1:1', api_key: null })); setInterval(() => {}, 1e6);`,
    );
    const server = await startServer({ entry, directory, apiKey: 'old' });
    expect(server.apiKey).toBe('old');
    await server.stop();
  });

  it('says what the server said when it does not start', async () => {
    const entry = await script('broken.mjs', `console.error('port taken'); process.exitCode = 3;`);
    await expect(startServer({ entry, directory })).rejects.toThrow(/did not start/);
  });
});

describe('newServerClient', () => {
  it('sends JSON with the key, times the answer, and rejects what is not 2xx', async () => {
    const seen: unknown[] = [];
    const server = createServer((incoming, response) => {
      seen.push([incoming.method, incoming.headers.authorization, incoming.headers['content-type']]);
      incoming.resume();
      response.statusCode = incoming.url === '/bad' ? 422 : 201;
      response.end('{"ok":true}');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const client = newServerClient({ url: `http://127.0.0.1:${port}`, apiKey: 'k' });
    const reply = await client.post('/good', { a: 1 });
    expect(reply.body).toEqual({ ok: true });
    expect(reply.elapsedMs).toBeGreaterThan(0);
    expect(seen).toEqual([['POST', 'Bearer k', 'application/json']]);
    await expect(client.post('/bad', {})).rejects.toThrow('POST /bad was answered 422: {"ok":true}');
    client.close();
    server.close();
  });
});

describe('diskMegabytes', () => {
  it('adds up the files of a folder', async () => {
    const folder = await mkdtemp(join(directory, 'disk-'));
    await writeFile(join(folder, 'a'), Buffer.alloc(1_500_000));
    await writeFile(join(folder, 'b'), Buffer.alloc(500_000));
    expect(await diskMegabytes(folder)).toBe(2);
  });
});
