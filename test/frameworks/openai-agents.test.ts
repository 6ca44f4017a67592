import type { AgentInputItem, Session, SessionHistoryTransactionAwareSession } from '@openai/agents';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { newSession } from '../../src/integrations/openai-agents/session.ts';
import { limits } from '../../src/memory/limits.ts';
import { type OpenMemory, openMemoryInProcess, openMemoryOverHttp } from '../integrations/open-memory.ts';
import { isInstalled, whyNot } from './installed.ts';

const namespace = 'users/alice';

describe.each([
  ['in process', openMemoryInProcess],
  ['over HTTP', openMemoryOverHttp],
])('a session of the OpenAI Agents SDK, %s', (where, openMemory) => {
  let open: OpenMemory;
  beforeEach(async () => {
    open = await openMemory();
  });
  afterEach(() => open.close());

  const sessionOf = (sessionId = 'monday') => newSession<AgentInputItem>(open.memory, { namespace, sessionId });

  test('gives back every kind of item as it was, in another process too', async () => {
    const items = [...every, user('a backslash \\u0000 and ~0~1, 🎈 and half of one: \ud83c')];
    await sessionOf().addItems(items);
    await sessionOf().addItems([]);
    const again = sessionOf();
    expect(await again.getItems()).toEqual(items);
    expect(await again.getItems(2)).toEqual(items.slice(-2));
    expect(await again.getItems(0)).toEqual([]);
    expect(await again.getItems(99)).toEqual(items);
    expect(await again.getSessionId()).toBe('monday');
    expect(await newSession(open.memory, { namespace }).getSessionId()).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('makes what was said a memory, with who said it', async () => {
    await sessionOf().addItems(every);
    const { data } = await open.memory.list({ namespace });
    expect(data.map(({ role, text, origin, sessionId }) => [role, text, origin, sessionId]).reverse()).toEqual([
      ['system', 'You help.', 'user', 'monday'],
      ['user', 'How is the weather\nin Porto?', 'user', 'monday'],
      ['assistant', '(reasoning)', 'agent', 'monday'],
      ['assistant', 'get_weather({"city":"Porto"})', 'agent', 'monday'],
      ['tool', 'Rain, 12 degrees.', 'tool', 'monday'],
      ['assistant', 'It rains in Porto.', 'agent', 'monday'],
    ]);
  });

  test('keeps sessions and namespaces apart', async () => {
    await sessionOf('one').addItems([user('in one')]);
    await sessionOf('two').addItems([user('in two')]);
    await newSession<AgentInputItem>(open.memory, { namespace: 'users/bob', sessionId: 'one' }).addItems([
      user('of Bob'),
    ]);
    await open.memory.add({ namespace, sessionId: 'one', text: 'A memory that is no item.' });
    expect(await sessionOf('one').getItems()).toEqual([user('in one')]);
    await sessionOf('one').clearSession();
    expect(await sessionOf('one').getItems()).toEqual([]);
    expect(await sessionOf('two').getItems()).toEqual([user('in two')]);
    expect((await open.memory.list({ namespace: 'users/bob' })).data).toHaveLength(1);
    // Nothing of what went is left in recall, and nothing else went.
    expect((await open.memory.list({ namespace })).data.map(({ text }) => text)).toEqual([
      'A memory that is no item.',
      'in two',
    ]);
  });

  test('keeps an item of 300,000 characters, and one that holds bytes', async () => {
    const large = user(`${'Grüße 🎈\n'.repeat(30_000)}${' '.repeat(70_000)}`);
    const bytes = {
      type: 'message' as const,
      role: 'user' as const,
      content: [
        {
          type: 'input_text' as const,
          text: 'look',
          providerData: { data: new Uint8Array([0, 127, 255]), $bytes: 'mine' },
        },
      ],
    };
    await sessionOf().addItems([large, bytes, user('after')]);
    expect(await sessionOf().getItems()).toEqual([large, bytes, user('after')]);
    // Its parts are for nobody to find.
    expect((await open.memory.list({ namespace })).data).toHaveLength(3);
    const tooLarge = user('x'.repeat(limits.sessionPartCharacters * limits.sessionItemParts));
    await expect(sessionOf().addItems([user('with it'), tooLarge])).rejects.toMatchObject({ code: 'too_large' });
    expect(await sessionOf().getItems()).toHaveLength(3);
  });

  test('pops the last item, once, however many pop at the same time', async () => {
    const items = Array.from({ length: 5 }, (_, index) => user(`item ${index}`));
    await sessionOf().addItems(items);
    const popped = await Promise.all(Array.from({ length: 7 }, () => sessionOf().popItem()));
    const texts = popped.map((item) => JSON.stringify(item) ?? 'none').sort();
    expect(texts).toEqual([...items.map((item) => JSON.stringify(inOrder(item))), 'none', 'none'].sort());
    expect(await sessionOf().getItems()).toEqual([]);
  });

  test('keeps all that many add at the same time, each in one piece', async () => {
    const adds = Array.from({ length: 8 }, (_, add) => [user(`${add} a`), user(`${add} b`), user(`${add} c`)]);
    await Promise.all(adds.map((items) => sessionOf().addItems(items)));
    // Also the very same items twice.
    await Promise.all([sessionOf().addItems([user('same')]), sessionOf().addItems([user('same')])]);
    const texts = (await sessionOf().getItems()).map(textOf);
    expect(texts.slice(-2)).toEqual(['same', 'same']);
    const pieces = Array.from({ length: 8 }, (_, index) => texts.slice(3 * index, 3 * index + 3).join());
    expect(pieces.sort()).toEqual(adds.map((_, add) => `${add} a,${add} b,${add} c`));
  });

  test('carries a transaction out once for its operation, however often and from wherever it is asked', async () => {
    const session = sessionOf();
    await session.addItems([user('a'), user('b')]);
    const replace = {
      operationId: 'turn 1 🎈',
      transaction: {
        type: 'replace_suffix' as const,
        expectedSuffix: [user('b')],
        replacement: [user('B'), user('C')],
      },
    };
    await Promise.all(Array.from({ length: 5 }, () => sessionOf().applyHistoryTransaction(replace)));
    expect((await session.getItems()).map(textOf)).toEqual(['a', 'B', 'C']);
    const remove = { type: 'replace_suffix' as const, expectedSuffix: [user('C')], replacement: [] };
    await session.applyHistoryTransaction({ operationId: 'turn 2', transaction: remove });
    await session.applyHistoryTransaction({ operationId: 'turn 2', transaction: remove });
    await session.applyHistoryTransaction({ operationId: 'empty', transaction: { type: 'append_items', items: [] } });
    expect((await session.getItems()).map(textOf)).toEqual(['a', 'B']);
    await expect(
      session.applyHistoryTransaction({ operationId: 'turn 2', transaction: { type: 'append_items', items: [] } }),
    ).rejects.toMatchObject({ code: 'key_reused' });
    await expect(session.applyHistoryTransaction({ operationId: 'turn 3', transaction: remove })).rejects.toMatchObject(
      {
        code: 'conflict',
      },
    );
    await expect(
      session.applyHistoryTransaction({ operationId: ' ', transaction: { type: 'append_items', items: [] } }),
    ).rejects.toMatchObject({ code: 'invalid' });
    const noData = { ...user('x'), providerData: { now: new Date() } };
    await expect(
      session.applyHistoryTransaction({ operationId: 'x', transaction: { type: 'append_items', items: [noData] } }),
    ).rejects.toMatchObject({ code: 'invalid' });
    expect((await session.getItems()).map(textOf)).toEqual(['a', 'B']);
  });

  test('an item that someone deletes is out of the session, and the session goes on after what is erased', async () => {
    const session = sessionOf();
    await session.addItems([user('a'), user('b'), user('c')]);
    const { data } = await open.memory.list({ namespace });
    const idOf = (text: string) => data.find((note) => note.text === text)?.id ?? '';
    await open.memory.delete(idOf('b'));
    await open.memory.delete(idOf('c'), { hard: true });
    expect((await session.getItems()).map(textOf)).toEqual(['a']);
    await session.addItems([user('d')]);
    await session.popItem();
    await session.addItems([user('e')]);
    expect((await session.getItems()).map(textOf)).toEqual(['a', 'e']);
  });

  test('reads the same when a cut is not tidied up', async () => {
    let deletes = 0;
    const breaking = {
      ...open.memory,
      delete: async (id: string) => {
        deletes += 1;
        if (deletes > 1) throw new Error('killed');
        return open.memory.delete(id);
      },
    };
    await sessionOf().addItems([user('a'), user('b'), user('c')]);
    const killed = newSession<AgentInputItem>(breaking, { namespace, sessionId: 'monday' });
    await expect(
      killed.applyHistoryTransaction({
        operationId: '1',
        transaction: { type: 'replace_suffix', expectedSuffix: [user('b'), user('c')], replacement: [user('d')] },
      }),
    ).rejects.toThrow('killed');
    expect((await sessionOf().getItems()).map(textOf)).toEqual(['a', 'd']);
    expect(await sessionOf().popItem()).toEqual(user('d'));
    expect((await sessionOf().getItems()).map(textOf)).toEqual(['a']);
    expect((await open.memory.list({ namespace })).data.map(({ text }) => text)).toEqual(['a']);
  });

  test('does what the SDK’s own MemorySession does', async ({ skip }) => {
    skip(!isInstalled, whyNot);
    const { MemorySession } = await import('@openai/agents');
    const item = fc.constantFrom(...['a', 'b', 'c'].map(user));
    const items = fc.array(item, { maxLength: 3 });
    const operationId = fc.constantFrom('1', '2', '3', '4');
    const step = fc.oneof(
      fc.record({ kind: fc.constant('add' as const), items }),
      fc.record({ kind: fc.constant('pop' as const) }),
      fc.record({ kind: fc.constant('read' as const), limit: fc.option(fc.nat({ max: 5 }), { nil: undefined }) }),
      { weight: 3, arbitrary: fc.record({ kind: fc.constant('append' as const), operationId, items }) },
      {
        weight: 3,
        arbitrary: fc.record({
          kind: fc.constant('replace' as const),
          operationId,
          count: fc.nat({ max: 3 }),
          items,
          isWrong: fc.boolean(),
        }),
      },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('clear' as const) }) },
    );
    let run = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 20 }), async (steps) => {
        run += 1;
        const ours: SessionHistoryTransactionAwareSession = sessionOf(`run ${run}`);
        const theirs: SessionHistoryTransactionAwareSession = new MemorySession();
        for (const one of steps) {
          const suffix = one.kind === 'replace' && one.count > 0 ? await theirs.getItems(one.count) : [];
          const expectedSuffix = one.kind === 'replace' && one.isWrong ? [...suffix, user('z')] : suffix;
          const outcome = (session: SessionHistoryTransactionAwareSession) => {
            switch (one.kind) {
              case 'add':
                return session.addItems(one.items);
              case 'pop':
                return session.popItem();
              case 'read':
                return session.getItems(one.limit);
              case 'append':
                return session.applyHistoryTransaction({
                  operationId: one.operationId,
                  transaction: { type: 'append_items', items: one.items },
                });
              case 'replace':
                return session.applyHistoryTransaction({
                  operationId: one.operationId,
                  transaction: { type: 'replace_suffix', expectedSuffix, replacement: one.items },
                });
              case 'clear':
                return session.clearSession();
            }
          };
          expect(await settled(outcome(ours))).toEqual(await settled(outcome(theirs)));
          expect(await ours.getItems()).toEqual(await theirs.getItems());
        }
        const { data } = await open.memory.list({ namespace, filter: { session_id: `run ${run}` }, limit: 200 });
        expect(data).toHaveLength((await theirs.getItems()).length);
      }),
      { numRuns: where === 'in process' ? 60 : 3 },
    );
  });

  test('carries a conversation of an agent with tools from run to run', async ({ skip }) => {
    skip(!isInstalled, whyNot);
    const { Agent, Runner, tool } = await import('@openai/agents');
    const { assistantMessage, functionCall, ScriptedModel } = await import('@openai/agents/testing');
    const { z } = await import('zod');
    const model = new ScriptedModel([
      [functionCall('get_weather', { city: 'Porto' }, { callId: 'call_1' })],
      [assistantMessage('It rains.')],
      [assistantMessage('In Porto.')],
    ]);
    const weather = tool({
      name: 'get_weather',
      description: 'The weather',
      parameters: z.object({ city: z.string() }),
      execute: async () => 'rain',
    });
    const agent = new Agent({ name: 'Companion', model, tools: [weather] });
    const runner = new Runner({ tracingDisabled: true });
    const session = (): Session => newSession<AgentInputItem>(open.memory, { namespace, sessionId: 'monday' });
    await runner.run(agent, 'How is the weather in Porto?', { session: session() });
    await runner.run(agent, 'Where was that?', { session: session() });
    const input = model.lastCall?.request.input;
    expect(Array.isArray(input) ? input.map((item) => item.type ?? 'message') : input).toEqual([
      'message',
      'function_call',
      'function_call_result',
      'message',
      'message',
    ]);
    expect(await session().getItems()).toHaveLength(6);
  });
});

