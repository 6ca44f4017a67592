import { limits } from '../memory/limits.ts';

/** Whether one more request is within the rate, and what its caller is told of it. */
export interface Rate {
  readonly isWithin: boolean;
  /** Until there is room for one; 0 when there is. */
  readonly retryAfterMs: number;
  /** `RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers-10). */
  readonly headers: Readonly<Record<string, string>>;
}

export interface RateLimiter {
  /** Takes one request of `key` at `now`, milliseconds on a clock that never goes back. */
  take(key: string, now: number): Rate;
}

export interface RateLimit {
  readonly requestsPerSecond: number;
  /** Requests that a key which was silent may make at once. */
  readonly burst: number;
}

/**
 * A token bucket for each key: it fills with `requestsPerSecond` tokens a second up to `burst`, a request takes one, and
 * one that finds none is refused and takes none. tokens(now) = min(burst, tokens(then) + rate (now - then)). O(1).
 */
export function newRateLimiter({ requestsPerSecond, burst }: RateLimit): RateLimiter {
  /** Least recently seen first. */
  const buckets = new Map<string, { tokens: number; at: number }>();
  // The quota and the seconds in which an empty bucket is full again.
  const policy = `"key";q=${burst};w=${Math.ceil(burst / requestsPerSecond)}`;

  return {
    take(key, now) {
      const bucket = buckets.get(key) ?? { tokens: burst, at: now };
      buckets.delete(key);
      buckets.set(key, bucket);
      if (buckets.size > limits.rateLimitedKeys) forgetOldest();
      const elapsedMs = Math.max(0, now - bucket.at);
      bucket.tokens = Math.min(burst, bucket.tokens + (elapsedMs / 1_000) * requestsPerSecond);
      bucket.at = now;
      const isWithin = bucket.tokens >= 1;
      if (isWithin) bucket.tokens -= 1;
      const retryAfterMs = isWithin ? 0 : Math.ceil(((1 - bucket.tokens) / requestsPerSecond) * 1_000);
      const fullInSeconds = Math.ceil((burst - bucket.tokens) / requestsPerSecond);
      const headers = {
        'RateLimit-Policy': policy,
        RateLimit: `"key";r=${Math.floor(bucket.tokens)};t=${fullInSeconds}`,
      };
      return { isWithin, retryAfterMs, headers };
    },
  };

  function forgetOldest(): void {
    const [oldest] = buckets.keys();
    if (oldest !== undefined) buckets.delete(oldest);
  }
}
