import { randomUUID } from 'node:crypto';
import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express';
import helmet from 'helmet';
import type { Clock } from '../memory/ids.ts';
import { limits } from '../memory/limits.ts';
import type { Tenant } from '../memory/scope.ts';
import type { MemoryService } from '../memory/service.ts';
import type { ApiKeyStore, StoreHealth } from '../memory/store.ts';
import { newAuth } from './auth.ts';
import { newEventStreams } from './event-stream.ts';
import { livez, newReadyz } from './health-routes.ts';
import { HttpRefusal } from './http-refusal.ts';
import { knowledgeRoutes } from './knowledge-routes.ts';
import type { Log } from './log.ts';
import { memoryRoutes } from './memory-routes.ts';
import { operationRoutes } from './operation-routes.ts';
import { pathOf, sendProblem } from './problem.ts';
import { type Handler, newMethodGuard, newRoute } from './route.ts';

export interface AppParts {
  /** The memory of the tenant that the API key names. */
  readonly memoryFor: (tenant: Tenant) => MemoryService;
  readonly keys: ApiKeyStore;
  readonly health: () => Promise<StoreHealth>;
  readonly isDraining: () => boolean;
  readonly clock: Clock;
  readonly log: Log;
}

/** The REST interface. */
export function newApp(parts: AppParts): Express {
  const auth = newAuth(parts);
  const route = newRoute({ auth, streams: newEventStreams(parts), memoryFor: parts.memoryFor });
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.enable('case sensitive routing');
  // Query strings are read by our own strict reader, and only where one is expected.
  app.set('query parser', false);
  app.use(securityHeaders());
  app.use(newRequestOpening(parts));

  for (const [path, methods] of Object.entries(addresses)) {
    const address = app.route(path);
    if (methods.GET !== undefined) address.get(route(methods.GET));
    if (methods.POST !== undefined) address.post(route(methods.POST));
    if (methods.PATCH !== undefined) address.patch(route(methods.PATCH));
    if (methods.DELETE !== undefined) address.delete(route(methods.DELETE));
    address.all(newMethodGuard(auth, Object.keys(methods).join(', ')));
  }
  app.route('/livez').get(livez).all(newMethodGuard(null, 'GET'));
  app.route('/readyz').get(newReadyz(parts)).all(newMethodGuard(null, 'GET'));

  app.use(async (request) => {
    // Without a key nobody learns which addresses there are.
    if (request.path === '/v1' || request.path.startsWith('/v1/')) await auth.tenantOf(request.headers.authorization);
    throw new HttpRefusal(404, 'not_found', 'There is nothing at this address.');
  });
  // Express tells an error handler by its four parameters.
  const problems: ErrorRequestHandler = (error, request, response, _next) => {
    sendProblem(request, response, error, parts.log);
  };
  app.use(problems);
  return app;
}

type Methods = { readonly [method in 'GET' | 'POST' | 'PATCH' | 'DELETE']?: Handler };

/** Which path and method lead where. What is fixed stands before what has an id in its place. */
const addresses: Readonly<Record<string, Methods>> = {
  '/v1/search': { POST: memoryRoutes.search },
  '/v1/context': { POST: memoryRoutes.context },
  '/v1/memories': { GET: memoryRoutes.list, POST: memoryRoutes.add },
  '/v1/memories/batch': { POST: memoryRoutes.addBatch },
  '/v1/memories/:id': { GET: memoryRoutes.get, PATCH: memoryRoutes.update, DELETE: memoryRoutes.delete },
  '/v1/memories/:id/history': { GET: memoryRoutes.history },
  '/v1/memories/:id/restore': { POST: memoryRoutes.restore },
  '/v1/memories/:id/invalidate': { POST: knowledgeRoutes.invalidate },
  '/v1/memories/:id/related': { GET: knowledgeRoutes.related },
  '/v1/sessions/:session/messages': { GET: memoryRoutes.messages },
  '/v1/facts': { GET: knowledgeRoutes.facts, POST: knowledgeRoutes.addFact },
  '/v1/facts/changes': { GET: knowledgeRoutes.changes },
  '/v1/entities': { GET: knowledgeRoutes.entities },
  '/v1/entities/:id': { GET: knowledgeRoutes.entity },
  '/v1/graph': { GET: knowledgeRoutes.graph },
  '/v1/consolidations': { GET: operationRoutes.runs, POST: operationRoutes.consolidate },
  '/v1/consolidations/:id': { GET: operationRoutes.run },
  '/v1/consolidations/:id/revert': { POST: operationRoutes.revert },
  '/v1/operations': { GET: operationRoutes.operations },
  '/v1/operations/:id': { GET: operationRoutes.operation },
  '/v1/operations/:id/events': { GET: operationRoutes.events },
  '/v1/operations/:id/retry': { POST: operationRoutes.retry },
  '/v1/operations/:id/cancel': { POST: operationRoutes.cancel },
};

/** For an interface that serves no page: nothing may be loaded, framed or kept. No HSTS: TLS is the proxy's. */
function securityHeaders(): RequestHandler {
  return helmet({
    contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } },
    strictTransportSecurity: false,
  });
}

/** Names the request and says how it went, without a word of what was in it. */
function newRequestOpening(parts: AppParts): RequestHandler {
  const idPattern = new RegExp(`^[A-Za-z0-9-]{1,${limits.requestIdCharacters}}$`);
  return (request, response, next) => {
    const given = request.headers['x-request-id'];
    const requestId = typeof given === 'string' && idPattern.test(given) ? given : randomUUID();
    response.setHeader('X-Request-Id', requestId);
    response.setHeader('Cache-Control', 'no-store');
    if (parts.isDraining()) response.setHeader('Connection', 'close');
    const startedAt = performance.now();
    response.on('finish', () => {
      const ms = Math.round((performance.now() - startedAt) * 10) / 10;
      const { method } = request;
      parts.log.debug(
        { request_id: requestId, method, path: pathOf(request), status: response.statusCode, ms },
        'request',
      );
    });
    next();
  };
}
