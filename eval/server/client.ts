import { Agent, request } from 'node:http';

/** JSON over HTTP to one server, over connections that are kept open, timed. */
export interface ServerClient {
  /** `body` is sent as given when it is bytes: a benchmark makes its bodies before it starts the clock. */
  readonly post: (path: string, body: object | Buffer) => Promise<Reply>;
  readonly get: (path: string) => Promise<Reply>;
  readonly close: () => void;
}

export interface Reply {
  readonly body: unknown;
  /** From the call until the last byte of the answer, milliseconds. */
  readonly elapsedMs: number;
}

export interface ServerAddress {
  readonly url: string;
  readonly apiKey: string;
}

/** The server answered, but not with 2xx. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/**
 * Every call rejects unless the answer is 2xx. node:http rather than fetch: less work per call, so that one process can
 * ask faster than the server answers.
 */
export function newServerClient(address: ServerAddress, connectionsMax = 1): ServerClient {
  const agent = new Agent({ keepAlive: true, maxSockets: connectionsMax });
  const { hostname, port } = new URL(address.url);
  const headers = { authorization: `Bearer ${address.apiKey}` };

  return {
    post: (path, body) => send('POST', path, Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body))),
    get: (path) => send('GET', path, null),
    close: () => agent.destroy(),
  };

  function send(method: string, path: string, body: Buffer | null): Promise<Reply> {
    const sent = body === null ? {} : { 'content-type': 'application/json', 'content-length': body.length };
    return new Promise((resolve, reject) => {
      const startedAt = performance.now();
      const call = request({ agent, hostname, port, method, path, headers: { ...headers, ...sent } }, (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.on('error', reject);
        response.on('end', () => {
          const elapsedMs = performance.now() - startedAt;
          const text = Buffer.concat(parts).toString('utf8');
          const status = response.statusCode ?? 0;
          if (status < 200 || status > 299) {
            reject(new RefusedError(status, `${method} ${path} was answered ${status}: ${text.slice(0, 500)}`));
            return;
          }
          try {
            resolve({ body: text === '' ? null : JSON.parse(text), elapsedMs });
          } catch (cause) {
            reject(new Error(`${method} ${path} was not answered in JSON: ${text.slice(0, 200)}`, { cause }));
          }
        });
      });
      call.on('error', reject);
      call.end(body ?? undefined);
    });
  }
}
