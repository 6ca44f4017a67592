import { AIMessage, HumanMessage, SystemMessage, ToolMessage } from '@langchain/core/messages';
import { FakeEmbeddings } from '@langchain/core/utils/testing';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  EcphoryChatHistory,
  EcphoryRetriever,
  embedderOf,
  embeddingsOf,
  newMemoryTools,
} from '../../src/integrations/langchain/langchain.ts';
import type { MemoryService } from '../../src/memory/service.ts';
import { guard } from '../../src/models/embed.ts';
import { hashedEmbedder } from '../../src/models/hashed-embedder.ts';
import { openMemoryInProcess, openMemoryOverHttp } from './open-memory.ts';

describe.each([
  ['in process', openMemoryInProcess],
  ['over HTTP', openMemoryOverHttp],
])('LangChain %s', (_, open) => {
  let memory: MemoryService;
  let close: () => Promise<void>;
  beforeEach(async () => {
    ({ memory, close } = await open());
  });
  afterEach(() => close());

  describe('the retriever', () => {
    test('gives the best memories as documents that say where they come from', async () => {
      await memory.add({
        namespace: 'users/alice',
        text: 'Alice repairs violins.',
        sessionId: 'monday',
        name: 'Alice',
        timestamp: '2024-05-06T10:00:00Z',
        tags: ['work'],
      });
      await memory.add({ namespace: 'users/alice', text: 'Alice climbs mountains.' });
      await memory.add({ namespace: 'users/bob', text: 'Bob repairs violins.' });
      const retriever = new EcphoryRetriever({ memory, namespace: 'users/alice', limit: 1 });
      const documents = await retriever.invoke('Who repairs violins?');
      expect(documents).toHaveLength(1);
      const [{ id, pageContent, metadata } = { id: '', pageContent: '', metadata: null }] = documents;
      expect(pageContent).toBe('Alice repairs violins.');
      expect(metadata).toMatchObject({
        id,
        namespace: 'users/alice',
        session_id: 'monday',
        speaker: 'Alice',
        happened_at: '2024-05-06T10:00:00.000Z',
        valid_until: null,
        version: 1,
        tags: ['work'],
      });
      expect(metadata?.score).toBeGreaterThan(0);
      expect(metadata?.source).toBe(metadata?.sources[0]);
      expect((await memory.get(id ?? '')).text).toBe(pageContent);
    });

    test('passes on its filter', async () => {
      await memory.add({ namespace: 'users/alice', text: 'Violins are kept dry.', metadata: { topic: 'work' } });
      const retriever = new EcphoryRetriever({ memory, namespace: 'users/**', filter: { topic: 'play' } });
      expect(await retriever.invoke('violins')).toEqual([]);
    });
  });

  describe('the chat history', () => {
    const call = { name: 'search', args: { q: 'Porto' }, id: 'call_1', type: 'tool_call' as const };

    test('gives back the messages as they were, oldest first, of its own session', async () => {
      const history = new EcphoryChatHistory({ memory, namespace: 'users/alice', sessionId: 'monday' });
      const messages = [
        new SystemMessage('Be kind.'),
        new HumanMessage({ content: 'Where did Clara move? \0 ~0 \\u0000', name: 'Alice', id: 'm1' }),
        new AIMessage({ content: '', tool_calls: [call] }),
        new ToolMessage({ content: '{"hits": ["Porto"]}', tool_call_id: 'call_1' }),
        new AIMessage({ content: [{ type: 'text', text: 'To Porto.' }], additional_kwargs: { x: 1 } }),
      ];
      await history.addMessages(messages.slice(0, 3));
      await history.addMessages(messages.slice(3));
      await new EcphoryChatHistory({ memory, namespace: 'users/alice', sessionId: 'tuesday' }).addUserMessage('Hello.');
      const kept = await history.getMessages();
      expect(kept.map((message) => message.toDict())).toEqual(messages.map((message) => message.toDict()));
    });

    test('keeps the order and number of more messages than a page holds', async () => {
      const history = new EcphoryChatHistory({ memory, namespace: 'users/alice', sessionId: 'long' });
      await history.addMessages(Array.from({ length: 501 }, (_, n) => new HumanMessage(`message ${n}`)));
      expect((await history.getMessages()).map((message) => message.text)).toEqual(
        Array.from({ length: 501 }, (_, n) => `message ${n}`),
      );
    });

    test('a message too large to be kept whole comes back as its text', async () => {
      const history = new EcphoryChatHistory({ memory, namespace: 'users/alice', sessionId: 's' });
      const text = 'Porto is rainy. '.repeat(2_000).trim();
      await history.addMessages([
        new HumanMessage({ content: text, id: 'm1' }),
        new ToolMessage({ content: text, tool_call_id: 'call_2' }),
      ]);
      const [human, tool] = await history.getMessages();
      expect([human?.type, human?.id, human?.text]).toEqual(['human', 'm1', text]);
      expect([tool?.type, tool?.text]).toEqual(['tool', text]);
    });

    test('other conversations find what was said; cleared it is out of recall, and can be restored', async () => {
      const history = new EcphoryChatHistory({ memory, namespace: 'users/alice', sessionId: 'monday' });
      await history.addUserMessage('My sister Clara moved to Porto.');
      const find = async () => (await memory.search({ namespace: 'users/alice', query: 'Clara' })).hits;
      const [hit] = await find();
      expect(hit?.memory).toMatchObject({ text: 'My sister Clara moved to Porto.', role: 'user', sessionId: 'monday' });
      await history.clear();
      expect(await history.getMessages()).toEqual([]);
      expect(await find()).toEqual([]);
      await memory.restore(hit?.memory.id ?? '');
      expect(await history.getMessages()).toHaveLength(1);
    });
  });

  describe('the tools', () => {
    test('answer with text for the model and the memories as artifact', async () => {
      const [add, search] = newMemoryTools(memory, { namespace: 'users/alice', only: ['add_memory', 'search_memory'] });
      const stored = await add?.invoke({
        type: 'tool_call',
        id: 'c1',
        name: 'add_memory',
        args: { text: 'Alice repairs violins.' },
      });
      expect(stored).toBeInstanceOf(ToolMessage);
      const found = await search?.invoke({
        type: 'tool_call',
        id: 'c2',
        name: 'search_memory',
        args: { query: 'violins' },
      });
      expect(JSON.parse(found.content).memories).toMatchObject([{ text: 'Alice repairs violins.' }]);
      expect(found.artifact).toMatchObject([{ namespace: 'users/alice' }]);
    });
  });
});

