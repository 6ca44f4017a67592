import { limits } from '../memory/limits.ts';

/** `closed`: calls go through. `open`: none does until its time. `half-open`: one goes through to see. */
export type CircuitState = 'closed' | 'open' | 'half-open';

export interface CircuitBreaker {
  /** Null when a call may be made, which must then be told of; else how long to wait, milliseconds, at least 1. */
  admit(): number | null;
  succeeded(): void;
  /** With `waitMs` the endpoint itself said when to come back: nothing is asked before, however few failures there were. */
  failed(waitMs?: number): void;
  /** Neither good nor bad: a call that its caller gave up, or one that the endpoint understood and refused. */
  passed(): void;
  state(): CircuitState;
}

export interface CircuitOptions {
  /** Milliseconds, never going back. */
  readonly now: () => number;
  readonly failuresMax?: number;
  readonly openMs?: number;
  readonly openMsMax?: number;
}

/**
 * Keeps calls from an endpoint that fails (Nygard, "Release It!", circuit breaker): after `failuresMax` failures in a row
 * it is open for `openMs`, then lets one call through; if that fails it is open for twice as long, up to `openMsMax`; if
 * it succeeds all is forgotten. Pure but for its clock.
 */
export function newCircuitBreaker(options: CircuitOptions): CircuitBreaker {
  const { now, failuresMax = limits.modelFailures } = options;
  const { openMs = limits.modelCircuitOpenMs, openMsMax = limits.modelCircuitOpenMsMax } = options;
  let failures = 0;
  let openings = 0;
  /** On the clock; null while closed. */
  let openUntil: number | null = null;
  let isProbing = false;

  return {
    admit() {
      if (openUntil === null) return null;
      const waitMs = openUntil - now();
      if (waitMs > 0) return Math.ceil(waitMs);
      // Everybody but the one that looks waits as long as a first failure costs.
      if (isProbing) return openMs;
      isProbing = true;
      return null;
    },
    succeeded() {
      failures = 0;
      openings = 0;
      openUntil = null;
      isProbing = false;
    },
    failed(waitMs = 0) {
      failures += 1;
      // A call from before it opened says nothing new.
      const isBroken = openUntil === null ? failures >= failuresMax : isProbing;
      const pauseMs = isBroken ? Math.min(openMs * 2 ** openings, openMsMax) : 0;
      if (isBroken) openings += 1;
      isProbing = false;
      if (pauseMs === 0 && waitMs === 0) return;
      openUntil = Math.max(openUntil ?? 0, now() + Math.max(pauseMs, waitMs));
    },
    passed() {
      isProbing = false;
    },
    state() {
      if (openUntil === null) return 'closed';
      return openUntil > now() ? 'open' : 'half-open';
    },
  };
}
