import type { IncomingMessage } from 'node:http';
import { EcphoryError } from '../memory/errors.ts';
import { limits } from '../memory/limits.ts';
import { readJson } from './body.ts';
import { parseDeleteWhere, parseExport } from './exchange-schemas.ts';
import { HttpRefusal } from './http-refusal.ts';
import type { Handler } from './route.ts';
import { refuseQuery } from './schemas.ts';
import { writeOptions } from './write-options.ts';

/** Memory out and in as lines, and many memories away at once. */
export const exportRoutes = {
  async export(call) {
    return { lines: call.memory.export(parseExport(call.query)) };
  },

  async import(call) {
    refuseQuery(call.query);
    return { status: 200, body: await call.memory.import(linesOf(call.request)) };
  },

  async deleteWhere(call) {
    refuseQuery(call.query);
    const options = writeOptions(call);
    const input = parseDeleteWhere(await readJson(call.request, limits.bodyBytes));
    return { status: 200, body: await call.memory.deleteWhere(input, options) };
  },
} satisfies Record<string, Handler>;

/**
 * The lines of a body as they come; who sends waits while they are taken in.
 * @throws HttpRefusal 415; EcphoryError `too_large`, `invalid`
 */
async function* linesOf(request: IncomingMessage): AsyncGenerator<string> {
  const type = request.headers['content-type'] ?? '';
  if (!/^application\/(?:x-ndjson|jsonl|ndjson)\s*(?:;\s*charset\s*=\s*"?utf-8"?\s*)?$/i.test(type)) {
    throw new HttpRefusal(415, 'invalid', 'The body must be sent as Content-Type: application/x-ndjson, in UTF-8.');
  }
  if (request.headers['content-encoding'] !== undefined) {
    throw new HttpRefusal(415, 'invalid', 'The body must not be compressed.');
  }
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false });
  let bytes = 0;
  let rest: string[] = [];
  let restCharacters = 0;
  for await (const chunk of chunksOf(request)) {
    bytes += chunk.length;
    if (bytes > limits.exportBodyBytes) {
      throw new EcphoryError('too_large', `An import is at most ${limits.exportBodyBytes} bytes; send several.`);
    }
    const [first = '', ...more] = decoded(decoder, chunk).split('\n');
    rest.push(first);
    restCharacters += first.length;
    if (restCharacters > limits.exportLineBytes) {
      throw new EcphoryError('too_large', `A line is at most ${limits.exportLineBytes} bytes.`);
    }
    const last = more.pop();
    if (last === undefined) continue;
    yield rest.join('');
    yield* more;
    rest = [last];
    restCharacters = last.length;
  }
  rest.push(decoded(decoder, null));
  yield rest.join('');
}

async function* chunksOf(request: IncomingMessage): AsyncGenerator<Buffer> {
  try {
    // Left open when the lines end early, so that the answer can be sent.
    for await (const chunk of request.iterator({ destroyOnReturn: false })) yield chunk as Buffer;
  } catch (cause) {
    throw new EcphoryError('invalid', 'The body ended early; what came before was taken in.', { pointer: '', cause });
  }
}

function decoded(decoder: InstanceType<typeof TextDecoder>, chunk: Buffer | null): string {
  try {
    return chunk === null ? decoder.decode() : decoder.decode(chunk, { stream: true });
  } catch {
    throw new EcphoryError('invalid', 'The body is not valid UTF-8.', { pointer: '' });
  }
}
