import { expect, test } from 'vitest';
import { newCircuitBreaker } from './circuit-breaker.ts';

test('opens after failures in a row, and for twice as long each time the probe fails, up to its maximum', () => {
  let now = 0;
  const breaker = newCircuitBreaker({ now: () => now, failuresMax: 2, openMs: 100, openMsMax: 300 });
  breaker.failed();
  breaker.succeeded();
  breaker.failed();
  expect(breaker.state()).toBe('closed');
  breaker.failed();
  const pauses: (number | null)[] = [];
  for (let probe = 0; probe < 4; probe += 1) {
    const waitMs = breaker.admit();
    pauses.push(waitMs);
    now += waitMs ?? 0;
    expect(breaker.admit()).toBeNull();
    breaker.failed();
  }
  expect(pauses).toEqual([100, 200, 300, 300]);
  now += 300;
  expect(breaker.admit()).toBeNull();
  expect(breaker.admit()).toBe(100);
  breaker.succeeded();
  expect(breaker.state()).toBe('closed');
});

test('lets another one look when the one that looked gave up', () => {
  let now = 0;
  const breaker = newCircuitBreaker({ now: () => now, failuresMax: 1, openMs: 100 });
  breaker.failed();
  now = 100;
  expect(breaker.admit()).toBeNull();
  breaker.passed();
  expect(breaker.admit()).toBeNull();
});

test('a call from before it opened that fails late makes the pause no longer', () => {
  const breaker = newCircuitBreaker({ now: () => 0, failuresMax: 1, openMs: 100 });
  breaker.failed();
  breaker.failed();
  expect(breaker.admit()).toBe(100);
});
