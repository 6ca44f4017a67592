import type { Analyzer } from '../memory/analyzer.ts';
import { roleCodes, type WorkingSet } from './working-set.ts';

/**
 * Standing instructions: short notes of the user that say how to answer from now on ("Always include version
 * numbers when I ask about libraries"). They matter to questions that they share hardly a word with.
 * Cost: the postings of a dozen words.
 */
export function standingInstructions(set: WorkingSet, analyzer: Analyzer, eligible: Uint8Array): readonly number[] {
  const { role, speaker, words } = set.slots;
  const may = (slot: number): boolean => {
    if (eligible[slot] === 0 || words[slot]! > wordsMax) return false;
    // Between people "always" is a habit and not an instruction.
    return role[slot] === roleCodes.user || (role[slot] === -1 && speaker[slot] === -1);
  };
  const constant = having(set, analyzer, constantWords, may);
  if (constant.size === 0) return [];
  return [...having(set, analyzer, toldWords, (slot) => constant.has(slot))];
}

const constantWords = 'always never';
const toldWords = 'ask whenever answer respond reply format';

/** An instruction is short; a long message that has these words tells something else. */
const wordsMax = 40;

function having(
  set: WorkingSet,
  analyzer: Analyzer,
  words: string,
  may: (slot: number) => boolean,
): ReadonlySet<number> {
  const slots = new Set<number>();
  for (const stem of analyzer.stems(words)) {
    const term = set.termId(stem);
    if (term < 0) continue;
    set.text.forEachRun(term, (units, _frequencies, start, end) => {
      for (let index = start; index < end; index += 1) {
        const slot = set.text.slotOf[units[index]!]!;
        if (slot >= 0 && may(slot)) slots.add(slot);
      }
    });
  }
  return slots;
}
