import type { Operation } from '../memory/knowledge.ts';
import { limits } from '../memory/limits.ts';
import { addressOf } from './address.ts';
import { type ClientOptions, isRecord, parsed } from './send.ts';
import { fromWire } from './wire.ts';

/**
 * What becomes of an operation, as the server tells it (`text/event-stream`, HTML Living Standard 9.2). Ends without an
 * error when the stream does, or when none can be had: who follows then looks for himself. After a first refusal it
 * does not ask again.
 */
export function newProgress(options: ClientOptions, id: string, signal?: AbortSignal): () => AsyncIterable<Operation> {
  const request = options.fetch ?? fetch;
  const url = `${options.baseUrl.replace(/\/+$/, '')}${addressOf('operation', id)}/events`;
  let isTold = true;

  return async function* follow() {
    if (!isTold) return;
    isTold = false;
    const silence = newSilence(signal);
    try {
      const response = await request(url, {
        headers: { Authorization: `Bearer ${options.apiKey}`, Accept: 'text/event-stream' },
        redirect: 'error',
        signal: silence.signal,
      });
      isTold = response.ok && (response.headers.get('Content-Type') ?? '').startsWith('text/event-stream');
      if (isTold && response.body !== null) yield* operationsIn(response.body, silence.heard);
      else await response.body?.cancel();
    } catch {
      // A broken stream says nothing of the operation.
    } finally {
      silence.end();
    }
  };
}

async function* operationsIn(body: ReadableStream<Uint8Array>, heard: () => void): AsyncGenerator<Operation> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let text = '';
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      heard();
      text += decoder.decode(value, { stream: true });
      const events = text.split('\n\n');
      text = events.pop() ?? '';
      for (const event of events) {
        const operation = operationOf(event);
        if (operation !== null) yield operation;
      }
      if (text.length > eventCharacters) return;
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}

/** An operation holds no text of a memory: one that is longer is not ours. */
const eventCharacters = 1_048_576;

function operationOf(event: string): Operation | null {
  const data = event.split('\n').flatMap((line) => (line.startsWith('data: ') ? [line.slice('data: '.length)] : []));
  const body = parsed(data.join('\n'));
  return isRecord(body) && typeof body.state === 'string' ? (fromWire(body) as Operation) : null;
}

/** Aborts when nothing was heard for three times as long as a living stream is ever silent, or with `signal`. */
function newSilence(signal: AbortSignal | undefined) {
  const controller = new AbortController();
  const abort = () => controller.abort();
  let timer = setTimeout(abort, 3 * limits.progressKeepAliveMs);
  signal?.addEventListener('abort', abort, { once: true });
  if (signal?.aborted === true) abort();
  return {
    signal: controller.signal,
    heard() {
      clearTimeout(timer);
      timer = setTimeout(abort, 3 * limits.progressKeepAliveMs);
    },
    end() {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
      abort();
    },
  };
}
