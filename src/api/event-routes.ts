import type { MemoryEvent } from '../memory/event.ts';
import { toWire } from '../sdk/wire.ts';
import type { StreamEvent } from './event-stream.ts';
import { parseEvents } from './exchange-schemas.ts';
import type { Handler } from './route.ts';

/** What happens to memories, as it happens. */
export const eventRoutes = {
  async events(call) {
    const { after, ...input } = parseEvents(call.query);
    const lastSeen = call.request.headers['last-event-id'];
    const from = typeof lastSeen === 'string' && lastSeen !== '' ? lastSeen : after;
    const over = new AbortController();
    // Whatever is wrong with the request is found here, before a stream has begun.
    const { signal: ended } = over;
    const [begun, onStart] = told<string>();
    const events = call.memory.events({ ...input, ...(from !== undefined && { after: from }), onStart, signal: ended });
    return {
      async *events(signal) {
        signal.addEventListener('abort', () => over.abort(), { once: true });
        if (signal.aborted) return;
        try {
          // Who is cut off before the first event comes back to the same place.
          yield { id: await begun, event: 'open', data: '{}' };
          for await (const event of events) yield eventOf(event);
        } finally {
          over.abort();
        }
      },
    };
  },
} satisfies Record<string, Handler>;

function told<Value>(): readonly [Promise<Value>, (value: Value) => void] {
  let tell: (value: Value) => void = () => {};
  const promise = new Promise<Value>((resolve) => {
    tell = resolve;
  });
  return [promise, tell];
}

function eventOf(event: MemoryEvent): StreamEvent {
  return { id: event.id, event: event.type, data: JSON.stringify(toWire(event)) };
}
