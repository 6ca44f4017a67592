import { randomUUID } from 'node:crypto';
import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express';
import helmet from 'helmet';
import type { AuditStore } from '../memory/audit.ts';
import type { Clock } from '../memory/ids.ts';
import { limits } from '../memory/limits.ts';
import type { Tenant } from '../memory/scope.ts';
import type { MemoryService } from '../memory/service.ts';
import type { ApiKeyStore, StoreHealth } from '../memory/store.ts';
import { addresses } from './addresses.ts';
import type { AuditTrail } from './audit-trail.ts';
import { newAuth } from './auth.ts';
import { newMem0Routes } from './compat/mem0.ts';
import { newDocumentRoutes } from './docs.ts';
import { newDoor } from './door.ts';
import { newEventStreams } from './event-stream.ts';
import { livez, newReadyz } from './health-routes.ts';
import { HttpRefusal } from './http-refusal.ts';
import { newKeyAdministration } from './key-administration.ts';
import type { Log } from './log.ts';
import { type McpEndpoint, newMcpRoute } from './mcp-route.ts';
import { type Metrics, newMetrics } from './metrics.ts';
import { type MetricsAccess, newMetricsRoute } from './metrics-route.ts';
import { pathOf, sendProblem } from './problem.ts';
import { newRateLimiter, type RateLimit } from './rate-limit.ts';
import { newMethodGuard, newRoute } from './route.ts';
import { routeOf } from './route-name.ts';

export interface AppParts {
  /** The memory of the tenant that the API key names. */
  readonly memoryFor: (tenant: Tenant) => MemoryService;
  readonly keys: ApiKeyStore;
  readonly health: () => Promise<StoreHealth>;
  readonly isDraining: () => boolean;
  /** Ecphory's own, as the document of the interface says it. */
  readonly version?: string;
  readonly clock: Clock;
  readonly log: Log;
  /** Whose addresses are served beside our own. */
  readonly compat?: 'mem0' | null;
  /** What answers `/mcp`, made at the first request; nothing does when left out. */
  readonly openMcp?: () => Promise<McpEndpoint>;
  /** How fast one key may ask; as fast as it can when left out. */
  readonly rateLimit?: RateLimit | null;
  /** Who read and wrote what is put down here; nowhere when left out. */
  readonly audit?: { readonly store: AuditStore; readonly trail: AuditTrail };
  readonly metrics?: Metrics;
  /** Who may see them; nobody when left out. */
  readonly metricsAccess?: MetricsAccess;
}

/** The REST interface. */
export function newApp(parts: AppParts): Express {
  const auth = newAuth(parts);
  const { audit = null, metrics = newMetrics(), rateLimit = null } = parts;
  const rates = rateLimit === null ? null : newRateLimiter(rateLimit);
  const door = newDoor({ ...parts, auth, rates, audit: audit?.trail ?? null, metrics });
  const keysFor = newKeyAdministration({
    ...parts,
    audit: audit?.store ?? null,
    flushAudit: async () => audit?.trail.flush(),
    onChanged: auth.forget,
  });
  const route = newRoute({ door, streams: newEventStreams(parts), keysFor });
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.enable('case sensitive routing');
  // Query strings are read by our own strict reader, and only where one is expected.
  app.set('query parser', false);
  app.use(securityHeaders());
  app.use(newRequestOpening(parts, metrics));
  if (parts.compat === 'mem0') app.use(newMem0Routes({ door, clock: parts.clock }));

  for (const [path, methods] of Object.entries(addresses)) {
    const address = app.route(path);
    if (methods.GET !== undefined) address.get(route(methods.GET));
    if (methods.POST !== undefined) address.post(route(methods.POST));
    if (methods.PUT !== undefined) address.put(route(methods.PUT));
    if (methods.PATCH !== undefined) address.patch(route(methods.PATCH));
    if (methods.DELETE !== undefined) address.delete(route(methods.DELETE));
    address.all(newMethodGuard(auth, Object.keys(methods).join(', ')));
  }
  if (parts.openMcp !== undefined) app.all('/mcp', newMcpRoute({ door, open: parts.openMcp }));
  const { metricsAccess = 'off' } = parts;
  if (metricsAccess !== 'off') {
    app
      .route('/metrics')
      .get(newMetricsRoute(metrics, door, metricsAccess))
      .all(newMethodGuard(null, 'GET'));
  }
  const documents = newDocumentRoutes({ version: parts.version ?? 'unknown' });
  for (const [path, handler] of Object.entries(documents))
    app.route(path).get(handler).all(newMethodGuard(null, 'GET'));
  app.route('/livez').get(livez).all(newMethodGuard(null, 'GET'));
  app.route('/readyz').get(newReadyz(parts)).all(newMethodGuard(null, 'GET'));

  app.use(async (request) => {
    // Without a key nobody learns which addresses there are.
    if (request.path === '/v1' || request.path.startsWith('/v1/')) await auth.accessOf(request.headers.authorization);
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
function newRequestOpening(parts: AppParts, metrics: Metrics): RequestHandler {
  const idPattern = new RegExp(`^[A-Za-z0-9-]{1,${limits.requestIdCharacters}}$`);
  return (request, response, next) => {
    const given = request.headers['x-request-id'];
    const requestId = typeof given === 'string' && idPattern.test(given) ? given : randomUUID();
    response.setHeader('X-Request-Id', requestId);
    response.setHeader('Cache-Control', 'no-store');
    if (parts.isDraining()) response.setHeader('Connection', 'close');
    const startedAt = performance.now();
    response.on('close', () => {
      const ms = Math.round((performance.now() - startedAt) * 10) / 10;
      const { method } = request;
      metrics.request({ method, route: routeOf(request), status: response.statusCode, ms });
      parts.log.debug(
        { request_id: requestId, method, path: pathOf(request), status: response.statusCode, ms },
        'request',
      );
    });
    next();
  };
}
