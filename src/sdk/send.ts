import { EcphoryError, type Fault, isEcphoryError } from '../memory/errors.ts';
import { limits } from '../memory/limits.ts';
import { errorCodeOf, isErrorCode } from './error-status.ts';
import { fromWire, toWire } from './wire.ts';

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

export interface Call {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly body?: unknown;
  /** JSON lines, sent as they are, in place of `body`. */
  readonly lines?: string;
  readonly idempotencyKey?: string | undefined;
  readonly ifVersion?: number | undefined;
  /** Doing it twice is the same as once, so it may be tried again when nobody knows whether it was done. */
  readonly isRepeatable: boolean;
}

/** @throws EcphoryError */
export type Send = <Result>(call: Call) => Promise<Result>;

/** One request at a time, tried again where that is safe. */
export function newSender(options: ClientOptions): Send {
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

/**
 * The body of an answer that goes on for long; what it says is the caller's to read. Not tried again.
 * @throws EcphoryError
 */
export async function openStream(
  options: ClientOptions,
  path: string,
  accept: string,
  signal?: AbortSignal,
): Promise<ReadableStream<Uint8Array>> {
  const base = options.baseUrl.replace(/\/+$/, '');
  let response: Response;
  try {
    response = await (options.fetch ?? fetch)(base + path, {
      headers: { Authorization: `Bearer ${options.apiKey}`, Accept: accept },
      redirect: 'error',
      ...(signal !== undefined && { signal }),
    });
  } catch (error) {
    throw new NoAnswer(base, error);
  }
  if (!response.ok) throw errorOf(response, parsed(await response.text().catch(() => '')));
  if (response.body === null || !(response.headers.get('Content-Type') ?? '').startsWith(accept)) {
    await response.body?.cancel();
    throw new EcphoryError('unavailable', `${base} did not answer with ${accept}: is it Ecphory?`);
  }
  return response.body;
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
  if (call.lines !== undefined) headers['Content-Type'] = 'application/x-ndjson';
  if (call.idempotencyKey !== undefined) headers['Idempotency-Key'] = call.idempotencyKey;
  if (call.ifVersion !== undefined) headers['If-Match'] = `"${call.ifVersion}"`;
  return {
    method: call.method,
    headers,
    // A redirect would turn a POST into a GET, or take the key elsewhere.
    redirect: 'error',
    ...(call.body !== undefined && { body: JSON.stringify(toWire(call.body)) }),
    ...(call.lines !== undefined && { body: call.lines }),
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

/** Twice as long each time, at random between half and all of it, so that many clients do not come back at once. */
function pauseMs(tries: number, askedMs: number | null): number {
  const longest = Math.max(askedMs ?? 0, limits.clientBackoffMs * 2 ** tries);
  const jittered = askedMs === null ? longest * (0.5 + Math.random() / 2) : longest;
  return Math.min(jittered, limits.clientBackoffMaxMs);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

export function newIdempotencyKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

export function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
