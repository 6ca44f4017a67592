import type { RequestHandler } from 'express';
import { limits } from '../memory/limits.ts';
import type { StoreHealth } from '../memory/store.ts';
import { pathOf, sendProblemBody } from './problem.ts';

export interface HealthParts {
  readonly health: () => Promise<StoreHealth>;
  readonly isDraining: () => boolean;
}

/** The process answers. */
export const livez: RequestHandler = (_request, response) => {
  sendJson(response, { status: 'ok' });
};

/** Requests can be served and writes will be kept; 503 with every reason when not. */
export function newReadyz(parts: HealthParts): RequestHandler {
  return async (request, response) => {
    const reasons = await reasonsAgainst(parts);
    if (reasons.length === 0) {
      sendJson(response, { status: 'ready' });
      return;
    }
    sendProblemBody(response, {
      type: 'urn:ecphory:error:unavailable',
      title: 'Not ready',
      status: 503,
      detail: reasons.join(' '),
      code: 'unavailable',
      instance: pathOf(request),
      request_id: String(response.getHeader('X-Request-Id') ?? ''),
      errors: [],
      reasons,
    });
  };
}

async function reasonsAgainst(parts: HealthParts): Promise<readonly string[]> {
  const reasons: string[] = [];
  if (parts.isDraining()) reasons.push('The server is shutting down.');
  const health = await healthInTime(parts.health);
  if (health === null) reasons.push('The store does not answer.');
  else if (!health.writable) reasons.push('The store cannot be written.');
  return reasons;
}

async function healthInTime(health: () => Promise<StoreHealth>): Promise<StoreHealth | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), limits.healthDeadlineMs);
  });
  try {
    return await Promise.race([health(), late]);
  } catch {
    return null;
  } finally {
    clearTimeout(timer);
  }
}

function sendJson(response: Parameters<RequestHandler>[1], body: object): void {
  const text = JSON.stringify(body);
  response.setHeader('Content-Type', 'application/json; charset=utf-8');
  response.setHeader('Content-Length', Buffer.byteLength(text));
  response.end(text);
}
