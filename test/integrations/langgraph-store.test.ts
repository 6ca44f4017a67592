import { AIMessage, HumanMessage } from '@langchain/core/messages';
import { fakeModel } from '@langchain/core/testing';
import { type ToolRuntime, tool } from '@langchain/core/tools';
import { Annotation, END, type LangGraphRunnableConfig, START, StateGraph } from '@langchain/langgraph';
import { InMemoryStore } from '@langchain/langgraph-checkpoint';
import { createAgent } from 'langchain';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { embeddingsOf } from '../../src/integrations/langchain/embeddings.ts';
import { EcphoryStore, storeOf } from '../../src/integrations/langgraph/store.ts';
import type { MemoryService } from '../../src/memory/service.ts';
import { hashedEmbedder } from '../../src/models/hashed-embedder.ts';
import { openMemoryInProcess, openMemoryOverHttp } from './open-memory.ts';
import { storeContract } from './store-contract.ts';

storeContract({
  name: "as LangGraph's own",
  async open() {
    const store = new InMemoryStore({ index: { dims: 384, embeddings: embeddingsOf(hashedEmbedder()) } });
    return { store, close: async () => {} };
  },
});

storeContract({
  name: 'in Ecphory, in process',
  async open() {
    const { memory, close } = await openMemoryInProcess();
    return { store: new EcphoryStore({ memory }), close };
  },
});

storeContract({
  name: 'in Ecphory, over HTTP',
  async open() {
    const { memory, close } = await openMemoryOverHttp();
    return { store: new EcphoryStore({ memory, root: 'agents/planner' }), close };
  },
});

