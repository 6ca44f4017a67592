import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  exponential,
  type ForgettingCurve,
  fsrs,
  type Grade,
  initialRetention,
  reinforced,
  retrievability,
  type Strength,
} from './forgetting.ts';

const dayMs = 86_400_000;
const may8 = Date.UTC(2024, 4, 8, 13, 56);
const curves = [fsrs, exponential];

const days = fc.double({ min: 0.001, max: 36_500, noNaN: true });
const stability = fc.double({ min: 0.01, max: 36_500, noNaN: true });
const probability = fc.double({ min: 0.05, max: 0.999, noNaN: true });
const grade = fc.constantFrom<Grade>('again', 'hard', 'good', 'easy');

describe.each(curves)('the $name curve', (curve: ForgettingCurve) => {
  it('is certain at once and .9 after as many days as the stability', () => {
    fc.assert(
      fc.property(stability, (S) => {
        expect(curve.retrievability(0, S)).toBe(1);
        expect(curve.retrievability(S, S)).toBeCloseTo(0.9, 12);
      }),
    );
  });

  it('falls with time and rises with stability', () => {
    fc.assert(
      fc.property(days, stability, fc.double({ min: 1.01, max: 3, noNaN: true }), (t, S, factor) => {
        const R = curve.retrievability(t, S);
        expect(R).toBeGreaterThanOrEqual(0);
        expect(R).toBeLessThanOrEqual(1);
        // Beyond this the difference is smaller than a double can hold.
        fc.pre(t / S > 1e-6 && t / S < 3_000);
        expect(curve.retrievability(t * factor, S)).toBeLessThan(R);
        expect(curve.retrievability(t, S * factor)).toBeGreaterThan(R);
      }),
    );
  });

  it('has the interval as its inverse', () => {
    fc.assert(
      fc.property(probability, stability, (R, S) => {
        expect(curve.retrievability(curve.interval(R, S), S)).toBeCloseTo(R, 9);
      }),
    );
    expect(curve.interval(0.9, 7)).toBeCloseTo(7, 9);
  });

  it('takes a clock that went back as no time at all', () => {
    expect(curve.retrievability(-5, 2)).toBe(1);
  });

  it('strengthens with a success and never with a failure, after a day or more', () => {
    fc.assert(
      fc.property(strength(), fc.double({ min: 1, max: 3_650, noNaN: true }), (before, t) => {
        fc.pre(before.stability < 36_000);
        expect(curve.reviewed(before, t, 'good').stability).toBeGreaterThan(before.stability);
        expect(curve.reviewed(before, t, 'again').stability).toBeLessThanOrEqual(
          Math.max(before.stability, curve.initial('again').stability),
        );
      }),
    );
  });

  it('keeps stability within .001 to 36,500 days and difficulty within 1 to 10', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(grade, fc.double({ min: 0, max: 5_000, noNaN: true })), { maxLength: 30 }),
        (uses) => {
          let now: Strength = curve.initial('good');
          for (const [how, after] of uses) {
            now = curve.reviewed(now, after, how);
            expect(now.stability).toBeGreaterThanOrEqual(0.001);
            expect(now.stability).toBeLessThanOrEqual(36_500);
            expect(now.difficulty).toBeGreaterThanOrEqual(1);
            expect(now.difficulty).toBeLessThanOrEqual(10);
          }
        },
      ),
    );
  });
});

