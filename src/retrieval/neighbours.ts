import type { Clock } from '../memory/ids.ts';
import type { Recall } from '../memory/recall.ts';
import { covers } from '../memory/scope.ts';
import type { Store } from '../memory/store.ts';
import { eligibleSlots } from './eligible.ts';
import type { WorkingSet } from './working-set.ts';
import type { WorkingSets } from './working-sets.ts';

export interface NeighbourParts {
  readonly store: Pick<Store, 'matching' | 'notes'>;
  readonly workingSets: Pick<WorkingSets, 'get'>;
  readonly clock: Clock;
}

/** `Recall.neighbours`: it gathers, `neighbourSlots` decides, it reads the notes once. */
export function newNeighbours({ store, workingSets, clock }: NeighbourParts): NonNullable<Recall['neighbours']> {
  return async (read, query) => {
    const [passing, set] = await Promise.all([
      query.filter === null ? null : store.matching(read, query.filter),
      workingSets.get(read),
    ]);
    const { asOf, includeArchived } = query;
    const eligible = eligibleSlots({ set, asOf, now: clock(), includeArchived, passing });
    const slots = query.ids.map((id) => set.slotOf(id)).filter((slot) => slot >= 0);
    const near = neighbourSlots(set, eligible, slots, query.radius).map(({ slot, of, distance }) => ({
      id: set.idOf(slot),
      of: set.idOf(of),
      distance,
    }));
    const stored = await store.notes(read.tenant, [...new Set(near.map(({ id }) => id))]);
    // What the store gives is what counts, as for hits.
    const byId = new Map(stored.filter(({ note }) => covers(read, note.scope)).map((one) => [one.note.id, one]));
    return near.flatMap(({ id, of, distance }) => {
      const one = byId.get(id);
      return one === undefined ? [] : [{ stored: one, of, distance }];
    });
  };
}

export interface NeighbourSlot {
  readonly slot: number;
  /** The one that it stands near. */
  readonly of: number;
  /** -1 is the turn before it, 1 the one after. */
  readonly distance: number;
}

/**
 * The turns up to `radius` before and after each of `slots` in their sessions, as far as they may be returned: in the
 * order of `slots`, nearest first, what comes after before what comes before, because what is asked or announced is said
 * next. Turns that may not be returned are passed over and count as a step. A turn stands there once for each it is near.
 */
export function neighbourSlots(
  set: { readonly slots: Pick<WorkingSet['slots'], 'previous' | 'next'> },
  eligible: Uint8Array,
  slots: readonly number[],
  radius: number,
): readonly NeighbourSlot[] {
  const { previous, next } = set.slots;
  return slots.flatMap((of) => {
    const found: NeighbourSlot[] = [];
    let after = of;
    let before = of;
    for (let distance = 1; distance <= radius; distance += 1) {
      after = after < 0 ? -1 : next[after]!;
      before = before < 0 ? -1 : previous[before]!;
      if (after >= 0 && eligible[after] === 1) found.push({ slot: after, of, distance });
      if (before >= 0 && eligible[before] === 1) found.push({ slot: before, of, distance: -distance });
    }
    return found;
  });
}
