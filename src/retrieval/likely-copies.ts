import type { WorkingSet } from './working-set.ts';

/**
 * Which of a ranking's notes may say the same, told by stems alone: only these are worth reading one more for, and
 * `folded.ts` decides by their texts. Slots come best first.
 */
export function upToDistinct(
  slots: readonly number[],
  limit: number,
  keyOf: (slot: number) => number,
): {
  /** Slots up to the one that would be the first past `limit` that differ. */
  readonly count: number;
  readonly repeats: boolean;
} {
  const keys = new Set<number>();
  let count = 0;
  for (const slot of slots) {
    const key = keyOf(slot);
    if (keys.size === limit && !keys.has(key)) break;
    keys.add(key);
    count += 1;
  }
  return { count, repeats: keys.size < count };
}

/**
 * By slot: the same for notes that begin with the same stems and are as long, of the same speaker, role and place.
 * Notes that differ may have the same by chance, too.
 */
export function likelyCopies(set: WorkingSet): (slot: number) => number {
  const { unitStart, unitTerms, unitFrequencies } = set.text;
  const { firstUnit, words, speaker, role, place } = set.slots;
  return (slot) => {
    const unit = firstUnit[slot]!;
    const start = unitStart[unit]!;
    const end = Math.min(unitStart[unit + 1]!, start + stemsRead);
    // FNV-1a, a number at a time.
    let hash = offset;
    for (let at = start; at < end; at += 1) hash = mixed(mixed(hash, unitTerms[at]!), unitFrequencies[at]!);
    hash = mixed(mixed(hash, words[slot]!), speaker[slot]!);
    return mixed(mixed(hash, role[slot]!), place[slot]!);
  };
}

const stemsRead = 16;
const offset = 0x811c9dc5;

function mixed(hash: number, value: number): number {
  return Math.imul(hash ^ value, 0x01000193);
}
