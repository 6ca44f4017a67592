import type { Request, RequestHandler, Response } from 'express';
import { EcphoryError } from '../memory/errors.ts';
import type { Tenant } from '../memory/scope.ts';
import type { MemoryService } from '../memory/service.ts';
import { toWire } from '../sdk/wire.ts';
import type { Auth } from './auth.ts';
import { hasBody } from './body.ts';
import type { EventStreams, Events } from './event-stream.ts';
import { HttpRefusal } from './http-refusal.ts';
import { parseQuery, type Query } from './query.ts';

/** One authenticated request. There is no way to a memory but through `memory`, which is one tenant's. */
export interface Call {
  readonly memory: MemoryService;
  readonly query: Query;
  readonly request: Request;
  /** A part of the path; every id has this form, so anything else exists for nobody. */
  id(of: 'memory' | 'entity' | 'operation' | 'run'): string;
}

export type Answer = JsonAnswer | { readonly events: Events };

export interface JsonAnswer {
  readonly status: 200 | 201 | 202;
  /** In the words of the interface; renamed for the wire here. */
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export type Handler = (call: Call) => Promise<Answer>;

export interface RouteParts {
  readonly auth: Auth;
  readonly streams: EventStreams;
  readonly memoryFor: (tenant: Tenant) => MemoryService;
}

/** The only bridge between Express and a handler: the key is checked before anything else is looked at. */
export function newRoute(parts: RouteParts): (handler: Handler) => RequestHandler {
  return (handler) => async (request, response) => {
    const tenant = await parts.auth.tenantOf(request.headers.authorization);
    if ((request.method === 'GET' || request.method === 'DELETE' || request.method === 'HEAD') && hasBody(request)) {
      throw new EcphoryError('invalid', `A ${request.method} takes no body.`, { pointer: '' });
    }
    const answer = await handler({
      memory: parts.memoryFor(tenant),
      query: parseQuery(request.url),
      request,
      id: (of) => idOf(request, of),
    });
    if ('events' in answer) await parts.streams.send(request, response, answer.events);
    else send(response, answer);
  };
}

/** For a known path and an unknown method. */
export function newMethodGuard(auth: Auth | null, methods: string): RequestHandler {
  return async (request) => {
    await auth?.tenantOf(request.headers.authorization);
    throw new HttpRefusal(405, 'invalid', `This address takes ${methods}.`, { headers: { Allow: methods } });
  };
}

function idOf(request: Request, of: Parameters<Call['id']>[0]): string {
  const { id } = request.params;
  if (typeof id !== 'string' || !/^[0-9A-Za-z_-]{1,64}$/.test(id)) {
    // The words of the service, so that a malformed id cannot be told from one that is not there.
    throw new EcphoryError('not_found', `There is no ${of} with this id.`);
  }
  return id;
}

function send(response: Response, answer: JsonAnswer): void {
  const body = JSON.stringify(toWire(answer.body));
  response.statusCode = answer.status;
  for (const [name, value] of Object.entries(answer.headers ?? {})) response.setHeader(name, value);
  response.setHeader('Content-Type', 'application/json; charset=utf-8');
  response.setHeader('Content-Length', Buffer.byteLength(body));
  response.end(body);
}
