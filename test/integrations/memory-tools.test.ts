import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type MemoryToolName, memoryTools, type ToolAnswer } from '../../src/integrations/memory-tools/tools.ts';
import { EcphoryError } from '../../src/memory/errors.ts';
import type { MemoryService } from '../../src/memory/service.ts';
import { openMemoryInProcess, openMemoryOverHttp } from './open-memory.ts';

describe.each([
  ['in process', openMemoryInProcess],
  ['over HTTP', openMemoryOverHttp],
])('memory tools %s', (_, open) => {
  let memory: MemoryService;
  let close: () => Promise<void>;
  let use: (name: MemoryToolName, input: unknown) => Promise<ToolAnswer>;
  beforeEach(async () => {
    ({ memory, close } = await open());
    use = user(memory, 'users/alice');
  });
  afterEach(() => close());

  test('what is added is found, with its id and dates', async () => {
    const added = await use('add_memory', { text: 'Alice repairs violins.', timestamp: '2024-05-08', tags: ['work'] });
    const { stored } = JSON.parse(added.text);
    expect(stored).toMatchObject({
      text: 'Alice repairs violins.',
      happened_at: '2024-05-08T00:00:00.000Z',
      tags: ['work'],
    });
    const found = JSON.parse((await use('search_memory', { query: 'violins' })).text);
    expect(found.memories).toEqual([stored]);
    expect(found.confidence).toBeTypeOf('number');
    expect(JSON.parse((await use('get_memory', { id: stored.id })).text)).toEqual({ memory: stored });
    expect(added.memories[0]?.origin).toBe('agent');
  });

  test('a page of the list leads to the next', async () => {
    for (const text of ['one', 'two', 'three']) await memory.add({ namespace: 'users/alice', text });
    const first = JSON.parse((await use('list_memories', { limit: 2 })).text);
    const second = JSON.parse((await use('list_memories', { limit: 2, cursor: first.next_cursor })).text);
    const texts = [...first.memories, ...second.memories].map(({ text }: { text: string }) => text);
    expect(texts).toEqual(['three', 'two', 'one']);
    expect(second.next_cursor).toBeNull();
  });

  test('a correction keeps what was, and says when', async () => {
    const { memories } = await use('add_memory', { text: 'Alice lives in Lima.' });
    const id = memories[0]?.id;
    const { updated } = JSON.parse((await use('update_memory', { id, text: 'Alice lives in Porto.' })).text);
    expect(updated).toMatchObject({ id, text: 'Alice lives in Porto.', version: 2 });
    expect(updated.changed_at).toBeTypeOf('string');
    const { versions } = JSON.parse((await use('memory_history', { id })).text);
    expect(versions.map(({ text }: { text: string }) => text)).toEqual([
      'Alice lives in Lima.',
      'Alice lives in Porto.',
    ]);
    const ended = JSON.parse((await use('update_memory', { id, valid_until: '2025-01-01' })).text);
    expect(ended.updated.valid_until).toBe('2025-01-01T00:00:00.000Z');
  });

  test('what is deleted is out of recall, and can be restored', async () => {
    const id = (await use('add_memory', { text: 'Alice likes jazz.' })).memories[0]?.id ?? '';
    expect(JSON.parse((await use('delete_memory', { id })).text)).toMatchObject({ id, state: 'archived' });
    expect(JSON.parse((await use('search_memory', { query: 'jazz' })).text).memories).toEqual([]);
    expect((await memory.restore(id)).state).toBe('active');
  });

  test('a context is text to read, or says that nothing is known', async () => {
    expect((await use('get_context', { query: 'violins' })).text).toBe('Nothing is known about that.');
    await use('add_memory', { text: 'Alice repairs violins.' });
    const { text, memories } = await use('get_context', { query: 'violins', max_tokens: 500 });
    expect(text).toContain('Alice repairs violins.');
    expect(text).toContain(memories[0]?.id);
  });

  test('neither words nor ids lead to the memory of another', async () => {
    const bob = user(memory, 'users/bob');
    const id = (await bob('add_memory', { text: 'Bob is a spy.' })).memories[0]?.id;
    for (const [name, input] of [
      ['get_memory', { id }],
      ['update_memory', { id, text: 'Bob is no spy.' }],
      ['delete_memory', { id }],
      ['memory_history', { id }],
    ] as const) {
      const answer = await use(name, input);
      expect(answer.isError).toBe(true);
      expect(answer.text).toBe(
        'There is no memory with this id. Use an id from search_memory or list_memories, whole and unchanged.',
      );
    }
    await use('add_memory', { text: 'Alice repairs violins.', namespace: 'users/bob' });
    expect((await use('search_memory', { query: 'spy', namespace: 'users/bob' })).text).not.toContain('Bob');
    expect((await memory.list({ namespace: 'users/bob' })).data.map(({ text }) => text)).toEqual(['Bob is a spy.']);
  });

  test('what cannot be done is a text that says what to do', async () => {
    const empty = await use('add_memory', { text: '   ' });
    expect([empty.isError, empty.text]).toEqual([true, 'The text is empty. Change /text and try again.']);
    const wrong = await use('search_memory', { limit: 0 });
    expect(wrong.text).toContain('The input is not valid.');
    expect(wrong.text).toContain('query');
    expect((await use('add_memory', { text: 'a', timestamp: 'yesterday' })).text).toContain(
      '"yesterday" is not a time.',
    );
    expect((await use('update_memory', { id: 'note_x' })).text).toContain('Nothing to change');
    expect((await use('get_memory', { id: '../admin' })).isError).toBe(true);
  });
});

