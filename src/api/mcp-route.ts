import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import type { RequestHandler } from 'express';
import type { Json } from '../memory/episode.ts';
import { EcphoryError } from '../memory/errors.ts';
import { limits } from '../memory/limits.ts';
import type { MemoryService } from '../memory/service.ts';
import { readJson } from './body.ts';
import type { Door } from './door.ts';
import { HttpRefusal } from './http-refusal.ts';
import { pointerOf } from './json.ts';
import { parseQuery, singleValues } from './query.ts';

/** What answers MCP requests, as far as HTTP is concerned. */
export interface McpEndpoint {
  /** Why requests with these headers are not answered, null when they are. */
  refusal(headers: { readonly host?: string | undefined; readonly origin?: string | undefined }): string | null;
  answer(
    request: Request,
    call: { readonly memory: MemoryService; readonly namespace: string | null; readonly body: Json },
  ): Promise<Response>;
}

export interface McpRouteParts {
  readonly door: Door;
  /** Called at the first request with a good key: who never uses MCP never loads its library. */
  readonly open: () => Promise<McpEndpoint>;
}

/**
 * `POST /mcp`: the key of every request is checked before anything else is looked at, then where it was sent to and what
 * page sent it. The endpoint is given neither the key nor any header that is not the protocol's.
 */
export function newMcpRoute({ door, open }: McpRouteParts): RequestHandler {
  let opened: Promise<McpEndpoint> | null = null;
  return async (request, response) => {
    const { memory } = await door.enter(request, response);
    opened ??= open();
    const endpoint = await opened;
    const reason = endpoint.refusal(request.headers);
    if (reason !== null) throw new HttpRefusal(403, 'forbidden', reason);
    // There are no sessions to listen to or to end.
    if (request.method !== 'POST') {
      throw new HttpRefusal(405, 'invalid', 'This address takes POST.', { headers: { Allow: 'POST' } });
    }
    const namespace = namespaceOf(request.url);
    const body = await readJson(request, limits.bodyBytes);
    if (Array.isArray(body)) {
      throw new EcphoryError('invalid', 'Send one message with each request: batches are not taken.', { pointer: '' });
    }
    const call = { memory, namespace, body };
    await send(response, await endpoint.answer(webRequestOf(request, response), call));
  };
}

/** `/mcp?namespace=users/alice` is where tools read and write that name no namespace. */
function namespaceOf(url: string): string | null {
  const { namespace, ...others } = singleValues(parseQuery(url));
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) {
    throw new EcphoryError('invalid', 'There is no such field.', { pointer: pointerOf([unknown]) });
  }
  return namespace ?? null;
}

/** Aborted when the caller goes away. */
function webRequestOf(request: IncomingMessage, response: ServerResponse): Request {
  const headers = new Headers();
  for (const [name, value] of Object.entries(request.headers)) {
    if (typeof value === 'string' && (name === 'accept' || name === 'content-type' || name.startsWith('mcp-'))) {
      headers.set(name, value);
    }
  }
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  // The address says nothing: what matters of it has been read.
  return new Request('http://localhost/mcp', { method: 'POST', headers, signal: gone.signal });
}

async function send(response: ServerResponse, answer: Response): Promise<void> {
  response.statusCode = answer.status;
  answer.headers.forEach((value, name) => {
    // What the app says of every answer, such as that nobody may keep it, stands.
    if (!response.hasHeader(name)) response.setHeader(name, value);
  });
  if (answer.body === null) {
    response.end();
    return;
  }
  try {
    await pipeline(answer.body, response);
  } catch (error) {
    // Nobody is there to be told.
    if (!response.destroyed) throw error;
  }
}
