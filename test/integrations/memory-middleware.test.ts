import { AIMessage, type BaseMessage, HumanMessage } from '@langchain/core/messages';
import { type FakeBuiltModel, fakeModel } from '@langchain/core/testing';
import { MemorySaver } from '@langchain/langgraph';
import { createAgent } from 'langchain';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { memoryMiddleware } from '../../src/integrations/langchain/middleware.ts';
import { EcphoryError } from '../../src/memory/errors.ts';
import type { MemoryService } from '../../src/memory/service.ts';
import { openMemoryInProcess, openMemoryOverHttp } from './open-memory.ts';

describe.each([
  ['in process', openMemoryInProcess],
  ['over HTTP', openMemoryOverHttp],
])('memoryMiddleware %s', (_, open) => {
  let memory: MemoryService;
  let close: () => Promise<void>;
  beforeEach(async () => {
    ({ memory, close } = await open());
  });
  afterEach(() => close());

  const ask = (text: string) => ({ messages: [new HumanMessage(text)] });
  const alice = { context: { userId: 'alice' } };
  const textsOf = async (namespace: string) =>
    (await memory.list({ namespace })).data.map(({ text }) => text).reverse();

  test('recalls once, puts it at the end of the system message, and keeps it out of the state', async () => {
    await memory.add({ namespace: 'users/alice', text: 'Alice is allergic to peanuts.' });
    const asked: string[] = [];
    const counted: MemoryService = {
      ...memory,
      context: (input) => {
        asked.push(input.query);
        return memory.context(input);
      },
    };
    const model = fakeModel()
      .respond(calling('search_memory', { query: 'peanuts' }))
      .respond(new AIMessage('No peanuts for Alice.'));
    const checkpointer = new MemorySaver();
    const middleware = memoryMiddleware({ memory: counted });
    const agent = createAgent({ model, middleware: [middleware], systemPrompt: 'You cook.', checkpointer });
    const result = await agent.invoke(ask('What is Alice allergic to?'), {
      ...alice,
      configurable: { thread_id: 't1' },
    });
    await middleware.settled();

    expect(asked).toEqual(['What is Alice allergic to?']);
    expect(model.callCount).toBe(2);
    for (const index of [0, 1]) {
      const system = systemOf(model, index);
      expect(system.startsWith('You cook.\n\n')).toBe(true);
      expect(system).toContain('Alice is allergic to peanuts.');
    }
    expect(Object.keys(result)).toEqual(['messages']);
    const checkpoint = await checkpointer.getTuple({ configurable: { thread_id: 't1' } });
    expect(JSON.stringify(checkpoint?.checkpoint.channel_values)).not.toContain('<memories');
    expect(result.messages.map(({ type }: BaseMessage) => type)).toEqual(['human', 'ai', 'tool', 'ai']);
  });

  test('remembers what was said, once, with its session, and nothing of the tools', async () => {
    const middleware = memoryMiddleware({ memory });
    const model = fakeModel()
      .respond(calling('search_memory', { query: 'Clara' }))
      .respond(new AIMessage('How nice.'))
      .respond(new AIMessage('Often.'));
    const agent = createAgent({ model, middleware: [middleware], checkpointer: new MemorySaver() });
    const config = { ...alice, configurable: { thread_id: 'monday' } };
    await agent.invoke(ask('Clara moved to Porto.'), config);
    await agent.invoke(ask('Does it rain there?'), config);
    await middleware.settled();
    const { data } = await memory.list({ namespace: 'users/alice' });
    const said = data.map(({ text, role, sessionId }) => [text, role, sessionId]).reverse();
    expect(said).toEqual([
      ['Clara moved to Porto.', 'user', 'monday'],
      ['How nice.', 'assistant', 'monday'],
      ['Does it rain there?', 'user', 'monday'],
      ['Often.', 'assistant', 'monday'],
    ]);
  });

  test('keeps users apart, also those whose ids look like paths', async () => {
    const middleware = memoryMiddleware({ memory, tools: [] });
    const model = fakeModel().respond(new AIMessage('Yes.')).respond(new AIMessage('Well.'));
    const agent = createAgent({ model, middleware: [middleware] });
    await agent.invoke(ask('I am a spy.'), { context: { userId: '../a/**' } });
    await agent.invoke(ask('Who is a spy?'), { context: { userId: 'a' } });
    await middleware.settled();
    expect(systemOf(model, 1)).not.toContain('I am a spy.');
    expect(await textsOf('users/..%2Fa%2F%2A%2A')).toEqual(['I am a spy.', 'Yes.']);
  });

  test('makes a namespace from the id of a user', async () => {
    const middleware = memoryMiddleware({ memory, userId: 'ana@x.com', namespace: (user) => `teams/red/${user}` });
    const agent = createAgent({ model: fakeModel().respond(new AIMessage('Hello.')), middleware: [middleware] });
    await agent.invoke(ask('I am Ana.'));
    await middleware.settled();
    expect(await textsOf('teams/red/ana@x.com')).toEqual(['I am Ana.', 'Hello.']);
  });

  test('gives tools that reach the memory of the user alone', async () => {
    const added = await memory.add({ namespace: 'users/bob', text: 'Bob likes jazz.' });
    const id = added.memories[0]?.id ?? '';
    const model = fakeModel()
      .respond(calling('delete_memory', { id }))
      .respond(calling('add_memory', { text: 'Alice likes fado.' }))
      .respond(new AIMessage('Done.'));
    const middleware = memoryMiddleware({ memory, remembersTurns: false });
    const agent = createAgent({ model, middleware: [middleware] });
    const { messages } = await agent.invoke(ask('Forget jazz.'), alice);
    expect(messages.find(({ type }: BaseMessage) => type === 'tool')?.text).toContain(
      'There is no memory with this id.',
    );
    expect((await memory.get(id)).state).toBe('active');
    expect(await textsOf('users/alice')).toEqual(['Alice likes fado.']);
  });

  test('does not wait for what is remembered', async () => {
    let finish = () => {};
    const held = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const slow: MemoryService = { ...memory, add: (input, options) => held.then(() => memory.add(input, options)) };
    const middleware = memoryMiddleware({ memory: slow });
    const agent = createAgent({ model: fakeModel().respond(new AIMessage('Hello.')), middleware: [middleware] });
    await agent.invoke(ask('I am Alice.'), alice);
    expect(await textsOf('users/alice')).toEqual([]);
    finish();
    await middleware.settled();
    expect(await textsOf('users/alice')).toEqual(['I am Alice.', 'Hello.']);
  });

  test('an agent whose memory fails goes on, and says so', async () => {
    const down = () => Promise.reject(new EcphoryError('unavailable', 'It does not answer.'));
    const failures: string[] = [];
    const middleware = memoryMiddleware({
      memory: { ...memory, context: down, add: down },
      onFailure: (message) => failures.push(message),
    });
    const agent = createAgent({ model: fakeModel().respond(new AIMessage('Hello.')), middleware: [middleware] });
    const { messages } = await agent.invoke(ask('I am Alice.'), alice);
    await middleware.settled();
    expect(messages.at(-1)?.text).toBe('Hello.');
    expect(failures).toEqual([
      'Nothing was recalled; the agent goes on without its memory.',
      'A turn was not remembered.',
    ]);
  });

  test('a turn that is repeated is remembered once; another with the same ids is not lost', async () => {
    const middleware = memoryMiddleware({ memory });
    const model = fakeModel();
    const agent = createAgent({ model, middleware: [middleware] });
    for (const [said, answer] of [
      ['I am Alice.', 'Hello.'],
      ['I am Alice.', 'Hello.'],
      ['I repair violins.', 'How fine.'],
    ] as const) {
      model.respond(new AIMessage({ content: answer, id: '2' }));
      await agent.invoke({ messages: [new HumanMessage({ content: said, id: '1' })] }, alice);
      await middleware.settled();
    }
    expect(await textsOf('users/alice')).toEqual(['I am Alice.', 'Hello.', 'I repair violins.', 'How fine.']);
  });

  test('refuses to run when nobody said whose memory it is', async () => {
    const agent = createAgent({ model: fakeModel(), middleware: [memoryMiddleware({ memory })] });
    await expect(agent.invoke(ask('Hello.'))).rejects.toThrow('Nobody said whose memory it is');
  });
});

function calling(name: string, args: Record<string, unknown>): AIMessage {
  return new AIMessage({ content: '', tool_calls: [{ name, args, id: `call of ${name}` }] });
}

/** The system message of a call of the model. */
function systemOf(model: FakeBuiltModel, call: number): string {
  return model.calls[call]?.messages.find(({ type }) => type === 'system')?.text ?? '';
}
