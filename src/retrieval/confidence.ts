import type { Analyzer } from '../memory/analyzer.ts';
import type { Cue } from './cue.ts';
import { newScratch, type Scratch } from './scratch.ts';
import { roleCodes, type WorkingSet } from './working-set.ts';

/**
 * How likely it is that this memory holds an answer to the cue, 0 to 1, whatever is returned for it: .5 says that
 * the evidence speaks neither way. A logistic over a few readable features,
 *
 *   confidence = 1 / (1 + e^-(bias + Σ weight · feature))
 *
 * fitted by eval/train/fit-confidence.ts. Left out one conversation at a time, the area under the ROC curve is .84
 * for LoCoMo's questions about the wrong person (category 5, 173 of 752) and .83 for BEAM's questions about details never
 * told, of which there are only 20 among 199. It sees words alone: what is said in other words counts as not said.
 * Those memories have hundreds of notes. Below a dozen it is no measure: what was told once beside ten other things comes out
 * at .3, and one word in common with the only note at .6.
 * Cost: linear in the postings of the cue's rarer words.
 */
export function confidence(input: ConfidenceInput): number {
  const features = confidenceFeatures(input);
  if (features === null) return 0;
  let sum = confidenceWeights.bias;
  for (const name of confidenceFeatureNames) sum += confidenceWeights[name] * features[name];
  return 1 / (1 + Math.exp(-sum));
}

export interface ConfidenceInput {
  readonly set: WorkingSet;
  readonly cue: Pick<Cue, 'terms'>;
  /** The cue itself: who is named in it first is whom it is about. */
  readonly text: string;
  readonly analyzer: Pick<Analyzer, 'words' | 'stems'>;
  /** 1 for every slot that may be returned. */
  readonly eligible: Uint8Array;
  /** To do without clearing memory anew. */
  readonly scratch?: Scratch;
}

/** `said` is in -1..1, the others in 0..1. */
export const confidenceFeatureNames = ['coverage', 'together', 'support', 'said'] as const;
export type ConfidenceFeatures = Readonly<Record<(typeof confidenceFeatureNames)[number], number>>;

export const confidenceWeights: Readonly<Record<(typeof confidenceFeatureNames)[number] | 'bias', number>> = {
  bias: -3.75,
  coverage: 1.41,
  together: 0.88,
  support: 3.9,
  said: 6.17,
};

/**
 * Null when there is nothing to go by: no word of content, or none that any note has.
 *
 *   coverage  share of the cue's IDF that the best note has; of the notes of whom it is about, if someone is named
 *   together  the same of the five best notes together: words that nobody ever said are missing here
 *   support   the ten best notes' mean coverage as a share of the best one's, assistants' aside: what was talked about was
 *             said more than once; a word dropped in passing has no details
 *   said      the five best statements' mean coverage, of whom the cue is about less that of everybody else: a question
 *             about one person that only another has answered is about the wrong person
 */
export function confidenceFeatures(input: ConfidenceInput): ConfidenceFeatures | null {
  const { set, text, analyzer } = input;
  const names = new Set<string>();
  for (let speaker = 0; speaker < set.speakers.size; speaker += 1) {
    if (set.speakers.countOf(speaker) > 0)
      for (const stem of analyzer.stems(set.speakers.nameOf(speaker))) names.add(stem);
  }
  const terms = input.cue.terms.filter(({ stem }) => !names.has(stem));
  const mass = terms.reduce((sum, { weight, idf }) => sum + weight * idf, 0);
  if (mass <= 0) return null;

  const scratch = input.scratch ?? newScratch();
  const covered = coverageOf(input, terms, mass, scratch);
  const subject = firstNamed(set, analyzer.words(text));
  const best = newBest();
  const bestSaid = newBest();
  const bestOfSubject = newBest();
  const bestOfOthers = newBest();
  for (const slot of covered.slots) {
    const share = covered.shares[slot]!;
    best.add(slot, share);
    if (set.slots.role[slot] !== roleCodes.assistant) bestSaid.add(slot, share);
    const teller = tellerOf(set, slot);
    if (subject < 0 || teller < 0) continue;
    if (teller === subject) bestOfSubject.add(slot, share);
    else bestOfOthers.add(slot, share);
  }
  scratch.giveBack(covered.shares, covered.slots);
  if (best.shares[0] === 0) return null;
  const ofSubject = subject < 0 ? best : bestOfSubject;
  return {
    coverage: ofSubject.shares[0]!,
    together: togetherOf(set, terms, mass, best.slots.subarray(0, statements)),
    support:
      bestSaid.shares[0] === 0 ? 0 : mean(bestSaid.shares, Math.min(passages, set.liveNotes)) / bestSaid.shares[0]!,
    said: subject < 0 ? 0 : mean(bestOfSubject.shares, statements) - mean(bestOfOthers.shares, statements),
  };
}

const passages = 10;
const statements = 5;

/**
 * The notes that have any of the words, and by slot the share of the cue's mass that they have, date and place included.
 * In a large scope the common words of a cue have most of the postings and say least: past `openingPostings` they only
 * count for notes that rarer words have found.
 */
