import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { limits } from '../../src/memory/limits.ts';
import type { AddInput, MemoryService } from '../../src/memory/service.ts';
import { failureOf } from './failure.ts';
import { contextContract } from './service-context.ts';
import { exchangeContract } from './service-exchange.ts';
import { factsContract } from './service-facts.ts';
import { operationsContract } from './service-operations.ts';
import { profileContract } from './service-profile.ts';
import { upkeepContract } from './service-upkeep.ts';

export interface ServiceUnderTest {
  /** The memory of one tenant. */
  readonly memory: MemoryService;
  /** The memory of another tenant in the same store. */
  readonly stranger: MemoryService;
  close(): Promise<void>;
}

/** What every `MemoryService` does, whether in process or over HTTP. */
export function serviceContract(subject: { name: string; open: () => Promise<ServiceUnderTest> }): void {
  describe(`the memory service, ${subject.name}`, () => {
    let service: ServiceUnderTest;
    let memory: MemoryService;
    let names = 0;
    const newNamespace = () => `users/contract-${names++}`;

    beforeAll(async () => {
      service = await subject.open();
      memory = service.memory;
    });
    afterAll(async () => service.close());

    const atHand = { memory: () => memory, stranger: () => service.stranger, newNamespace };
    contextContract(atHand);
    factsContract(atHand);
    operationsContract(atHand);
    profileContract(atHand);
    exchangeContract(atHand);
    upkeepContract(atHand);

    async function addText(namespace: string, text: string): Promise<string> {
      const { memories } = await memory.add({ namespace, text });
      return memories[0]!.id;
    }

    test('remembers a text verbatim and finds it by its words at once', async () => {
      const namespace = newNamespace();
      const text = '  Ana moved to Lisbon;\n her café is "O Nó" — c++ meetup on Fridays 🐙 ';
      const id = await addText(namespace, text);
      const { hits, degraded } = await memory.search({ namespace, query: 'where did Ana move?' });
      expect(hits.map((hit) => hit.memory.id)).toEqual([id]);
      expect(hits[0]?.memory.text).toBe(text);
      expect(degraded).toEqual([]);
    });

    test('remembers a conversation with who said what, when and where', async () => {
      const namespace = newNamespace();
      const added = await memory.add({
        namespace,
        sessionId: 'monday',
        tags: ['chat'],
        metadata: { channel: 'web', topic: 'pets' },
        messages: [
          { role: 'user', name: 'Ben', content: 'I adopted a dog.', timestamp: '2024-05-06T10:00:00Z', place: 'Porto' },
          { role: 'assistant', content: 'What is its name?', timestamp: '2024-05-06T10:00:05Z' },
          {
            role: 'user',
            name: 'Ben',
            content: 'Rex!',
            timestamp: '2024-05-06T12:00:10+02:00',
            metadata: { topic: 'names' },
          },
        ],
      });
      expect(added.memories).toHaveLength(3);
      const [first, second, third] = await Promise.all(added.memories.map(({ id }) => memory.get(id)));
      expect(first).toMatchObject({
        namespace,
        kind: 'episodic',
        state: 'active',
        version: 1,
        text: 'I adopted a dog.',
        sessionId: 'monday',
        role: 'user',
        name: 'Ben',
        timestamp: '2024-05-06T10:00:00.000Z',
        place: 'Porto',
        origin: 'user',
        tags: ['chat'],
        metadata: { channel: 'web', topic: 'pets' },
        sources: [added.memories[0]!.episodeId],
      });
      expect(second).toMatchObject({ role: 'assistant', name: null, place: null, origin: 'agent' });
      expect(third).toMatchObject({
        timestamp: '2024-05-06T10:00:10.000Z',
        metadata: { channel: 'web', topic: 'names' },
      });
    });

    test('a short turn is found through the turn it answers', async () => {
      const namespace = newNamespace();
      const { memories } = await memory.add({
        namespace,
        sessionId: 's',
        messages: [
          { name: 'Ana', content: 'By the way, what is the name of your dog?' },
          { name: 'Ben', content: 'Rex.' },
          { name: 'Ana', content: 'Nice. I have to leave for work now.' },
        ],
      });
      const { hits } = await memory.search({ namespace, query: 'name of the dog', limit: 2 });
      expect(hits.map((hit) => hit.memory.id)).toContain(memories[1]!.id);
    });

    test('a misspelt name is found by its letters', async () => {
      const namespace = newNamespace();
      const id = await addText(namespace, 'Katarzyna lives in Wroclaw.');
      await addText(namespace, 'The stove is warm.');
      const { hits } = await memory.search({ namespace, query: 'Katarzina' });
      expect(hits[0]?.memory.id).toBe(id);
    });

    test('a search sees its own namespace, and below it only when asked', async () => {
      const namespace = newNamespace();
      const own = await addText(namespace, 'The violin is in the attic.');
      const below = await addText(`${namespace}/work`, 'The violin case is in the office.');
      await addText(`${namespace}x`, 'The violin of someone whose name begins alike.');
      const alone = await memory.search({ namespace, query: 'violin' });
      expect(alone.hits.map((hit) => hit.memory.id)).toEqual([own]);
      const subtree = await memory.search({ namespace: `${namespace}/**`, query: 'violin' });
      expect(subtree.hits.map((hit) => hit.memory.id).toSorted()).toEqual([own, below].toSorted());
    });

    test('another tenant sees nothing, and an id of theirs is like one that never was', async () => {
      const namespace = newNamespace();
      const id = await addText(namespace, 'The safe code is 4711.');
      expect((await service.stranger.search({ namespace, query: 'safe code' })).hits).toEqual([]);
      expect((await service.stranger.list({ namespace })).data).toEqual([]);
      const theirs = await failureOf(service.stranger.get(id));
      const nobodys = await failureOf(service.stranger.get('note_00000000000000000000000000'));
      expect(theirs).toEqual(nobodys);
      expect(theirs.code).toBe('not_found');
      for (const attempt of [
        () => service.stranger.update(id, { text: 'mine now' }),
        () => service.stranger.delete(id),
        () => service.stranger.delete(id, { hard: true }),
        () => service.stranger.history(id),
        () => service.stranger.restore(id),
      ]) {
        expect((await failureOf(attempt())).code).toBe('not_found');
      }
      expect((await memory.get(id)).text).toBe('The safe code is 4711.');
    });

    test('an update is a new version, and the old one stays in the history', async () => {
      const namespace = newNamespace();
      const id = await addText(namespace, 'Clara works at the harbour.');
      const updated = await memory.update(id, { text: 'Clara works at the airport.', tags: ['job'] });
      expect(updated).toMatchObject({ id, version: 2, text: 'Clara works at the airport.', tags: ['job'] });
      expect((await memory.history(id)).map(({ version, text, cause }) => ({ version, text, cause }))).toEqual([
        { version: 1, text: 'Clara works at the harbour.', cause: 'added' },
        { version: 2, text: 'Clara works at the airport.', cause: 'updated' },
      ]);
      expect((await memory.search({ namespace, query: 'airport' })).hits[0]?.memory.id).toBe(id);
      const { hits } = await memory.search({ namespace, query: 'harbour', explain: true });
      expect(hits.filter((hit) => hit.explanation?.channels.some(({ channel }) => channel === 'words'))).toEqual([]);
    });

    test('an update that expects another version changes nothing', async () => {
      const id = await addText(newNamespace(), 'Version one.');
      await memory.update(id, { text: 'Version two.' }, { ifVersion: 1 });
      expect((await failureOf(memory.update(id, { text: 'Lost.' }, { ifVersion: 1 }))).code).toBe('stale');
      expect((await memory.get(id)).text).toBe('Version two.');
    });

    test('many concurrent updates without an expected version all become versions', async () => {
      const id = await addText(newNamespace(), 'Counter 0.');
      await Promise.all([1, 2, 3, 4].map((count) => memory.update(id, { text: `Counter ${count}.` })));
      expect((await memory.history(id)).map(({ version }) => version)).toEqual([1, 2, 3, 4, 5]);
    });

    test('delete archives: out of recall, still there, restorable', async () => {
      const namespace = newNamespace();
      const id = await addText(namespace, 'The umbrella is red.');
      expect(await memory.delete(id)).toEqual({ id, state: 'archived', erased: [] });
      expect((await memory.search({ namespace, query: 'umbrella' })).hits).toEqual([]);
      expect((await memory.list({ namespace })).data).toEqual([]);
      expect((await memory.list({ namespace, states: ['archived'] })).data.map((item) => item.id)).toEqual([id]);
      const found = await memory.search({ namespace, query: 'umbrella', includeArchived: true });
      expect(found.hits.map((hit) => hit.memory.id)).toEqual([id]);
      expect((await memory.restore(id)).state).toBe('active');
      expect((await memory.search({ namespace, query: 'umbrella' })).hits).toHaveLength(1);
    });

    test('a hard delete leaves nothing to find', async () => {
      const namespace = newNamespace();
      const id = await addText(namespace, 'The passport number is X123.');
      expect(await memory.delete(id, { hard: true })).toEqual({ id, state: 'erased', erased: [id] });
      expect((await failureOf(memory.get(id))).code).toBe('not_found');
      expect((await failureOf(memory.history(id))).code).toBe('not_found');
      expect((await memory.search({ namespace, query: 'passport', includeArchived: true })).hits).toEqual([]);
    });

    test('a listing pages newest first without gap or repeat', async () => {
      const namespace = newNamespace();
      const { memories } = await memory.add({
        namespace,
        messages: Array.from({ length: 7 }, (_, index) => ({ content: `Item ${index}` })),
      });
      const seen: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await memory.list({ namespace, limit: 3, ...(cursor !== undefined && { cursor }) });
        seen.push(...page.data.map((item) => item.id));
        cursor = page.nextCursor ?? undefined;
      } while (cursor !== undefined);
      expect(seen).toEqual(memories.map(({ id }) => id).toReversed());
      expect((await failureOf(memory.list({ namespace, cursor: 'nonsense' }))).faults[0]?.pointer).toBe('/cursor');
    });

    test('the last messages of a session are told in their order, and those before them after that', async () => {
      const namespace = newNamespace();
      const messages = ['One.', 'Two.', 'Three.', 'Four.', 'Five.'].map((content) => ({ content }));
      for (const sessionId of ['user/42: chat? #1 ü%', 'another']) await memory.add({ namespace, sessionId, messages });
      const asked = { namespace, sessionId: 'user/42: chat? #1 ü%', limit: 3 };
      const last = await memory.messages(asked);
      expect(last.data.map(({ text }) => text)).toEqual(['Three.', 'Four.', 'Five.']);
      const before = await memory.messages({ ...asked, cursor: last.nextCursor! });
      expect(before.data.map(({ text }) => text)).toEqual(['One.', 'Two.']);
      expect(before.nextCursor).toBeNull();
      expect(await memory.messages({ namespace, sessionId: 'a third' })).toEqual({ data: [], nextCursor: null });
      expect((await service.stranger.messages(asked)).data).toEqual([]);
      const nameless = await failureOf(memory.messages({ namespace, sessionId: ' ' }));
      expect(nameless.faults[0]?.pointer).toBe('/session_id');
      expect((await failureOf(memory.messages({ ...asked, limit: 0 }))).faults[0]?.pointer).toBe('/limit');
    });

    test('filters choose by metadata, by field and by time, in listings and in searches', async () => {
      const namespace = newNamespace();
      const add = (text: string, colour: string, timestamp: string) =>
        memory.add({ namespace, messages: [{ content: text, timestamp, metadata: { colour, 'a.b"c': colour } }] });
      await add('boat one', 'red', '2024-01-01');
      await add('boat two', 'blue', '2024-02-01');
      await add('boat three', 'green', '2024-03-01');
      const filter = { $or: [{ colour: 'red' }, { event_at: { $gte: '2024-02-15' } }], 'a.b"c': { $exists: true } };
      const expected = ['boat one', 'boat three'];
      expect((await memory.list({ namespace, filter })).data.map((item) => item.text).toSorted()).toEqual(expected);
      const { hits } = await memory.search({ namespace, query: 'boat', filter });
      expect(hits.map((hit) => hit.memory.text).toSorted()).toEqual(expected);
      const nowhere = await failureOf(memory.search({ namespace, query: 'boat', filter: { $where: '1=1' } }));
      expect(nowhere).toMatchObject({ code: 'invalid', faults: [{ pointer: '/filter/$where' }] });
    });

    test('asOf shows what was held then', async () => {
      const namespace = newNamespace();
      await addText(namespace, 'The lighthouse keeper is called Olaf.');
      const before = await memory.search({ namespace, query: 'lighthouse', asOf: '2001-01-01T00:00:00Z' });
      expect(before.hits).toEqual([]);
      const after = await memory.search({ namespace, query: 'lighthouse', asOf: '2999-01-01T00:00:00Z' });
      expect(after.hits).toHaveLength(1);
    });

    test('explain says why, and its arithmetic adds up', async () => {
      const namespace = newNamespace();
      await addText(namespace, 'Olga plays the cello in an orchestra.');
      await addText(namespace, 'Olga sold the piano.');
      const { hits } = await memory.search({ namespace, query: 'cello orchestra', explain: true });
      const [hit] = hits;
      expect(hit?.explanation?.channels.map(({ channel }) => channel)).toContain('words');
      expect(hit?.explanation?.score).toBe(hit?.score);
      const fused = hit!.explanation!.channels.reduce((sum, channel) => sum + channel.contribution, 0);
      const product = hit!.explanation!.steps.reduce((score, step) => score * step.factor, fused);
      expect(product).toBeCloseTo(hit!.score, 9);
    });

    test('says how likely it is that it holds an answer, and leaves no hit out for it', async () => {
      const namespace = newNamespace();
      const messages = Array.from({ length: 12 }, (_, week) => ({
        name: 'Olga',
        content: `In week ${week} I practised the cello with the orchestra.`,
      }));
      await memory.add({
        namespace,
        sessionId: 's',
        messages: [...messages, { name: 'Ben', content: 'I sold a piano.' }],
      });
      const told = await memory.search({ namespace, query: 'What does Olga practise with the orchestra?' });
      expect(told.confidence).toBeGreaterThan(0.7);
      expect(told.confidence).toBeLessThanOrEqual(1);
      const untold = await memory.search({ namespace, query: 'Which dentist did Olga see about the piano?' });
      expect(untold.confidence).toBeLessThan(0.3);
      expect(untold.hits.map((hit) => hit.memory.text)).toContain('I sold a piano.');
    });

    test('answers a question about order from when things happened, beside the hits', async () => {
      const namespace = newNamespace();
      const add = async (text: string, timestamp: string) =>
        (await memory.add({ namespace, text, timestamp })).memories[0]!.id;
      const lisbon = await add('We moved to a flat in Lisbon.', '2024-03-01T09:00:00Z');
      const minka = await add('I adopted a grey cat called Minka.', '2024-01-01T09:00:00Z');
      const episodes = [
        { memoryId: minka, at: '2024-01-01T09:00:00.000Z' },
        { memoryId: lisbon, at: '2024-03-01T09:00:00.000Z' },
      ];

      const query = 'Which came first, adopting the grey cat or moving to the flat in Lisbon?';
      const which = await memory.search({ namespace, query });
      expect(which.sequence).toEqual({ kind: 'which_first', episodes, answer: 'first', abstained: null });
      expect(which.hits.map((hit) => hit.memory.id).toSorted()).toEqual([lisbon, minka].toSorted());

      const between = 'How long between adopting the grey cat and moving to the flat in Lisbon?';
      expect((await memory.search({ namespace, query: between })).sequence).toEqual({
        kind: 'elapsed',
        episodes,
        answer: null,
        elapsedMs: 60 * 86_400_000,
        abstained: null,
      });

      const unknown = 'Did adopting the grey cat happen before the wedding in Rome?';
      expect((await memory.search({ namespace, query: unknown })).sequence).toEqual({
        kind: 'is_before',
        episodes: [],
        answer: null,
        abstained: 'not_recognised',
      });

      const plain = await memory.search({ namespace, query: 'grey cat' });
      expect(plain).not.toHaveProperty('sequence');
      await memory.delete(lisbon);
      expect((await memory.search({ namespace, query })).sequence?.abstained).toBe('not_recognised');
      const elsewhere = await service.stranger.search({ namespace, query });
      expect(elsewhere).toMatchObject({ hits: [], confidence: 0, sequence: { episodes: [], answer: null } });
    });

    test.each([
      '"',
      '*',
      'NEAR(',
      'c++',
      "' OR 1=1 --",
      'DROP TABLE notes;',
      '^a:b -c',
      '🐙',
      '((((',
      '$gte',
      '日本語',
    ])('a query is only ever words: %s', async (query) => {
      const namespace = newNamespace();
      await addText(namespace, `They said: ${query} and left.`);
      await addText(namespace, 'An unrelated sentence.');
      const { hits } = await memory.search({ namespace, query });
      if (/[\p{L}\p{N}🐙]/u.test(query)) expect(hits[0]?.memory.text).toBe(`They said: ${query} and left.`);
      else expect(hits.length).toBeLessThanOrEqual(2);
    });

    test('a cue of 20,000 words is answered', async () => {
      const namespace = newNamespace();
      const id = await addText(namespace, 'The zeppelin landed.');
      const query = `${Array.from({ length: 20_000 }, (_, index) => `word${index}`).join(' ')} zeppelin`;
      const { hits } = await memory.search({ namespace, query: query.slice(-limits.queryCharacters) });
      expect(hits.map((hit) => hit.memory.id)).toContain(id);
    });

    const bad: readonly (readonly [string, Partial<AddInput> & Record<string, unknown>, string])[] = [
      ['an empty text', { text: '' }, '/text'],
      ['only white space', { text: ' \n\t' }, '/text'],
      ['half a surrogate pair', { text: 'a\ud800b' }, '/text'],
      ['U+0000', { text: 'a\u0000b' }, '/text'],
      ['a text over its limit', { text: 'x'.repeat(limits.textCharacters + 1) }, '/text'],
      ['a date that is none', { text: 'x', timestamp: '2023-02-30' }, '/timestamp'],
      ['words for a date', { text: 'x', timestamp: 'yesterday' }, '/timestamp'],
      ['an empty name', { text: 'x', name: '' }, '/name'],
      ['a namespace with an empty label', { text: 'x', namespace: 'users//a' }, '/namespace'],
      ['a namespace that is a pattern', { text: 'x', namespace: 'users/*' }, '/namespace'],
      ['an empty tag', { text: 'x', tags: [''] }, '/tags/0'],
      ['no messages', { messages: [] }, '/messages'],
      ['a bad message', { messages: [{ content: 'fine' }, { content: '' }] }, '/messages/1/content'],
    ];
    test.each(bad)('refuses %s with a pointer and stores nothing', async (_name, input, pointer) => {
      const namespace = newNamespace();
      const failure = await failureOf(memory.add({ namespace, ...input } as AddInput));
      expect(failure.code).toBe('invalid');
      expect(failure.faults.map((fault) => fault.pointer)).toContain(pointer);
      expect((await memory.list({ namespace })).data).toEqual([]);
    });

    test('a batch stores what is right and says of each item what was wrong', async () => {
      const namespace = newNamespace();
      const { results } = await memory.addBatch([
        { namespace, text: 'The first.' },
        { namespace, text: '' },
        { namespace, messages: [{ content: 'The third.' }, { content: 'The fourth.' }] },
      ]);
      expect(results.map((result) => result.status)).toEqual(['stored', 'failed', 'stored']);
      expect(results[1]).toMatchObject({ error: { code: 'invalid', pointer: '/items/1/text' } });
      expect((await memory.list({ namespace })).data.map((item) => item.text).toSorted()).toEqual([
        'The first.',
        'The fourth.',
        'The third.',
      ]);
    });

    test('a repeat with the same idempotency key stores once and answers alike', async () => {
      const namespace = newNamespace();
      const options = { idempotencyKey: `once-${namespace}` };
      const first = await memory.add({ namespace, text: 'Only once.' }, options);
      const second = await memory.add({ namespace, text: 'Only once.' }, options);
      expect(second).toEqual(first);
      expect((await memory.list({ namespace })).data).toHaveLength(1);
      const other = await failureOf(memory.add({ namespace, text: 'Something else.' }, options));
      expect(other.code).toBe('key_reused');
    });

    test('fifty at once with one idempotency key store once', async () => {
      const namespace = newNamespace();
      const options = { idempotencyKey: `crowd-${namespace}` };
      const outcomes = await Promise.allSettled(
        Array.from({ length: 50 }, () => memory.add({ namespace, text: 'Crowded.' }, options)),
      );
      const ids = outcomes.flatMap((outcome) =>
        outcome.status === 'fulfilled' ? [outcome.value.memories[0]!.id] : [],
      );
      expect(new Set(ids).size).toBe(1);
      expect((await memory.list({ namespace })).data).toHaveLength(1);
    });

    test('a batch with an idempotency key is replayed as a whole', async () => {
      const namespace = newNamespace();
      const options = { idempotencyKey: `batch-${namespace}` };
      const items = [
        { namespace, text: 'One.' },
        { namespace, text: '' },
      ];
      const first = await memory.addBatch(items, options);
      expect(await memory.addBatch(items, options)).toEqual(first);
      expect((await memory.list({ namespace })).data).toHaveLength(1);
    });

    test('a search does not write unless told that its hits were used', async () => {
      const namespace = newNamespace();
      await addText(namespace, 'A quiet reader.');
      await memory.search({ namespace, query: 'reader' });
      const { hits } = await memory.search({ namespace, query: 'reader', reinforce: true });
      expect(hits).toHaveLength(1);
      expect((await memory.get(hits[0]!.memory.id)).version).toBe(1);
    });

    test('limits out of range are refused', async () => {
      const namespace = newNamespace();
      for (const limit of [0, -1, 1.5, limits.searchLimit + 1]) {
        expect((await failureOf(memory.search({ namespace, query: 'x', limit }))).faults[0]?.pointer).toBe('/limit');
      }
    });

    test('a namespace nobody wrote to is empty, not an error', async () => {
      const namespace = newNamespace();
      expect(await memory.search({ namespace, query: 'anything' })).toEqual({ hits: [], confidence: 0, degraded: [] });
      expect(await memory.list({ namespace })).toEqual({ data: [], nextCursor: null });
    });
  });
}