describe('memory tools', () => {
  test('without a namespace the model says whose memory it is', async () => {
    const { memory, close } = await openMemoryInProcess();
    const use = user(memory, undefined);
    expect((await use('add_memory', { text: 'Alice sings.' })).text).toContain('namespace');
    const { memories } = await use('add_memory', { text: 'Alice sings.', namespace: 'users/alice' });
    expect((await use('get_memory', { id: memories[0]?.id })).isError).toBe(false);
    expect((await use('search_memory', { query: 'sings', namespace: 'users/**' })).memories).toHaveLength(1);
    await close();
  });

  test('a memory that does not answer is no reason to fail', async () => {
    const { memory, close } = await openMemoryInProcess();
    const down: MemoryService = {
      ...memory,
      search: () => Promise.reject(new EcphoryError('unavailable', 'No answer.')),
    };
    const answer = await user(down, 'users/alice')('search_memory', { query: 'a' });
    expect(answer).toMatchObject({ isError: true, text: expect.stringContaining('Go on without it') });
    await close();
  });

  test('have schemas that every host can read, and say what they change', async () => {
    const { memory, close } = await openMemoryInProcess();
    const tools = memoryTools(memory);
    expect(tools.map(({ name }) => name)).toEqual([
      'add_memory',
      'search_memory',
      'get_memory',
      'list_memories',
      'update_memory',
      'delete_memory',
      'get_context',
      'memory_history',
    ]);
    for (const { schema } of tools) expect(z.toJSONSchema(schema)).toMatchObject({ type: 'object' });
    expect(tools.filter(({ isDestructive }) => isDestructive).map(({ name }) => name)).toEqual(['delete_memory']);
    expect(tools.filter(({ isReadOnly }) => !isReadOnly).map(({ name }) => name)).toEqual([
      'add_memory',
      'update_memory',
      'delete_memory',
    ]);
    await close();
  });
});

function user(memory: MemoryService, namespace: string | undefined) {
  const tools = memoryTools(memory, namespace === undefined ? {} : { namespace });
  return async (name: MemoryToolName, input: unknown): Promise<ToolAnswer> => {
    const tool = tools.find((one) => one.name === name);
    if (tool === undefined) throw new Error(`There is no tool ${name}.`);
    return tool.run(input);
  };
}
