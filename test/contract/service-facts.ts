import { describe, expect, test } from 'vitest';
import type { FactInput } from '../../src/memory/knowledge.ts';
import { limits } from '../../src/memory/limits.ts';
import type { MemoryService } from '../../src/memory/service.ts';
import { failureOf } from './failure.ts';

export interface ServiceAtHand {
  readonly memory: () => MemoryService;
  readonly stranger: () => MemoryService;
  readonly newNamespace: () => string;
}

/** What every `MemoryService` does with facts, and with memories that stop being true. */
export function factsContract({ memory, stranger, newNamespace }: ServiceAtHand): void {
  describe('facts', () => {
    const nobodys = 'note_00000000000000000000000000';

    test('a fact is held, found like any other memory, and shown beside the hits', async () => {
      const namespace = newNamespace();
      const input = { namespace, subject: 'Clara Weiss', attribute: 'employer', value: 'Nordwind' };
      const { outcome, fact, others } = await memory().addFact({ ...input, validAt: '2024-02-01' });
      expect(outcome).toBe('added');
      expect(others).toEqual([]);
      expect(fact).toMatchObject({
        namespace,
        subject: 'Clara Weiss',
        value: 'Nordwind',
        polarity: 'positive',
        isSingle: true,
        state: 'active',
        origin: 'user',
        trust: 2,
        validAt: '2024-02-01T00:00:00.000Z',
        invalidAt: null,
        supersededBy: null,
        sources: [],
        contradicts: [],
      });
      expect(await memory().get(fact.id)).toMatchObject({ kind: 'semantic', text: fact.text, version: 1 });
      const { hits } = await memory().search({ namespace, query: 'Nordwind' });
      expect(hits.map((hit) => hit.memory.id)).toEqual([fact.id]);
      expect(await memory().facts({ namespace, subject: 'clara weiss' })).toEqual([fact]);
      expect(await memory().facts({ namespace, subject: 'Clara Weiss', attribute: 'company' })).toHaveLength(1);
      expect(await memory().facts({ namespace, subject: 'Clara' })).toEqual([]);
    });

    test('a later value takes the place of the one before, which stays', async () => {
      const namespace = newNamespace();
      const first = await add({ namespace, value: 'Porto', validAt: '2023-01-01' });
      const second = await add({ namespace, value: 'Lisbon', validAt: '2024-03-01' });
      expect(second).toMatchObject({ outcome: 'superseded', others: [first.fact.id] });
      expect(await values(namespace)).toEqual(['Lisbon']);
      expect(await values(namespace, { asOf: '2023-06-01' })).toEqual(['Porto']);
      expect(await values(namespace, { asOf: '2022-06-01' })).toEqual([]);
      expect(await values(namespace, { includeSuperseded: true })).toEqual(['Porto', 'Lisbon']);
      const [before] = await memory().facts({ namespace, includeSuperseded: true });
      expect(before).toMatchObject({ invalidAt: '2024-03-01T00:00:00.000Z', supersededBy: second.fact.id });
    });

    test('values that are told out of order end up in the order in which they held', async () => {
      const namespace = newNamespace();
      await add({ namespace, value: 'Lisbon', validAt: '2024-03-01' });
      await add({ namespace, value: 'Faro', validAt: '2022-01-01' });
      await add({ namespace, value: 'Porto', validAt: '2023-01-01' });
      expect(await values(namespace)).toEqual(['Lisbon']);
      expect(await values(namespace, { asOf: '2023-06-01' })).toEqual(['Porto']);
      expect(await values(namespace, { asOf: '2022-06-01' })).toEqual(['Faro']);
    });

    test('what changed about someone is told oldest first, with what took the place of what', async () => {
      const namespace = newNamespace();
      const porto = await add({ namespace, value: 'Porto', validAt: '2023-01-01' });
      const lisbon = await add({ namespace, value: 'Lisbon', validAt: '2024-03-01' });
      await add({ namespace, attribute: 'employer', value: 'Nordwind', validAt: '2023-05-01' });
      const changes = await memory().changes({ namespace, subject: 'Clara', attribute: 'residence' });
      expect(changes.map(({ at, kind, fact, other }) => [at.slice(0, 10), kind, fact.value, other])).toEqual([
        ['2023-01-01', 'began', 'Porto', null],
        ['2024-03-01', 'ended', 'Porto', lisbon.fact.id],
        ['2024-03-01', 'began', 'Lisbon', porto.fact.id],
      ]);
      const all = await memory().changes({ namespace, subject: 'Clara' });
      expect(all.map(({ fact }) => fact.value)).toEqual(['Porto', 'Nordwind', 'Porto', 'Lisbon']);
      expect(await memory().changes({ namespace, subject: 'Nobody' })).toEqual([]);
    });

    test('the same fact told again is the same fact', async () => {
      const namespace = newNamespace();
      const input = { namespace, value: 'Porto', validAt: '2023-01-01' };
      const first = await add(input);
      const again = await add(input);
      expect(again).toMatchObject({ outcome: 'corroborated', fact: { id: first.fact.id } });
      expect(await values(namespace, { includeSuperseded: true })).toEqual(['Porto']);
    });

    test('many at once about one thing leave one value that holds', async () => {
      const namespace = newNamespace();
      const months = ['01', '02', '03', '04', '05', '06', '07', '08'];
      await Promise.all(months.map((month) => add({ namespace, value: `City ${month}`, validAt: `2024-${month}-01` })));
      expect(await values(namespace)).toEqual(['City 08']);
      expect(await values(namespace, { asOf: '2024-03-15' })).toEqual(['City 03']);
    });

    test('an idempotency key stores a fact once, and its repeat is answered alike', async () => {
      const namespace = newNamespace();
      const input = { namespace, subject: 'Clara', attribute: 'residence', value: 'Porto' };
      const options = { idempotencyKey: `fact-${namespace}` };
      const first = await memory().addFact(input, options);
      expect(await memory().addFact(input, options)).toEqual(first);
      const other = await failureOf(memory().addFact({ ...input, value: 'Faro' }, options));
      expect(other.code).toBe('key_reused');
    });

    test('a fact that was erased is gone from every answer, and what it replaced is told as it was', async () => {
      const namespace = newNamespace();
      const { fact } = await add({ namespace, value: 'Porto', validAt: '2023-01-01' });
      await memory().delete(fact.id, { hard: true });
      expect(await values(namespace, { includeSuperseded: true })).toEqual([]);
      expect(await memory().changes({ namespace, subject: 'Clara' })).toEqual([]);
      expect((await failureOf(memory().get(fact.id))).code).toBe('not_found');
    });

    test('a question is answered with the value that holds, or held then, beside the hits', async () => {
      const namespace = newNamespace();
      const porto = await add({ namespace, value: 'Porto', validAt: '2023-01-01' });
      const lisbon = await add({ namespace, value: 'Lisbon', validAt: '2024-03-01' });
      const query = 'Where does Clara live?';
      const { facts } = await memory().search({ namespace, query });
      expect(facts?.answers[0]).toMatchObject({
        value: 'Lisbon',
        polarity: 'positive',
        since: '2024-03-01T00:00:00.000Z',
        until: null,
        path: [{ id: lisbon.fact.id, isSingle: true, createdAt: lisbon.fact.createdAt }],
        earlier: [{ id: porto.fact.id, supersededBy: lisbon.fact.id }],
        disputed: [],
      });
      const then = await memory().search({ namespace, query, asOf: '2023-06-01' });
      expect(then.facts?.answers[0]).toMatchObject({ value: 'Porto', until: '2024-03-01T00:00:00.000Z' });
      const context = await memory().context({ namespace, query });
      expect(context.facts?.answers[0]?.value).toBe('Lisbon');
      expect(context.text).toContain('Lisbon');
      expect(await memory().search({ namespace, query: 'What is the weather?' })).not.toHaveProperty('facts');
      expect(await stranger().search({ namespace, query })).not.toHaveProperty('facts');
    });

    test('a question about someone whom a fact is about is answered in two steps', async () => {
      const namespace = newNamespace();
      await memory().addFact({ namespace, subject: 'Clara', attribute: 'employer', value: 'Nordwind' });
      await memory().addFact({ namespace, subject: 'Nordwind', attribute: 'headquarters', value: 'Lisbon' });
      const { facts } = await memory().search({ namespace, query: "Where are the headquarters of Clara's employer?" });
      expect(facts?.answers[0]?.value).toBe('Lisbon');
      expect(facts?.answers[0]?.path.map(({ value }) => value)).toEqual(['Nordwind', 'Lisbon']);
    });

    test('a subtree is read as one; another tenant sees nothing', async () => {
      const namespace = newNamespace();
      await add({ namespace: `${namespace}/work`, value: 'Porto' });
      expect(await values(namespace)).toEqual([]);
      expect(await memory().facts({ namespace: `${namespace}/**`, subject: 'Clara' })).toHaveLength(1);
      expect(await stranger().facts({ namespace: `${namespace}/**`, subject: 'Clara' })).toEqual([]);
      expect(await stranger().changes({ namespace: `${namespace}/**`, subject: 'Clara' })).toEqual([]);
    });

    test('the limit keeps the newest', async () => {
      const namespace = newNamespace();
      for (const [value, validAt] of [
        ['Porto', '2022-01-01'],
        ['Faro', '2023-01-01'],
        ['Lisbon', '2024-01-01'],
      ] as const) {
        await add({ namespace, value, validAt });
      }
      expect(await values(namespace, { includeSuperseded: true, limit: 2 })).toEqual(['Faro', 'Lisbon']);
    });

    const bad: readonly (readonly [string, Partial<FactInput>, string])[] = [
      ['an empty subject', { subject: '' }, '/subject'],
      ['a subject of signs', { subject: '!?' }, '/subject'],
      ['an attribute of two lines', { attribute: 'a\nb' }, '/attribute'],
      ['half of a surrogate pair', { value: 'a\ud800' }, '/value'],
      ['U+0000', { value: 'a\u0000b' }, '/value'],
      ['a value over its limit', { value: 'x'.repeat(limits.factValueCharacters + 1) }, '/value'],
      ['a day that is not', { validAt: '2023-02-30' }, '/valid_at'],
      ['a namespace that is a pattern', { namespace: 'users/**' }, '/namespace'],
    ];
    test.each(bad)('refuses %s with a pointer and stores nothing', async (_name, fields, pointer) => {
      const namespace = newNamespace();
      const input = { namespace, subject: 'Clara', attribute: 'residence', value: 'Porto', ...fields };
      const failure = await failureOf(memory().addFact(input));
      expect(failure.code).toBe('invalid');
      expect(failure.faults.map((fault) => fault.pointer)).toEqual([pointer]);
      expect(await memory().facts({ namespace })).toEqual([]);
    });

    test('what is asked for is checked too', async () => {
      const namespace = newNamespace();
      const pointerOf = async (attempt: Promise<unknown>) => (await failureOf(attempt)).faults[0]?.pointer;
      expect(await pointerOf(memory().facts({ namespace, limit: 0 }))).toBe('/limit');
      expect(await pointerOf(memory().facts({ namespace, asOf: 'now' }))).toBe('/as_of');
      expect(await pointerOf(memory().facts({ namespace, subject: ' ' }))).toBe('/subject');
      expect(await pointerOf(memory().facts({ namespace, subject: 'a\ud800' }))).toBe('/subject');
      expect(await pointerOf(memory().changes({ namespace, subject: '...' }))).toBe('/subject');
    });

    test('what stopped being true is out of recall, kept, and comes back when it is restored', async () => {
      const namespace = newNamespace();
      const { memories } = await memory().add({ namespace, text: 'The umbrella stands in the hall.' });
      const { id } = memories[0]!;
      const gone = await memory().invalidate(id, { invalidAt: '2024-01-01', reason: 'It was lost.' });
      expect(gone).toMatchObject({ state: 'invalidated', invalidAt: '2024-01-01T00:00:00.000Z', version: 1 });
      expect((await memory().search({ namespace, query: 'umbrella' })).hits).toEqual([]);
      expect((await memory().list({ namespace, states: ['invalidated'] })).data).toHaveLength(1);
      expect(await memory().restore(id)).toMatchObject({ state: 'active', invalidAt: null, supersededBy: null });
      expect((await memory().search({ namespace, query: 'umbrella' })).hits).toHaveLength(1);
    });

    test('what will stop being true holds until then', async () => {
      const namespace = newNamespace();
      const { memories } = await memory().add({ namespace, text: 'The umbrella stands in the hall.' });
      const { id } = memories[0]!;
      expect(await memory().invalidate(id, { invalidAt: '2999-01-01' })).toMatchObject({ state: 'active' });
      expect((await memory().search({ namespace, query: 'umbrella' })).hits).toHaveLength(1);
      expect((await memory().search({ namespace, query: 'umbrella', asOf: '2999-06-01' })).hits).toEqual([]);
    });

    test('what is replaced says by what', async () => {
      const namespace = newNamespace();
      const { memories } = await memory().add({
        namespace,
        messages: [{ content: 'The quota is 1,000.' }, { content: 'The quota is 1,200.' }],
      });
      const [before, after] = memories.map(({ id }) => id);
      const replaced = await memory().invalidate(before!, { supersededBy: after! });
      expect(replaced).toMatchObject({ state: 'invalidated', supersededBy: after, invalidAt: expect.any(String) });
      for (const supersededBy of [nobodys, before!, 'not an id']) {
        const failure = await failureOf(memory().invalidate(before!, { supersededBy }));
        expect([failure.code, failure.faults[0]?.pointer]).toEqual(['invalid', '/superseded_by']);
      }
      const backwards = await failureOf(memory().invalidate(after!, { supersededBy: before! }));
      expect(backwards.faults[0]?.pointer).toBe('/superseded_by');
    });

    test("another tenant's id is like one that never was, whatever is asked of it", async () => {
      const namespace = newNamespace();
      const { fact } = await add({ namespace, value: 'Porto' });
      for (const attempt of [
        (id: string) => stranger().invalidate(id),
        (id: string) => stranger().related(id),
        (id: string) => stranger().entity(id),
        (id: string) => stranger().graph({ namespace, center: id }),
      ]) {
        const [theirs, none] = await Promise.all([failureOf(attempt(fact.id)), failureOf(attempt(nobodys))]);
        expect(theirs).toEqual(none);
        expect(theirs.code).toBe('not_found');
      }
      expect(await values(namespace)).toEqual(['Porto']);
    });

    test('a namespace nobody wrote to has no facts, entities or graph', async () => {
      const namespace = newNamespace();
      expect(await memory().facts({ namespace })).toEqual([]);
      expect(await memory().entities({ namespace })).toEqual([]);
      expect(await memory().graph({ namespace })).toEqual({ nodes: [], edges: [], isTruncated: false });
    });

    test('a graph around a memory begins with that memory', async () => {
      const namespace = newNamespace();
      const { fact } = await add({ namespace, value: 'Porto' });
      const { nodes } = await memory().graph({ namespace, center: fact.id, hops: 2, limit: 10 });
      expect(nodes[0]).toMatchObject({ kind: 'memory', id: fact.id, hops: 0, memory: { text: fact.text } });
      expect(await memory().related(fact.id)).toEqual([]);
      const pointerOf = async (attempt: Promise<unknown>) => (await failureOf(attempt)).faults[0]?.pointer;
      expect(await pointerOf(memory().graph({ namespace, hops: limits.graphHops + 1 }))).toBe('/hops');
      expect(await pointerOf(memory().graph({ namespace, limit: limits.graphNodes + 1 }))).toBe('/limit');
    });

    function add(input: Partial<FactInput> & { readonly namespace: string; readonly value: string }) {
      return memory().addFact({ subject: 'Clara', attribute: 'residence', ...input });
    }

    async function values(namespace: string, more: object = {}): Promise<readonly string[]> {
      return (await memory().facts({ namespace, subject: 'Clara', ...more })).map(({ value }) => value);
    }
  });
}
