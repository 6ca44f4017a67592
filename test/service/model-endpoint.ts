import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What an endpoint does with a request. */
export type EndpointMode = (seen: SeenRequest, response: ServerResponse) => void;

export interface SeenRequest {
  readonly url: string | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: Readonly<Record<string, unknown>>;
}

export interface ModelEndpoint {
  /** Up to and with `/v1`. */
  readonly baseUrl: string;
  readonly seen: readonly SeenRequest[];
  /** For the requests from now on, one each; the last one stays. */
  play(...modes: readonly EndpointMode[]): void;
  close(): Promise<void>;
}

/** A chat endpoint on the loopback that does as it is told: a stand-in for whoever is at the other end. */
export async function openModelEndpoint(): Promise<ModelEndpoint> {
  const seen: SeenRequest[] = [];
  let script: readonly EndpointMode[] = [];
  let played = 0;
  const server: Server = createServer(async (request, response) => {
    response.on('error', () => undefined);
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString('utf8');
    const now = { url: request.url, headers: request.headers, body: text === '' ? {} : JSON.parse(text) };
    const mode = script[Math.min(played, script.length - 1)];
    played += 1;
    seen.push(now);
    mode?.(now, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  return {
    baseUrl: `http://127.0.0.1:${port}/v1`,
    seen,
    play(...modes) {
      script = modes;
      played = 0;
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** A good answer with this text. */
export function says(text: string, usage: object | null = { prompt_tokens: 40, completion_tokens: 8 }): EndpointMode {
  return sends(200, { choices: [{ message: { role: 'assistant', content: text } }], ...(usage !== null && { usage }) });
}

export function sends(
  status: number,
  body: object | string,
  headers: Readonly<Record<string, string>> = {},
): EndpointMode {
  return (_seen, response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  };
}

/** Takes the request and never answers. */
export const hangs: EndpointMode = () => undefined;

/** The head of a good answer, then nothing. */
export const dripsAndHangs: EndpointMode = (_seen, response) => {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.write('{"choices":[');
};

export const breaksOff: EndpointMode = (_seen, response) => {
  response.socket?.destroy();
};

/** As much of a good answer of `bytes` as somebody takes; tells how much was sent when it ends. */
export function floods(bytes: number, onEnd: (sent: number) => void): EndpointMode {
  return (_seen, response) => {
    const chunk = 'x'.repeat(65_536);
    let sent = 0;
    response.writeHead(200, { 'content-type': 'application/json' });
    response.write('{"choices":[{"message":{"content":"');
    response.on('close', () => onEnd(sent));
    const more = (): void => {
      while (sent < bytes && !response.destroyed) {
        sent += chunk.length;
        if (!response.write(chunk)) {
          response.once('drain', more);
          return;
        }
      }
      if (!response.destroyed) response.end('"}}]}');
    };
    more();
  };
}
