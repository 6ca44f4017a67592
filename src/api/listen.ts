import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { EcphoryError } from '../memory/errors.ts';
import { limits } from '../memory/limits.ts';
import { HttpRefusal } from './http-refusal.ts';
import { problemOf } from './problem.ts';

export interface Listening {
  /** Such as `http://127.0.0.1:8787`. */
  readonly url: string;
  /**
   * Accepts nothing more, lets requests under way finish for at most `limits.drainMs`, then cuts what is left.
   * The app is to answer with `Connection: close` meanwhile.
   */
  close(): Promise<void>;
}

/** Serves HTTP with every time and size bounded; Node's own defaults wait minutes and count nothing. */
export async function listen(
  app: RequestListener,
  address: { readonly host: string; readonly port: number },
): Promise<Listening> {
  const server = createServer({
    headersTimeout: limits.headersTimeoutMs,
    requestTimeout: limits.requestTimeoutMs,
    keepAliveTimeout: limits.keepAliveTimeoutMs,
    connectionsCheckingInterval: limits.connectionsCheckMs,
    maxHeaderSize: limits.headerBytes,
  });
  server.maxConnections = limits.connections;
  server.on('request', app);
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    // Who asks before sending too much is refused before sending it.
    if (Number(request.headers['content-length'] ?? 0) <= limits.batchBodyBytes) response.writeContinue();
    app(request, response);
  });
  server.on('clientError', answerBrokenRequest);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(address.port, address.host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  return { url: urlOf(server), close: () => drain(server) };
}

function urlOf(server: Server): string {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new EcphoryError('internal', 'The server has no port.');
  const host = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return `http://${host}:${address.port}`;
}

async function drain(server: Server): Promise<void> {
  const cut = setTimeout(() => server.closeAllConnections(), limits.drainMs);
  try {
    await new Promise<void>((resolve) => {
      // Also closes the connections that are idle now; those in use close with their answer.
      server.close(() => resolve());
    });
  } finally {
    clearTimeout(cut);
  }
}

/** What never became a request (broken syntax, headers too large or too slow) gets a problem too. */
function answerBrokenRequest(error: Error & { readonly code?: string }, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const refusal =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? new HttpRefusal(431, 'too_large', `The headers are over their limit of ${limits.headerBytes} bytes.`)
      : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? new HttpRefusal(408, 'timeout', 'The request did not come in time.')
        : new HttpRefusal(400, 'invalid', 'This is not a valid HTTP request.');
  const problem = problemOf(refusal, { instance: '/', requestId: crypto.randomUUID() });
  const body = JSON.stringify(problem);
  socket.end(
    `HTTP/1.1 ${problem.status} ${problem.title}\r\nConnection: close\r\nContent-Type: application/problem+json\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}
