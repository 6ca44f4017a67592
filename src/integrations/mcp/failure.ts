import { EcphoryError, type ErrorCode, isEcphoryError } from '../../memory/errors.ts';
import { limits } from '../../memory/limits.ts';

/** What went wrong, where, and what to do about it. Of failures inside nothing is said. */
export function failureText(error: unknown, onFailure: (cause: unknown) => void): string {
  const known = knownError(error, onFailure);
  const faults = known.faults
    .slice(0, limits.faultsPerProblem)
    .filter((fault) => fault.pointer !== '' || fault.message !== known.message)
    .map((fault) => `\n- ${fault.pointer.slice(1) || 'the arguments'}: ${fault.message}`);
  const wait = known.retryAfterMs === null ? '' : ` Wait ${Math.ceil(known.retryAfterMs / 1000)} s.`;
  return `${known.code}: ${known.message}${faults.join('')}\n${advice[known.code]}${wait}`;
}

/** The error that may be told. */
export function knownError(error: unknown, onFailure: (cause: unknown) => void): EcphoryError {
  if (isEcphoryError(error) && error.code !== 'internal') return error;
  onFailure(error);
  return new EcphoryError('internal', 'Something went wrong inside Ecphory; its log has more.');
}

const advice: Readonly<Record<ErrorCode, string>> = {
  invalid: 'Correct the arguments and call again.',
  unauthenticated: 'Ask the user to give this connection a valid Ecphory API key; repeating the call does not help.',
  forbidden: 'The API key of this connection does not allow it; repeating the call does not help.',
  not_found: 'Find the right id with search_memory or list_memories.',
  conflict: 'Read the memory again with get_memory, then decide.',
  stale: 'It was changed meanwhile. Read it again with get_memory, then repeat with its version as if_version.',
  too_large: 'Split it into smaller parts.',
  key_reused: 'Call again without changes, or as a new call.',
  rate_limited: 'Call again later.',
  out_of_space: 'Tell the user that the disk of the Ecphory server is full: nothing was stored.',
  unavailable: 'Call again in a moment; tell the user when that does not help: is the Ecphory server running?',
  timeout: 'Call again in a moment, or ask for less.',
  internal: 'Call again once; tell the user when that does not help.',
};
