import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { newFakeClock } from '../../test/fake-clock.ts';
import type { Embedder } from '../memory/embedder.ts';
import { EcphoryError } from '../memory/errors.ts';
import { limits } from '../memory/limits.ts';
import { backoffMs, guard } from './embed.ts';

describe('a guarded embedder', () => {
  test('scales every vector to unit length and leaves the embedder’s own untouched', async () => {
    const own = Float32Array.of(3, 4);
    const guarded = guard(scripted([() => [own]]));
    expect(await guarded.embed(['a'], 'query', 1_000)).toEqual([Float32Array.of(0.6, 0.8)]);
    expect(own).toEqual(Float32Array.of(3, 4));
  });

  test('splits texts into batches and keeps their order', async () => {
    const sizes: number[] = [];
    const guarded = guard({
      ...scripted([]),
      batchMax: 2,
      async embed(texts) {
        sizes.push(texts.length);
        return texts.map((text) => (text.startsWith('x') ? Float32Array.of(2, 0) : Float32Array.of(0, 2)));
      },
    });
    const vectors = await guarded.embed(['x1', 'y2', 'x3', 'y4', 'x5'], 'passage', 1_000);
    expect(sizes).toEqual([2, 2, 1]);
    expect(vectors.map((vector) => vector[0])).toEqual([1, 0, 1, 0, 1]);
  });

  test('asks nothing for no texts', async () => {
    expect(await guard(scripted([])).embed([], 'query', 1_000)).toEqual([]);
  });

  test.each([
    ['too few vectors', [Float32Array.of(1, 0)], 'expected 2 vectors for 2 texts, got 1 vectors'],
    ['too many vectors', [1, 2, 3].map(() => Float32Array.of(1, 0)), 'expected 2 vectors for 2 texts, got 3 vectors'],
    [
      'another dimension',
      [Float32Array.of(1, 0), Float32Array.of(1, 0, 0)],
      'expected 2 dimensions, got 3 in vector 1',
    ],
    [
      'NaN',
      [Float32Array.of(1, 0), Float32Array.of(1, Number.NaN)],
      'expected finite numbers, got NaN at 1 of vector 1',
    ],
    [
      'infinity',
      [Float32Array.of(1e39, 0), Float32Array.of(1, 0)],
      'expected finite numbers, got Infinity at 0 of vector 0',
    ],
    ['zeros', [Float32Array.of(1, 0), Float32Array.of(0, -0)], 'expected a direction, got all zeros in vector 1'],
  ])('refuses an answer with %s and says so', async (_, answer, what) => {
    const embedder = scripted([() => answer]);
    await expect(guard(embedder).embed(['a', 'b'], 'query', 1_000)).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining(`Embedder scripted gave a wrong answer: ${what}`),
    });
    expect(embedder.calls()).toBe(1);
  });

  test('gives up at its deadline when the embedder hangs, and tells it so', async () => {
    const clock = newFakeClock();
    let heard: AbortSignal | null = null;
    const embedder: Embedder = {
      ...scripted([]),
      embed: (_texts, _purpose, signal) => {
        heard = signal;
        return new Promise(() => undefined);
      },
    };
    const answer = settled(guard(embedder, { clock }).embed(['a'], 'query', 500));
    await clock.advance(499);
    expect(answer.state()).toBe('pending');
    await clock.advance(1);
    await expect(answer.promise).rejects.toMatchObject({ code: 'timeout', message: expect.stringContaining('500 ms') });
    expect(heard).toMatchObject({ aborted: true });
  });

  test('counts all batches against one deadline and starts none after it', async () => {
    const clock = newFakeClock();
    let calls = 0;
    const embedder: Embedder = {
      ...scripted([]),
      batchMax: 1,
      async embed(_texts, _purpose, signal) {
        calls += 1;
        await clock.wait(300, signal);
        return [Float32Array.of(1, 0)];
      },
    };
    const answer = settled(guard(embedder, { clock }).embed(['a', 'b', 'c'], 'query', 500));
    await clock.advance(2_000);
    await expect(answer.promise).rejects.toMatchObject({ code: 'timeout' });
    expect(calls).toBe(2);
  });

  test('tries again after the pause the embedder asked for, plus the jittered back-off', async () => {
    const clock = newFakeClock();
    const embedder = scripted([
      () => {
        throw new EcphoryError('unavailable', 'busy', { retryAfterMs: 1_000 });
      },
      () => [Float32Array.of(1, 0)],
    ]);
    const answer = settled(guard(embedder, { clock, random: () => 0.5 }).embed(['a'], 'query', 5_000));
    // 1,000 asked for and half of the first back-off.
    await clock.advance(1_000 + limits.embedderBackoffMs / 2 - 1);
    expect(embedder.calls()).toBe(1);
    await clock.advance(1);
    expect(await answer.promise).toEqual([Float32Array.of(1, 0)]);
    expect(embedder.calls()).toBe(2);
  });

  test('does not wait for a try that would come after the deadline', async () => {
    const clock = newFakeClock();
    const embedder = scripted([
      () => {
        throw new EcphoryError('unavailable', 'busy', { retryAfterMs: 60_000 });
      },
    ]);
    await expect(guard(embedder, { clock }).embed(['a'], 'query', 2_000)).rejects.toMatchObject({
      code: 'unavailable',
      retryAfterMs: 60_000,
    });
    expect(clock.now()).toBe(0);
  });

  test('gives up after the last of its tries', async () => {
    const clock = newFakeClock();
    const embedder = scripted(
      Array.from({ length: 9 }, () => () => {
        throw new EcphoryError('unavailable', 'still down', { retryAfterMs: 0 });
      }),
    );
    const answer = settled(guard(embedder, { clock, random: () => 1 }).embed(['a'], 'query', 60_000));
    await clock.advance(59_000);
    await expect(answer.promise).rejects.toMatchObject({ code: 'unavailable', message: 'still down' });
    expect(embedder.calls()).toBe(limits.embedderTriesMax);
  });

  test('does not repeat a failure that would not pass, and keeps its cause', async () => {
    const cause = new TypeError('text of a user');
    const embedder = scripted([
      () => {
        throw cause;
      },
    ]);
    await expect(guard(embedder).embed(['a'], 'query', 1_000)).rejects.toMatchObject({
      code: 'unavailable',
      message: 'Embedder scripted failed: TypeError.',
      cause,
    });
    expect(embedder.calls()).toBe(1);
  });

  test('closes the embedder once and then refuses', async () => {
    let closed = 0;
    const guarded = guard({
      ...scripted([]),
      async close() {
        closed += 1;
      },
    });
    await Promise.all([guarded.close(), guarded.close()]);
    expect(closed).toBe(1);
    await expect(guarded.embed(['a'], 'query', 1_000)).rejects.toMatchObject({ code: 'unavailable' });
  });

  test.each([0, 1.5, Number.NaN, limits.vectorDimensions + 1])('cannot have %d dimensions', (dimensions) => {
    expect(() => guard({ ...scripted([]), dimensions })).toThrow(expect.objectContaining({ code: 'invalid' }));
  });
});

test('back-off is never negative, never over its maximum, and doubles at its upper edge', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 60 }), fc.double({ min: 0, max: 1, noNaN: true }), (tries, uniform) => {
      const ms = backoffMs(tries, uniform);
      expect(ms).toBeGreaterThanOrEqual(0);
      expect(ms).toBeLessThanOrEqual(limits.embedderBackoffMsMax);
    }),
  );
  expect([1, 2, 3].map((tries) => backoffMs(tries, 1))).toEqual([200, 400, 800]);
});

/** Answers call after call as scripted. */
function scripted(script: readonly (() => readonly Float32Array[])[]): Embedder & { calls(): number } {
  let calls = 0;
  return {
    id: 'scripted',
    class: 'lexical',
    dimensions: 2,
    batchMax: 10,
    calls: () => calls,
    async embed() {
      const answer = script[calls];
      calls += 1;
      if (answer === undefined) throw new Error('The script has ended.');
      return answer();
    },
  };
}

function settled<Value>(promise: Promise<Value>): { promise: Promise<Value>; state(): string } {
  let state = 'pending';
  promise.then(
    () => (state = 'fulfilled'),
    () => (state = 'rejected'),
  );
  return { promise, state: () => state };
}
