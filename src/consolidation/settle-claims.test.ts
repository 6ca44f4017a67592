import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Trust } from '../memory/episode.ts';
import { type Run, type Statement, timeline } from './settle-claims.ts';

describe('timeline', () => {
  it('lets a later value supersede from its own time on, and the same value corroborate', () => {
    const runs = timeline([said('Rome', 20), said('Paris', 10), said('Rome', 30)]);
    expect(spans(runs)).toEqual(['Paris 10-20', 'Rome 20-']);
    expect(runs[1]?.statements).toHaveLength(2);
    expect(runs[0]?.closedBy).toBe(runs[1]);
  });

  it('splits what was one run when another value turns out to lie in between', () => {
    expect(spans(timeline([said('Paris', 10), said('Paris', 30), said('Rome', 20)]))).toEqual([
      'Paris 10-20',
      'Rome 20-30',
      'Paris 30-',
    ]);
  });

  it('keeps both of two values of one time that nothing decides between, as a dispute', () => {
    const runs = timeline([said('Paris', 10), said('Rome', 10)]);
    expect(spans(runs)).toEqual(['Paris 10-', 'Rome 10-']);
    expect(runs[0]?.disputes.has(runs[1]!)).toBe(true);
  });

  it('takes the correction, and the later one of a series, of two values of one time', () => {
    const corrected = timeline([said('Paris', 10), said('Rome', 10, { isCorrection: true })]);
    expect(open(corrected)).toEqual(['Rome']);
    const listed = timeline([
      said('Paris', 10, { series: 'a', sequence: '2' }),
      said('Rome', 10, { series: 'a', sequence: '1' }),
    ]);
    expect(open(listed)).toEqual(['Paris']);
  });

  it('ends a value that is denied, and no other', () => {
    const runs = timeline([said('Paris', 10), denied('Rome', 15), denied('Paris', 20)]);
    expect(spans(runs)).toEqual(['Paris 10-20', 'not Rome 15-', 'not Paris 20-']);
  });

  it('never lets lower trust supersede higher', () => {
    const runs = timeline([said('Paris', 10, { trust: 2 }), said('Rome', 20, { trust: 0 })]);
    expect(spans(runs)).toEqual(['Paris 10-', 'Rome 20-']);
    expect(runs[0]?.disputes.has(runs[1]!)).toBe(true);
    expect(open(timeline([said('Paris', 10, { trust: 0 }), said('Rome', 20, { trust: 2 })]))).toEqual(['Rome']);
  });

  it('is the same whatever the order in which statements came', () => {
    fc.assert(
      fc.property(statements, fc.infiniteStream(fc.nat()), (all, keys) => {
        const shuffled = all
          .map((one) => ({ one, key: keys.next().value ?? 0 }))
          .sort((a, b) => a.key - b.key)
          .map(({ one }) => one);
        expect(spans(timeline(shuffled))).toEqual(spans(timeline(all)));
      }),
    );
  });

  it('holds at most one value at any time, or an explicit dispute', () => {
    fc.assert(
      fc.property(statements, fc.integer({ min: 0, max: 9 }), (all, at) => {
        const holding = timeline(all).filter(
          (run) => isPositive(run) && run.from <= at && (run.until === null || run.until > at),
        );
        for (const run of holding) {
          for (const other of holding) if (run !== other) expect(run.disputes.has(other)).toBe(true);
        }
      }),
    );
  });

  it('lets one run stand for a value that is said with more and with less trust in one moment', () => {
    const runs = timeline([said('Oslo', 5), said('Oslo', 0, { trust: 0 }), said('Oslo', 5, { trust: 0 })]);
    expect(spans(runs)).toEqual(['Oslo 0-5', 'Oslo 5-']);
  });

  it('puts every statement into exactly one run', () => {
    fc.assert(
      fc.property(statements, (all) => {
        const placed = timeline(all).flatMap((run) => run.statements.map(({ id }) => id));
        expect([...placed].sort()).toEqual(all.map(({ id }) => id).sort());
      }),
    );
  });
});

let made = 0;

function said(value: string, at: number, overrides: Partial<Statement> = {}): Statement {
  made += 1;
  const id = `s${String(made).padStart(6, '0')}`;
  const claim = { subject: 'Ann', attribute: 'residence', value, polarity: 'positive', isSingle: true } as const;
  const plain = { until: null, series: null, isCorrection: false, trust: 2, isGiven: false } as const;
  return { id, claim, at, sequence: id, ...plain, ...overrides };
}

function denied(value: string, at: number): Statement {
  const { claim, ...rest } = said(value, at);
  return { ...rest, claim: { ...claim, polarity: 'negative' } };
}

const statements = fc
  .array(
    fc.record({
      value: fc.constantFrom('Paris', 'Rome', 'Oslo'),
      at: fc.integer({ min: 0, max: 9 }),
      isNegative: fc.boolean(),
      isCorrection: fc.boolean(),
      trust: fc.constantFrom<Trust>(0, 1, 2),
      series: fc.constantFrom(null, 'a', 'b'),
    }),
    { maxLength: 12 },
  )
  .map((all) =>
    all.map(({ value, at, isNegative, ...rest }) => ({
      ...(isNegative ? denied(value, at) : said(value, at)),
      ...rest,
    })),
  );

function spans(runs: readonly Run[]): string[] {
  return runs
    .map((run) => `${isPositive(run) ? '' : 'not '}${run.statements[0]?.claim.value} ${run.from}-${run.until ?? ''}`)
    .sort((a, b) => Number(/ (\d+)-/.exec(a)?.[1]) - Number(/ (\d+)-/.exec(b)?.[1]) || (a < b ? -1 : 1));
}

function open(runs: readonly Run[]): (string | undefined)[] {
  return runs.filter((run) => isPositive(run) && run.until === null).map((run) => run.statements[0]?.claim.value);
}

function isPositive(run: Run): boolean {
  return run.statements[0]?.claim.polarity === 'positive';
}
