import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ConsolidationWorker } from '../../src/consolidation/worker.ts';
import type { Operation } from '../../src/memory/knowledge.ts';
import { newClient } from '../../src/sdk/client.ts';
import { newConsolidation } from '../../src/worker-passes.ts';
import { type HttpServer, openHttpServer } from './http-server.ts';

/** The client, a socket, the service and the worker, with rules alone. */
let server: HttpServer;
let worker: ConsolidationWorker;
beforeAll(async () => {
  server = await openHttpServer({ consolidation: { wake: () => worker.wake() } });
  worker = newConsolidation({
    store: server.store,
    embedder: null,
    model: null,
    tokensPerDay: 0,
    clock: Date.now,
    onNotice: (message, cause) => {
      throw new Error(message, { cause });
    },
  });
});
afterAll(async () => {
  await worker.close();
  await server.close();
});

test('a conversation is consolidated while its caller waits; what the run did is shown and can be taken back', async () => {
  const memory = newClient({ baseUrl: server.url, apiKey: server.key });
  const namespace = 'users/ann';
  await memory.add({
    namespace,
    sessionId: 's1',
    messages: [
      { role: 'user', name: 'Ann', content: 'I live in Porto.', timestamp: '2023-01-01T10:00:00Z' },
      { role: 'user', name: 'Ann', content: 'I moved to Lisbon yesterday.', timestamp: '2024-03-01T10:00:00Z' },
      { role: 'user', name: 'Ann', content: 'My sister Clara works at Nordwind.', timestamp: '2024-03-01T10:01:00Z' },
    ],
  });
  const before = await memory.list({ namespace });

  const seen: Operation[] = [];
  const done = await memory.consolidate({ namespace }, { wait: true, onProgress: (one) => seen.push(one) });
  expect(done).toMatchObject({ state: 'done', error: null });
  expect(seen.at(-1)).toEqual(done);
  const { data } = await memory.list({ namespace });
  expect(data.map(({ text }) => text)).toEqual(before.data.map(({ text }) => text));
  const residence = await memory.changes({ namespace, subject: 'Ann', attribute: 'residence' });
  expect(residence.map(({ kind, fact }) => [kind, fact.value])).toEqual([
    ['began', 'Porto'],
    ['ended', 'Porto'],
    ['began', 'Lisbon'],
  ]);
  const [clara] = await memory.entities({ namespace, prefix: 'clara' });
  const { mentionedIn } = await memory.entity(clara!.id);
  expect(mentionedIn.map(({ text }) => text)).toContain('My sister Clara works at Nordwind.');

  // The worker also looks by itself after a write: whichever came first has done it.
  const runs = await memory.runs({ namespace });
  const operations = await memory.operations({ states: ['done'] });
  expect(runs.length).toBeGreaterThan(0);
  for (const { id, operationId } of runs) {
    expect(operations.map((one) => one.id)).toContain(operationId);
    expect((await memory.run(id)).answers).toEqual([]);
    expect(await memory.revertRun(id)).toMatchObject({ id, state: 'reverted' });
  }
  expect((await memory.list({ namespace })).data).toEqual(before.data);
  expect(await memory.facts({ namespace, includeSuperseded: true })).toEqual([]);
  expect(await memory.entities({ namespace })).toEqual([]);
});
