import { type ErrorCode, isEcphoryError } from '../memory/errors.ts';
import type { Job } from '../memory/job.ts';
import { limits } from '../memory/limits.ts';

export type NextTry = { readonly kind: 'later'; readonly delayMs: number } | { readonly kind: 'never' };

/**
 * When a job that failed is tried again: after `min(2^n s, 5 min)` for the nth try, of which between half and all is waited so
 * that jobs that failed together do not come back together (equal jitter, Brooker 2015), and never before an endpoint
 * asked to be. After `limits.jobTries` tries it is given up, unless all that is wrong is an endpoint that does not answer:
 * the job then waits for it, however long.
 *
 * @param random uniform over [0, 1)
 */
export function nextTry(error: unknown, attempts: number, random: () => number): NextTry {
  if (attempts >= limits.jobTries && !isWaiting(error)) return { kind: 'never' };
  const fullMs = Math.min(limits.jobBackoffMs * 2 ** Math.min(attempts - 1, 30), limits.jobBackoffMaxMs);
  const jitteredMs = Math.ceil(fullMs * (0.5 + 0.5 * random()));
  const askedMs = isEcphoryError(error) ? (error.retryAfterMs ?? 0) : 0;
  return { kind: 'later', delayMs: Math.max(jitteredMs, askedMs) };
}

/**
 * Whether a job was tried too often by processes that did not live to say what stopped them: something in it ends whoever
 * does it.
 */
export function isBeyondTries({ attempts, error }: Pick<Job, 'attempts' | 'error'>): boolean {
  return attempts > limits.jobTries && !waitingCodes.some((code) => error?.startsWith(`${code}: `) ?? false);
}

/** What stopped a try, for a job's record. Texts of errors that are not ours may quote a memory: they stay out. */
export function whatStopped(error: unknown): string {
  if (isEcphoryError(error)) return `${error.code}: ${error.message}`.slice(0, errorCharacters);
  return `internal: ${error instanceof Error ? error.name : typeof error}`;
}

/** An endpoint of a model that is down, slow, over its rate or out of its mind: nothing is wrong with the job. */
function isWaiting(error: unknown): boolean {
  return isEcphoryError(error) && waitingCodes.includes(error.code);
}

const waitingCodes: readonly ErrorCode[] = ['unavailable', 'timeout', 'rate_limited', 'too_large'];

const errorCharacters = 500;
