import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import { newClient } from '../../src/sdk/client.ts';
import { type RunningServer, startServer } from '../../src/server.ts';

/*
 * The real mem0ai client against the real server. It brings much that Ecphory has no use for, so it is a package of
 * this folder alone.
 */
const isInstalled = existsSync(fileURLToPath(new URL('node_modules/mem0ai', import.meta.url)));

/** What is used of the client; its own types are there only when it is. */
interface Mem0Client {
  ping(): Promise<void>;
  add(messages: readonly object[], options: object): Promise<{ readonly results: readonly Mem0Memory[] }>;
  search(query: string, options: object): Promise<{ readonly results: readonly Mem0Memory[] }>;
  get(id: string): Promise<Mem0Memory>;
  getAll(options: object): Promise<Mem0Page>;
  update(id: string, change: object): Promise<Mem0Memory>;
  delete(id: string, options?: object): Promise<{ readonly message: string }>;
  deleteAll(options?: object): Promise<{ readonly message: string }>;
  deleteUsers(options: object): Promise<{ readonly message: string }>;
  history(id: string): Promise<readonly Record<string, unknown>[]>;
  batchUpdate(memories: readonly object[]): Promise<{ readonly message: string }>;
  batchDelete(ids: readonly string[]): Promise<{ readonly message: string }>;
  users(): Promise<unknown>;
}

interface Mem0Memory {
  readonly id: string;
  readonly memory: string;
  readonly [field: string]: unknown;
}

interface Mem0Page {
  readonly count: number;
  readonly next: string | null;
  readonly previous: string | null;
  readonly results: readonly Mem0Memory[];
}

const key = `ecphory_mem0test_${'k'.repeat(43)}`;

