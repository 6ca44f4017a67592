import { checkedCount, checkLine } from './encoding/check-input.ts';
import type { CarryOutOnce, ReceiptOf } from './idempotency.ts';
import { EcphoryError, isEcphoryError } from './memory/errors.ts';
import type { DeliveryId, WebhookId } from './memory/ids.ts';
import { limits } from './memory/limits.ts';
import { parseReadScope, type Tenant } from './memory/scope.ts';
import type { MemoryService } from './memory/service.ts';
import { formatTime } from './memory/time.ts';
import type {
  DeliveriesInput,
  Delivery,
  DeliveryView,
  Webhook,
  WebhookInput,
  WebhookUpdate,
  WebhookView,
  WebhookWithSecret,
} from './memory/webhook.ts';
import { wantedTypes } from './service-events.ts';
import type { ServiceParts } from './service-parts.ts';
import { addressProblem } from './webhooks/post.ts';
import { newWebhookSecret } from './webhooks/signature.ts';

export interface WebhooksParts extends Pick<ServiceParts, 'store' | 'ids' | 'clock'> {
  readonly once: CarryOutOnce;
  /** Whether addresses of this machine and its network may be named. */
  readonly isPrivateAllowed: boolean;
  /** Says that a webhook was changed. */
  readonly wake: () => void;
}

type Webhooks = Pick<
  MemoryService,
  | 'createWebhook'
  | 'webhooks'
  | 'webhook'
  | 'updateWebhook'
  | 'deleteWebhook'
  | 'rotateWebhookSecret'
  | 'deliveries'
  | 'replayDelivery'
>;

/** Who is told of events by whom, and how that goes. */
export function newWebhooks(parts: WebhooksParts): (tenant: Tenant) => Webhooks {
  const { store, clock, once } = parts;
  const { webhooks } = store;

  return (tenant) => ({
    async createWebhook(input, options) {
      const { id } = await once({ tenant, route: 'webhook', input, options }, async (receiptOf: ReceiptOf<Made>) => {
        const made: Made = { id: await create(tenant, input) };
        const receipt = receiptOf?.(made);
        if (receipt !== undefined) await store.apply(parseReadScope(tenant, input.namespace), [], { receipt });
        return made;
      });
      // A repeat is answered like the first time: the caller may never have seen that.
      return withSecret(await loaded(tenant, id));
    },
    webhooks: async () => (await webhooks.list(tenant)).map(viewOf),
    webhook: async (id) => viewOf(await loaded(tenant, id)),
    updateWebhook: (id, input) => update(tenant, id, input),
    async deleteWebhook(id) {
      await known(webhooks.remove(tenant, id as WebhookId), 'webhook');
      return { id };
    },
    rotateWebhookSecret: (id, options) =>
      once({ tenant, route: 'webhook-secret', input: id, options }, async (receiptOf: ReceiptOf<Made>) => {
        const webhook = await loaded(tenant, id);
        const at = clock();
        const until = at + limits.webhookSecretOverlapMs;
        const [present] = webhook.secrets;
        // More than the last one would be a list that only grows.
        const earlier = present === undefined ? [] : [{ ...present, until }];
        const secrets = [{ text: newWebhookSecret(), until: null }, ...earlier];
        await webhooks.change(tenant, webhook.id, { secrets, at });
        const receipt = receiptOf?.({ id: webhook.id });
        if (receipt !== undefined) await store.apply(webhook.scope, [], { receipt });
        return { id: webhook.id };
      }).then(async (made) => withSecret(await loaded(tenant, made.id))),
    deliveries: (id, input) => deliveries(tenant, id, input),
    async replayDelivery(id, deliveryId) {
      await loaded(tenant, id);
      const again = webhooks.replay(tenant, id as WebhookId, deliveryId as DeliveryId, clock());
      const delivery = await known(again, 'delivery');
      parts.wake();
      return deliveryView(delivery);
    },
  });

  async function create(tenant: Tenant, input: WebhookInput): Promise<WebhookId> {
    const scope = parseReadScope(tenant, input.namespace);
    checkWebhook(input);
    if ((await webhooks.list(tenant)).length >= limits.webhooksPerTenant) {
      throw new EcphoryError('conflict', `There are ${limits.webhooksPerTenant} webhooks already; delete one first.`);
    }
    const at = clock();
    const id = parts.ids.webhookId();
    await webhooks.add({
      id,
      scope,
      url: input.url,
      types: input.types ?? null,
      description: input.description ?? null,
      secrets: [{ text: newWebhookSecret(), until: null }],
      isEnabled: true,
      disabledReason: null,
      // It is told of what comes.
      cursor: await store.head(scope),
      failingSince: null,
      createdAt: at,
      updatedAt: at,
    });
    parts.wake();
    return id;
  }

  async function update(tenant: Tenant, id: string, input: WebhookUpdate): Promise<WebhookView> {
    checkWebhook(input);
    await loaded(tenant, id);
    const { enabled, ...fields } = input;
    const changed = webhooks.change(tenant, id as WebhookId, {
      ...fields,
      ...(enabled !== undefined && { isEnabled: enabled, disabledReason: enabled ? null : 'It was disabled by hand.' }),
      at: clock(),
    });
    const webhook = await known(changed, 'webhook');
    parts.wake();
    return viewOf(webhook);
  }

  async function deliveries(tenant: Tenant, id: string, input: DeliveriesInput = {}) {
    const limit = checkedCount(input.limit, { byDefault: limits.pageLimitDefault, max: limits.pageLimit });
    const { id: webhookId } = await loaded(tenant, id);
    const before = input.cursor === undefined ? null : (input.cursor as DeliveryId);
    if (before !== null && (await webhooks.delivery(tenant, webhookId, before)) === null) {
      throw new EcphoryError('invalid', 'Not a cursor that a page gave.', { pointer: '/cursor' });
    }
    const found = await webhooks.deliveries(tenant, webhookId, {
      limit: limit + 1,
      before,
      ...(input.state !== undefined && { state: input.state }),
    });
    const data = found.slice(0, limit);
    return { data: data.map(deliveryView), nextCursor: found.length > limit ? (data.at(-1)?.id ?? null) : null };
  }

  function checkWebhook({ url, types, description }: WebhookUpdate): void {
    if (url !== undefined) {
      const isLong = url.length > limits.webhookUrlCharacters;
      const problem = isLong ? 'The URL is too long.' : addressProblem(url, parts.isPrivateAllowed);
      if (problem !== null) throw new EcphoryError('invalid', problem, { pointer: '/url' });
    }
    wantedTypes(types);
    if (description !== undefined && description !== null) checkLine(description, 'description');
  }

  async function loaded(tenant: Tenant, id: string): Promise<Webhook> {
    const webhook = await webhooks.find(tenant, id as WebhookId);
    if (webhook === null) throw notThere('webhook');
    return webhook;
  }
}

