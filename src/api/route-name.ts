import type { Request } from 'express';

/** The address as it is documented, such as `/v1/memories/:id`: what a caller put in its place is in no log or metric. */
export function routeOf(request: Request): string {
  const route: unknown = request.route;
  const path = typeof route === 'object' && route !== null && 'path' in route ? route.path : null;
  return typeof path === 'string' ? path : 'none';
}
