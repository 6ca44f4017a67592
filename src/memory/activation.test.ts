import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AccessLog, baseLevelActivation, recentUses, used } from './activation.ts';

const day = 86_400_000;
const now = 1_000 * day;
const logOf = (...agesDays: number[]): AccessLog => ({
  firstAt: now - Math.max(...agesDays) * day,
  count: agesDays.length,
  recent: agesDays.map((age) => now - age * day).sort((a, b) => b - a),
});

describe('base-level activation', () => {
  it('is ln of the summed traces: ages 1, 10 and 100 give .3480', () => {
    expect(baseLevelActivation(logOf(1, 10, 100), now)).toBeCloseTo(Math.log(1 + 10 ** -0.5 + 0.1), 12);
    expect(baseLevelActivation(logOf(1, 10, 100), now)).toBeCloseTo(0.348, 4);
  });

  it('is near ln(n / (1 - d)) - d ln L for uses spread evenly over a life of L, by its tail', () => {
    // All but one of 1,000 uses are in the tail: between the newest, just now, and the first, 100 days ago.
    const log: AccessLog = { firstAt: now - 100 * day, count: 1_000, recent: [now] };
    const even = Math.log(1_000 / 0.5) - 0.5 * Math.log(100);
    expect(Math.abs(baseLevelActivation(log, now) - even)).toBeLessThan(0.2);
  });

  it('comes within 5 percent of the exact sum when old uses are spread evenly', () => {
    const ages = Array.from({ length: 60 }, (_, index) => 1 + index * 3);
    const exact = baseLevelActivation(logOf(...ages), now);
    const log = logOf(...ages);
    const kept = baseLevelActivation({ ...log, recent: log.recent.slice(0, recentUses) }, now);
    expect(Math.abs(kept - exact) / Math.abs(exact)).toBeLessThan(0.05);
  });

  it('falls with time and rises with a use, whatever the log', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 900 }), { minLength: 1, maxLength: 40 }), (ages) => {
        let log = logOf(ages[0] ?? 1);
        for (const age of ages.slice(1)) log = used(log, now - age * day);
        expect(log.count).toBe(ages.length);
        expect(log.recent.length).toBeLessThanOrEqual(recentUses);
        const before = baseLevelActivation(log, now);
        expect(baseLevelActivation(log, now + 10 * day)).toBeLessThan(before);
        expect(baseLevelActivation(used(log, now), now)).toBeGreaterThan(before);
      }),
    );
  });
});
