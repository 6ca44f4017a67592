import type { IncomingMessage, ServerResponse } from 'node:http';
import { EcphoryError } from '../memory/errors.ts';
import { limits } from '../memory/limits.ts';

/** One event of a `text/event-stream` (HTML Living Standard, 9.2). `data` is one line. */
export interface StreamEvent {
  readonly id: string;
  readonly event: string;
  readonly data: string;
}

export type Events = (signal: AbortSignal) => AsyncIterable<StreamEvent>;

export interface EventStreams {
  /** @throws EcphoryError `unavailable` when too many are open; nothing has been sent then. */
  send(request: IncomingMessage, response: ServerResponse, events: Events): Promise<void>;
}

/**
 * Sends events as they come. A stream ends with its events, when its reader goes away, when the server drains, or after
 * `limits.progressStreamMs`; a reader that wants more comes back. While nothing happens a comment says that it is alive.
 */
export function newEventStreams(parts: { readonly isDraining: () => boolean }): EventStreams {
  let open = 0;

  return {
    async send(request, response, events) {
      if (open >= limits.progressStreams || parts.isDraining()) {
        throw new EcphoryError('unavailable', 'No more streams can be opened now; ask for the operation itself.', {
          retryAfterMs: 1_000,
        });
      }
      startStream(response);
      if (request.method === 'HEAD') {
        response.end();
        return;
      }
      open += 1;
      const over = new AbortController();
      const stop = () => over.abort();
      const timers = [
        setTimeout(stop, limits.progressStreamMs),
        setInterval(() => response.write(': alive\n\n'), limits.progressKeepAliveMs),
        // Whoever shuts the server down waits for its connections.
        setInterval(() => parts.isDraining() && stop(), limits.operationPollMs),
      ];
      response.once('close', stop);
      try {
        for await (const event of events(over.signal)) {
          if (over.signal.aborted) break;
          await write(response, event, over.signal);
        }
      } finally {
        open -= 1;
        for (const timer of timers) clearInterval(timer);
        response.off('close', stop);
        response.end();
      }
    },
  };
}

function startStream(response: ServerResponse): void {
  response.statusCode = 200;
  response.setHeader('Content-Type', 'text/event-stream; charset=utf-8');
  response.setHeader('Connection', 'close');
  // A proxy that gathers what it passes on would hold events back (nginx).
  response.setHeader('X-Accel-Buffering', 'no');
  response.flushHeaders();
}

/** Waits while the reader is behind: what it does not read must not pile up here. */
async function write(response: ServerResponse, { id, event, data }: StreamEvent, signal: AbortSignal): Promise<void> {
  if (response.write(`id: ${id}\nevent: ${event}\ndata: ${data}\n\n`)) return;
  await new Promise<void>((resolve) => {
    const goOn = () => {
      response.off('drain', goOn);
      signal.removeEventListener('abort', goOn);
      resolve();
    };
    response.on('drain', goOn);
    signal.addEventListener('abort', goOn, { once: true });
    if (signal.aborted) goOn();
  });
}
