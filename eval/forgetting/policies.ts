import { planForgetting } from '../../src/consolidation/plan-forgetting.ts';
import type { Change } from '../../src/memory/change.ts';
import { defaultPolicy, type Policy } from '../../src/memory/policy.ts';
import type { WorkingRow } from '../../src/memory/store.ts';
import { newRandom } from '../facts/random.ts';
import { type DatedMemory, scope } from './memory.ts';

/** What a run of forgetting over the memory would archive now, of at most `capacity` notes that are to be left active. */
export interface ForgettingPolicy {
  readonly name: string;
  plan(memory: DatedMemory, capacity: number): Promise<readonly Change[]>;
}

/**
 * Ours, MemoryBank's curve within the same pass, and what caches do. All have the same room, and spare what is not yet a
 * month old, so that what is compared is what they keep.
 */
export const forgettingPolicies: readonly ForgettingPolicy[] = [
  { name: 'fsrs', plan: (memory, capacity) => planned(memory, { curve: 'fsrs', capacity }) },
  { name: 'exponential', plan: (memory, capacity) => planned(memory, { curve: 'exponential', capacity }) },
  { name: 'fifo', plan: (memory, capacity) => overflow(memory, capacity, ({ createdAt }) => createdAt) },
  { name: 'lru', plan: (memory, capacity) => overflow(memory, capacity, ({ lastUsedAt }) => lastUsedAt) },
  {
    name: 'random',
    plan: (memory, capacity) => overflow(memory, capacity, ({ order }) => newRandom(order).below(1_000_000)),
  },
];

/** As the worker plans it for a namespace with this policy. The capacity decides alone. */
async function planned(memory: DatedMemory, given: Pick<Policy, 'curve' | 'capacity'>): Promise<readonly Change[]> {
  const policy: Policy = { ...defaultPolicy, isForgetting: true, retrievabilityMin: 0, ...given };
  return planForgetting(scope, {
    store: memory.store,
    policy,
    now: memory.now(),
    isAsked: false,
    takenBackAt: null,
    breathe: () => Promise.resolve(),
  });
}

/** Archives what has the lowest value until `capacity` are left; equals by age. */
async function overflow(
  memory: DatedMemory,
  capacity: number,
  worthOf: (row: WorkingRow) => number,
): Promise<readonly Change[]> {
  const active = await activeRows(memory);
  const recentSince = memory.now() - defaultPolicy.recentDays * 86_400_000;
  const over = Math.max(0, active.length - capacity);
  return active
    .filter(({ createdAt, lastUsedAt }) => Math.max(createdAt, lastUsedAt) <= recentSince)
    .map((row) => ({ row, value: worthOf(row) }))
    .sort((a, b) => a.value - b.value || a.row.order - b.row.order)
    .slice(0, over)
    .map(({ row }) => ({
      kind: 'note-state-set',
      noteId: row.id,
      state: 'archived',
      reason: 'over the capacity',
      at: memory.now(),
    }));
}

export async function activeRows({ store }: Pick<DatedMemory, 'store'>): Promise<readonly WorkingRow[]> {
  const rows: WorkingRow[] = [];
  for (let after = 0; ; ) {
    const page = await store.workingRows({ ...scope, subtree: false }, after, 5_000);
    rows.push(...page.filter(({ state }) => state === 'active'));
    const last = page.at(-1);
    if (last === undefined) return rows;
    after = last.order;
  }
}
