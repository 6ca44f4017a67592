import type { Request, Response } from 'express';
import type { Access } from '../memory/access.ts';
import { EcphoryError, isEcphoryError } from '../memory/errors.ts';
import type { ApiKeyId, Clock } from '../memory/ids.ts';
import { limits } from '../memory/limits.ts';
import type { Tenant } from '../memory/scope.ts';
import type { MemoryService } from '../memory/service.ts';
import type { AuditTrail } from './audit-trail.ts';
import type { Auth } from './auth.ts';
import { guardedMemory } from './guarded-memory.ts';
import type { Metrics } from './metrics.ts';
import type { RateLimiter } from './rate-limit.ts';
import { routeOf } from './route-name.ts';

/** One request that came in with a good key. */
export interface Entered {
  readonly access: Access;
  /** What the key may do, and nothing else: there is no other way to a memory. */
  readonly memory: MemoryService;
}

export interface Door {
  /**
   * The key is checked before anything else is looked at, then its rate; what the request reaches is put down.
   * @throws EcphoryError `unauthenticated` or `rate_limited`
   */
  enter(request: Request, response: Response, authorization?: string): Promise<Entered>;
  /** Whether the key still opens anything, for answers that go on for long. */
  isInForce(id: ApiKeyId): Promise<boolean>;
}

export interface DoorParts {
  readonly auth: Auth;
  readonly memoryFor: (tenant: Tenant) => MemoryService;
  readonly clock: Clock;
  /** Null: no limit. */
  readonly rates: RateLimiter | null;
  /** Null: nothing is put down. */
  readonly audit: AuditTrail | null;
  readonly metrics: Metrics;
}

/** The one way in for every request that needs a key. */
export function newDoor({ auth, memoryFor, clock, rates, audit, metrics }: DoorParts): Door {
  return {
    async enter(request, response, authorization = request.headers.authorization) {
      const access = await auth.accessOf(authorization).catch((error: unknown) => {
        if (isEcphoryError(error) && error.code === 'unauthenticated') metrics.refused('unauthenticated');
        throw error;
      });
      keepRate(access, response);
      const sight = newSight();
      if (audit !== null) {
        response.once('close', () => {
          audit.note({
            at: clock(),
            tenant: access.tenant,
            keyId: access.keyId,
            method: request.method,
            route: routeOf(request),
            status: response.statusCode,
            requestId: String(response.getHeader('X-Request-Id') ?? ''),
            ...sight.all(),
          });
        });
      }
      return { access, memory: guardedMemory(memoryFor(access.tenant), access, sight) };
    },
    isInForce: (id) => auth.isInForce(id),
  };

  function keepRate({ keyId }: Access, response: Response): void {
    // Not the clock of the memories, which may be set back, or injected.
    const rate = rates?.take(keyId, performance.now());
    if (rate === undefined) return;
    for (const [name, value] of Object.entries(rate.headers)) response.setHeader(name, value);
    if (rate.isWithin) return;
    metrics.refused('rate_limited');
    throw new EcphoryError('rate_limited', 'This API key makes more requests than its rate allows.', {
      retryAfterMs: rate.retryAfterMs,
    });
  }
}

/** Gathers what one request reached, within bounds. */
function newSight() {
  const namespaces = new Set<string>();
  const memoryIds: string[] = [];
  let memories = 0;
  return {
    namespace(namespace: string): void {
      if (namespaces.size < limits.auditNamespaces) namespaces.add(namespace.slice(0, limits.namespaceCharacters));
    },
    memories(ids: readonly string[]): void {
      memories += ids.length;
      memoryIds.push(...ids.slice(0, limits.auditIds - memoryIds.length));
    },
    all: () => ({ namespaces: [...namespaces], memories, memoryIds }),
  };
}
