import { EcphoryError } from '../memory/errors.ts';
import type { DeliveryId, WebhookId } from '../memory/ids.ts';
import type { Tenant } from '../memory/scope.ts';
import type { Delivery, Webhook, WebhookStore } from '../memory/webhook.ts';
import { compareText, conflict, frozenCopy, notFound, type State } from './in-memory-state.ts';

/** The webhooks of the in-memory store. */
export function newWebhookStore(
  { webhooks, deliveries }: Pick<State, 'webhooks' | 'deliveries'>,
  assertOpen: () => void,
): WebhookStore {
  return {
    async add(webhook) {
      assertOpen();
      if (webhooks.has(webhook.id)) throw conflict('webhook', webhook.id);
      put(webhook);
    },
    async find(tenant, id) {
      assertOpen();
      return ofTenant(tenant, id) ?? null;
    },
    async list(tenant) {
      assertOpen();
      return [...webhooks.values()].filter(({ scope }) => scope.tenant === tenant);
    },
    async enabled() {
      assertOpen();
      return [...webhooks.values()].filter(({ isEnabled }) => isEnabled);
    },
    async change(tenant, id, { at, ...change }) {
      assertOpen();
      const before = found(tenant, id);
      const after = { ...before, ...change, updatedAt: at };
      return put(after.isEnabled && !before.isEnabled ? { ...after, failingSince: null } : after);
    },
    async remove(tenant, id) {
      assertOpen();
      webhooks.delete(found(tenant, id).id);
      for (const { id: one, webhookId } of deliveries.values()) if (webhookId === id) deliveries.delete(one);
    },
    async queue(id, { from, to, deliveries: added }) {
      assertOpen();
      const webhook = webhooks.get(id);
      if (webhook === undefined) throw notFound('webhook', id);
      if (webhook.cursor !== from) {
        throw new EcphoryError('stale', `Webhook ${id} is at ${webhook.cursor}, not ${from}.`);
      }
      put({ ...webhook, cursor: to });
      for (const delivery of added) deliveries.set(delivery.id, frozenCopy(delivery));
    },
    async due(id, now, limit) {
      assertOpen();
      return logOf(id)
        .filter(({ state, nextAt }) => state === 'pending' && nextAt !== null && nextAt <= now)
        .sort((left, right) => (left.nextAt ?? 0) - (right.nextAt ?? 0) || compareText(left.id, right.id))
        .slice(0, limit);
    },
    async nextAt() {
      assertOpen();
      const times = waiting().flatMap(({ nextAt }) => nextAt ?? []);
      return times.length === 0 ? null : Math.min(...times);
    },
    async pending(id) {
      assertOpen();
      return logOf(id).filter(({ state }) => state === 'pending').length;
    },
    async settle(id, { now, ...outcome }, keep) {
      assertOpen();
      const before = deliveries.get(id);
      const webhook = before === undefined ? undefined : webhooks.get(before.webhookId);
      if (before === undefined || webhook === undefined) return;
      deliveries.set(id, frozenCopy({ ...before, ...outcome, attempts: before.attempts + 1, updatedAt: now }));
      put({ ...webhook, failingSince: outcome.state === 'delivered' ? null : (webhook.failingSince ?? now) });
      if (outcome.state === 'pending') return;
      const over = logOf(webhook.id).filter(({ state }) => state !== 'pending');
      for (const { id: old } of over.slice(0, Math.max(0, over.length - keep))) deliveries.delete(old);
    },
    async delivery(tenant, webhook, id) {
      assertOpen();
      return deliveryOf(tenant, webhook, id) ?? null;
    },
    async deliveries(tenant, webhook, { limit, before, state }) {
      assertOpen();
      if (ofTenant(tenant, webhook) === undefined) return [];
      const log = logOf(webhook).reverse();
      const from = before === null ? 0 : log.findIndex(({ id }) => id === before) + 1;
      return log
        .slice(from)
        .filter((one) => state === undefined || one.state === state)
        .slice(0, limit);
    },
    async replay(tenant, webhook, id, now) {
      assertOpen();
      const before = deliveryOf(tenant, webhook, id);
      if (before === undefined) throw notFound('delivery', id);
      const again = frozenCopy<Delivery>({ ...before, state: 'pending', attempts: 0, nextAt: now, updatedAt: now });
      deliveries.set(id, again);
      return again;
    },
  };

  function put(webhook: Webhook): Webhook {
    const kept = frozenCopy(webhook);
    webhooks.set(kept.id, kept);
    return kept;
  }

  function ofTenant(tenant: Tenant, id: WebhookId): Webhook | undefined {
    const webhook = webhooks.get(id);
    return webhook?.scope.tenant === tenant ? webhook : undefined;
  }

  function found(tenant: Tenant, id: WebhookId): Webhook {
    const webhook = ofTenant(tenant, id);
    if (webhook === undefined) throw notFound('webhook', id);
    return webhook;
  }

  function deliveryOf(tenant: Tenant, webhook: WebhookId, id: DeliveryId): Delivery | undefined {
    const delivery = ofTenant(tenant, webhook) === undefined ? undefined : deliveries.get(id);
    return delivery?.webhookId === webhook ? delivery : undefined;
  }

  /** In the order in which they were queued. */
  function logOf(id: WebhookId): Delivery[] {
    return [...deliveries.values()].filter(({ webhookId }) => webhookId === id);
  }

  function waiting(): Delivery[] {
    return [...deliveries.values()].filter(
      ({ state, webhookId }) => state === 'pending' && webhooks.get(webhookId)?.isEnabled === true,
    );
  }
}
