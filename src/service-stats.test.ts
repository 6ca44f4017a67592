import { describe, expect, test } from 'vitest';
import { makeScope, may8, remembered } from '../test/builders.ts';
import { planMerges } from './consolidation/plan-merges.ts';
import { planSummaries } from './consolidation/plan-summaries.ts';
import { newAnalyzer } from './encoding/analyzer.ts';
import { fsrs } from './memory/forgetting.ts';
import { newIdSource } from './memory/ids.ts';
import { defaultPolicy } from './memory/policy.ts';
import type { Stats } from './memory/upkeep.ts';
import { mergedForms } from './merged-forms.ts';
import { newStats } from './service-stats.ts';
import { openInMemoryStore } from './store/in-memory.ts';

const day = 86_400_000;
const scope = makeScope();

describe('stats', () => {
  test('counts what is held, what was said twice, and how well it is remembered', async () => {
    const { store, stats, pass, say } = openMemory();
    const first = await say('Ines likes night trains.');
    await say('Ines likes night trains!');
    await say('ines likes  night trains');
    await say('Ines does not like night trains.');
    const gone = await say('Carla plays the cello.');
    await store.apply(scope, [{ kind: 'note-state-set', noteId: gone.id, state: 'archived', reason: null, at: may8 }]);
    pass(400);
    const retention = { ...first.retention, stability: 9_000, lastUsedAt: may8 + 400 * day, uses: 1 };
    const use = { at: may8 + 400 * day, grade: 'good' } as const;
    await store.apply(scope, [{ kind: 'note-used', noteId: first.id, retention, use }]);

    const found = await stats();

    expect(found.memories).toEqual({ active: 4, archived: 1, invalidated: 0, quarantined: 0 });
    expect(found.duplicates).toEqual({ groups: 1, memories: 2 });
    expect(found.neverUsed).toBe(3);
    expect(found.growth).toEqual([{ day: '2024-05-08', added: 5 }]);
    expect(found.retention.reduce((sum, count) => sum + count, 0)).toBe(4);
    expect(found.retention[9]).toBe(1);
    expect(found).toMatchObject({ namespace: 'users/alice', stale: 0, underived: 4, pinned: 0 });
  });

  test('counts a summary as stale once a turn of its session has changed', async () => {
    const { store, stats, parts, say } = openMemory();
    for (const text of [
      'Ines likes night trains.',
      'Carla plays the cello.',
      'Yuki bakes rye bread.',
      'Tomas fixes bicycles.',
    ])
      await say(text);
    await store.apply(scope, await planSummaries(scope, { ...parts(), isAsked: true }));
    expect((await stats()).stale).toBe(0);
    await say('Magnus keeps bees on the roof of the library.');
    expect((await stats()).stale).toBe(1);
  });

  test('has full retention where nothing fades', async () => {
    const { store, stats, pass, say } = openMemory();
    await say('Ines likes night trains.');
    await store.policies.set(scope, { ...defaultPolicy, curve: 'none' });
    pass(3_000);
    expect((await stats()).retention).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
  });

  test('walks once for several who ask at once, and again after a write', async () => {
    const { stats, walks, say } = openMemory();
    await say('Ines likes night trains.');
    const [one, other] = await Promise.all([stats(), stats()]);
    expect(one).toEqual(other);
    const before = walks();
    await stats();
    expect(walks()).toBe(before);
    await say('Carla plays the cello.');
    expect((await stats()).memories.active).toBe(2);
    expect(walks()).toBeGreaterThan(before);
  });
});

describe('merged forms', () => {
  test('are the texts of what was merged into a memory', async () => {
    const { store, parts, say } = openMemory();
    const first = await say('Ines likes night trains.');
    const again = await say('ines really likes night trains!');
    await store.apply(scope, await planMerges(scope, parts()));
    expect(await mergedForms(store, scope.tenant, first.id)).toMatchObject([
      { text: 'ines really likes night trains!', cause: `said again as ${again.id}` },
    ]);
    expect(await mergedForms(store, scope.tenant, again.id)).toEqual([]);
  });
});

function openMemory() {
  let now = may8;
  let walks = 0;
  const clock = () => now;
  const store = openInMemoryStore({ clock });
  const counted = {
    ...store,
    workingRows(...asked: Parameters<typeof store.workingRows>) {
      walks += 1;
      return store.workingRows(...asked);
    },
  };
  const analyzer = newAnalyzer();
  const service = newStats({ store: counted, clock })(scope.tenant);
  return {
    store,
    walks: () => walks,
    pass: (days: number) => {
      now += days * day;
    },
    stats: (): Promise<Stats> => service.stats('users/alice'),
    parts: () => ({
      store,
      analyzer,
      ids: newIdSource(clock),
      curve: fsrs,
      policy: defaultPolicy,
      now,
      isAsked: false,
      takenBackAt: null,
      breathe: async () => undefined,
    }),
    async say(text: string) {
      const { note, changes } = remembered(scope, text, { episode: { sessionId: 'one' } });
      await store.apply(scope, changes);
      return note;
    },
  };
}
