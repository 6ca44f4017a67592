import type { EntityView, Fact, FactChange, Operation, Related, RunView } from '../memory/knowledge.ts';
import { untilSettled } from '../memory/operation-wait.ts';
import type { ListInput, Memory, MemoryService, MemoryVersion, WriteOptions } from '../memory/service.ts';
import type { Page } from '../memory/store.ts';
import type { TimelineEvent } from '../memory/upkeep.ts';
import type { DeliveryView, WebhookView } from '../memory/webhook.ts';
import { addressOf, deliveryAddressOf, messagesOf, withQuery } from './address.ts';
import { followEvents } from './events.ts';
import { exportedLines, importLines } from './exchange.ts';
import { newProgress } from './progress.ts';
import { type ClientOptions, newIdempotencyKey, newSender } from './send.ts';

export { EcphoryError, isEcphoryError } from '../memory/errors.ts';
export type * from '../memory/event.ts';
export type * from '../memory/exchange.ts';
export type * from '../memory/knowledge.ts';
export type * from '../memory/service.ts';
export type * from '../memory/upkeep.ts';
export type * from '../memory/webhook.ts';
export type { ClientOptions } from './send.ts';

/**
 * The memory service over HTTP: the same interface and the same errors as in process. It needs `fetch` and
 * nothing else. An add carries an idempotency key, made here when none is given, so that it is safe to repeat
 * after a lost connection; what is not safe to repeat is tried again only when the server says it did nothing.
 */
