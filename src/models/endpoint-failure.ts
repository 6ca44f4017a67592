import { EcphoryError } from '../memory/errors.ts';

/**
 * What a failed call of an OpenAI-compatible endpoint means, as an `unavailable` error; with `retryAfterMs` when
 * the same request may succeed later: a lost connection, a time-out, 408, 409, 429 or 5xx, but not an exhausted
 * quota or an answer that cannot be read. The endpoint's own words stay in `cause`: they may repeat the texts.
 *
 * Told apart by shape, not by class, because the client library is loaded lazily.
 */
export function endpointFailure(id: string, error: unknown): EcphoryError {
  const { name, status, code, headers } = shapeOf(error);
  if (status !== null) {
    const reason = code === null ? '' : ` (${code})`;
    const isPassing =
      (status === 408 || status === 409 || status === 429 || status >= 500) && code !== 'insufficient_quota';
    return new EcphoryError('unavailable', `Embedder ${id} answered with status ${status}${reason}.`, {
      cause: error,
      ...(isPassing ? { retryAfterMs: retryAfterMs(headers, Date.now()) } : {}),
    });
  }
  // Parsing what came, or refusing its size, fails alike next time; all else is the way there and back.
  const isUnreadable = name === 'SyntaxError' || name === 'AnswerTooLargeError';
  const what = isUnreadable ? 'gave an answer that cannot be read' : 'could not be reached or broke off';
  return new EcphoryError('unavailable', `Embedder ${id} ${what}.`, {
    cause: error,
    ...(isUnreadable ? {} : { retryAfterMs: 0 }),
  });
}

/**
 * RFC 9110 §10.2.3, seconds or a date, and OpenAI's `retry-after-ms`; 0 when neither can be read.
 *
 * @param now milliseconds since 1970.
 */
export function retryAfterMs(headers: Headers | null, now: number): number {
  const exact = Number.parseFloat(headers?.get('retry-after-ms') ?? '');
  if (exact >= 0) return exact;
  const value = headers?.get('retry-after')?.trim() ?? '';
  if (/^\d+(?:\.\d+)?$/.test(value)) return Number(value) * 1_000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? 0 : Math.max(0, date - now);
}

interface ErrorShape {
  readonly name: string;
  readonly status: number | null;
  /** A short machine word such as `model_not_found`; never a sentence. */
  readonly code: string | null;
  readonly headers: Headers | null;
}

function shapeOf(error: unknown): ErrorShape {
  if (!(error instanceof Error)) return { name: 'unknown', status: null, code: null, headers: null };
  const status = 'status' in error && typeof error.status === 'number' ? error.status : null;
  const code = 'code' in error && typeof error.code === 'string' && /^\w{1,64}$/.test(error.code) ? error.code : null;
  const headers = 'headers' in error && error.headers instanceof Headers ? error.headers : null;
  return { name: error.name, status, code, headers };
}
