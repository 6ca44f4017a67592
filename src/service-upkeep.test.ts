import { describe, expect, it } from 'vitest';
import { makeDerived, makeNote, makeScope, may8 } from '../test/builders.ts';
import { newAnalyzer } from './encoding/analyzer.ts';
import { fsrs } from './memory/forgetting.ts';
import { defaultPolicy } from './memory/policy.ts';
import { newUpkeep, retentionView } from './service-upkeep.ts';
import { openInMemoryStore } from './store/in-memory.ts';

const dayMs = 86_400_000;
const scope = makeScope();

/** One memory of ordinary importance, and a clock that is moved by hand. */
async function openMemory() {
  let now = may8;
  const store = openInMemoryStore({ clock: () => now });
  const note = makeNote({ derived: makeDerived({ importance: 0.5 }) });
  const keys = newAnalyzer().keys({ text: note.text, context: null, place: null, eventAt: may8 });
  await store.apply(scope, [{ kind: 'note-added', note, keys }]);
  const upkeep = newUpkeep({ store, curve: fsrs, clock: () => now })(scope.tenant);
  return {
    upkeep,
    id: note.id,
    passDays: (days: number) => {
      now += days * dayMs;
    },
  };
}

describe('feedback', () => {
  it('is what FSRS makes of uses on days 2, 10 and 40', async () => {
    const { upkeep, id, passDays } = await openMemory();
    const stabilities: number[] = [];
    for (const days of [2, 8, 30]) {
      passDays(days);
      const { memories } = await upkeep.feedback({ memories: [{ id, kind: 'used' }] });
      stabilities.push(memories[0]?.stabilityDays ?? 0);
    }
    for (const [index, expected] of [10.9643, 38.8666, 122.5413].entries()) {
      expect(stabilities[index]).toBeCloseTo(expected, 3);
    }
    const view = await upkeep.retention(id);
    expect(view.reviews.map(({ grade }) => grade)).toEqual(['good', 'good', 'good', 'good']);
    expect(view.reviews.map(({ stabilityDays }) => Math.round(stabilityDays ?? 0))).toEqual([2, 11, 39, 123]);
    expect(view.retrievability).toBe(1);
  });

  it('strengthens most what was confirmed, and weakens what was corrected', async () => {
    const stabilityAfter = async (kind: 'used' | 'confirmed' | 'corrected'): Promise<number> => {
      const { upkeep, id, passDays } = await openMemory();
      passDays(5);
      return (await upkeep.feedback({ memories: [{ id, kind }] })).memories[0]?.stabilityDays ?? 0;
    };
    expect(await stabilityAfter('confirmed')).toBeGreaterThan(await stabilityAfter('used'));
    expect(await stabilityAfter('used')).toBeGreaterThan(2.3065);
    expect(await stabilityAfter('corrected')).toBeLessThan(2.3065);
  });

  it('is refused as a whole when a memory is not there', async () => {
    const { upkeep, id } = await openMemory();
    const memories = [
      { id, kind: 'used' as const },
      { id: 'note_0', kind: 'used' as const },
    ];
    await expect(upkeep.feedback({ memories })).rejects.toMatchObject({ code: 'not_found' });
    expect((await upkeep.retention(id)).reviews).toHaveLength(1);
    await expect(upkeep.feedback({ memories: [] })).rejects.toMatchObject({ code: 'invalid' });
  });
});

describe('a policy', () => {
  it('is kept per namespace, and what is left out stays as it is', async () => {
    const { upkeep } = await openMemory();
    expect(await upkeep.policy('users/alice')).toEqual(defaultPolicy);
    await upkeep.setPolicy({ namespace: 'users', isForgetting: true });
    await upkeep.setPolicy({ namespace: 'users/alice', capacity: 100 });
    expect(await upkeep.policy('users/alice')).toEqual({ ...defaultPolicy, isForgetting: true, capacity: 100 });
    expect(await upkeep.policy('users/bob')).toEqual({ ...defaultPolicy, isForgetting: true });
  });

  it('is refused with every fault named', async () => {
    const { upkeep } = await openMemory();
    await expect(
      upkeep.setPolicy({ namespace: 'users', retrievabilityMin: 1, capacity: 0, recentDays: -1 }),
    ).rejects.toMatchObject({
      code: 'invalid',
      faults: [{ pointer: '/retrievability_min' }, { pointer: '/capacity' }, { pointer: '/recent_days' }],
    });
  });
});

describe('a retention', () => {
  const note = makeNote({ derived: makeDerived({ importance: 0.5 }) });
  const policy = { ...defaultPolicy, isForgetting: true };

  it('falls along its forecast, and is archived where the forecast meets the threshold', () => {
    const view = retentionView(note, { uses: [], policy, now: may8 + 30 * dayMs });
    expect(view.retrievability).toBeCloseTo(0.66752633, 6);
    const values = view.forecast.map(({ retrievability }) => retrievability);
    expect(values[0]).toBe(1);
    expect(values.every((value, index) => index === 0 || value < (values[index - 1] ?? 0))).toBe(true);
    const days = (Date.parse(view.archivedFrom ?? '') - may8) / dayMs;
    expect(fsrs.retrievability(days, 2.3065)).toBeCloseTo(0.5, 6);
  });

  it('is archived by its own time before that, and by none when it is pinned or nothing is forgotten', () => {
    const expiresAt = may8 + dayMs;
    const at = (overrides: object, of = policy) =>
      retentionView({ ...note, ...overrides }, { uses: [], policy: of, now: may8 }).archivedFrom;
    expect(at({ expiresAt })).toBe(new Date(expiresAt).toISOString());
    expect(at({ expiresAt, isPinned: true })).toBeNull();
    expect(at({}, defaultPolicy)).toBeNull();
    expect(at({}, { ...policy, curve: 'none' })).toBeNull();
  });

  it('reads the same log by MemoryBank: one day more of the constant for a use', () => {
    const used = { ...note, retention: { ...note.retention, uses: 1, lastUsedAt: may8 + dayMs } };
    const uses = [{ at: may8 + dayMs, grade: 'good' as const }];
    const view = retentionView(used, { uses, policy: { ...policy, curve: 'exponential' }, now: may8 + 3 * dayMs });
    expect(view.retrievability).toBeCloseTo(Math.exp(-2 / 2), 10);
  });
});
