import fc from 'fast-check';
import { expect, it } from 'vitest';
import { makeScope } from '../../../test/builders.ts';
import { lastErasure } from './history.ts';

it('the last erasure is found wherever it is, in few questions', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.maxSafeNat().map((n) => Math.floor(n / 4)),
      async (last) => {
        let questions = 0;
        const erasedSince = async (_: unknown, after: number) => {
          questions += 1;
          return last > after;
        };
        expect(await lastErasure({ erasedSince }, makeScope())).toBe(last);
        expect(questions).toBeLessThanOrEqual(110);
      },
    ),
  );
});
