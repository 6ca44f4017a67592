import type { Request, RequestHandler, Response } from 'express';
import type { Access } from '../memory/access.ts';
import { EcphoryError } from '../memory/errors.ts';
import type { MemoryService } from '../memory/service.ts';
import { toWire } from '../sdk/wire.ts';
import type { Auth } from './auth.ts';
import { hasBody } from './body.ts';
import type { Door } from './door.ts';
import type { EventStreams, Events } from './event-stream.ts';
import { HttpRefusal } from './http-refusal.ts';
import type { KeyAdministration } from './key-administration.ts';
import { sendLines } from './line-stream.ts';
import { parseQuery, type Query } from './query.ts';

/** One authenticated request. There is no way to a memory but through `memory`: one tenant's, as far as the key goes. */
export interface Call {
  readonly memory: MemoryService;
  /** The keys of the same tenant. */
  readonly keys: KeyAdministration;
  readonly query: Query;
  readonly request: Request;
  /** A part of the path; every id has this form, so anything else exists for nobody. */
  id(of: 'memory' | 'entity' | 'operation' | 'run' | 'key' | 'webhook'): string;
}

export type Answer = JsonAnswer | { readonly events: Events } | { readonly lines: AsyncIterable<string> };

export interface JsonAnswer {
  readonly status: 200 | 201 | 202;
  /** In the words of the interface; renamed for the wire here. */
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export type Handler = (call: Call) => Promise<Answer>;

export interface RouteParts {
  readonly door: Door;
  readonly streams: EventStreams;
  readonly keysFor: (access: Access) => KeyAdministration;
}

/** The only bridge between Express and a handler: the key is checked before anything else is looked at. */
export function newRoute(parts: RouteParts): (handler: Handler) => RequestHandler {
  return (handler) => async (request, response) => {
    const { access, memory } = await parts.door.enter(request, response);
    if ((request.method === 'GET' || request.method === 'DELETE' || request.method === 'HEAD') && hasBody(request)) {
      throw new EcphoryError('invalid', `A ${request.method} takes no body.`, { pointer: '' });
    }
    const answer = await handler({
      memory,
      keys: parts.keysFor(access),
      query: parseQuery(request.url),
      request,
      id: (of) => idOf(request, of),
    });
    if ('events' in answer) {
      const isInForce = () => parts.door.isInForce(access.keyId);
      await parts.streams.send(request, response, whileInForce(answer.events, isInForce));
    } else if ('lines' in answer) {
      await sendLines(request, response, answer.lines);
    } else {
      send(response, answer);
    }
  };
}

/** For a known path and an unknown method. */
export function newMethodGuard(auth: Auth | null, methods: string): RequestHandler {
  return async (request) => {
    await auth?.accessOf(request.headers.authorization);
    throw new HttpRefusal(405, 'invalid', `This address takes ${methods}.`, { headers: { Allow: methods } });
  };
}

/** A stream outlives the look at its key: who has lost it hears no more. */
function whileInForce(events: Events, isInForce: () => Promise<boolean>): Events {
  return async function* (signal) {
    for await (const event of events(signal)) {
      if (!(await isInForce())) return;
      yield event;
    }
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
