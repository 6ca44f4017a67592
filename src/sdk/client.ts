import { EcphoryError, type Fault, isEcphoryError } from '../memory/errors.ts';
import { limits } from '../memory/limits.ts';
import type { ListInput, Memory, MemoryService, MemoryVersion } from '../memory/service.ts';
import type { Page } from '../memory/store.ts';
import { errorCodeOf, isErrorCode } from './error-status.ts';
import { fromWire, toWire } from './wire.ts';

export { EcphoryError, isEcphoryError } from '../memory/errors.ts';
export type * from '../memory/service.ts';

export interface ClientOptions {
  /** Such as `http://127.0.0.1:8787`. */
  readonly baseUrl: string;
  readonly apiKey: string;
  /** The platform's own when left out. */
  readonly fetch?: typeof fetch;
  /** For one try, milliseconds. */
  readonly timeoutMs?: number;
  /** Tries after the first. 0 for none. */
  readonly retries?: number;
}

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
    get: async (id) => send({ method: 'GET', path: pathOf(id), isRepeatable: true }),
    async list(input) {
      const { data, nextCursor } = await send<Page<Memory>>({
        method: 'GET',
        path: `/v1/memories?${queryOf(input)}`,
        isRepeatable: true,
      });
      return { data, nextCursor };
    },
    update: async (id, input, { ifVersion } = {}) =>
      send({ method: 'PATCH', path: pathOf(id), body: input, ifVersion, isRepeatable: false }),
    delete: async (id, { ifVersion, hard = false } = {}) =>
      send({
        method: 'DELETE',
        path: `${pathOf(id)}${hard ? '?hard=true' : ''}`,
        ifVersion,
        // Archiving twice is archiving once; a memory erased before is `not_found`.
        isRepeatable: !hard && ifVersion === undefined,
      }),
    async history(id) {
      const path = `${pathOf(id)}/history`;
      return (await send<Page<MemoryVersion>>({ method: 'GET', path, isRepeatable: true })).data;
    },
    restore: async (id) => send({ method: 'POST', path: `${pathOf(id)}/restore`, isRepeatable: true }),
  };
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

interface Call {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly body?: unknown;
  readonly idempotencyKey?: string;
  readonly ifVersion?: number | undefined;
  /** Doing it twice is the same as once, so it may be tried again when nobody knows whether it was done. */
  readonly isRepeatable: boolean;
}

type Send = <Result>(call: Call) => Promise<Result>;

function newSender(options: ClientOptions): Send {
  const base = options.baseUrl.replace(/\/+$/, '');
  const request = options.fetch ?? fetch;
  const retries = options.retries ?? limits.clientRetries;

  return async <Result>(call: Call) => {
    const init = initOf(call, options.apiKey);
    for (let tries = 0; ; tries += 1) {
      try {
        return (await sendOnce(init, call)) as Result;
      } catch (error) {
        if (!isEcphoryError(error) || tries >= retries || !isWorthAnotherTry(error, call)) throw error;
        await pause(pauseMs(tries, error.retryAfterMs));
      }
    }
  };

  async function sendOnce(init: RequestInit, call: Call): Promise<unknown> {
    const timeoutMs = options.timeoutMs ?? limits.clientTimeoutMs;
    let response: Response;
    let text: string;
    try {
      response = await request(base + call.path, { ...init, signal: AbortSignal.timeout(timeoutMs) });
      text = await response.text();
    } catch (error) {
      const isLate = error instanceof Error && (error.name === 'TimeoutError' || error.name === 'AbortError');
      if (isLate) throw new EcphoryError('timeout', `${base} did not answer within ${timeoutMs} ms.`, { cause: error });
      throw new NoAnswer(base, error);
    }
    const body = parsed(text);
    if (response.ok && body !== undefined) return fromWire(body);
    if (response.ok) throw new EcphoryError('unavailable', `${base} did not answer in JSON: is it Ecphory?`);
    throw errorOf(response, body);
  }
}

/** The connection was refused or broke: nobody knows whether the request was carried out. */
class NoAnswer extends EcphoryError {
  constructor(base: string, cause: unknown) {
    super('unavailable', `${base} does not answer.`, { cause });
  }
}

function initOf(call: Call, apiKey: string): RequestInit {
  const headers: Record<string, string> = { Authorization: `Bearer ${apiKey}`, Accept: 'application/json' };
  if (call.body !== undefined) headers['Content-Type'] = 'application/json';
  if (call.idempotencyKey !== undefined) headers['Idempotency-Key'] = call.idempotencyKey;
  if (call.ifVersion !== undefined) headers['If-Match'] = `"${call.ifVersion}"`;
  return {
    method: call.method,
    headers,
    // A redirect would turn a POST into a GET, or take the key elsewhere.
    redirect: 'error',
    ...(call.body !== undefined && { body: JSON.stringify(toWire(call.body)) }),
  };
}

function isWorthAnotherTry(error: EcphoryError, call: Call): boolean {
  if (error instanceof NoAnswer) return call.isRepeatable;
  if (error.code === 'unavailable' || error.code === 'rate_limited') return true;
  // The same idempotency key is being carried out: its answer can be fetched in a moment.
  return error.code === 'conflict' && error.retryAfterMs !== null && call.idempotencyKey !== undefined;
}

/** The problem back to the error it was. */
function errorOf(response: Response, body: unknown): EcphoryError {
  const problem = isRecord(body) ? body : {};
  const code = isErrorCode(problem.code) ? problem.code : errorCodeOf(response.status);
  const detail = typeof problem.detail === 'string' ? problem.detail : `The server answered ${response.status}.`;
  const requestId = problem.request_id;
  const message =
    response.status === 500 && typeof requestId === 'string' ? `${detail} (request ${requestId})` : detail;
  const seconds = Number.parseInt(response.headers.get('Retry-After') ?? '', 10);
  return new EcphoryError(code, message, {
    faults: faultsOf(problem.errors),
    ...(Number.isFinite(seconds) && { retryAfterMs: seconds * 1000 }),
  });
}

function faultsOf(value: unknown): Fault[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((item: unknown) =>
    isRecord(item) && typeof item.pointer === 'string' && typeof item.message === 'string'
      ? [{ pointer: item.pointer, message: item.message }]
      : [],
  );
}

/** An id that could not be one of ours is not sent: `..` and `/` would change the address. */
function pathOf(id: string): string {
  if (!/^[0-9A-Za-z_-]{1,64}$/.test(id)) {
    throw new EcphoryError('not_found', 'There is no memory with this id.');
  }
  return `/v1/memories/${id}`;
}

function queryOf(input: ListInput): URLSearchParams {
  if (!input.namespace.isWellFormed()) {
    // A query string would silently carry another character.
    throw new EcphoryError('invalid', 'A namespace must be well-formed Unicode.', { pointer: '/namespace' });
  }
  const query = new URLSearchParams({ namespace: input.namespace });
  if (input.limit !== undefined) query.set('limit', String(input.limit));
  if (input.cursor !== undefined) query.set('cursor', input.cursor);
  if (input.filter !== undefined) query.set('filter', JSON.stringify(input.filter));
  for (const state of input.states ?? []) query.append('state', state);
  return query;
}

/** Twice as long each time, at random between half and all of it, so that many clients do not come back at once. */
function pauseMs(tries: number, askedMs: number | null): number {
  const longest = Math.max(askedMs ?? 0, limits.clientBackoffMs * 2 ** tries);
  const jittered = askedMs === null ? longest * (0.5 + Math.random() / 2) : longest;
  return Math.min(jittered, limits.clientBackoffMaxMs);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function newIdempotencyKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
