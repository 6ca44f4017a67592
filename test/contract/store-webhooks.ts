import { describe, expect, it } from 'vitest';
import type { DeliveryId, WebhookId } from '../../src/memory/ids.ts';
import { limits } from '../../src/memory/limits.ts';
import { readScope } from '../../src/memory/scope.ts';
import type { Delivery, Webhook } from '../../src/memory/webhook.ts';
import { makeJob, makeNote, makeScope, may8, noteAdded } from '../builders.ts';
import { benchOf, expectFailure, type StoreUnderTest } from './open-store.ts';

const scope = makeScope();
const { tenant } = scope;
const stranger = makeScope('stranger').tenant;

export function webhookContract(subject: StoreUnderTest): void {
  describe('webhooks', () => {
    const bench = benchOf(subject);
    const hooks = () => bench.store.webhooks;

    it('are their tenant’s alone, oldest first', async () => {
      const [one, two] = [makeWebhook('webhook_1'), makeWebhook('webhook_2', { types: ['memory.created'] })];
      await hooks().add(one);
      await hooks().add(two);
      expect(await hooks().list(tenant)).toEqual([one, two]);
      expect(await hooks().find(tenant, two.id)).toEqual(two);
      expect(await hooks().list(stranger)).toEqual([]);
      expect(await hooks().find(stranger, one.id)).toBeNull();
      await expectFailure(hooks().add(one), 'conflict');
      await expectFailure(hooks().change(stranger, one.id, { isEnabled: false, at: 1 }), 'not_found');
      await expectFailure(hooks().remove(stranger, one.id), 'not_found');
    });

    it('change what is said, and begin anew when they are enabled again', async () => {
      const webhook = makeWebhook('webhook_1', { failingSince: may8 });
      await hooks().add(webhook);
      const off = await hooks().change(tenant, webhook.id, { isEnabled: false, disabledReason: 'gone', at: may8 + 1 });
      expect(off).toEqual({ ...webhook, isEnabled: false, disabledReason: 'gone', updatedAt: may8 + 1 });
      expect(await hooks().enabled()).toEqual([]);
      const on = await hooks().change(tenant, webhook.id, { isEnabled: true, disabledReason: null, at: may8 + 2 });
      expect(on).toEqual({ ...webhook, failingSince: null, updatedAt: may8 + 2 });
      expect(await hooks().enabled()).toEqual([on]);
    });

    it('move on in the feed together with what is queued, or not at all', async () => {
      const webhook = makeWebhook('webhook_1');
      await hooks().add(webhook);
      const deliveries = [makeDelivery(webhook, 'msg_1'), makeDelivery(webhook, 'msg_2', { nextAt: may8 + 5 })];
      await expectFailure(hooks().queue(webhook.id, { from: 3, to: 9, deliveries }), 'stale');
      expect(await hooks().pending(webhook.id)).toBe(0);
      await hooks().queue(webhook.id, { from: 0, to: 9, deliveries });
      expect((await hooks().find(tenant, webhook.id))?.cursor).toBe(9);
      expect(await hooks().pending(webhook.id)).toBe(2);
      expect(await hooks().due(webhook.id, may8, 10)).toEqual([deliveries[0]]);
      expect(await hooks().due(webhook.id, may8 + 5, 10)).toEqual(deliveries);
      expect(await hooks().nextAt()).toBe(may8);
    });

    it('keep a log of what went how, newest first, no longer than is asked', async () => {
      const webhook = makeWebhook('webhook_1');
      await hooks().add(webhook);
      const deliveries = ['msg_1', 'msg_2', 'msg_3', 'msg_4'].map((id) => makeDelivery(webhook, id));
      await hooks().queue(webhook.id, { from: 0, to: 1, deliveries });
      const failed = { state: 'failed', nextAt: null, status: 500, error: 'It answered 500.', now: may8 + 1 } as const;
      await hooks().settle(deliveries[0]!.id, failed, limits.webhookLog);
      expect((await hooks().find(tenant, webhook.id))?.failingSince).toBe(may8 + 1);
      const delivered = { state: 'delivered', nextAt: null, status: 200, error: null, now: may8 + 2 } as const;
      for (const { id } of deliveries.slice(1, 3)) await hooks().settle(id, delivered, 2);
      expect((await hooks().find(tenant, webhook.id))?.failingSince).toBeNull();
      const log = await hooks().deliveries(tenant, webhook.id, { limit: 10, before: null });
      expect(log.map(({ id, state }) => [id, state])).toEqual([
        ['msg_4', 'pending'],
        ['msg_3', 'delivered'],
        ['msg_2', 'delivered'],
      ]);
      const page = await hooks().deliveries(tenant, webhook.id, { limit: 1, before: log[0]!.id });
      expect(page).toEqual([log[1]]);
      const waiting = await hooks().deliveries(tenant, webhook.id, { limit: 9, before: null, state: 'pending' });
      expect(waiting).toEqual([log[0]]);
      expect(await hooks().deliveries(stranger, webhook.id, { limit: 10, before: null })).toEqual([]);
      const again = await hooks().replay(tenant, webhook.id, log[1]!.id, may8 + 9);
      expect(again).toMatchObject({ state: 'pending', attempts: 0, nextAt: may8 + 9 });
      expect(await hooks().delivery(tenant, webhook.id, log[1]!.id)).toEqual(again);
      await expectFailure(hooks().replay(stranger, webhook.id, log[1]!.id, 1), 'not_found');
      await hooks().remove(tenant, webhook.id);
      expect(await hooks().delivery(tenant, webhook.id, log[1]!.id)).toBeNull();
      expect(await hooks().nextAt()).toBeNull();
    });
  });

  describe('the detail of an entry of the feed', () => {
    const bench = benchOf(subject);

    it('says which way a change went, and which job was done', async () => {
      const [note, other] = [makeNote(), makeNote()];
      await bench.store.apply(scope, [
        noteAdded(note),
        noteAdded(other),
        { kind: 'note-superseded', noteId: note.id, by: other.id, invalidAt: null, at: may8 },
        { kind: 'note-superseded', noteId: note.id, by: null, invalidAt: may8, at: may8 },
        { kind: 'note-superseded', noteId: note.id, by: null, invalidAt: null, at: may8 },
        { kind: 'note-state-set', noteId: note.id, state: 'archived', reason: null, at: may8 },
      ]);
      const job = makeJob({ scope });
      await bench.store.jobs.enqueue(job);
      const leased = await bench.store.jobs.lease({ now: may8, leaseUntil: may8 + 1_000 });
      await bench.store.jobs.settle({ jobId: job.id, token: leased!.token }, { state: 'done', now: may8 });
      const entries = await bench.store.feed(readScope(scope), 0, 100);
      expect(entries.map(({ kind, detail }) => [kind, detail])).toEqual([
        ['note-added', undefined],
        ['note-added', undefined],
        ['note-superseded', 'superseded'],
        ['note-superseded', 'ended'],
        ['note-superseded', 'holds'],
        ['note-state-set', 'archived'],
        ['job-done', job.id],
      ]);
    });
  });
}

function makeWebhook(id: string, overrides: Partial<Webhook> = {}): Webhook {
  return {
    id: id as WebhookId,
    scope: readScope(scope),
    url: 'https://hooks.example.com/',
    types: null,
    description: null,
    secrets: [{ text: 'whsec_c2VjcmV0', until: null }],
    isEnabled: true,
    disabledReason: null,
    cursor: 0,
    failingSince: null,
    createdAt: may8,
    updatedAt: may8,
    ...overrides,
  };
}

function makeDelivery(webhook: Webhook, id: string, overrides: Partial<Delivery> = {}): Delivery {
  return {
    id: id as DeliveryId,
    webhookId: webhook.id,
    event: {
      id: '1',
      type: 'memory.created',
      namespace: scope.namespace,
      memoryId: 'note_1',
      operationId: null,
      at: '2024-05-08T13:56:00.000Z',
    },
    state: 'pending',
    attempts: 0,
    nextAt: may8,
    status: null,
    error: null,
    createdAt: may8,
    updatedAt: may8,
    ...overrides,
  };
}
