import { CommanderError } from 'commander';
import { ConfigError } from '../config.ts';
import { type ErrorCode, isEcphoryError } from '../memory/errors.ts';

/** What a command ends with. Scripts rely on it: a number never changes its meaning. */
export const exitCodes = {
  done: 0,
  failed: 1,
  usage: 2,
  notFound: 3,
  auth: 4,
  conflict: 5,
  unavailable: 6,
  interrupted: 130,
} as const;

/** Everything that there was to say was said: only the code is left. */
export class SilentEnd extends Error {
  override readonly name = 'SilentEnd';
  readonly exitCode: number;

  constructor(exitCode: number) {
    super(`ended with ${exitCode}`);
    this.exitCode = exitCode;
  }
}

/** It was tried and did not work; whose fault it is, is not known. */
export class Failed extends Error {
  override readonly name = 'Failed';
}

/** Somebody stopped the command before it was done. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

/** @param isStopped whether somebody asked the command to end: then that is why it failed */
export function exitCodeOf(error: unknown, isStopped: boolean): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
  if (error instanceof SilentEnd) return error.exitCode;
  if (error instanceof Interrupted || isStopped) return exitCodes.interrupted;
  if (error instanceof ConfigError) return exitCodes.usage;
  return isEcphoryError(error) ? codeOf[error.code] : exitCodes.failed;
}

/** A database that another process has is `unavailable`: stop that one, or wait. */
const codeOf: Readonly<Record<ErrorCode, number>> = {
  invalid: exitCodes.usage,
  too_large: exitCodes.usage,
  not_found: exitCodes.notFound,
  unauthenticated: exitCodes.auth,
  forbidden: exitCodes.auth,
  conflict: exitCodes.conflict,
  stale: exitCodes.conflict,
  key_reused: exitCodes.conflict,
  unavailable: exitCodes.unavailable,
  timeout: exitCodes.unavailable,
  rate_limited: exitCodes.unavailable,
  out_of_space: exitCodes.failed,
  internal: exitCodes.failed,
};

/** The lines for standard error; null when nothing is to be said. Of errors that are not ours the stack is needed. */
export function complaintOf(error: unknown): string | null {
  // The library has said its own.
  if (error instanceof CommanderError || error instanceof SilentEnd) return null;
  if (error instanceof Interrupted) return error.message || 'interrupted';
  if (error instanceof ConfigError || error instanceof Failed) return error.message;
  if (!isEcphoryError(error)) return error instanceof Error ? (error.stack ?? error.message) : String(error);
  const more = error.faults.filter(({ message }) => message !== error.message);
  return [error.message, ...more.map(({ pointer, message }) => `  ${pointer}: ${message}`)].join('\n');
}
