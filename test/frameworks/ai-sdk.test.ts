import type { LanguageModelMiddleware, ToolSet } from 'ai';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  type MemoryMiddlewareOptions,
  memoryMiddleware,
  newMemoryTools,
} from '../../src/integrations/ai-sdk/ai-sdk.ts';
import type { MemoryService } from '../../src/memory/service.ts';
import { type OpenMemory, openMemoryInProcess } from '../integrations/open-memory.ts';
import { isInstalled, whyNot } from './installed.ts';

const namespace = 'users/alice';

describe('memory for a model of the AI SDK', () => {
  let open: OpenMemory;
  beforeEach(async ({ skip }) => {
    skip(!isInstalled, whyNot);
    open = await openMemoryInProcess();
  });
  afterEach(() => open?.close());

  test('recalls what is known before a call, and remembers both sides after it', async () => {
    await open.memory.add({ namespace, text: 'Alice is allergic to peanuts.' });
    const agent = await scripted({ memory: open.memory, userId: 'alice', sessionId: 'monday' }, [[say('A salad.')]]);
    expect(await agent.ask({ system: 'You cook.', prompt: 'Which allergies do I have to peanuts?' })).toBe('A salad.');
    await agent.settled();
    const [system, user] = agent.prompts[0] ?? [];
    expect(system).toMatchObject({ role: 'system' });
    expect(system?.content).toMatch(/^You cook\.\n\n[\s\S]*Alice is allergic to peanuts\./);
    expect(user).toMatchObject({ role: 'user', content: [{ text: 'Which allergies do I have to peanuts?' }] });
    expect((await remembered()).slice(1)).toEqual([
      ['user', 'Which allergies do I have to peanuts?', 'monday'],
      ['assistant', 'A salad.', 'monday'],
    ]);
  });

  test('streams the same parts, and remembers the words when the stream is over or its reader stops', async () => {
    const { stream, settled } = await scripted({ memory: open.memory, namespace }, [
      [say('One two.')],
      [say('Three four.')],
    ]);
    expect(await stream('Count.')).toBe('One two.');
    const { streamText, wrapLanguageModel } = await import('ai');
    const { MockLanguageModelV3 } = await import('ai/test');
    await settled();
    // A reader who has read enough.
    const middleware = memoryMiddleware({ memory: open.memory, namespace });
    const endless = new MockLanguageModelV3({
      doStream: async ({ abortSignal }) => ({
        stream: new ReadableStream({
          start(controller) {
            controller.enqueue({ type: 'text-start', id: '1' });
            controller.enqueue({ type: 'text-delta', id: '1', delta: 'As far as I came' });
            abortSignal?.addEventListener('abort', () => controller.error(abortSignal.reason));
          },
        }),
      }),
    });
    const stop = new AbortController();
    const model = wrapLanguageModel({ model: endless, middleware });
    const { textStream } = streamText({ model, prompt: 'Go on.', abortSignal: stop.signal });
    for await (const text of textStream) if (text.includes('came')) stop.abort();
    await expect.poll(() => remembered()).toContainEqual(['assistant', 'As far as I came', null]);
    await middleware.settled();
    expect(await remembered()).toEqual([
      ['user', 'Count.', null],
      ['assistant', 'One two.', null],
      ['user', 'Go on.', null],
      ['assistant', 'As far as I came', null],
    ]);
  });

  test('sees the same memory in every call of one run with tools, and remembers nothing twice', async () => {
    await open.memory.add({ namespace, text: 'The office of Alice is in Porto.' });
    let recalls = 0;
    const memory: MemoryService = {
      ...open.memory,
      context: (input) => {
        recalls += 1;
        return open.memory.context(input);
      },
    };
    const tools: ToolSet = newMemoryTools(memory, { namespace, only: ['add_memory', 'get_memory'] });
    const agent = await scripted({ memory, namespace, tools }, [
      [say('Let me see.'), call('get_memory', { id: 'note_none' })],
      [call('add_memory', { text: 'Alice asked for the weather in Porto.' })],
      [say('It rains in Porto.')],
    ]);
    expect(await agent.ask({ prompt: 'How is the weather at the office?' })).toBe('It rains in Porto.');
    await agent.settled();
    expect(recalls).toBe(1);
    expect(agent.prompts.map((prompt) => prompt[0])).toEqual(Array(3).fill(agent.prompts[0]?.[0]));
    expect(JSON.stringify(agent.prompts[1]?.at(-1))).toContain(
      'There is no memory with this id. Use an id from search_memory',
    );
    expect(JSON.stringify(agent.prompts[2]?.at(-1))).toContain('Alice asked for the weather');
    const texts = (await remembered()).map(([role, text]) => `${role}: ${text}`);
    expect(texts.filter((text) => !text.includes('Alice'))).toEqual([
      'user: How is the weather at the office?',
      'assistant: Let me see.',
      'assistant: It rains in Porto.',
    ]);
  });

  test('goes on without a memory that fails or hangs, and says so', async () => {
    const told: string[] = [];
    const broken: MemoryService = {
      ...open.memory,
      context: () => Promise.reject(new Error('away')),
      add: () => Promise.reject(new Error('away')),
    };
    const onFailure = (message: string) => told.push(message);
    const { ask, settled } = await scripted({ memory: broken, namespace, onFailure }, [[say('Fine.')]]);
    expect(await ask({ prompt: 'Hello?' })).toBe('Fine.');
    await settled();
    expect(told).toEqual(['Nothing was recalled; the model goes on without its memory.', 'A turn was not remembered.']);
  });

  test('does not wait until a turn is remembered', async () => {
    let finish = () => {};
    const slow: MemoryService = {
      ...open.memory,
      add: async (input) => {
        await new Promise<void>((resolve) => {
          finish = resolve;
        });
        return open.memory.add(input);
      },
    };
    const { ask, settled } = await scripted({ memory: slow, namespace }, [[say('Fine.')]]);
    expect(await ask({ prompt: 'Hello there.' })).toBe('Fine.');
    expect(await remembered()).toEqual([]);
    finish();
    await settled();
    expect(await remembered()).toHaveLength(2);
  });

  test('remembers nothing of a call that failed, nor of an answer in JSON more than the question', async () => {
    const { generateText, Output, wrapLanguageModel } = await import('ai');
    const { MockLanguageModelV3 } = await import('ai/test');
    const { z } = await import('zod');
    const middleware = memoryMiddleware({ memory: open.memory, namespace });
    const failing = new MockLanguageModelV3({ doGenerate: () => Promise.reject(new Error('no model')) });
    const model = wrapLanguageModel({ model: failing, middleware });
    await expect(generateText({ model, prompt: 'Hello.', maxRetries: 0 })).rejects.toThrow('no model');
    const { model: answering, settled } = await scripted({ memory: open.memory, namespace }, [
      [say('{"mood":"good"}')],
    ]);
    const { output } = await generateText({
      model: answering,
      prompt: 'How am I?',
      output: Output.object({ schema: z.object({ mood: z.string() }) }),
    });
    expect(output).toEqual({ mood: 'good' });
    await Promise.all([middleware.settled(), settled()]);
    expect(await remembered()).toEqual([['user', 'How am I?', null]]);
  });

  test('keeps users apart by what each call says, and fails a call of nobody', async () => {
    const { ask, settled } = await scripted({ memory: open.memory }, [[say('Hi.')], [say('Hi.')]]);
    await ask({ prompt: 'I am Alice.', providerOptions: { ecphory: { userId: 'alice' } } });
    await ask({ prompt: 'I am evil.', providerOptions: { ecphory: { userId: '../alice', sessionId: 's' } } });
    await settled();
    expect((await open.memory.list({ namespace: 'users/alice' })).data.map(({ text }) => text)).not.toContain(
      'I am evil.',
    );
    expect((await open.memory.list({ namespace: 'users/..%2Falice' })).data).toHaveLength(2);
    await expect(ask({ prompt: 'Who am I?' })).rejects.toThrow('Nobody said whose memory it is');
  });

  async function remembered(): Promise<readonly (readonly (string | null)[])[]> {
    const { data } = await open.memory.list({ namespace });
    return data.map(({ role, text, sessionId }) => [role, text, sessionId]).reverse();
  }
});

