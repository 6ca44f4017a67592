import type { RequestHandler } from 'express';
import { EcphoryError } from '../memory/errors.ts';
import type { Door } from './door.ts';
import { defaultTenant } from './first-key.ts';
import type { Metrics } from './metrics.ts';

/** `key`: for admin keys of the operator's tenant. `open`: for everyone who reaches the address. */
export type MetricsAccess = 'key' | 'open' | 'off';

/** `GET /metrics`. What it says is of every tenant together, so that a key of one of them does not open it. */
export function newMetricsRoute(metrics: Metrics, door: Door, access: 'key' | 'open'): RequestHandler {
  return async (request, response) => {
    if (access === 'key') {
      const { tenant, scopes, namespaces } = (await door.enter(request, response)).access;
      if (tenant !== defaultTenant || !scopes.includes('admin') || namespaces !== null) {
        throw new EcphoryError(
          'forbidden',
          `Metrics need a key of tenant "${defaultTenant}" with scope "admin" and every namespace.`,
        );
      }
    }
    const text = await metrics.render();
    response.setHeader('Content-Type', metrics.contentType);
    response.setHeader('Content-Length', Buffer.byteLength(text));
    response.end(text);
  };
}
