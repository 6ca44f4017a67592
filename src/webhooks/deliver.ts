import { isEcphoryError } from '../memory/errors.ts';
import { eventsOf } from '../memory/events-of.ts';
import type { Clock, IdSource } from '../memory/ids.ts';
import { limits } from '../memory/limits.ts';
import type { Store } from '../memory/store.ts';
import { formatTime } from '../memory/time.ts';
import type { Delivery, DeliveryOutcome, Webhook } from '../memory/webhook.ts';
import type { Post, PostOutcome } from './post.ts';
import { nextTryAt } from './retry.ts';
import { signatureHeaders } from './signature.ts';

export interface Deliverer {
  /** Says that something was written, or a webhook was changed. Returns at once. */
  wake(): void;
  /** Ends what is under way; what was not answered is sent again after the next start. */
  close(): Promise<void>;
}

export interface DelivererParts {
  readonly store: Pick<Store, 'feed' | 'notes' | 'webhooks'>;
  readonly ids: Pick<IdSource, 'deliveryId'>;
  readonly clock: Clock;
  readonly post: Post;
  readonly onNotice: (message: string, cause: unknown) => void;
  /** From 0 to below 1. */
  readonly random?: () => number;
}

/**
 * Tells webhooks of events, at least once each. A webhook's place in the feed moves on in the same transaction that queues its
 * deliveries, and stands still while many wait: the feed itself is the queue. Each delivery is tried again until it is
 * answered with a status from 200 to 299, or given up; a webhook that answers nothing at all for days is disabled.
 */