const say = (text: string) => ({ type: 'text' as const, text });
const call = (toolName: string, input: object) => ({
  type: 'tool-call' as const,
  toolCallId: `call_${toolName}`,
  toolName,
  input: JSON.stringify(input),
});

/** A model that answers with these contents, one a call. */
async function scripted(
  { tools, ...options }: MemoryMiddlewareOptions & { readonly tools?: ToolSet },
  answers: (ReturnType<typeof say> | ReturnType<typeof call>)[][],
) {
  const { generateText, stepCountIs, streamText, wrapLanguageModel } = await import('ai');
  const { convertArrayToReadableStream, MockLanguageModelV3 } = await import('ai/test');
  const usage = {
    inputTokens: { total: 1, noCache: 1, cacheRead: 0, cacheWrite: 0 },
    outputTokens: { total: 1, text: 1, reasoning: 0 },
  };
  const left = [...answers];
  const finishOf = (content: (typeof answers)[number]) => ({
    unified: content.some(({ type }) => type === 'tool-call') ? ('tool-calls' as const) : ('stop' as const),
    raw: undefined,
  });
  const mock = new MockLanguageModelV3({
    async doGenerate() {
      const content = left.shift() ?? [];
      return { content, finishReason: finishOf(content), usage, warnings: [] };
    },
    async doStream() {
      const content = left.shift() ?? [];
      const words = content.flatMap((part) => (part.type === 'text' ? part.text.split(/(?= )/) : []));
      return {
        stream: convertArrayToReadableStream([
          { type: 'stream-start' as const, warnings: [] },
          { type: 'text-start' as const, id: '1' },
          ...words.map((delta) => ({ type: 'text-delta' as const, id: '1', delta })),
          { type: 'text-end' as const, id: '1' },
          { type: 'finish' as const, finishReason: finishOf(content), usage },
        ]),
      };
    },
  });
  const middleware = memoryMiddleware(options);
  // That it is one, is checked by the compiler.
  const known: LanguageModelMiddleware = middleware;
  const model = wrapLanguageModel({ model: mock, middleware: known });
  return {
    model,
    settled: middleware.settled,
    get prompts() {
      return mock.doGenerateCalls.map(({ prompt }) => prompt);
    },
    async ask(request: {
      prompt: string;
      system?: string;
      providerOptions?: { ecphory: { userId: string; sessionId?: string } };
    }) {
      const { text } = await generateText({
        model,
        ...request,
        ...(tools !== undefined && { tools }),
        stopWhen: stepCountIs(5),
        maxRetries: 0,
      });
      return text;
    },
    async stream(prompt: string) {
      return streamText({ model, prompt }).text;
    },
  };
}
