import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** A request as an OpenAI-compatible endpoint sees it. */
export interface ScriptedRequest {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: { readonly model: string; readonly messages: readonly { readonly content: string }[] } & Readonly<
    Record<string, unknown>
  >;
  readonly at: number;
}

export interface ScriptedReply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** A text is the model's reply; anything else is sent as it is. */
  readonly say?: string;
  readonly raw?: string;
  /** The connection is broken instead of answered. */
  readonly hangUp?: true;
  readonly withoutUsage?: true;
}

/** An outside party for tests: answers every request as the script says, and keeps what it was asked. */
export async function openScriptedEndpoint(script: (request: ScriptedRequest, count: number) => ScriptedReply) {
  const requests: ScriptedRequest[] = [];
  const server = createServer(async (incoming, response) => {
    const body = JSON.parse(await text(incoming));
    const request = { path: incoming.url ?? '', headers: incoming.headers, body, at: performance.now() };
    requests.push(request);
    const reply = script(request, requests.length);
    if (reply.hangUp) {
      incoming.socket.destroy();
      return;
    }
    const usage = reply.withoutUsage ? {} : { usage: { prompt_tokens: 100, completion_tokens: 7, total_tokens: 107 } };
    const completion = { id: 'c', object: 'chat.completion', model: body.model, ...usage };
    const choices = [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: reply.say ?? '' } }];
    response.writeHead(reply.status ?? 200, { 'content-type': 'application/json', ...reply.headers });
    response.end(reply.raw ?? JSON.stringify({ ...completion, choices }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/v1`,
    requests,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
