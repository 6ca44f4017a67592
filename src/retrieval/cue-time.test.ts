import { expect, test } from 'vitest';
import { type CueTime, newCueTimes, timeFit } from './cue-time.ts';

const day = 24 * 3_600_000;
const june = { from: Date.UTC(2023, 5, 1), until: Date.UTC(2023, 6, 1), isRelative: false };

/** Of a note whose event was then. */
function fitAt(eventAt: number, ...times: readonly CueTime[]): number {
  return timeFit(Float64Array.of(eventAt), times)(0);
}

test('all of an interval fits alike, what is told soon after it nearly as well, what was before it not at all', () => {
  expect(fitAt(june.from, june)).toBe(1);
  expect(fitAt(Date.UTC(2023, 5, 15), june)).toBe(1);
  expect(fitAt(june.until - 1, june)).toBe(1);
  expect(fitAt(june.from - 1, june)).toBe(0);
  expect(fitAt(june.until + 2 * day, june)).toBeCloseTo(Math.exp(-2 / 7), 12);
  expect(fitAt(june.until + 365 * day, june)).toBeLessThan(1e-6);
});

test('an open side has no end', () => {
  expect(fitAt(0, { ...june, from: null })).toBe(1);
  expect(fitAt(june.until + 365 * day, { ...june, until: null })).toBe(1);
});

test('a relative time says less, the best of several counts, and no time says nothing', () => {
  const relative = { ...june, isRelative: true };
  expect(fitAt(june.from, relative)).toBe(0.5);
  expect(fitAt(june.from, relative, june)).toBe(1);
  expect(fitAt(june.from)).toBe(0);
  expect(fitAt(Number.NaN, june)).toBe(0);
});

test('times are read relative to when it is asked, and those told by an event are left out', async () => {
  const times = newCueTimes();
  const queryAt = Date.UTC(2024, 4, 8, 13, 56);
  expect(await times.read('What did we do in June 2023?', queryAt)).toMatchObject([june]);
  expect(await times.read('What did we do last week?', queryAt)).toMatchObject([
    { from: Date.UTC(2024, 3, 29), until: Date.UTC(2024, 4, 6), isRelative: true },
  ]);
  expect(await times.read('What did we do before the wedding?', queryAt)).toEqual([]);
  expect(await times.read('Who is Minka?', queryAt)).toEqual([]);
});