function user(text: string): AgentInputItem {
  return { type: 'message', role: 'user', content: text };
}

const every: AgentInputItem[] = [
  { role: 'system', content: 'You help.' },
  {
    role: 'user',
    content: [
      { type: 'input_text', text: 'How is the weather' },
      { type: 'input_image', image: 'https://example.org/porto.png' },
      { type: 'input_text', text: 'in Porto?' },
    ],
  },
  { type: 'reasoning', id: 'rs_1', content: [], providerData: { encrypted_content: 'x' } },
  { type: 'function_call', callId: 'call_1', name: 'get_weather', arguments: '{"city":"Porto"}', status: 'completed' },
  {
    type: 'function_call_result',
    callId: 'call_1',
    name: 'get_weather',
    status: 'completed',
    output: { type: 'text', text: 'Rain, 12 degrees.' },
  },
  { role: 'assistant', status: 'completed', content: [{ type: 'output_text', text: 'It rains in Porto.' }] },
];

function textOf(item: AgentInputItem): string {
  return 'content' in item && typeof item.content === 'string' ? item.content : '';
}

function inOrder(item: object): object {
  return Object.fromEntries(Object.entries(item).sort(([left], [right]) => (left < right ? -1 : 1)));
}

async function settled(outcome: unknown): Promise<unknown> {
  try {
    return (await outcome) ?? 'done';
  } catch {
    return 'rejected';
  }
}