function coverageOf(
  { set, eligible }: ConfidenceInput,
  terms: Cue['terms'],
  mass: number,
  scratch: Scratch,
): { readonly slots: readonly number[]; readonly shares: Float32Array } {
  const shares = scratch.floats(set.size);
  /** The term last counted for a slot, from 1: its passages and its context line count once. */
  const counted = scratch.floats(set.size);
  const slots: number[] = [];
  const common = new Map<number, number>();
  let postingsRead = 0;
  for (const { term, weight, idf, having } of terms.filter(({ term }) => term >= 0).sort((a, b) => b.idf - a.idf)) {
    const share = (weight * idf) / mass;
    postingsRead += having;
    if (slots.length > 0 && postingsRead > openingPostings) {
      common.set(term, share);
      continue;
    }
    for (const postings of [set.text, set.context]) {
      postings.forEachRun(term, (units, _frequencies, start, end) => {
        for (let index = start; index < end; index += 1) {
          const slot = postings.slotOf[units[index]!]!;
          if (slot < 0 || eligible[slot] !== 1 || counted[slot] === term + 1) continue;
          if (counted[slot] === 0) slots.push(slot);
          counted[slot] = term + 1;
          shares[slot] = shares[slot]! + share;
        }
      });
    }
  }
  scratch.giveBack(counted, slots);
  if (common.size > 0) {
    for (const slot of slots) {
      for (const term of termsSaid(set, slot, common)) shares[slot] = shares[slot]! + common.get(term)!;
    }
  }
  return { slots, shares };
}

/** As many as are read in a fraction of a millisecond. Conversations of a thousand turns hardly get there. */
const openingPostings = 2_000;

/** Who tells something by this note: its speaker; nobody when it asks another, whose answer tells it. */
function tellerOf({ slots }: WorkingSet, slot: number): number {
  const { question, next, speaker } = slots;
  const after = next[slot]!;
  const asksAnother = question[slot] === 1 && after >= 0 && speaker[after] !== speaker[slot];
  return asksAnother ? -1 : speaker[slot]!;
}

/** The speaker whose name comes first, -1 for none: "what did Ann say about Bob?" is about Ann. */
function firstNamed(set: WorkingSet, words: readonly string[]): number {
  const places = new Map<string, number>();
  for (const [place, word] of words.entries()) if (!places.has(word)) places.set(word, place);
  let subject = -1;
  let first = Number.POSITIVE_INFINITY;
  for (let speaker = 0; speaker < set.speakers.size; speaker += 1) {
    if (set.speakers.countOf(speaker) === 0) continue;
    for (const word of set.speakers.wordsOf(speaker)) {
      const place = places.get(word);
      if (word.length < 2 || place === undefined || place >= first) continue;
      first = place;
      subject = speaker;
    }
  }
  return subject;
}

function togetherOf(set: WorkingSet, terms: Cue['terms'], mass: number, slots: Iterable<number>): number {
  const asked = new Map(terms.map(({ term, weight, idf }) => [term, weight * idf]));
  const had = new Set<number>();
  for (const slot of slots) {
    if (slot < 0) continue;
    for (const term of termsSaid(set, slot, asked)) had.add(term);
  }
  return [...had].reduce((sum, term) => sum + asked.get(term)!, 0) / mass;
}

/** Which of the terms a note has, each once. */
function termsSaid({ slots, text, context }: WorkingSet, slot: number, terms: ReadonlyMap<number, number>): number[] {
  const said: number[] = [];
  const read = ({ unitStart, unitTerms }: WorkingSet['text'], unit: number): void => {
    const end = unitStart[unit + 1]!;
    for (let index = unitStart[unit]!; index < end; index += 1) {
      const term = unitTerms[index]!;
      if (terms.has(term) && !said.includes(term)) said.push(term);
    }
  };
  const first = slots.firstUnit[slot]!;
  for (let unit = first; unit < first + slots.unitCount[slot]!; unit += 1) read(text, unit);
  const line = slots.contextUnit[slot]!;
  if (line >= 0) read(context, line);
  return said;
}

interface Best {
  /** Highest first; 0 and -1 where there were fewer. */
  readonly shares: Float64Array;
  readonly slots: Int32Array;
  add(slot: number, share: number): void;
}

/** The highest shares seen; of equal ones the one that came first. */
function newBest(): Best {
  const shares = new Float64Array(passages);
  const slots = new Int32Array(passages).fill(-1);
  return {
    shares,
    slots,
    add(slot, share) {
      let at = passages;
      while (at > 0 && shares[at - 1]! < share) at -= 1;
      if (at === passages) return;
      shares.copyWithin(at + 1, at, passages - 1);
      slots.copyWithin(at + 1, at, passages - 1);
      shares[at] = share;
      slots[at] = slot;
    },
  };
}

function mean(shares: Float64Array, count: number): number {
  let sum = 0;
  for (let index = 0; index < count; index += 1) sum += shares[index]!;
  return sum / count;
}
