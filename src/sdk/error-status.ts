import type { ErrorCode } from '../memory/errors.ts';

/** One HTTP status per error code: the server reads the table forwards, the client backwards. */
export const errorStatus: Readonly<Record<ErrorCode, number>> = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  stale: 412,
  too_large: 413,
  key_reused: 422,
  rate_limited: 429,
  internal: 500,
  unavailable: 503,
  timeout: 504,
  out_of_space: 507,
};

/** One line per code for people: the `title` of a problem. */
export const errorTitle: Readonly<Record<ErrorCode, string>> = {
  invalid: 'The request is not valid',
  unauthenticated: 'A valid API key is needed',
  forbidden: 'The API key is not for this',
  not_found: 'Not found',
  conflict: 'The request conflicts with another',
  stale: 'The memory is at another version',
  too_large: 'The request is too large',
  key_reused: 'The idempotency key was used for another request',
  rate_limited: 'Too many requests',
  internal: 'Something went wrong inside',
  unavailable: 'Not available right now',
  timeout: 'It took too long',
  out_of_space: 'The disk is full',
};

export function isErrorCode(value: unknown): value is ErrorCode {
  return typeof value === 'string' && Object.hasOwn(errorStatus, value);
}

/** What a status means when whoever sent it (a proxy, the HTTP parser) gave no code. */
export function errorCodeOf(status: number): ErrorCode {
  const known = Object.entries(errorStatus).find(([, candidate]) => candidate === status)?.[0];
  if (isErrorCode(known)) return known;
  if (status === 408) return 'timeout';
  if (status === 502) return 'unavailable';
  return status >= 400 && status < 500 ? 'invalid' : 'internal';
}
