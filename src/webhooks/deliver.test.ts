import { afterEach, expect, test, vi } from 'vitest';
import { makeNote, makeScope, may8, noteAdded } from '../../test/builders.ts';
import { newIdSource } from '../memory/ids.ts';
import { limits } from '../memory/limits.ts';
import { readScope } from '../memory/scope.ts';
import type { Webhook } from '../memory/webhook.ts';
import { openInMemoryStore } from '../store/in-memory.ts';
import { type Deliverer, startDeliverer } from './deliver.ts';
import type { Posted, PostOutcome } from './post.ts';

const scope = makeScope();
const open: Deliverer[] = [];
afterEach(async () => {
  for (const deliverer of open.splice(0)) await deliverer.close();
});

/** A receiver that answers as it is told, over the in-memory store and a clock that stands still. */
async function newReceiver(
  answer: (posted: Posted) => PostOutcome | Promise<PostOutcome>,
  given: Partial<Webhook> = {},
) {
  const time = { now: may8 };
  const clock = () => time.now;
  const store = openInMemoryStore({ clock });
  const ids = newIdSource(clock);
  const webhook: Webhook = {
    id: ids.webhookId(),
    scope: readScope(scope),
    url: 'https://hooks.example.com/',
    types: null,
    description: null,
    secrets: [{ text: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', until: null }],
    isEnabled: true,
    disabledReason: null,
    cursor: 0,
    failingSince: null,
    createdAt: may8,
    updatedAt: may8,
    ...given,
  };
  await store.webhooks.add(webhook);
  const received: Posted[] = [];
  const notices: string[] = [];
  const start = () => {
    const deliverer = startDeliverer({
      store,
      ids,
      clock,
      random: () => 0,
      onNotice: (text) => notices.push(text),
      async post(posted) {
        received.push(posted);
        return answer(posted);
      },
    });
    open.push(deliverer);
    return deliverer;
  };
  const log = () => store.webhooks.deliveries(scope.tenant, webhook.id, { limit: 100, before: null });
  const present = async () => (await store.webhooks.find(scope.tenant, webhook.id))!;
  return { store, webhook, received, notices, time, start, log, present };
}

const ok: PostOutcome = { status: 204, error: null };

test('a webhook is told of each event once, signed, by ids alone', async () => {
  const { store, received, start, log, present } = await newReceiver(() => ok);
  const notes = [makeNote({ text: 'One.' }), makeNote({ text: 'Two.' })];
  for (const note of notes) await store.apply(scope, [noteAdded(note)]);
  start();
  await vi.waitFor(async () => expect((await log()).map(({ state }) => state)).toEqual(['delivered', 'delivered']));
  const bodies = received.map(({ body }) => JSON.parse(body) as { type: string; data: { memory_id: string } });
  expect(bodies.map(({ data }) => data.memory_id).toSorted()).toEqual(notes.map(({ id }) => id).toSorted());
  expect(bodies[0]?.type).toBe('memory.created');
  expect(received[0]?.body).not.toContain('One.');
  expect(received[0]?.headers['webhook-signature']).toMatch(/^v1,[A-Za-z0-9+/]{43}=$/);
  expect((await present()).cursor).toBe((await store.health()).sequence);
});

test('what another tenant or namespace does, and what was not asked for, is not told', async () => {
  const { store, received, start, present } = await newReceiver(() => ok, { types: ['memory.archived'] });
  await store.apply(scope, [noteAdded(makeNote())]);
  for (const other of [makeScope('other'), makeScope('acme', 'users/bob')]) {
    await store.apply(other, [noteAdded(makeNote({ scope: other }))]);
  }
  start();
  await vi.waitFor(async () => expect((await present()).cursor).toBe(1));
  expect(received).toEqual([]);
});

test('one that fails is tried again later with the same id and body, and the log says why', async () => {
  let isWell = false;
  const { store, received, time, start, log, present } = await newReceiver(() =>
    isWell ? ok : { status: 500, error: null },
  );
  await store.apply(scope, [noteAdded(makeNote())]);
  const deliverer = start();
  await vi.waitFor(async () => expect((await log())[0]?.attempts).toBe(1));
  expect((await log())[0]).toMatchObject({
    state: 'pending',
    status: 500,
    error: 'It answered 500.',
    nextAt: may8 + 5_000,
  });
  expect((await present()).failingSince).toBe(may8);
  isWell = true;
  time.now += 5_000;
  deliverer.wake();
  await vi.waitFor(async () => expect((await log())[0]?.state).toBe('delivered'));
  expect(received[1]?.body).toBe(received[0]?.body);
  expect(received[1]?.headers['webhook-id']).toBe(received[0]?.headers['webhook-id']);
  expect((await present()).failingSince).toBeNull();
});

test('one that was under way when the server stopped is sent again after the next start', async () => {
  let hangs = true;
  const { store, received, start, log } = await newReceiver(({ signal }) =>
    hangs
      ? new Promise((resolve) => signal.addEventListener('abort', () => resolve({ status: null, error: 'stopped' })))
      : ok,
  );
  await store.apply(scope, [noteAdded(makeNote())]);
  const first = start();
  await vi.waitFor(() => expect(received).toHaveLength(1));
  await first.close();
  expect((await log())[0]).toMatchObject({ state: 'pending', attempts: 0 });
  hangs = false;
  start();
  await vi.waitFor(async () => expect((await log())[0]?.state).toBe('delivered'));
  expect(received).toHaveLength(2);
});

test('one that is gone, or answers nothing for days, is disabled, and goes on where it stopped when it is enabled', async () => {
  let status = 500;
  const { store, webhook, notices, time, start, log, present } = await newReceiver(() => ({ status, error: null }));
  await store.apply(scope, [noteAdded(makeNote())]);
  const deliverer = start();
  await vi.waitFor(async () => expect((await log())[0]?.attempts).toBe(1));
  time.now += limits.webhookFailingMs;
  deliverer.wake();
  await vi.waitFor(async () => expect((await present()).isEnabled).toBe(false));
  expect(notices).toHaveLength(1);
  await store.apply(scope, [noteAdded(makeNote())]);
  status = 200;
  await store.webhooks.change(scope.tenant, webhook.id, { isEnabled: true, disabledReason: null, at: time.now });
  time.now += limits.webhookFailingMs;
  deliverer.wake();
  await vi.waitFor(async () => expect((await log()).map(({ state }) => state)).toEqual(['delivered', 'delivered']));
  status = 410;
  await store.apply(scope, [noteAdded(makeNote())]);
  deliverer.wake();
  await vi.waitFor(async () => expect((await present()).disabledReason).toContain('410'));
});

test('while many wait for one, its place in the feed waits', async () => {
  const { store, start, present, webhook } = await newReceiver(
    ({ signal }) =>
      new Promise((resolve) => signal.addEventListener('abort', () => resolve({ status: null, error: 'stopped' }))),
  );
  const count = limits.webhookPending + 50;
  for (let index = 0; index < count; index += 1) await store.apply(scope, [noteAdded(makeNote())]);
  start();
  await vi.waitFor(async () => expect((await present()).cursor).toBe(limits.webhookPending), { timeout: 10_000 });
  expect(await store.webhooks.pending(webhook.id)).toBe(limits.webhookPending);
});
