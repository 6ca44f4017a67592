import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { linearScale, logScale, logTicks, path, shareText, signedShareText, spreadLabels } from './chart.ts';

describe('scales', () => {
  it('take the ends of the domain to the ends of the range', () => {
    const linear = linearScale({ from: 0, to: 10 }, { from: 100, to: 0 });
    expect([0, 5, 10].map(linear)).toEqual([100, 50, 0]);
    const log = logScale({ from: 1, to: 100 }, { from: 0, to: 2 });
    expect(log(10)).toBeCloseTo(1);
    // A domain of one value does not divide by zero.
    expect(linearScale({ from: 3, to: 3 }, { from: 0, to: 9 })(3)).toBe(0);
  });

  it('have ticks at 1, 2 and 5', () => {
    expect(logTicks({ from: 3, to: 60 })).toEqual([5, 10, 20, 50]);
  });
});

describe('path', () => {
  it('starts once and goes on by lines', () => {
    expect(
      path([
        [0, 1.26],
        [2, 3],
      ]),
    ).toBe('M0 1.3L2 3');
  });
});

describe('spreadLabels', () => {
  it('leaves apart what is apart and centres what collides', () => {
    expect(spreadLabels([0, 50], 10, { from: 0, to: 100 })).toEqual([0, 50]);
    expect(spreadLabels([50, 50], 10, { from: 0, to: 100 })).toEqual([45, 55]);
    expect(spreadLabels([98, 99], 10, { from: 0, to: 100 })).toEqual([90, 100]);
  });

  it('keeps order and distance, and stays within where there is room', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 200 }), { minLength: 1, maxLength: 15 }), (wanted) => {
        const places = spreadLabels(wanted, 10, { from: 0, to: 200 });
        const order = [...wanted.keys()].sort((a, b) => wanted[a]! - wanted[b]! || a - b);
        order.slice(1).forEach((index, before) => {
          expect(places[index]! - places[order[before]!]!).toBeGreaterThanOrEqual(10 - 1e-9);
        });
        expect(Math.min(...places)).toBeGreaterThanOrEqual(0);
        expect(Math.max(...places)).toBeLessThanOrEqual(200);
      }),
    );
  });
});

describe('shareText', () => {
  it('writes shares without their zero', () => {
    expect([0.8194, 1, 0, Number.NaN].map(shareText)).toEqual(['.819', '1.000', '.000', '–']);
    expect([0.01, -0.01, 0].map(signedShareText)).toEqual(['+.010', '−.010', '.000']);
  });
});
