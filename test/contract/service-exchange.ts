import { describe, expect, test } from 'vitest';
import type { MemoryEvent } from '../../src/memory/event.ts';
import type { MemoryService } from '../../src/memory/service.ts';
import { failureOf } from './failure.ts';

export interface AtHand {
  readonly memory: () => MemoryService;
  readonly stranger: () => MemoryService;
  readonly newNamespace: () => string;
}

/** Events, exports, deletes by filter and webhooks, whether in process or over HTTP. */
export function exchangeContract({ memory, stranger, newNamespace }: AtHand): void {
  async function addText(namespace: string, text: string, metadata = {}): Promise<string> {
    const { memories } = await memory().add({ namespace, text, metadata });
    return memories[0]!.id;
  }

  describe('events', () => {
    test('tell what happened, in order and by ids alone', async () => {
      const namespace = newNamespace();
      const id = await addText(namespace, 'Ana likes tea.');
      await memory().update(id, { text: 'Ana likes green tea.' });
      await memory().delete(id);
      await memory().restore(id);
      await memory().invalidate(id);
      await memory().delete(id, { hard: true });
      const events = await taken(memory(), { namespace, after: '0' }, 1);
      // Of what was erased only its end is told.
      expect(events).toMatchObject([{ type: 'memory.deleted', namespace, memoryId: id, operationId: null }]);

      const other = await addText(namespace, 'Ben likes coffee.');
      await memory().update(other, { text: 'Ben likes cocoa.' });
      await memory().delete(other);
      await memory().restore(other);
      await memory().feedback({ memories: [{ id: other, kind: 'used' }] });
      await memory().invalidate(other);
      const told = await taken(memory(), { namespace, after: events[0]!.id }, 7);
      expect(told.map(({ type }) => type)).toEqual([
        'memory.created',
        'memory.updated',
        'memory.archived',
        'memory.restored',
        'memory.used',
        'memory.updated',
        'memory.invalidated',
      ]);
      expect(new Set(told.map(({ memoryId }) => memoryId))).toEqual(new Set([other]));
      expect(JSON.stringify(told)).not.toContain('likes');
    });

    test('go on exactly behind the one that was seen last', async () => {
      const namespace = newNamespace();
      const ids: string[] = [];
      for (let index = 0; index < 5; index += 1) ids.push(await addText(namespace, `Note ${index}.`));
      const [first, second] = await taken(memory(), { namespace, after: '0' }, 2);
      const rest = await taken(memory(), { namespace, after: second!.id }, 3);
      expect([first!, second!, ...rest].map(({ memoryId }) => memoryId)).toEqual(ids);
    });

    test('come as they happen, of the namespace alone, or of those below it when asked', async () => {
      const namespace = newNamespace();
      const following = taken(memory(), { namespace: `${namespace}/**`, types: ['memory.created'] }, 2, async () => {
        await stranger().add({ namespace, text: 'A stranger.' });
        await addText(`${namespace}-beside`, 'Beside.');
        await addText(`${namespace}/below`, 'Below.');
        await addText(namespace, 'Here.');
      });
      expect((await following).map((event) => event.namespace)).toEqual([`${namespace}/below`, namespace]);
    });

    test('of facts are told apart', async () => {
      const namespace = newNamespace();
      const fact = { namespace, subject: 'Ana', attribute: 'residence' };
      await memory().addFact({ ...fact, value: 'Lisbon' });
      await memory().addFact({ ...fact, value: 'Porto' });
      const types = (await taken(memory(), { namespace, after: '0' }, 3)).map(({ type }) => type);
      expect(types.toSorted()).toEqual(['fact.created', 'fact.created', 'fact.superseded']);
    });

    test('are refused for an input that is wrong', async () => {
      const read = async (input: Parameters<MemoryService['events']>[0]) => taken(memory(), input, 1);
      expect((await failureOf(read({ namespace: '' }))).code).toBe('invalid');
      expect((await failureOf(read({ namespace: 'users/x', after: 'yesterday' }))).code).toBe('invalid');
    });
  });

  describe('a delete by filter', () => {
    test('counts and shows some, unless it is told to act', async () => {
      const namespace = newNamespace();
      const red = [
        await addText(namespace, 'One.', { colour: 'red' }),
        await addText(namespace, 'Two.', { colour: 'red' }),
      ];
      const blue = await addText(namespace, 'Three.', { colour: 'blue' });
      const input = { namespace, filter: { colour: 'red' } };
      const dry = await memory().deleteWhere(input);
      expect(dry).toMatchObject({ dryRun: true, matched: 2, deleted: 0 });
      expect(dry.sample.toSorted()).toEqual(red.toSorted());
      expect((await memory().list({ namespace })).data).toHaveLength(3);
      expect(await memory().deleteWhere({ ...input, dryRun: false })).toMatchObject({ matched: 2, deleted: 2 });
      expect((await memory().list({ namespace })).data.map(({ id }) => id)).toEqual([blue]);
      expect((await memory().restore(red[0]!)).state).toBe('active');
    });

    test('never reaches beyond the namespace that was named, and below it only when asked', async () => {
      const namespace = newNamespace();
      const here = await addText(namespace, 'Here.');
      const below = await addText(`${namespace}/below`, 'Below.');
      const beside = await addText(`${namespace}-beside`, 'Beside.');
      const hers = (await stranger().add({ namespace, text: 'Hers.' })).memories[0]!.id;
      expect(await memory().deleteWhere({ namespace, filter: {}, dryRun: false, hard: true })).toMatchObject({
        deleted: 1,
      });
      expect((await failureOf(memory().get(here))).code).toBe('not_found');
      expect((await memory().get(below)).state).toBe('active');
      await memory().deleteWhere({ namespace: `${namespace}/**`, filter: {}, dryRun: false, hard: true });
      expect((await failureOf(memory().get(below))).code).toBe('not_found');
      expect((await memory().get(beside)).state).toBe('active');
      expect((await stranger().get(hers)).state).toBe('active');
    });

    test('takes hundreds, in slices', async () => {
      const namespace = newNamespace();
      await memory().addBatch(Array.from({ length: 150 }, (_, index) => ({ namespace, text: `Note ${index}.` })));
      expect(await memory().deleteWhere({ namespace, filter: {}, dryRun: false })).toMatchObject({
        matched: 150,
        deleted: 150,
      });
      expect((await memory().list({ namespace })).data).toEqual([]);
    });
  });

  describe('an export', () => {
    test('taken in again where all of it is there already changes nothing', async () => {
      const namespace = newNamespace();
      const id = await addText(namespace, 'Ana likes tea: "\\u0000" and ☕.', { nested: { list: [1, 2.5, null] } });
      await memory().update(id, { tags: ['drink'] });
      await memory().addFact({ namespace, subject: 'Ana', attribute: 'residence', value: 'Lisbon' });
      const lines = await all(memory().export({ namespace }));
      expect(lines.map((line) => (JSON.parse(line) as { type: string }).type)).toEqual([
        'header',
        'namespace',
        'note',
        'note',
        'past',
        'past',
        'end',
      ]);
      expect(await memory().import(lines)).toEqual({ namespaces: [namespace], memories: 0, skipped: 2, links: 0 });
      expect(await all(memory().export({ namespace }))).toEqual(lines);
    });

    test('comes back after everything was erased, with its history', async () => {
      const namespace = newNamespace();
      const id = await addText(namespace, 'Ana likes tea.');
      await memory().update(id, { text: 'Ana likes green tea.' });
      const before = await Promise.all([memory().get(id), memory().history(id)]);
      const lines = await all(memory().export({ namespace }));
      await memory().delete(id, { hard: true });
      expect(await memory().import(lines)).toMatchObject({ memories: 1, skipped: 0 });
      expect(await Promise.all([memory().get(id), memory().history(id)])).toEqual(before);
      expect(await all(memory().export({ namespace }))).toEqual(lines);
      const { hits } = await memory().search({ namespace, query: 'green tea' });
      expect(hits.map((hit) => hit.memory.id)).toEqual([id]);
    });

    test('of something else is refused, with the line that is wrong', async () => {
      const header = '{"type":"header","format":"ecphory-export","version":1}';
      for (const [lines, pointer] of [
        [['not json'], '/lines/1'],
        [['{"type":"end","lines":0}'], '/lines/1'],
        [[header, '{"type":"namespace","namespace":"a//b"}'], '/lines/2/namespace'],
        [[header, '{"type":"link"}'], '/lines/2/id'],
        [['{"type":"header","format":"ecphory-export","version":2}'], '/lines/1'],
      ] as const) {
        const failure = await failureOf(memory().import(lines));
        expect(failure.code).toBe('invalid');
        expect(failure.faults[0]?.pointer).toBe(pointer);
      }
    });
  });

  describe('a webhook', () => {
    const url = 'https://hooks.example.com/memory';

    test('is made with a secret that is shown once, changed and deleted', async () => {
      const namespace = newNamespace();
      const { secret, ...made } = await memory().createWebhook({ namespace: `${namespace}/**`, url });
      expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
      expect(made).toMatchObject({ namespace: `${namespace}/**`, url, types: null, enabled: true });
      expect(await memory().webhook(made.id)).toEqual(made);
      expect(await memory().webhooks()).toContainEqual(made);
      const changed = await memory().updateWebhook(made.id, { enabled: false, types: ['memory.created'] });
      expect(changed).toMatchObject({ enabled: false, types: ['memory.created'], url });
      const rotated = await memory().rotateWebhookSecret(made.id);
      expect(rotated.secret).not.toBe(secret);
      expect(await memory().deliveries(made.id)).toEqual({ data: [], nextCursor: null });
      expect(await memory().deleteWebhook(made.id)).toEqual({ id: made.id });
      expect((await failureOf(memory().webhook(made.id))).code).toBe('not_found');
    });

    test('is nobody else’s', async () => {
      const { id } = await memory().createWebhook({ namespace: newNamespace(), url });
      expect((await failureOf(stranger().webhook(id))).code).toBe('not_found');
      expect((await failureOf(stranger().deleteWebhook(id))).code).toBe('not_found');
      expect((await stranger().webhooks()).map((webhook) => webhook.id)).not.toContain(id);
      await memory().deleteWebhook(id);
    });

    test.each([
      'http://hooks.example.com/',
      'https://127.0.0.1/',
      'https://[::1]/',
      'https://169.254.169.254/latest/meta-data',
      'https://localhost:8787/',
      'https://2130706433/',
      'https://name:word@hooks.example.com/',
      'ftp://hooks.example.com/',
      'hooks.example.com',
    ])('does not lead to %s', async (wrong) => {
      const failure = await failureOf(memory().createWebhook({ namespace: newNamespace(), url: wrong }));
      expect([failure.code, failure.faults[0]?.pointer]).toEqual(['invalid', '/url']);
    });
  });

  describe('an idempotency key', () => {
    test('of a use counts it once, and is of one request', async () => {
      const id = await addText(newNamespace(), 'Ana likes tea.');
      const input = { memories: [{ id, kind: 'used' as const }] };
      const idempotencyKey = `use-${id}`;
      const first = await memory().feedback(input, { idempotencyKey });
      expect(await memory().feedback(input, { idempotencyKey })).toEqual(first);
      expect((await memory().retention(id)).reviews).toHaveLength(2);
      const other = { memories: [{ id, kind: 'confirmed' as const }] };
      expect((await failureOf(memory().feedback(other, { idempotencyKey }))).code).toBe('key_reused');
    });

    test('of a webhook gives the same one with its secret again', async () => {
      const input = { namespace: newNamespace(), url: 'https://hooks.example.com/' };
      const options = { idempotencyKey: `hook-${input.namespace}` };
      const made = await memory().createWebhook(input, options);
      expect(await memory().createWebhook(input, options)).toEqual(made);
      await memory().deleteWebhook(made.id);
    });

    test('of a cancelled operation finds it cancelled', async () => {
      const { id } = await memory().consolidate({ namespace: newNamespace() });
      const options = { idempotencyKey: `cancel-${id}` };
      const cancelled = await memory().cancelOperation(id, options);
      expect(await memory().cancelOperation(id, options)).toEqual(cancelled);
      expect((await failureOf(memory().cancelOperation(id))).code).toBe('conflict');
    });
  });
}

/** The first events of a stream, which is then left. `meanwhile` runs once the stream has begun. */
async function taken(
  memory: MemoryService,
  input: Parameters<MemoryService['events']>[0],
  count: number,
  meanwhile: () => Promise<void> = async () => {},
): Promise<readonly MemoryEvent[]> {
  const over = new AbortController();
  const events: MemoryEvent[] = [];
  let doing: Promise<void> = Promise.resolve();
  const onStart = () => {
    doing = meanwhile();
  };
  for await (const event of memory.events({ ...input, onStart, signal: over.signal })) {
    events.push(event);
    if (events.length === count) break;
  }
  over.abort();
  await doing;
  return events;
}

async function all<Item>(items: AsyncIterable<Item>): Promise<readonly Item[]> {
  const found: Item[] = [];
  for await (const item of items) found.push(item);
  return found;
}
