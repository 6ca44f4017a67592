import { describe, expect, test } from 'vitest';
import { newFakeClock } from '../../test/fake-clock.ts';
import { EcphoryError } from '../memory/errors.ts';
import type { Reranker } from '../memory/reranker.ts';
import { guardReranker } from './rerank-guard.ts';

describe('a guarded reranker', () => {
  test('splits texts into batches and keeps their order', async () => {
    const batches: (readonly string[])[] = [];
    const guarded = guardReranker({
      id: 'lengths',
      pairsMax: 2,
      async score(query, texts) {
        batches.push(texts);
        return texts.map((text) => (query.length + text.length) / 10);
      },
    });
    expect(await guarded.score('q', ['a', 'bb', 'ccc', '', 'eeeee'], 1_000)).toEqual([0.2, 0.3, 0.4, 0.1, 0.6]);
    expect(batches).toEqual([['a', 'bb'], ['ccc', ''], ['eeeee']]);
  });

  test('asks nothing for no texts', async () => {
    expect(await guardReranker(answering(() => Promise.reject(new Error('asked')))).score('q', [], 1_000)).toEqual([]);
  });

  test.each([
    ['too few scores', [0.5], 'expected 2 scores for 2 texts, got 1 scores'],
    ['too many scores', [0.5, 0.5, 0.5], 'expected 2 scores for 2 texts, got 3 scores'],
    ['NaN', [0.5, Number.NaN], 'expected a number of 0 to 1, got NaN for text 1'],
    ['infinity', [Number.POSITIVE_INFINITY, 0], 'expected a number of 0 to 1, got Infinity for text 0'],
    ['a logit', [-3.2, 0], 'expected a number of 0 to 1, got -3.2 for text 0'],
  ])('refuses an answer with %s and says so', async (_, answer, what) => {
    const guarded = guardReranker(answering(async () => answer));
    await expect(guarded.score('q', ['a', 'b'], 1_000)).rejects.toMatchObject({
      code: 'unavailable',
      message: `Reranker scripted gave a wrong answer: ${what}.`,
    });
  });

  test('refuses a list with a hole in it', async () => {
    const answer = new Array<number>(2);
    answer[0] = 1;
    await expect(guardReranker(answering(async () => answer)).score('q', ['a', 'b'], 1_000)).rejects.toMatchObject({
      message: expect.stringContaining('got undefined for text 1'),
    });
  });

  test('names what failed and keeps the cause, without its words', async () => {
    const cause = new TypeError('the text of a memory');
    const guarded = guardReranker(answering(() => Promise.reject(cause)));
    await expect(guarded.score('q', ['a'], 1_000)).rejects.toMatchObject({
      code: 'unavailable',
      message: 'Reranker scripted failed: TypeError.',
      cause,
    });
  });

  test('lets a failure that has a code through', async () => {
    const failure = new EcphoryError('unavailable', 'no memory left');
    await expect(guardReranker(answering(() => Promise.reject(failure))).score('q', ['a'], 1_000)).rejects.toBe(
      failure,
    );
  });

  test('gives up at the deadline on one that hangs, aborts it and begins no further batch', async () => {
    const clock = newFakeClock();
    const signals: AbortSignal[] = [];
    let answer: (scores: number[]) => void = () => {};
    const hanging: Reranker = {
      id: 'hanging',
      pairsMax: 1,
      score(_query, _texts, signal) {
        signals.push(signal);
        return new Promise((resolve) => {
          answer = resolve;
        });
      },
    };
    const asked = guardReranker(hanging, { clock }).score('q', ['a', 'b'], 500);
    const refused = expect(asked).rejects.toMatchObject({
      code: 'timeout',
      message: 'Reranker hanging did not answer within 500 ms.',
    });
    await clock.advance(500);
    await refused;
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
    answer([1]);
    await clock.advance(0);
    expect(signals).toHaveLength(1);
  });

  test('is closed once, and then refuses', async () => {
    let closed = 0;
    const guarded = guardReranker({
      ...answering(async () => [1]),
      close: async () => {
        closed += 1;
      },
    });
    await Promise.all([guarded.close(), guarded.close()]);
    expect(closed).toBe(1);
    await expect(guarded.score('q', ['a'], 1_000)).rejects.toMatchObject({ code: 'unavailable' });
  });
});

function answering(score: Reranker['score']): Reranker {
  return { id: 'scripted', pairsMax: 8, score };
}
