/**
 * Pauses after failed tries, milliseconds: those that Standard Webhooks proposes, 27 hours in all. Each is shortened by up to a
 * fifth at random, so that what failed together does not come back together.
 */
const pausesMs = [5_000, 300_000, 1_800_000, 7_200_000, 18_000_000, 36_000_000, 36_000_000];

/** When to try again after so many tries; null when it is given up. `random` is from 0 to below 1. */
export function nextTryAt(tries: number, now: number, random: number): number | null {
  const pause = pausesMs[tries - 1];
  return pause === undefined ? null : now + Math.round(pause * (1 - random / 5));
}