interface Made {
  readonly id: string;
}

function viewOf(webhook: Webhook): WebhookView {
  const { namespace, subtree } = webhook.scope;
  return {
    id: webhook.id,
    namespace: subtree ? `${namespace}/**` : namespace,
    url: webhook.url,
    types: webhook.types,
    description: webhook.description,
    enabled: webhook.isEnabled,
    disabledReason: webhook.disabledReason,
    failingSince: timeOrNull(webhook.failingSince),
    createdAt: formatTime(webhook.createdAt),
    updatedAt: formatTime(webhook.updatedAt),
  };
}

function withSecret(webhook: Webhook): WebhookWithSecret {
  return { ...viewOf(webhook), secret: webhook.secrets[0]?.text ?? '' };
}

function deliveryView(delivery: Delivery): DeliveryView {
  const { id, webhookId, event, state, attempts, nextAt, status, error, createdAt, updatedAt } = delivery;
  const times = { createdAt: formatTime(createdAt), updatedAt: formatTime(updatedAt) };
  return { id, webhookId, event, state, attempts, nextTryAt: timeOrNull(nextAt), status, error, ...times };
}

function timeOrNull(at: number | null): string | null {
  return at === null ? null : formatTime(at);
}

function notThere(what: 'webhook' | 'delivery'): EcphoryError {
  return new EcphoryError('not_found', `There is no ${what} with this id.`);
}

/** What the store says of an id that is not there, in the words of the service. */
async function known<Result>(attempt: Promise<Result>, what: 'webhook' | 'delivery'): Promise<Result> {
  try {
    return await attempt;
  } catch (error) {
    if (isEcphoryError(error) && error.code === 'not_found') throw notThere(what);
    throw error;
  }
}
