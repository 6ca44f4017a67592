import { describe, expect, test } from 'vitest';
import { makeScope, may8, remembered } from '../../test/builders.ts';
import { arranged, edgesFirst } from './layout.ts';

const minute = 60_000;
const day = 86_400_000;

/** A turn of a session at a time, of a rank. */
function turn(text: string, sessionId: string | null, eventAt: number, rank: number) {
  const { note, episode } = remembered(makeScope(), text, { episode: { sessionId, eventAt } });
  return { stored: { note, episode }, rank };
}

const texts = (items: readonly ReturnType<typeof turn>[]) => items.map(({ stored }) => stored.note.text);

describe('the order of memories in a text', () => {
  test('edges first puts the best at both ends and the weakest in the middle', () => {
    expect(edgesFirst([1, 2, 3, 4, 5, 6])).toEqual([1, 3, 5, 6, 4, 2]);
    expect(edgesFirst([1, 2, 3])).toEqual([1, 3, 2]);
    expect(edgesFirst([])).toEqual([]);
  });

  test('chronological keeps conversations that overlap apart, and days within them', () => {
    const items = [
      turn('a2', 'a', may8 + 2 * minute, 0),
      turn('b1', 'b', may8 + minute, 1),
      turn('a3', 'a', may8 + day, 2),
      turn('a1', 'a', may8, 3),
      turn('b2', 'b', may8 + 3 * minute, 4),
    ];
    expect(texts(arranged(items, 'chronological'))).toEqual(['a1', 'a2', 'b1', 'b2', 'a3']);
  });

  test('turns of one moment stand in the order in which they were added', () => {
    const first = turn('first', 'a', may8, 1);
    const second = turn('second', 'a', may8, 0);
    expect(texts(arranged([second, first], 'chronological'))).toEqual(['first', 'second']);
  });

  test('by relevance and by edges, what stands near a hit stays with it, in order of time', () => {
    const items = [
      turn('best', 'a', may8 + minute, 0),
      turn('second', 'b', may8, 1),
      turn('third', 'c', may8, 2),
      turn('before best', 'a', may8, 0),
    ];
    expect(texts(arranged(items, 'relevance'))).toEqual(['before best', 'best', 'second', 'third']);
    expect(texts(arranged(items, 'edges'))).toEqual(['before best', 'best', 'third', 'second']);
  });
});
