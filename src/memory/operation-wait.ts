import type { Operation } from './knowledge.ts';
import { limits } from './limits.ts';

export interface OperationWait {
  readonly first: Operation;
  /** What has become of it. May take as long as it likes to answer. */
  readonly look: () => Promise<Operation>;
  /** What becomes of it as it happens, where somebody tells; may end at any time. */
  readonly follow?: () => AsyncIterable<Operation>;
  readonly onProgress?: (operation: Operation) => void;
  readonly signal?: AbortSignal;
}

/**
 * Looks until it is done, given up or cancelled, and tells of every step that is seen. Rejects with the signal's reason
 * when that is aborted; the operation goes on. An operation that failed is an answer like any other.
 */
export async function untilSettled(wait: OperationWait): Promise<Operation> {
  let operation = wait.first;
  wait.signal?.throwIfAborted();
  wait.onProgress?.(operation);
  for (;;) {
    if (wait.follow !== undefined && !isSettled(operation)) for await (const next of wait.follow()) take(next);
    if (isSettled(operation)) return operation;
    await pause(limits.operationPollMs, wait.signal);
    take(await wait.look());
  }

  function take(next: Operation): void {
    wait.signal?.throwIfAborted();
    if (isOtherThan(operation, next)) wait.onProgress?.(next);
    operation = next;
  }
}

export function isSettled({ state }: Operation): boolean {
  return state === 'done' || state === 'dead' || state === 'cancelled';
}

/** Whether there is something new to tell. */
export function isOtherThan(before: Operation, now: Operation): boolean {
  return (
    before.state !== now.state ||
    before.done !== now.done ||
    before.total !== now.total ||
    before.attempts !== now.attempts
  );
}

/** @throws the signal's reason */
function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', give);
      resolve();
    }, ms);
    const give = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    signal?.addEventListener('abort', give, { once: true });
  });
}