describe('embeddings', () => {
  test('ours serve LangChain, raw or behind the guard', async () => {
    const raw = hashedEmbedder();
    for (const embeddings of [embeddingsOf(raw), embeddingsOf(guard(raw))]) {
      const documents = await embeddings.embedDocuments(Array.from({ length: 300 }, (_, n) => `text ${n}`));
      expect(documents).toHaveLength(300);
      const query = await embeddings.embedQuery('text 7');
      expect(query).toHaveLength(384);
      expect(documents[7]).toEqual(query);
    }
  });

  test("LangChain's serve us, behind the guard", async () => {
    const embedder = guard(await embedderOf(new FakeEmbeddings(), { id: 'fake' }));
    expect(embedder).toMatchObject({ id: 'fake', dimensions: 4, class: 'sentence' });
    const [vector] = await embedder.embed(['a'], 'passage', 1_000);
    // [.1, .2, .3, .4] over its length, sqrt(.3).
    expect(vector?.[0]).toBeCloseTo(0.1 / Math.sqrt(0.3));
    expect(await embedder.embed(['a', 'b'], 'query', 1_000)).toHaveLength(2);
  });

  test("LangChain's give way to a signal", async () => {
    const embedder = await embedderOf(new FakeEmbeddings(), { id: 'fake', dimensions: 4 });
    await expect(embedder.embed(['a'], 'passage', AbortSignal.abort())).rejects.toThrow();
  });
});