describe('FSRS-6', () => {
  it('gives the stabilities of ts-fsrs for uses on days 0, 2, 10, 40 and a failure 60 days later', () => {
    let now = fsrs.initial('good');
    const stabilities = [now.stability];
    for (const after of [2, 8, 30]) {
      now = fsrs.reviewed(now, after, 'good');
      stabilities.push(now.stability);
    }
    for (const [index, expected] of [2.3065, 10.9643, 38.8666, 122.5413].entries()) {
      expect(stabilities[index]).toBeCloseTo(expected, 4);
    }
    expect(fsrs.retrievability(60, now.stability)).toBeCloseTo(0.94133736, 7);
    expect(fsrs.reviewed(now, 60, 'again').stability).toBeCloseTo(3.978, 3);
  });

  it('gives the probabilities of ts-fsrs', () => {
    expect(fsrs.retrievability(1, 2.3065)).toBeCloseTo(0.9468475, 7);
    expect(fsrs.retrievability(7, 2.3065)).toBeCloseTo(0.80830994, 7);
    expect(fsrs.retrievability(30, 2.3065)).toBeCloseTo(0.66752633, 7);
  });

  it('has a long tail: after a year .459 where e^(-t/S) has nothing', () => {
    expect(fsrs.retrievability(365, 2.3065)).toBeCloseTo(0.459, 3);
    expect(exponential.retrievability(365, 2.3065)).toBeLessThan(1e-7);
  });

  it('starts harder and less stable the worse the grade', () => {
    const strengths = (['again', 'hard', 'good', 'easy'] as const).map((how) => fsrs.initial(how));
    expect(strengths.map((each) => each.stability)).toEqual([0.212, 1.2931, 2.3065, 8.2956]);
    expect(strengths[0]?.difficulty).toBeCloseTo(6.4133, 10);
    expect(strengths[2]?.difficulty).toBeCloseTo(6.4133 - Math.exp(0.8334 * 2) + 1, 10);
    // w4 - e^(3 w5) + 1 is below the least difficulty there is.
    expect(strengths[3]?.difficulty).toBe(1);
  });

  it('gives more for a success the longer it was due, and the better it went', () => {
    const S = { stability: 10, difficulty: 5 };
    const reviewedAfter = (elapsed: number, how: Grade) => fsrs.reviewed(S, elapsed, how).stability;
    expect(reviewedAfter(20, 'good')).toBeGreaterThan(reviewedAfter(10, 'good'));
    expect(reviewedAfter(10, 'easy')).toBeGreaterThan(reviewedAfter(10, 'good'));
    expect(reviewedAfter(10, 'good')).toBeGreaterThan(reviewedAfter(10, 'hard'));
  });

  it('weakens nothing by a success on the same day', () => {
    fc.assert(
      fc.property(strength(), fc.double({ min: 0, max: 0.999, noNaN: true }), (before, t) => {
        for (const how of ['hard', 'good', 'easy'] as const) {
          expect(fsrs.reviewed(before, t, how).stability).toBeGreaterThanOrEqual(before.stability);
        }
      }),
    );
  });

  it('makes a memory harder by a failure and easier by an easy use', () => {
    const before = { stability: 10, difficulty: 5 };
    expect(fsrs.reviewed(before, 10, 'again').difficulty).toBeGreaterThan(5);
    expect(fsrs.reviewed(before, 10, 'easy').difficulty).toBeLessThan(5);
    // w7 pulls by a thousandth towards the difficulty of an easy start, which no clamp rounds up to 1.
    const easyStart = 6.4133 - Math.exp(0.8334 * 3) + 1;
    expect(fsrs.reviewed(before, 10, 'good').difficulty).toBeCloseTo(0.001 * easyStart + 0.999 * 5, 10);
  });
});

describe('the exponential curve of MemoryBank', () => {
  it('is e^(-t) at first and gains one day of constant a use', () => {
    const first = exponential.initial('good');
    expect(exponential.retrievability(1, first.stability)).toBeCloseTo(Math.exp(-1), 12);
    const second = exponential.reviewed(first, 1, 'good');
    expect(exponential.retrievability(1, second.stability)).toBeCloseTo(Math.exp(-1 / 2), 12);
  });
});

describe('retention', () => {
  it('starts at creation, unused, more stable the more important', () => {
    expect(initialRetention(fsrs, may8, 0.5)).toEqual({ ...fsrs.initial('good'), lastUsedAt: may8, uses: 0 });
    expect(initialRetention(fsrs, may8, 1).stability).toBeCloseTo(2 * 2.3065, 10);
    expect(initialRetention(fsrs, may8, 0).stability).toBeCloseTo(2.3065 / 2, 10);
    expect(initialRetention(fsrs, may8, 0.5, 'easy').stability).toBe(8.2956);
  });

  it('follows the golden vector when memories are used', () => {
    let now = initialRetention(fsrs, may8, 0.5);
    for (const day of [2, 10, 40]) now = reinforced(fsrs, now, may8 + day * dayMs, 'good');
    expect(now.stability).toBeCloseTo(122.5413, 4);
    expect(now.uses).toBe(3);
    expect(now.lastUsedAt).toBe(may8 + 40 * dayMs);
    expect(retrievability(fsrs, now, may8 + 100 * dayMs)).toBeCloseTo(0.94133736, 7);
  });

  it('takes a clock that went back as no time, and does not go back with it', () => {
    const before = initialRetention(fsrs, may8, 0.5);
    const after = reinforced(fsrs, before, may8 - 10 * dayMs, 'good');
    expect(after.lastUsedAt).toBe(may8);
    expect(after.stability).toBeGreaterThanOrEqual(before.stability);
    expect(retrievability(fsrs, before, may8 - dayMs)).toBe(1);
  });
});

function strength(): fc.Arbitrary<Strength> {
  return fc.record({ stability, difficulty: fc.double({ min: 1, max: 10, noNaN: true }) });
}