describe('a LangGraph store in Ecphory, where it differs from InMemoryStore', () => {
  let memory: MemoryService;
  let store: EcphoryStore;
  let close: () => Promise<void>;
  beforeEach(async () => {
    ({ memory, close } = await openMemoryInProcess());
    store = new EcphoryStore({ memory });
  });
  afterEach(() => close());

  test('two stores that put one new key at the same time leave one item', async () => {
    const other = new EcphoryStore({ memory });
    for (let round = 0; round < 20; round += 1) {
      const key = `key-${round}`;
      await Promise.all([store.put(['race'], key, { by: 'one' }), other.put(['race'], key, { by: 'other' })]);
    }
    const { data } = await memory.list({ namespace: 'langgraph/race', limit: 200 });
    expect(data).toHaveLength(20);
  });

  test('a put beside a delete leaves the item or nothing, never an error', async () => {
    const other = new EcphoryStore({ memory });
    for (let round = 0; round < 20; round += 1) {
      await store.put(['race'], 'key', { round });
      await Promise.all([store.put(['race'], 'key', { round: 'again' }), other.delete(['race'], 'key')]);
      expect([null, 'again']).toContain((await store.get(['race'], 'key'))?.value.round ?? null);
    }
  });

  test('nothing of a batch is written when one of its operations is not valid', async () => {
    const good = { namespace: ['a'], key: 'good', value: { n: 1 } };
    for (const bad of [
      { namespace: ['a.b'], key: 'key', value: { n: 1 } },
      { namespace: ['a'], key: 'key', value: { n: 1n } },
      { namespace: ['a'], key: 'x'.repeat(513), value: { n: 1 } },
      { namespace: ['a'], key: 'nul\0', value: { n: 1 } },
      { namespace: Array.from({ length: 8 }, () => 'a'), key: 'key', value: { n: 1 } },
      { namespace: ['a'], key: 'key', value: { text: 'x'.repeat(1_000_001) } },
      { namespacePrefix: ['a'], limit: -1 },
    ]) {
      await expect(store.batch([good, bad])).rejects.toThrow();
    }
    expect(await store.search([])).toEqual([]);
  });

  test('says what was wrong', async () => {
    await expect(store.put(['a'], 'key', { n: 1n })).rejects.toThrow('must be JSON');
    await expect(store.put(['a'], 'big', { text: 'x'.repeat(1_000_001) })).rejects.toThrow(
      'Split it over several keys',
    );
    await expect(store.put(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'], 'key', {})).rejects.toThrow('at most 7 labels');
  });

  test('without a query the newest items come first', async () => {
    for (const key of ['a', 'b', 'c']) await store.put(['order'], key, { key });
    expect((await store.search(['order'])).map(({ key }) => key)).toEqual(['c', 'b', 'a']);
  });

  test('a namespace that was emptied is not listed', async () => {
    await store.put(['gone'], 'key', {});
    await store.delete(['gone'], 'key');
    expect(await store.listNamespaces({ prefix: ['gone'] })).toEqual([]);
  });

  test('the index of the store says what queries find, by namespace, where a put cannot', async () => {
    const indexed = new EcphoryStore({
      memory,
      index: ([kind]) => (kind === 'files' ? false : ['about.title', 'tags[*]']),
    });
    await indexed.put(['files'], 'f', { text: 'violin' });
    await indexed.put(['notes'], 'n', { about: { title: 'violin' }, text: 'cello', tags: ['viola', 'bass'] });
    const scored = async (query: string) =>
      (await indexed.search([], { query })).filter(({ score }) => score !== undefined).map(({ key }) => key);
    expect(await scored('violin')).toEqual(['n']);
    expect(await scored('bass')).toEqual(['n']);
    expect(await scored('cello')).toEqual([]);
  });

  test('deleting erases, with history and with the parts of a large value', async () => {
    await store.put(['a'], 'key', { text: 'secret '.repeat(5_000) });
    await store.put(['a'], 'key', { text: 'secret '.repeat(6_000) });
    await store.delete(['a'], 'key');
    const states = ['active', 'archived', 'invalidated', 'quarantined'] as const;
    for (const namespace of ['langgraph/**', 'langgraph-parts/**']) {
      expect((await memory.list({ namespace, states })).data).toEqual([]);
    }
  });

  test('what is archived in Ecphory is gone here, and back when restored; every version is kept', async () => {
    await store.put(['a'], 'key', { n: 1 });
    await store.put(['a'], 'key', { n: 2 });
    const [note] = (await memory.list({ namespace: 'langgraph/a' })).data;
    const id = note?.id ?? '';
    expect((await memory.history(id)).map(({ metadata }) => metadata['value.n'])).toEqual([1, 2]);
    await memory.delete(id);
    expect(await store.get(['a'], 'key')).toBeNull();
    await memory.restore(id);
    expect((await store.get(['a'], 'key'))?.value).toEqual({ n: 2 });
  });

  test('sees only items of its own root, and no other memories', async () => {
    await memory.add({ namespace: 'langgraph/a', text: 'A memory that is no item.' });
    await new EcphoryStore({ memory, root: 'elsewhere' }).put(['a'], 'key', { text: 'memory' });
    expect(await store.search([], { query: 'memory' })).toEqual([]);
    expect(await store.listNamespaces()).toEqual([]);
  });

  test('inside a compiled graph: get, search, put and delete', async () => {
    await store.put(['users', 'alice'], 'old', { text: 'Alice likes jazz.' });
    const node: GraphNode = async (_, { store: inner }) => {
      if (inner === undefined) throw new Error('There is no store.');
      await Promise.all([
        inner.put(['users', 'alice'], 'new', { text: 'Alice repairs violins.' }),
        inner.get(['users', 'alice'], 'old'),
      ]);
      const [best] = await inner.search(['users'], { query: 'violins' });
      await inner.delete(['users', 'alice'], 'old');
      expect(storeOf({ store: inner })).toBe(inner);
      // LangGraph's own limit, not ours: if these work one day, the documentation can say so.
      await expect(inner.listNamespaces()).rejects.toThrow();
      return { answer: best?.value.text };
    };
    const graph = new StateGraph(Annotation.Root({ answer: Annotation<string> }))
      .addNode('node', node)
      .addEdge(START, 'node')
      .addEdge('node', END)
      .compile({ store });
    expect(await graph.invoke({})).toEqual({ answer: 'Alice repairs violins.' });
    expect((await store.search(['users'])).map(({ key }) => key)).toEqual(['new']);
  });

  test('serves createAgent: a tool finds it in its runtime', async () => {
    const save = tool(
      async ({ text }: { text: string }, runtime: ToolRuntime) => {
        await storeOf(runtime).put(['users', 'alice'], 'fact', { text });
        return 'Saved.';
      },
      { name: 'save', description: 'Saves a fact.', schema: z.object({ text: z.string() }) },
    );
    const call = { name: 'save', args: { text: 'Alice sings.' }, id: 'c1' };
    const model = fakeModel()
      .respond(new AIMessage({ content: '', tool_calls: [call] }))
      .respond(new AIMessage('Done.'));
    await createAgent({ model, tools: [save], store }).invoke({ messages: [new HumanMessage('I sing.')] });
    expect((await store.get(['users', 'alice'], 'fact'))?.value).toEqual({ text: 'Alice sings.' });
  });

  test('storeOf says what is missing', () => {
    expect(() => storeOf({})).toThrow('compile({ store })');
  });
});

type GraphNode = (state: object, config: LangGraphRunnableConfig) => Promise<{ answer: string }>;
