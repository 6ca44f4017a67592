import { randomUUID } from 'node:crypto';
import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express';
import helmet from 'helmet';
import type { Clock } from '../memory/ids.ts';
import { limits } from '../memory/limits.ts';
import type { Tenant } from '../memory/scope.ts';
import type { MemoryService } from '../memory/service.ts';
import type { ApiKeyStore, StoreHealth } from '../memory/store.ts';
import { newAuth } from './auth.ts';
import { livez, newReadyz } from './health-routes.ts';
import { HttpRefusal } from './http-refusal.ts';
import type { Log } from './log.ts';
import { memoryRoutes } from './memory-routes.ts';
import { pathOf, sendProblem } from './problem.ts';
import { newMethodGuard, newRoute } from './route.ts';

export interface AppParts {
  /** The memory of the tenant that the API key names. */
  readonly memoryFor: (tenant: Tenant) => MemoryService;
  readonly keys: ApiKeyStore;
  readonly health: () => Promise<StoreHealth>;
  readonly isDraining: () => boolean;
  readonly clock: Clock;
  readonly log: Log;
}

/** The REST interface: which path and method lead where. */
export function newApp(parts: AppParts): Express {
  const auth = newAuth(parts);
  const route = newRoute({ auth, memoryFor: parts.memoryFor });
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.enable('case sensitive routing');
  // Query strings are read by our own strict reader, and only where one is expected.
  app.set('query parser', false);
  app.use(securityHeaders());
  app.use(newRequestOpening(parts));

  app.route('/v1/search').post(route(memoryRoutes.search)).all(newMethodGuard(auth, 'POST'));
  app.route('/v1/context').post(route(memoryRoutes.context)).all(newMethodGuard(auth, 'POST'));
  app
    .route('/v1/memories')
    .post(route(memoryRoutes.add))
    .get(route(memoryRoutes.list))
    .all(newMethodGuard(auth, 'GET, POST'));
  app.route('/v1/memories/batch').post(route(memoryRoutes.addBatch)).all(newMethodGuard(auth, 'POST'));
  app
    .route('/v1/memories/:id')
    .get(route(memoryRoutes.get))
    .patch(route(memoryRoutes.update))
    .delete(route(memoryRoutes.delete))
    .all(newMethodGuard(auth, 'GET, PATCH, DELETE'));
  app.route('/v1/memories/:id/history').get(route(memoryRoutes.history)).all(newMethodGuard(auth, 'GET'));
  app.route('/v1/memories/:id/restore').post(route(memoryRoutes.restore)).all(newMethodGuard(auth, 'POST'));

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
