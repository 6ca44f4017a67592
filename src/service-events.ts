import { EcphoryError } from './memory/errors.ts';
import { type EventsInput, eventTypes, type MemoryEvent } from './memory/event.ts';
import { eventsOf } from './memory/events-of.ts';
import { limits } from './memory/limits.ts';
import { parseReadScope, type ReadScope, type Tenant } from './memory/scope.ts';
import type { MemoryService } from './memory/service.ts';
import type { ServiceParts } from './service-parts.ts';

/** What happens to memories, as it happens. */
export function newEventFeed(parts: Pick<ServiceParts, 'store'>): (tenant: Tenant) => Pick<MemoryService, 'events'> {
  const { store } = parts;

  return (tenant) => ({
    events(input) {
      const read = parseReadScope(tenant, input.namespace);
      const isWanted = wantedTypes(input.types);
      const after = input.after === undefined ? null : parseEventId(input.after);
      // Asked for now, not when the first event is: nothing that comes in between is missed.
      const start = after === null ? store.head(read) : Promise.resolve(after);
      start.then((position) => input.onStart?.(String(position))).catch(() => {});
      return follow(read, start, isWanted, input.signal);
    },
  });

  async function* follow(
    read: ReadScope,
    start: Promise<number>,
    isWanted: (event: MemoryEvent) => boolean,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<MemoryEvent> {
    let position = await start;
    while (!isOver(signal)) {
      const entries = await store.feed(read, position, limits.eventPage);
      const last = entries.at(-1);
      if (last === undefined) {
        await pause(limits.eventPollMs, signal);
        continue;
      }
      for (const event of await eventsOf(store, read.tenant, entries)) {
        if (isOver(signal)) return;
        if (isWanted(event)) yield event;
      }
      position = last.sequence;
      // A long past must not keep the event loop to itself.
      await pause(0, signal);
    }
  }
}

/** @throws EcphoryError `invalid` at `/types` */
export function wantedTypes(types: EventsInput['types'] | null): (event: MemoryEvent) => boolean {
  if (types === undefined || types === null) return () => true;
  const index = types.findIndex((type) => !eventTypes.includes(type));
  if (index !== -1 || types.length === 0) {
    const pointer = index === -1 ? '/types' : `/types/${index}`;
    throw new EcphoryError('invalid', `Types are some of ${eventTypes.join(', ')}.`, { pointer });
  }
  return ({ type }) => types.includes(type);
}

function parseEventId(id: string): number {
  if (!/^\d{1,15}$/.test(id)) {
    throw new EcphoryError('invalid', 'It is the id of an event, or 0 for all there ever were.', { pointer: '/after' });
  }
  return Number(id);
}

/** Ends early, and without failing, when the signal is aborted. */
function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal?.addEventListener('abort', end, { once: true });
    if (isOver(signal)) end();
  });
}

/** Asked anew each time: it changes while others have their turn. */
function isOver(signal: AbortSignal | undefined): boolean {
  return signal?.aborted ?? false;
}
