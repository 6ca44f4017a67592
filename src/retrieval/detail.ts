import type { Cue } from './cue.ts';
import type { WorkingSet } from './working-set.ts';

/** Why a signal spoke for a note, in a few words for people. */
export function detailOf(signal: string, set: WorkingSet, cue: Cue, slot: number): string {
  const detail = details[signal];
  if (detail !== undefined) return detail;
  if (signal === 'speaker') return `said by ${set.speakers.nameOf(set.slots.speaker[slot]!)}, who is named`;
  if (signal === 'wanted') {
    return cue.asks.assistant ? 'said by the assistant, who is asked about' : 'said by the user';
  }
  return wordsOf(set, cue, slot);
}

const details: Readonly<Record<string, string>> = {
  words: 'its words and those said around it, against the best note',
  wordsShare: 'the same, against all that could be had',
  own: 'its own words',
  passage: 'its best passage',
  date: 'its date, place or context line has words of the cue',
  first: 'brought words of the cue up first',
  before: 'answers what was said just before',
  session: 'its session is about this',
  statement: 'states and does not ask',
  brief: 'says it in few words',
  substance: 'says more than a greeting',
  standing: 'a standing instruction',
  standingAsked: 'a standing instruction, and advice is asked',
  association: 'shares rare words with what was found first',
  associationAlone: 'shares rare words and stands outside any conversation',
  title: 'begins with words of the cue',
  bridge: 'makes a pair with what was found first',
  interval: 'its own words, from about the time that is named',
  kinds: 'names something of the kind that is asked',
  vectors: 'cosine with the cue',
  links: 'linked with what was found first',
  activation: 'used lately, or often',
  answer: 'what the assistant answered to it',
  early: 'near the beginning of its session',
  said: 'said, not answered',
};

/** The cue's words that the note itself has, weightiest first. */
function wordsOf(set: WorkingSet, cue: Cue, slot: number): string {
  const having = termsOf(set, slot);
  const found = cue.terms
    .filter(({ term }) => having.has(term))
    .sort((a, b) => b.idf * b.weight - a.idf * a.weight)
    .slice(0, wordsShown);
  return found.length === 0 ? 'by what was said around it alone' : `has ${found.map(({ stem }) => stem).join(', ')}`;
}

const wordsShown = 8;

function termsOf(set: WorkingSet, slot: number): ReadonlySet<number> {
  const terms = new Set<number>();
  const { text, context, slots } = set;
  const first = slots.firstUnit[slot]!;
  for (let unit = first; unit < first + slots.unitCount[slot]!; unit += 1) {
    for (let at = text.unitStart[unit]!; at < text.unitStart[unit + 1]!; at += 1) terms.add(text.unitTerms[at]!);
  }
  const line = slots.contextUnit[slot]!;
  if (line >= 0) {
    for (let at = context.unitStart[line]!; at < context.unitStart[line + 1]!; at += 1) {
      terms.add(context.unitTerms[at]!);
    }
  }
  return terms;
}
