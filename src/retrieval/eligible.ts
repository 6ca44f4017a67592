import type { NoteId } from '../memory/ids.ts';
import { stateCodes, type WorkingSet } from './working-set.ts';

export interface EligibleInput {
  readonly set: WorkingSet;
  /** What was true and held at this time; null for now. */
  readonly asOf: number | null;
  readonly now: number;
  readonly includeArchived: boolean;
  /** Ids that pass the caller's filter; null for all. */
  readonly passing: readonly NoteId[] | null;
}

/** As `eligibleSlots`; the answer to the common question is kept while it holds, for it looks at every note. */
export function newEligibility(): (input: EligibleInput) => Uint8Array {
  const kept = new WeakMap<WorkingSet, { revision: number; from: number; until: number; eligible: Uint8Array }>();
  return (input) => {
    const { set, asOf, now, includeArchived, passing } = input;
    if (asOf !== null || includeArchived || passing !== null) return eligibleSlots(input);
    const held = kept.get(set);
    if (held !== undefined && held.revision === set.revision && held.from <= now && now < held.until) {
      return held.eligible;
    }
    const eligible = eligibleSlots(input);
    kept.set(set, { revision: set.revision, from: now, until: nextBoundary(set, now), eligible });
    return eligible;
  };
}

/** When the first of the notes will begin or end to be true; never, mostly. */
function nextBoundary(set: WorkingSet, now: number): number {
  let next = Number.POSITIVE_INFINITY;
  for (const times of [set.slots.expiredAt, set.slots.validAt, set.slots.invalidAt, set.slots.expiresAt]) {
    for (let slot = 0; slot < set.size; slot += 1) {
      const at = times[slot]!;
      if (at > now && at < next) next = at;
    }
  }
  return next;
}

/**
 * 1 for each slot that may be returned. `asOf` asks both clocks: what we held then (recorded time) of what was
 * true then (valid time). For now: what is active and not known to have ended.
 */
export function eligibleSlots({ set, asOf, now, includeArchived, passing }: EligibleInput): Uint8Array {
  const { present, state, createdAt, expiredAt, validAt, invalidAt, expiresAt, pinned } = set.slots;
  const eligible = new Uint8Array(set.size);
  const at = asOf ?? now;
  const may = (slot: number): boolean => {
    if (present[slot] !== 1) return false;
    const noteState = state[slot]!;
    // A note that ended since was active then: `asOf` decides by its times.
    const stateAllows =
      noteState === stateCodes.active ||
      (includeArchived && noteState === stateCodes.archived) ||
      (asOf !== null && noteState === stateCodes.invalidated);
    if (!stateAllows) return false;
    // Its time has run out, though no pass has come by yet to archive it.
    if (!includeArchived && expiresAt[slot]! <= at && pinned[slot] === 0) return false;
    if (asOf !== null && createdAt[slot]! > at) return false;
    // NaN stands for null and compares false: no time, no bound.
    // Beliefs end and begin; what simply happened has none of these times.
    return !(expiredAt[slot]! <= at) && !(validAt[slot]! > at) && !(invalidAt[slot]! <= at);
  };
  if (passing === null) {
    for (let slot = 0; slot < set.size; slot += 1) if (may(slot)) eligible[slot] = 1;
    return eligible;
  }
  for (const id of passing) {
    const slot = set.slotOf(id);
    if (slot >= 0 && may(slot)) eligible[slot] = 1;
  }
  return eligible;
}
