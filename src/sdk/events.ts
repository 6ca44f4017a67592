import { isEcphoryError } from '../memory/errors.ts';
import type { EventsInput, MemoryEvent } from '../memory/event.ts';
import { limits } from '../memory/limits.ts';
import { withQuery } from './address.ts';
import { serverEvents } from './event-reader.ts';
import { type ClientOptions, openStream, parsed } from './send.ts';
import { fromWire } from './wire.ts';

/**
 * What happens to memories, as it happens, without end: a stream that ends or breaks is asked for again, exactly behind the last
 * event. Ends with the signal. @throws EcphoryError for what another try would not mend
 */
export async function* followEvents(options: ClientOptions, input: EventsInput): AsyncGenerator<MemoryEvent> {
  const { namespace, types, signal } = input;
  let after = input.after;
  let failures = 0;
  while (!isOver(signal)) {
    const asked = { namespace, ...(types !== undefined && { type: types }), ...(after !== undefined && { after }) };
    try {
      const body = await openStream(options, withQuery('/v1/events', asked), 'text/event-stream', signal);
      failures = 0;
      for await (const { id, event: type, data } of serverEvents(body)) {
        if (isOver(signal)) return;
        const event = fromWire(parsed(data)) as MemoryEvent;
        // Before it is given: who breaks off has seen it.
        after = id;
        if (type === 'open') input.onStart?.(id);
        else yield event;
      }
    } catch (error) {
      if (isOver(signal)) return;
      if (isEcphoryError(error) && !worthAnotherTry.includes(error.code)) throw error;
      failures += 1;
    }
    const longest = Math.min(limits.clientBackoffMs * 2 ** failures, limits.clientBackoffMaxMs);
    await pause(longest * (0.5 + Math.random() / 2), signal);
  }
}

const worthAnotherTry: readonly string[] = ['unavailable', 'timeout', 'rate_limited', 'internal'];

function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal?.addEventListener('abort', end, { once: true });
  });
}

/** Asked anew each time: it changes while others have their turn. */
function isOver(signal: AbortSignal | undefined): boolean {
  return signal?.aborted ?? false;
}