export function startDeliverer(parts: DelivererParts): Deliverer {
  const { store, clock, post, onNotice, random = Math.random } = parts;
  const { webhooks } = store;
  const over = new AbortController();
  const sending = new Map<string, { readonly webhookId: string; readonly done: Promise<void> }>();
  let isWoken = true;
  let endPause = () => {};
  const running = run();

  return {
    wake() {
      isWoken = true;
      endPause();
    },
    async close() {
      over.abort();
      endPause();
      await running;
      await Promise.all([...sending.values()].map(({ done }) => done));
    },
  };

  async function run(): Promise<void> {
    while (!over.signal.aborted) {
      isWoken = false;
      try {
        const enabled = await webhooks.enabled();
        for (const webhook of enabled) await queueEvents(webhook);
        await sendDue(shuffled(enabled));
        await pause(await pauseMs(enabled.length));
      } catch (error) {
        if (over.signal.aborted) return;
        onNotice('Webhooks could not be looked after; that is tried again.', error);
        await pause(limits.webhookPollMs);
      }
    }
  }

  async function queueEvents(webhook: Webhook): Promise<void> {
    let from = webhook.cursor;
    let room = limits.webhookPending - (await webhooks.pending(webhook.id));
    while (room > 0 && !over.signal.aborted) {
      const entries = await store.feed(webhook.scope, from, Math.min(room, limits.eventPage));
      const last = entries.at(-1);
      if (last === undefined) return;
      const events = await eventsOf(store, webhook.scope.tenant, entries);
      const now = clock();
      const wanted = events.filter(({ type }) => webhook.types === null || webhook.types.includes(type));
      const deliveries = wanted.map((event): Delivery => {
        const begun = { state: 'pending', attempts: 0, nextAt: now, status: null, error: null } as const;
        return { id: parts.ids.deliveryId(), webhookId: webhook.id, event, ...begun, createdAt: now, updatedAt: now };
      });
      try {
        await webhooks.queue(webhook.id, { from, to: last.sequence, deliveries });
      } catch (error) {
        // It was removed meanwhile.
        if (isEcphoryError(error) && (error.code === 'not_found' || error.code === 'stale')) return;
        throw error;
      }
      from = last.sequence;
      room -= deliveries.length;
    }
  }

  async function sendDue(enabled: readonly Webhook[]): Promise<void> {
    for (const webhook of enabled) {
      const own = [...sending.values()].filter(({ webhookId }) => webhookId === webhook.id).length;
      const room = Math.min(limits.webhookSendsEach - own, limits.webhookSends - sending.size);
      if (room <= 0) continue;
      // Those under way are still due.
      const due = await webhooks.due(webhook.id, clock(), room + own);
      for (const delivery of due.filter(({ id }) => !sending.has(id)).slice(0, room)) {
        const done = send(webhook, delivery).finally(() => {
          sending.delete(delivery.id);
          isWoken = true;
          endPause();
        });
        sending.set(delivery.id, { webhookId: webhook.id, done });
      }
    }
  }

  async function send(webhook: Webhook, delivery: Delivery): Promise<void> {
    const at = clock();
    const body = bodyOf(delivery);
    const secrets = webhook.secrets.filter(({ until }) => until === null || until > at).map(({ text }) => text);
    const headers = signatureHeaders(secrets, { id: delivery.id, at, body });
    const outcome = await post({ url: webhook.url, headers, body, signal: over.signal });
    // Nobody knows whether it arrived: it is sent again after the next start, with the same id.
    if (over.signal.aborted) return;
    try {
      await settle(webhook, delivery, outcome);
    } catch (error) {
      onNotice('How a delivery went could not be put down; it is sent again.', error);
    }
  }

  async function settle(webhook: Webhook, delivery: Delivery, outcome: PostOutcome): Promise<void> {
    const now = clock();
    const { status } = outcome;
    const isDelivered = status !== null && status >= 200 && status < 300;
    const nextAt = isDelivered ? null : nextTryAt(delivery.attempts + 1, now, random());
    const settled: DeliveryOutcome = {
      state: isDelivered ? 'delivered' : nextAt === null ? 'failed' : 'pending',
      nextAt,
      status,
      error: isDelivered ? null : (outcome.error ?? `It answered ${status}.`),
      now,
    };
    await webhooks.settle(delivery.id, settled, limits.webhookLog);
    if (isDelivered) return;
    const { tenant } = webhook.scope;
    const present = await webhooks.find(tenant, webhook.id);
    const isFailingLong = present?.failingSince != null && now - present.failingSince >= limits.webhookFailingMs;
    if (present === null || !present.isEnabled || (status !== 410 && !isFailingLong)) return;
    const disabledReason = status === 410 ? 'It answered 410: it is gone.' : 'Nothing was delivered for five days.';
    await webhooks.change(tenant, webhook.id, { isEnabled: false, disabledReason, at: now });
    onNotice(`Webhook ${webhook.id} was disabled. ${disabledReason}`, null);
  }

  /** Nothing is looked at while there is no webhook. */
  async function pauseMs(enabled: number): Promise<number> {
    if (isWoken) return 0;
    const next = sending.size > 0 ? null : await webhooks.nextAt();
    const untilDue = next === null ? Number.POSITIVE_INFINITY : Math.max(0, next - clock());
    return Math.min(untilDue, enabled === 0 ? idleMs : limits.webhookPollMs);
  }

  function pause(ms: number): Promise<void> {
    if (isWoken || over.signal.aborted) return new Promise((resolve) => setImmediate(resolve));
    return new Promise((resolve) => {
      const timer = setTimeout(end, ms);
      timer.unref();
      endPause = end;
      function end() {
        clearTimeout(timer);
        endPause = () => {};
        resolve();
      }
    });
  }
}

/** Whose turn is first is left to chance: there are fewer places than there may be webhooks. */
function shuffled(webhooks: readonly Webhook[]): readonly Webhook[] {
  return webhooks
    .map((webhook) => ({ webhook, place: Math.random() }))
    .sort((left, right) => left.place - right.place)
    .map(({ webhook }) => webhook);
}

/** Whoever makes the first webhook says so. */
const idleMs = 60_000;

/** The same bytes for every try. */
function bodyOf({ event, createdAt }: Delivery): string {
  const { id, type, namespace, memoryId, operationId, at } = event;
  const data = { id, namespace, memory_id: memoryId, operation_id: operationId, at };
  return JSON.stringify({ type, timestamp: formatTime(createdAt), data });
}
