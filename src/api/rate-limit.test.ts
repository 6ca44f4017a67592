import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { limits } from '../memory/limits.ts';
import { newRateLimiter } from './rate-limit.ts';

describe('the rate of a key', () => {
  test('allows a burst, then what flows in', () => {
    const limiter = newRateLimiter({ requestsPerSecond: 2, burst: 3 });
    const taken = [0, 0, 0, 0, 499, 500, 1_000, 1_000].map((now) => limiter.take('a', now).isWithin);
    expect(taken).toEqual([true, true, true, false, false, true, true, false]);
  });

  test('says when there is room again, and how much is left', () => {
    const limiter = newRateLimiter({ requestsPerSecond: 4, burst: 2 });
    expect(limiter.take('a', 0)).toEqual({
      isWithin: true,
      retryAfterMs: 0,
      headers: { 'RateLimit-Policy': '"key";q=2;w=1', RateLimit: '"key";r=1;t=1' },
    });
    limiter.take('a', 0);
    expect(limiter.take('a', 100)).toMatchObject({ isWithin: false, retryAfterMs: 150 });
    expect(limiter.take('a', 250).isWithin).toBe(true);
  });

  test('is no other key’s', () => {
    const limiter = newRateLimiter({ requestsPerSecond: 1, burst: 1 });
    limiter.take('a', 0);
    expect(limiter.take('a', 0).isWithin).toBe(false);
    expect(limiter.take('b', 0).isWithin).toBe(true);
  });

  test('is remembered for a bounded number of keys', () => {
    const limiter = newRateLimiter({ requestsPerSecond: 1, burst: 1 });
    limiter.take('first', 0);
    for (let key = 0; key < limits.rateLimitedKeys; key += 1) limiter.take(`key ${key}`, 0);
    expect(limiter.take('first', 0).isWithin).toBe(true);
  });

  test('never lets more through than burst + rate × time', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 20 }),
        fc.array(fc.integer({ min: 0, max: 500 }), { maxLength: 200 }),
        (requestsPerSecond, burst, pauses) => {
          const limiter = newRateLimiter({ requestsPerSecond, burst });
          let now = 0;
          let through = 0;
          for (const pause of pauses) {
            now += pause;
            if (limiter.take('a', now).isWithin) through += 1;
            expect(through).toBeLessThanOrEqual(burst + (now / 1_000) * requestsPerSecond + 1e-6);
          }
        },
      ),
    );
  });
});
