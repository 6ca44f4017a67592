/**
 * The closed set of things that can go wrong, one HTTP status each (`sdk/error-status.ts` has the table: the API and the
 * SDK read it in both directions). Anything unknown is `internal` and its text never reaches a user.
 */
export type ErrorCode =
  /** The caller sent something that can never be right. */
  | 'invalid'
  /** No key, or one that is unknown, expired or revoked. */
  | 'unauthenticated'
  /** The key is good but not for this. */
  | 'forbidden'
  /** It does not exist, or it is another tenant's: the two look the same. */
  | 'not_found'
  /** It exists in a state or version that the caller did not expect. */
  | 'conflict'
  /** An `If-Match` that no longer holds. */
  | 'stale'
  /** A body, batch or text over its limit. */
  | 'too_large'
  /** The idempotency key was used for another request. */
  | 'key_reused'
  /** The caller is over its rate. */
  | 'rate_limited'
  /** The disk is full. */
  | 'out_of_space'
  /** A part that is needed is not answering; try again. */
  | 'unavailable'
  /** It took longer than its limit. */
  | 'timeout'
  | 'internal';

/** One thing wrong with one place of a request. */
export interface Fault {
  /** JSON pointer (RFC 6901) into the request, such as `/messages/0/content`. */
  readonly pointer: string;
  readonly message: string;
}

export interface ErrorOptions {
  readonly cause?: unknown;
  /** Shorthand for one fault whose message is the error's. */
  readonly pointer?: string;
  readonly faults?: readonly Fault[];
  readonly retryAfterMs?: number;
}

/** The one error type that crosses a boundary of the house. */
export class EcphoryError extends Error {
  override readonly name = 'EcphoryError';
  readonly code: ErrorCode;
  readonly faults: readonly Fault[];
  readonly retryAfterMs: number | null;

  constructor(code: ErrorCode, message: string, options: ErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.faults = options.faults ?? (options.pointer === undefined ? [] : [{ pointer: options.pointer, message }]);
    this.retryAfterMs = options.retryAfterMs ?? null;
  }
}

/** Survives two copies of the package in one process, which `instanceof` does not. */
export function isEcphoryError(error: unknown): error is EcphoryError {
  return error instanceof Error && error.name === 'EcphoryError' && 'code' in error;
}
