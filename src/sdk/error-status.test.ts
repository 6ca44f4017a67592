import { expect, test } from 'vitest';
import { errorCodeOf, errorStatus, isErrorCode } from './error-status.ts';

test('every code has a status of its own, so that a status can be read backwards', () => {
  const statuses = Object.values(errorStatus);
  expect(new Set(statuses).size).toBe(statuses.length);
  for (const [code, status] of Object.entries(errorStatus)) expect(errorCodeOf(status)).toBe(code);
});

test('a status from someone else still means something', () => {
  expect(errorCodeOf(405)).toBe('invalid');
  expect(errorCodeOf(408)).toBe('timeout');
  expect(errorCodeOf(502)).toBe('unavailable');
  expect(errorCodeOf(599)).toBe('internal');
  expect(isErrorCode('toString')).toBe(false);
});
