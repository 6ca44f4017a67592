import { expect, test } from 'vitest';
import { EcphoryError } from '../../memory/errors.ts';
import { failureText } from './failure.ts';

test('a failure says what, where, and what to do', () => {
  const error = new EcphoryError('invalid', 'Two things are wrong.', {
    faults: [
      { pointer: '/tags/0', message: 'A tag is needed.' },
      { pointer: '', message: 'Two things are wrong.' },
    ],
  });
  expect(failureText(error, () => {})).toBe(
    'invalid: Two things are wrong.\n- tags/0: A tag is needed.\nCorrect the arguments and call again.',
  );
  const late = new EcphoryError('rate_limited', 'Too many calls.', { retryAfterMs: 1_200 });
  expect(failureText(late, () => {})).toBe('rate_limited: Too many calls.\nCall again later. Wait 2 s.');
});

test.each([new Error('secret path'), new EcphoryError('internal', 'secret path'), 'secret path', null])(
  'of a failure inside the model learns nothing, and someone else is told (%#)',
  (error) => {
    const told: unknown[] = [];
    expect(failureText(error, (cause) => told.push(cause))).toMatch(/^internal: Something went wrong inside/);
    expect(failureText(error, () => {})).not.toContain('secret');
    expect(told).toEqual([error]);
  },
);
