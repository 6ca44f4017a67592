import { EcphoryError } from '../memory/errors.ts';
import { limits } from '../memory/limits.ts';
import { retryAfterMs } from './endpoint-failure.ts';

/**
 * What a failed call of a chat endpoint means. `rate_limited` with how long to wait; `invalid` for a request that the endpoint
 * understood and refused for good; `too_large` for an answer over its limit; all else, a wrong key and garbage in
 * place of an answer included, is the endpoint's trouble and `unavailable`. The endpoint's own words stay in `cause`: they
 * may repeat the texts.
 *
 * Told apart by shape, not by class, because the client library is loaded lazily.
 */
export function languageModelFailure(id: string, error: unknown): EcphoryError {
  const status = endpointStatus(error);
  if (status === 429) {
    const asked = retryAfterMs(headersOf(error), Date.now());
    return new EcphoryError('rate_limited', `Language model ${id} is over its rate.`, {
      cause: error,
      retryAfterMs: Math.min(asked > 0 ? asked : limits.modelCircuitOpenMs, limits.modelRetryAfterMsMax),
    });
  }
  if (status !== null && isRefusal(status)) {
    return new EcphoryError('invalid', `Language model ${id} refused the request with status ${status}.`, {
      cause: error,
    });
  }
  if (status !== null) {
    const asked = Math.min(retryAfterMs(headersOf(error), Date.now()), limits.modelRetryAfterMsMax);
    return new EcphoryError('unavailable', `Language model ${id} answered with status ${status}.`, {
      cause: error,
      ...(asked > 0 && { retryAfterMs: asked }),
    });
  }
  if (hasCause(error, 'AnswerTooLargeError')) {
    return new EcphoryError(
      'too_large',
      `Language model ${id} answered with more than ${limits.modelAnswerBytes} bytes.`,
      {
        cause: error,
      },
    );
  }
  const isUnreadable = hasCause(error, 'SyntaxError');
  return new EcphoryError(
    'unavailable',
    `Language model ${id} ${isUnreadable ? 'gave an answer that cannot be read' : 'could not be reached or broke off'}.`,
    { cause: error },
  );
}

/** Whether the request itself was at fault: another key, model name or hour would not help it. */
export function isRefusal(status: number): boolean {
  return status === 400 || status === 413 || status === 422;
}

/** The HTTP status of a failed call, or null when none came. */
export function endpointStatus(error: unknown): number | null {
  return error instanceof Error && 'status' in error && typeof error.status === 'number' ? error.status : null;
}

function headersOf(error: unknown): Headers | null {
  return error instanceof Error && 'headers' in error && error.headers instanceof Headers ? error.headers : null;
}

/** The client wraps what its `fetch` threw, sometimes twice. */
function hasCause(error: unknown, name: string): boolean {
  let at: unknown = error;
  for (let depth = 0; depth < 5 && at instanceof Error; depth += 1) {
    if (at.name === name) return true;
    at = at.cause;
  }
  return false;
}
