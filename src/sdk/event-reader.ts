import { EcphoryError } from '../memory/errors.ts';
import { limits } from '../memory/limits.ts';

/** One event of a `text/event-stream` (HTML Living Standard, 9.2). */
export interface ServerEvent {
  readonly id: string;
  readonly event: string;
  readonly data: string;
}

/** The events of a body, until it ends. Comments say that it is alive. @throws EcphoryError `unavailable` */
export async function* serverEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<ServerEvent> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of chunksOf(body)) {
    text += decoder.decode(chunk, { stream: true });
    const events = text.split('\n\n');
    text = events.pop() ?? '';
    if (text.length > limits.bodyBytes) throw new EcphoryError('unavailable', 'An event does not end: is it Ecphory?');
    for (const event of events) {
      const fields = new Map(event.split('\n').map(fieldOf));
      const data = fields.get('data');
      if (data !== undefined) yield { id: fields.get('id') ?? '', event: fields.get('event') ?? 'message', data };
    }
  }
}

function fieldOf(line: string): readonly [string, string] {
  const colon = line.indexOf(': ');
  return colon === -1 ? ['', ''] : [line.slice(0, colon), line.slice(colon + 2)];
}

/** Gives up when nothing comes for three times as long as a living stream is ever silent. */
export async function* chunksOf(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = body.getReader();
  try {
    for (;;) {
      const { value, done } = await heard(reader.read());
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}

function heard<Value>(reading: Promise<Value>): Promise<Value> {
  return new Promise((resolve, reject) => {
    const silent = () => reject(new EcphoryError('timeout', 'The server fell silent.'));
    const timer = setTimeout(silent, 3 * limits.progressKeepAliveMs);
    reading.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