describe('the mem0ai client with Ecphory as its host', () => {
  let folder: string;
  let server: RunningServer;
  let client: Mem0Client;
  let open: (options: { readonly apiKey: string; readonly host: string }) => Mem0Client;

  beforeAll(async () => {
    if (!isInstalled) return;
    // Read when the client is loaded; without it, it tells its makers of every call.
    process.env.MEM0_TELEMETRY = 'false';
    const name: string = 'mem0ai';
    const { MemoryClient } = (await import(name)) as { MemoryClient: new (options: object) => Mem0Client };
    open = (options) => new MemoryClient(options);
    folder = await mkdtemp(join(tmpdir(), 'ecphory-mem0-'));
    const flags = { database: join(folder, 'e.db'), port: '0', compat: 'mem0' };
    const quiet = () => {};
    server = await startServer(loadConfig(flags, { ECPHORY_API_KEY: key }), {
      log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
    });
    client = open({ apiKey: key, host: server.url });
  });
  afterAll(async () => {
    if (!isInstalled) return;
    await server.close();
    await rm(folder, { recursive: true });
  });
  beforeEach(({ skip }) => {
    skip(!isInstalled, 'not installed: npm ci in test/mem0');
  });

  test('pings, and a wrong key is an authentication error of its own', async () => {
    await client.ping();
    // The client writes to the console what it also throws.
    vi.spyOn(console, 'error').mockReturnValue();
    vi.spyOn(console, 'warn').mockReturnValue();
    const stranger = open({ apiKey: `ecphory_stranger_${'s'.repeat(43)}`, host: server.url });
    await expect(stranger.get('note_1')).rejects.toMatchObject({ name: 'AuthenticationError', errorCode: 'HTTP_401' });
    vi.restoreAllMocks();
  });

  test('add stores each message; get gives it back with its ids and metadata', async () => {
    const added = await client.add(
      [
        { role: 'user', content: 'I am allergic to peanuts.' },
        { role: 'assistant', content: [{ type: 'text', text: 'Noted: no peanuts.' }] },
      ],
      { userId: 'alice', runId: 'chat-1', metadata: { topicName: 'food' }, timestamp: 1_715_176_560, infer: false },
    );
    expect(added.results).toMatchObject([
      { memory: 'I am allergic to peanuts.', event: 'ADD', data: { memory: 'I am allergic to peanuts.' } },
      { memory: 'Noted: no peanuts.', event: 'ADD' },
    ]);
    const memory = await client.get(idOf(added.results[0]));
    expect(memory).toMatchObject({
      memory: 'I am allergic to peanuts.',
      userId: 'alice',
      runId: 'chat-1',
      agentId: null,
      metadata: { topicName: 'food' },
      categories: [],
      expirationDate: null,
    });
    // The same memory by Ecphory's own door.
    const own = await newClient({ baseUrl: server.url, apiKey: key }).get(memory.id);
    expect(own).toMatchObject({
      namespace: 'mem0/users/alice',
      sessionId: 'chat-1',
      timestamp: '2024-05-08T13:56:00.000Z',
    });
  });

  test('search finds within its filters only', async () => {
    await client.add([{ role: 'user', content: 'I play chess on Tuesdays.' }], { userId: 'bob', agentId: 'coach' });
    await client.add([{ role: 'user', content: 'I play chess on Fridays.' }], { userId: 'carol', agentId: 'coach' });
    await client.add([{ role: 'user', content: 'Chess openings are my subject.' }], { agentId: 'tutor' });
    const found = async (filters: object, options: object = {}) =>
      (await client.search('Who plays chess?', { filters, ...options })).results.map(({ memory }) => memory).sort();
    const [bobs, carols, tutors] = [
      'I play chess on Tuesdays.',
      'I play chess on Fridays.',
      'Chess openings are my subject.',
    ];
    expect(await found({ user_id: 'bob' })).toEqual([bobs]);
    expect(await found({ user_id: 'bob', agent_id: 'tutor' })).toEqual([]);
    expect(await found({ agent_id: 'coach' })).toEqual([carols, bobs]);
    expect(await found({ OR: [{ user_id: 'bob' }, { agent_id: { in: ['tutor'] } }] })).toEqual([tutors, bobs]);
    expect(await found({ AND: [{ agent_id: 'coach' }, { NOT: [{ user_id: 'bob' }] }] })).toEqual([carols]);
    expect(await found({ AND: [{ user_id: '*' }] })).toEqual([carols, bobs]);
    expect(await found({ user_id: 'bob', created_at: { gte: '2999-01-01' } })).toEqual([]);
    expect(await found({ user_id: '*' }, { topK: 1, threshold: 0.9, rerank: true })).toHaveLength(1);
    const { results } = await client.search('chess', { filters: { user_id: 'bob' }, fields: ['memory'] });
    expect(results).toEqual([{ id: expect.any(String), memory: bobs }]);
  });

  test('filters without an entity are refused: nothing reads everything', async () => {
    for (const filters of [{}, { topic: 'x' }, { AND: [{ created_at: { gte: '2020-01-01' } }] }]) {
      await expect(client.search('chess', { filters })).rejects.toMatchObject({ name: 'ValidationError' });
      await expect(client.getAll({ filters })).rejects.toMatchObject({ name: 'ValidationError' });
    }
    await expect(client.add([{ role: 'user', content: 'Whose?' }], {})).rejects.toMatchObject({
      name: 'ValidationError',
    });
  });

  test('getAll is paged, and filters by metadata', async () => {
    for (const n of [1, 2, 3]) {
      await client.add([{ role: 'user', content: `Item ${n}` }], { userId: 'pages', metadata: { n, price: 10 * n } });
    }
    const filters = { user_id: 'pages' };
    const first = await client.getAll({ filters, page: 1, pageSize: 2 });
    expect(first).toMatchObject({ count: 3, previous: null, results: [{ memory: 'Item 3' }, { memory: 'Item 2' }] });
    expect(first.next).toContain('page=2');
    const second = await client.getAll({ filters, page: 2, pageSize: 2 });
    expect(second).toMatchObject({ count: 3, next: null, results: [{ memory: 'Item 1' }] });
    const dear = await client.getAll({ filters: { AND: [filters, { metadata: { price: { gte: 20 }, n: 2 } }] } });
    expect(dear.results.map(({ memory }) => memory)).toEqual(['Item 2']);
  });

  test('update makes a version that history tells of', async () => {
    const added = await client.add([{ role: 'user', content: 'I live in Bonn.' }], {
      userId: 'moves',
      agentId: 'clerk',
      metadata: { a: 1 },
    });
    const id = idOf(added.results[0]);
    expect(await client.update(id, { text: 'I live in Köln.' })).toMatchObject({ id, memory: 'I live in Köln.' });
    await client.update(id, { metadata: { b: 2 } });
    expect(await client.get(id)).toMatchObject({
      memory: 'I live in Köln.',
      metadata: { b: 2 },
      userId: 'moves',
      agentId: 'clerk',
    });
    expect(await client.history(id)).toMatchObject([
      { event: 'ADD', oldMemory: null, newMemory: 'I live in Bonn.', memoryId: id, userId: 'moves' },
      { event: 'UPDATE', oldMemory: 'I live in Bonn.', newMemory: 'I live in Köln.' },
      { event: 'UPDATE', oldMemory: 'I live in Köln.', newMemory: 'I live in Köln.', metadata: { b: 2 } },
    ]);
    await expect(client.update(id, { timestamp: 1 })).rejects.toMatchObject({ name: 'ValidationError' });
  });

  test('what expires is found until its last day, and listed on request', async () => {
    const add = (content: string, expirationDate: string) =>
      client.add([{ role: 'user', content }], { userId: 'brief', expirationDate });
    const over = await add('The offer is over.', '2020-01-31');
    await add('The offer stands.', '2999-01-31');
    const filters = { user_id: 'brief' };
    const texts = ({ results }: { readonly results: readonly Mem0Memory[] }) => results.map(({ memory }) => memory);
    expect(texts(await client.search('offer', { filters }))).toEqual(['The offer stands.']);
    expect(texts(await client.getAll({ filters }))).toEqual(['The offer stands.']);
    expect(texts(await client.getAll({ filters, showExpired: true }))).toHaveLength(2);
    expect(await client.get(idOf(over.results[0]))).toMatchObject({ expirationDate: '2020-01-31' });
    expect(await client.history(idOf(over.results[0]))).toHaveLength(1);
    await client.update(idOf(over.results[0]), { expirationDate: null });
    expect(texts(await client.getAll({ filters }))).toHaveLength(2);
  });

  test('delete erases one memory', async () => {
    const added = await client.add([{ role: 'user', content: 'Forget this.' }], { userId: 'dora' });
    const id = idOf(added.results[0]);
    expect(await client.delete(id)).toEqual({ message: 'Memory deleted successfully!' });
    await expect(client.get(id)).rejects.toMatchObject({ name: 'MemoryNotFoundError' });
    await expect(client.delete(id)).rejects.toMatchObject({ name: 'MemoryNotFoundError' });
  });

  test('deleteAll stays within one entity, and never means everything', async () => {
    const add = (content: string, ids: object) => client.add([{ role: 'user', content }], ids);
    await add('Erna one.', { userId: 'erna', runId: 'r1' });
    await add('Erna two.', { userId: 'erna', runId: 'r2' });
    await add('Erna three, of a like name.', { userId: 'erna/x' });
    await add('Fritz.', { userId: 'fritz', runId: 'r1' });
    const own = newClient({ baseUrl: server.url, apiKey: key });
    await own.add({ namespace: 'users/erna', text: 'By another door.' });
    const left = async () =>
      (await client.getAll({ filters: { OR: [{ user_id: { in: ['erna', 'erna/x', 'fritz'] } }] } })).results
        .map(({ memory }) => memory)
        .sort();
    expect(await client.deleteAll({ userId: 'erna', runId: 'r1' })).toMatchObject({ message: expect.any(String) });
    expect(await left()).toEqual(['Erna three, of a like name.', 'Erna two.', 'Fritz.']);
    await client.deleteAll({ userId: 'erna' });
    expect(await left()).toEqual(['Erna three, of a like name.', 'Fritz.']);
    for (const everything of [{}, { userId: '*' }, { userId: '' }, { userId: ' ' }]) {
      await expect(client.deleteAll(everything)).rejects.toMatchObject({ name: 'ValidationError' });
    }
    await client.deleteUsers({ userId: 'fritz' });
    expect(await left()).toEqual(['Erna three, of a like name.']);
    expect((await own.list({ namespace: 'users/erna' })).data).toHaveLength(1);
  });

  test('memories of other doors do not exist for it', async () => {
    const own = newClient({ baseUrl: server.url, apiKey: key });
    const { memories } = await own.add({ namespace: 'users/gina', text: 'Not for mem0.' });
    const id = idOf(memories[0]);
    await expect(client.get(id)).rejects.toMatchObject({ name: 'MemoryNotFoundError' });
    await expect(client.update(id, { text: 'x' })).rejects.toMatchObject({ name: 'MemoryNotFoundError' });
    await expect(client.delete(id)).rejects.toMatchObject({ name: 'MemoryNotFoundError' });
    await expect(client.history(id)).rejects.toMatchObject({ name: 'MemoryNotFoundError' });
  });

  test('batches update and delete', async () => {
    const { results } = await client.add(
      [1, 2].map((n) => ({ role: 'user', content: `Batch ${n}` })),
      { userId: 'batch' },
    );
    const ids = results.map(({ id }) => id);
    await client.batchUpdate(ids.map((memoryId) => ({ memoryId, text: 'Changed' })));
    expect(await client.get(idOf(results[1]))).toMatchObject({ memory: 'Changed' });
    await client.batchDelete(ids);
    expect(await client.getAll({ filters: { user_id: 'batch' } })).toMatchObject({ count: 0, results: [] });
  });

  test('what is not offered says so', async () => {
    await expect(client.users()).rejects.toMatchObject({ name: 'MemoryNotFoundError' });
  });
});

function idOf(memory: { readonly id: string } | undefined): string {
  if (memory === undefined) throw new Error('Nothing was stored.');
  return memory.id;
}
