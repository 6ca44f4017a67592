import type { Operation } from '../memory/knowledge.ts';
import { limits } from '../memory/limits.ts';
import { isOtherThan, isSettled } from '../memory/operation-wait.ts';
import { toWire } from '../sdk/wire.ts';
import type { StreamEvent } from './event-stream.ts';

export interface Progress {
  readonly first: Operation;
  readonly look: () => Promise<Operation>;
  /** The id of the last event that the caller has, or null. */
  readonly seen: string | null;
  /** Aborted when nobody listens any more, or the server is shutting down. */
  readonly signal: AbortSignal;
}

/**
 * How an operation goes, as events: `progress` at once and with every step, `settled` when it is done, given up or
 * cancelled, which is the last. What the caller has seen is not told again, except that it is settled.
 */
export async function* progressOf({ first, look, seen, signal }: Progress): AsyncGenerator<StreamEvent> {
  let operation = first;
  if (isSettled(operation) || eventId(operation) !== seen) yield eventOf(operation);
  while (!isSettled(operation)) {
    await pause(limits.operationPollMs, signal);
    if (signal.aborted) return;
    const next = await look();
    if (isOtherThan(operation, next)) yield eventOf(next);
    operation = next;
  }
}

function eventOf(operation: Operation): StreamEvent {
  const event = isSettled(operation) ? 'settled' : 'progress';
  return { id: eventId(operation), event, data: JSON.stringify(toWire(operation)) };
}

/** The same for the same step, whenever and by whichever process it is told. */
function eventId({ attempts, state, done }: Operation): string {
  return `${attempts}-${state}-${done}`;
}

/** Ends early, and without failing, when the signal is aborted. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end, { once: true });
    if (signal.aborted) end();
  });
}
