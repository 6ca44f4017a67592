import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ImportUnit } from '../../src/importers/import-unit.ts';
import { type ImportOptions, runImport } from '../../src/importers/run-import.ts';
import { EcphoryError } from '../../src/memory/errors.ts';
import { limits } from '../../src/memory/limits.ts';
import type { MemoryService } from '../../src/memory/service.ts';
import { listAll, newClient } from '../../src/sdk/client.ts';
import { type HttpServer, openHttpServer } from '../service/http-server.ts';

describe('an import', () => {
  let server: HttpServer;
  let memory: MemoryService;
  beforeEach(async () => {
    server = await openHttpServer();
    memory = newClient({ baseUrl: server.url, apiKey: server.key });
  });
  afterEach(() => server.close());

  const options: ImportOptions = {
    format: 'chatgpt',
    place: (unit) => ({ namespace: 'users/alice', metadata: unit.metadata ?? {} }),
    isDryRun: false,
    isStopped: () => false,
    onProgress: () => {},
  };
  const said = (content: string): ImportUnit => ({ messages: [{ content }] });
  const numbered = (count: number) => Array.from({ length: count }, (_, index) => said(`Fact ${index}.`));

  async function texts(): Promise<string[]> {
    const found: string[] = [];
    for await (const one of listAll(memory, { namespace: 'users/alice' })) found.push(one.text);
    return found.sort();
  }

  test('stores a conversation as it was said, marked with where it came from', async () => {
    const unit: ImportUnit = {
      sessionId: 'c1',
      tags: ['x'.repeat(200)],
      metadata: { conversation_title: 'Trip' },
      messages: [
        { role: 'user', content: 'Where to?', timestamp: '2024-05-08T13:56:00.000Z' },
        { role: 'assistant', content: 'To Lisbon.', timestamp: '2024-05-08T13:57:00.000Z' },
      ],
    };
    expect(await runImport(memory, [unit], options)).toEqual({
      units: 1,
      stored: 1,
      storedMemories: 2,
      known: 0,
      failed: [],
      isComplete: true,
    });
    const { data } = await memory.list({ namespace: 'users/alice' });
    expect(data).toMatchObject([
      {
        text: 'To Lisbon.',
        role: 'assistant',
        sessionId: 'c1',
        origin: 'import',
        timestamp: '2024-05-08T13:57:00.000Z',
        metadata: { conversation_title: 'Trip', imported_from: 'chatgpt' },
        tags: ['x'.repeat(limits.tagCharacters)],
      },
      { text: 'Where to?', metadata: { import_key: expect.stringMatching(/^import-[0-9a-f]{40}$/) } },
    ]);
  });

  test('a second run, and a thing said twice in a file, store nothing', async () => {
    const units = [...numbered(40), said('Fact 0.'), said('Fact 39.')];
    expect(await runImport(memory, units, options)).toMatchObject({ stored: 40, known: 2 });
    expect(await runImport(memory, units, options)).toMatchObject({ stored: 0, known: 42, isComplete: true });
    expect(await texts()).toHaveLength(40);
    // Also when what was imported has been archived since.
    const [first] = (await memory.list({ namespace: 'users/alice', limit: 1 })).data;
    await memory.delete(first?.id ?? '');
    expect(await runImport(memory, units, options)).toMatchObject({ stored: 0 });
    // In another namespace it is another import.
    const elsewhere = { ...options, place: () => ({ namespace: 'users/bob', metadata: {} }) };
    expect(await runImport(memory, units.slice(0, 3), elsewhere)).toMatchObject({ stored: 3 });
  });

  test('a run that was broken off anywhere is completed by the next, and nothing is there twice', async () => {
    const units = numbered(70).map((unit, index) => ({
      ...unit,
      ...(index % 2 === 0 && { validity: { invalidAt: '2999-01-01T00:00:00.000Z' } }),
    }));
    for (const callsLeft of [1, 7, 20, 60]) {
      let calls = 0;
      const breaking = async <Result>(call: () => Promise<Result>): Promise<Result> => {
        calls += 1;
        if (calls > callsLeft) throw new EcphoryError('unavailable', 'The line is dead.');
        return call();
      };
      const dying: MemoryService = {
        ...memory,
        add: (input, how) => breaking(() => memory.add(input, how)),
        update: (id, input, how) => breaking(() => memory.update(id, input, how)),
      };
      await expect(runImport(dying, units, options)).rejects.toMatchObject({ code: 'unavailable' });
    }
    let groups = 0;
    const stopping = { ...options, isStopped: () => groups++ > 0 };
    expect(await runImport(memory, units, stopping)).toMatchObject({ isComplete: false });
    expect(await runImport(memory, units, options)).toMatchObject({ isComplete: true, failed: [] });
    const { data } = await memory.list({ namespace: 'users/alice', limit: 200 });
    expect(data.map(({ text }) => text).sort()).toEqual(units.map(({ messages: [one] }) => one?.content ?? '').sort());
    expect(data.filter(({ invalidAt }) => invalidAt !== null)).toHaveLength(35);
  });

  test('a dry run counts and stores nothing', async () => {
    await runImport(memory, numbered(2), options);
    const dry = { ...options, isDryRun: true };
    expect(await runImport(memory, numbered(5), dry)).toMatchObject({ stored: 3, known: 2, isComplete: true });
    expect(await texts()).toHaveLength(2);
  });

  test('what cannot be stored is named, and the rest is stored', async () => {
    const broken: ImportUnit = {
      metadata: { big: 'x'.repeat(20_000) },
      messages: [{ content: 'Too much said of it.' }],
    };
    const result = await runImport(memory, [said('One.'), broken, said('Two.')], options);
    expect(result).toMatchObject({ stored: 2, failed: [{ unit: 1, why: expect.stringContaining('Metadata') }] });
    expect(await texts()).toEqual(['One.', 'Two.']);
  });
});
