import type { Cue } from './cue.ts';
import type { WorkingSet } from './working-set.ts';

/** Why a signal spoke for a note, in a few words for people. */
export function detailOf(signal: string, set: WorkingSet, cue: Cue, slot: number): string {
  switch (signal) {
    case 'words':
      return `with what was said around it; itself: ${matched(set, cue, slot)}`;
    case 'passage':
      return 'its best passage';
    case 'coverage':
      return `has ${matched(set, cue, slot)}`;
    case 'speaker':
      return `said by ${set.speakers.nameOf(set.slots.speaker[slot]!)}, who is named`;
    case 'user':
      return cue.asks.assistant ? 'said by the assistant, who is asked about' : 'said by the user';
    case 'vectors':
      return 'cosine with the cue';
    default:
      return signal;
  }
}

/** The cue's words that the note itself has, weightiest first. */
function matched(set: WorkingSet, cue: Cue, slot: number): string {
  const having = termsOf(set, slot);
  const found = cue.terms.filter(({ term }) => having.has(term));
  if (found.length === 0) return 'no word of the cue';
  return found
    .toSorted((a, b) => b.idf * b.weight - a.idf * a.weight)
    .slice(0, wordsShown)
    .map(({ stem }) => stem)
    .join(', ');
}

const wordsShown = 8;

function termsOf(set: WorkingSet, slot: number): ReadonlySet<number> {
  const terms = new Set<number>();
  const first = set.slots.firstUnit[slot]!;
  const last = first + set.slots.unitCount[slot]!;
  for (let unit = first; unit < last; unit += 1) {
    for (let at = set.text.unitStart[unit]!; at < set.text.unitStart[unit + 1]!; at += 1) {
      terms.add(set.text.unitTerms[at]!);
    }
  }
  const line = set.slots.contextUnit[slot]!;
  if (line >= 0) {
    for (let at = set.context.unitStart[line]!; at < set.context.unitStart[line + 1]!; at += 1) {
      terms.add(set.context.unitTerms[at]!);
    }
  }
  return terms;
}