export function newClient(options: ClientOptions): MemoryService {
  const send = newSender(options);
  return {
    add: (input, { idempotencyKey = newIdempotencyKey() } = {}) =>
      send({ method: 'POST', path: '/v1/memories', body: input, idempotencyKey, isRepeatable: true }),
    addBatch: (items, { idempotencyKey = newIdempotencyKey() } = {}) =>
      send({ method: 'POST', path: '/v1/memories/batch', body: { items }, idempotencyKey, isRepeatable: true }),
    search: (input) =>
      send({ method: 'POST', path: '/v1/search', body: input, isRepeatable: input.reinforce !== true }),
    context: (input) => send({ method: 'POST', path: '/v1/context', body: input, isRepeatable: true }),
    get: async (id) => get(addressOf('memory', id)),
    async list({ states, ...input }) {
      const asked = { ...input, ...(states !== undefined && { state: states }) };
      const { data, nextCursor } = await get<Page<Memory>>(withQuery('/v1/memories', asked));
      return { data, nextCursor };
    },
    async messages({ sessionId, ...input }) {
      const { data, nextCursor } = await get<Page<Memory>>(withQuery(messagesOf(sessionId), input));
      return { data, nextCursor };
    },
    update: async (id, input, { ifVersion } = {}) =>
      send({ method: 'PATCH', path: addressOf('memory', id), body: input, ifVersion, isRepeatable: false }),
    delete: async (id, { ifVersion, hard = false } = {}) =>
      send({
        method: 'DELETE',
        path: `${addressOf('memory', id)}${hard ? '?hard=true' : ''}`,
        ifVersion,
        // Archiving twice is archiving once; a memory erased before is `not_found`.
        isRepeatable: !hard && ifVersion === undefined,
      }),
    history: async (id) => all<MemoryVersion>(`${addressOf('memory', id)}/history`),
    restore: async (id, options) => post(`${addressOf('memory', id)}/restore`, undefined, options),
    feedback: async (input, options) => post('/v1/feedback', input, options),
    retention: async (id) => get(`${addressOf('memory', id)}/retention`),
    policy: async (namespace) => get(withQuery('/v1/policies', { namespace })),
    stats: async (namespace) => get(withQuery('/v1/stats', { namespace })),
    setPolicy: async (input) => send({ method: 'PUT', path: '/v1/policies', body: input, isRepeatable: true }),
    invalidate: async (id, input = {}, options) => post(`${addressOf('memory', id)}/invalidate`, input, options),
    deleteWhere: async (input, options) => post('/v1/memories/delete', input, options),
    profile: async (input) => get(withQuery('/v1/profile', input)),
    timeline: async (input) => all<TimelineEvent>(withQuery('/v1/timeline', input)),
    related: async (id) => all<Related>(`${addressOf('memory', id)}/related`),

    addFact: (input, { idempotencyKey = newIdempotencyKey() } = {}) =>
      send({ method: 'POST', path: '/v1/facts', body: input, idempotencyKey, isRepeatable: true }),
    facts: async (input) => all<Fact>(withQuery('/v1/facts', input)),
    changes: async (input) => all<FactChange>(withQuery('/v1/facts/changes', input)),
    entities: async (input) => all<EntityView>(withQuery('/v1/entities', input)),
    entity: async (id) => get(addressOf('entity', id)),
    graph: async (input) => get(withQuery('/v1/graph', input)),

    async consolidate(input, { wait = false, ...waiting } = {}) {
      const first = await post<Operation>('/v1/consolidations', input, waiting);
      if (!wait) return first;
      const address = addressOf('operation', first.id);
      const follow = newProgress(options, first.id, waiting.signal);
      return untilSettled({ first, look: () => get<Operation>(address), follow, ...waiting });
    },
    operation: async (id) => get(addressOf('operation', id)),
    async operations({ states, ...input } = {}) {
      const asked = { ...input, ...(states !== undefined && { state: states }) };
      return all<Operation>(withQuery('/v1/operations', asked));
    },
    retryOperation: async (id, options) => post(`${addressOf('operation', id)}/retry`, undefined, options),
    cancelOperation: async (id, options) => post(`${addressOf('operation', id)}/cancel`, undefined, options),
    runs: async (input) => all<RunView>(withQuery('/v1/consolidations', input)),
    run: async (id) => get(addressOf('run', id)),
    revertRun: async (id, options) => post(`${addressOf('run', id)}/revert`, undefined, options),

    events: (input) => followEvents(options, input),
    export: (input) => exportedLines(options, input),
    import: async (lines) => importLines(send, lines),
    createWebhook: async (input, options) => post('/v1/webhooks', input, options),
    webhooks: async () => all<WebhookView>('/v1/webhooks'),
    webhook: async (id) => get(addressOf('webhook', id)),
    updateWebhook: async (id, input) =>
      send({ method: 'PATCH', path: addressOf('webhook', id), body: input, isRepeatable: true }),
    deleteWebhook: async (id) => send({ method: 'DELETE', path: addressOf('webhook', id), isRepeatable: false }),
    rotateWebhookSecret: async (id, options) => post(`${addressOf('webhook', id)}/secret`, undefined, options),
    async deliveries(id, input = {}) {
      const path = withQuery(`${addressOf('webhook', id)}/deliveries`, input);
      const { data, nextCursor } = await get<Page<DeliveryView>>(path);
      return { data, nextCursor };
    },
    replayDelivery: async (id, delivery) =>
      send({ method: 'POST', path: `${deliveryAddressOf(id, delivery)}/replay`, isRepeatable: true }),
  };

  function get<Result>(path: string): Promise<Result> {
    return send({ method: 'GET', path, isRepeatable: true });
  }

  /** The items of a list that is not paged. */
  async function all<Item>(path: string): Promise<readonly Item[]> {
    return (await get<Page<Item>>(path)).data;
  }

  /** Under an idempotency key, so that it is safe to repeat. */
  function post<Result>(
    path: string,
    body: unknown,
    { idempotencyKey = newIdempotencyKey() }: WriteOptions = {},
  ): Promise<Result> {
    return send({ method: 'POST', path, body, idempotencyKey, isRepeatable: true });
  }
}

/** Every memory of a listing, newest first, fetched a page at a time. */
export async function* listAll(memory: MemoryService, input: Omit<ListInput, 'cursor'>): AsyncGenerator<Memory> {
  let cursor: string | null = null;
  do {
    const page: Page<Memory> = await memory.list(cursor === null ? input : { ...input, cursor });
    yield* page.data;
    cursor = page.nextCursor;
  } while (cursor !== null);
}
