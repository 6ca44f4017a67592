import type { EntityView, Fact, FactChange, Operation, Related, RunView } from '../memory/knowledge.ts';
import { untilSettled } from '../memory/operation-wait.ts';
import type { ListInput, Memory, MemoryService, MemoryVersion } from '../memory/service.ts';
import type { Page } from '../memory/store.ts';
import { addressOf, messagesOf, withQuery } from './address.ts';
import { newProgress } from './progress.ts';
import { type ClientOptions, newIdempotencyKey, newSender } from './send.ts';

export { EcphoryError, isEcphoryError } from '../memory/errors.ts';
export type * from '../memory/knowledge.ts';
export type * from '../memory/service.ts';
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
    restore: async (id) => post(`${addressOf('memory', id)}/restore`),
    // Without a time it ends now, and a repeat would end it later.
    invalidate: async (id, input = {}) =>
      send({
        method: 'POST',
        path: `${addressOf('memory', id)}/invalidate`,
        body: input,
        isRepeatable: input.invalidAt !== undefined,
      }),
    related: async (id) => all<Related>(`${addressOf('memory', id)}/related`),

    addFact: (input, { idempotencyKey = newIdempotencyKey() } = {}) =>
      send({ method: 'POST', path: '/v1/facts', body: input, idempotencyKey, isRepeatable: true }),
    facts: async (input) => all<Fact>(withQuery('/v1/facts', input)),
    changes: async (input) => all<FactChange>(withQuery('/v1/facts/changes', input)),
    entities: async (input) => all<EntityView>(withQuery('/v1/entities', input)),
    entity: async (id) => get(addressOf('entity', id)),
    graph: async (input) => get(withQuery('/v1/graph', input)),

    async consolidate(input, { wait = false, ...waiting } = {}) {
      // One that waits already is given back: a repeat costs nothing.
      const first = await send<Operation>({
        method: 'POST',
        path: '/v1/consolidations',
        body: input,
        isRepeatable: true,
      });
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
    // A second try finds it queued, or cancelled, and says `conflict`: whether it was this one nobody knows.
    retryOperation: async (id) => once(`${addressOf('operation', id)}/retry`),
    cancelOperation: async (id) => once(`${addressOf('operation', id)}/cancel`),
    runs: async (input) => all<RunView>(withQuery('/v1/consolidations', input)),
    run: async (id) => get(addressOf('run', id)),
    revertRun: async (id) => post(`${addressOf('run', id)}/revert`),
  };

  function get<Result>(path: string): Promise<Result> {
    return send({ method: 'GET', path, isRepeatable: true });
  }

  /** The items of a list that is not paged. */
  async function all<Item>(path: string): Promise<readonly Item[]> {
    return (await get<Page<Item>>(path)).data;
  }

  /** For what comes to the same when it is done twice. */
  function post<Result>(path: string): Promise<Result> {
    return send({ method: 'POST', path, isRepeatable: true });
  }

  function once<Result>(path: string): Promise<Result> {
    return send({ method: 'POST', path, isRepeatable: false });
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
