import type { Dataset } from '../datasets/dataset.ts';
import { newRandom } from '../facts/random.ts';
import type { Stream, StreamTurn } from './streams.ts';

const piecesPerStream = 8;
const turnsMin = 8;
const turnsMore = 17;
const turnMs = 60_000;

/** Streams of real talk: 8 to 24 turns in a row out of a session, then as many of another conversation, and so on. */
export function piecesOf({ conversations }: Dataset, count: number, seed: number): readonly Stream[] {
  const random = newRandom(seed);
  return Array.from({ length: count }, () => {
    const turns: StreamTurn[] = [];
    const boundaries: number[] = [];
    for (const { sessions } of random.shuffled(conversations).slice(0, piecesPerStream)) {
      const session = random.pick(sessions);
      const length = Math.min(session.turns.length, turnsMin + random.below(turnsMore));
      const from = random.below(session.turns.length - length + 1);
      if (turns.length > 0) boundaries.push(turns.length);
      for (const { text } of session.turns.slice(from, from + length)) turns.push({ text, at: turns.length * turnMs });
    }
    return { turns, boundaries };
  });
}
