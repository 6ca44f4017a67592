import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Json } from '../memory/episode.ts';
import { EcphoryError } from '../memory/errors.ts';
import { limits } from '../memory/limits.ts';
import { HttpRefusal } from './http-refusal.ts';
import { parseJson } from './json.ts';

/**
 * One request's JSON body. A body over its limit is refused before it is read when it says how long it is,
 * and otherwise at the first byte over: Express's own reader takes in all of a chunked body first, and waits
 * for one that is announced and never sent.
 *
 * @throws HttpRefusal 415; EcphoryError `too_large`, `invalid`
 */
export async function readJson(request: IncomingMessage, bytesMax: number): Promise<Json> {
  checkHeaders(request, bytesMax);
  return parseJson(await readBytes(request, bytesMax));
}

/** A body announced by the headers; nothing says so for the requests that have none. */
export function hasBody(request: IncomingMessage): boolean {
  if (request.headers['transfer-encoding'] !== undefined) return true;
  const length = request.headers['content-length'];
  return length !== undefined && length !== '0';
}

/**
 * Before an answer to a request whose body has not been read: the connection ends with the answer.
 * It stays half open for a moment, unread, because closing a socket with unread bytes resets it, and the reset
 * can overtake the answer on its way to the caller.
 */
export function closeAfterAnswer(request: IncomingMessage, response: ServerResponse): void {
  response.setHeader('Connection', 'close');
  // Marks the body as ours to read; Node would otherwise take in and throw away all of it.
  request.pause();
  request.read(0);
  const { socket } = request;
  socket.destroySoon = () => {
    socket.end();
    setTimeout(() => socket.destroy(), limits.lingerMs).unref();
  };
}

function checkHeaders(request: IncomingMessage, bytesMax: number): void {
  const length = request.headers['content-length'];
  if (length !== undefined && Number(length) > bytesMax) throw tooLarge(bytesMax);
  const type = request.headers['content-type'] ?? '';
  if (!/^application\/json\s*(?:;\s*charset\s*=\s*"?utf-8"?\s*)?$/i.test(type)) {
    throw new HttpRefusal(415, 'invalid', 'The body must be sent as Content-Type: application/json, in UTF-8.');
  }
  const encoding = request.headers['content-encoding'];
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') {
    throw new HttpRefusal(415, 'invalid', 'The body must not be compressed.');
  }
}

function readBytes(request: IncomingMessage, bytesMax: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const letGo = () => {
      request.off('data', take).off('end', finish).off('error', abandon).off('close', abandon);
    };
    const take = (chunk: Buffer) => {
      size += chunk.length;
      if (size <= bytesMax) {
        chunks.push(chunk);
        return;
      }
      letGo();
      request.pause();
      reject(tooLarge(bytesMax));
    };
    const finish = () => {
      letGo();
      const [first] = chunks;
      resolve(chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks, size));
    };
    const abandon = () => {
      letGo();
      request.on('error', () => {});
      reject(new EcphoryError('invalid', 'The body ended early.', { pointer: '' }));
    };
    request.on('data', take).on('end', finish).on('error', abandon).on('close', abandon);
  });
}

function tooLarge(bytesMax: number): EcphoryError {
  return new EcphoryError('too_large', `The body is over its limit of ${bytesMax} bytes.`, { pointer: '' });
}
