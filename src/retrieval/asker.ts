import { roleCodes, type WorkingSet } from './working-set.ts';

/**
 * Who says "I" in a memory: the one name under which the user speaks in it; null where there is none or more than one.
 * Looks at every note once for each revision of the set.
 */
export function newAsker(): (set: WorkingSet) => string | null {
  const kept = new WeakMap<WorkingSet, { readonly revision: number; readonly name: string | null }>();
  return (set) => {
    const held = kept.get(set);
    if (held?.revision === set.revision) return held.name;
    const name = userName(set);
    kept.set(set, { revision: set.revision, name });
    return name;
  };
}

function userName({ size, slots, speakers }: WorkingSet): string | null {
  const { present, role, speaker } = slots;
  let found = -1;
  for (let slot = 0; slot < size; slot += 1) {
    const one = speaker[slot]!;
    if (present[slot] === 0 || role[slot] !== roleCodes.user || one < 0 || one === found) continue;
    if (found >= 0) return null;
    found = one;
  }
  return found < 0 ? null : speakers.nameOf(found);
}
