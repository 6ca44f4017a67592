import { type Cue, inverseFrequency } from './cue.ts';
import type { WorkingSet } from './working-set.ts';

export interface BridgeInput {
  readonly set: WorkingSet;
  readonly cue: Cue;
  /** The notes found first, and how good they are: 1 for the best. */
  readonly seeds: readonly { readonly slot: number; readonly strength: number }[];
  readonly candidates: readonly number[];
}

/**
 * How well each candidate, together with one of the notes found first, makes a pair that answers the cue: "the
 * network of this show was founded by whom?" wants the note on the show and the note on the network it names.
 *
 *   bridge(note) = max over seeds  strength² · link(seed, note) · coverage(seed ∪ note)
 *
 * `link` is there when the one names what the other is about, and that is more than words of the cue, and grows with
 * how rare the name is; `coverage` is the share of the cue's mass that the two have between them. What a note
 * is about stands at its beginning (`subjectOf`). Association asks only for shared rare words; a bridge asks
 * that they be the subject of one of the two (HotpotQA's bridge entity, Yang et al. 2018).
 *
 * Only between notes outside any conversation: a turn begins with a greeting, not with what it is about.
 * Cost: seeds times candidates times a subject of a few words, and one look at the beginning of each.
 */
export function bridges({ set, cue, seeds, candidates }: BridgeInput): Float64Array {
  const scores = new Float64Array(candidates.length);
  const places = new Map<number, number>();
  const worths: number[] = [];
  for (const { term, weight, idf } of cue.terms) {
    if (term < 0 || worths.length === cueTermsMax) continue;
    places.set(term, worths.length);
    worths.push(weight * idf);
  }
  const inCue = new Set(cue.terms.map(({ term }) => term));
  const mass = cue.mass > 0 ? cue.mass : 1;
  const sources = seeds
    .filter(({ slot, strength }) => strength > 0 && isAlone(set, slot))
    .map(({ slot, strength }) => {
      const terms = termsOf(set, slot);
      return { slot, terms, has: placesIn(terms), subject: subjectOf(set, slot, inCue), weight: strength ** 2 };
    });
  if (sources.length === 0) return scores;
  for (const [index, slot] of candidates.entries()) {
    if (!isAlone(set, slot)) continue;
    const terms = termsOf(set, slot);
    const subject = subjectOf(set, slot, inCue);
    // Few are linked; only of these is it asked what they have of the cue.
    let has = -1;
    let best = 0;
    for (const source of sources) {
      if (source.slot === slot) continue;
      const link = Math.max(linked(subject, source.terms), linked(source.subject, terms));
      if (link === 0) continue;
      if (has < 0) has = placesIn(terms);
      best = Math.max(best, source.weight * link * share(has | source.has));
    }
    scores[index] = best;
  }
  return scores;

  /** Which of the cue's terms are there, one bit each. */
  function placesIn(terms: Uint32Array): number {
    let bits = 0;
    for (const term of terms) {
      const place = places.get(term);
      if (place !== undefined) bits |= 1 << place;
    }
    return bits;
  }

  function share(bits: number): number {
    let sum = 0;
    for (const [place, worth] of worths.entries()) if ((bits & (1 << place)) !== 0) sum += worth;
    return sum / mass;
  }
}

interface Subject {
  readonly terms: Uint32Array;
  /** 0 when the cue has all of it, up to 1. */
  readonly news: number;
}

/** 30 bits of an integer; a question has fewer words, and of a page these are enough. */
const cueTermsMax = 30;
/** Terms read of a note, from its beginning. */
const termsMax = 128;
const subjectMax = 4;
/** Σ idf from which on a name is rare enough: one word that 5% of the notes have. */
const newsFull = 3;

/** A note that no turn stands beside. */
export function isAlone(set: WorkingSet, slot: number): boolean {
  return set.slots.previous[slot]! < 0 && set.slots.next[slot]! < 0;
}

/** The distinct terms of a note's beginning, in the order in which they are first said. */
function termsOf(set: WorkingSet, slot: number): Uint32Array {
  const { unitStart, unitTerms } = set.text;
  const first = set.slots.firstUnit[slot]!;
  const start = unitStart[first]!;
  const end = Math.min(start + termsMax, unitStart[first + set.slots.unitCount[slot]!]!);
  return unitTerms.subarray(start, end);
}

/** What a note is about: the word it begins with, and those right after it as long as they are said again. */
function subjectOf(set: WorkingSet, slot: number, inCue: ReadonlySet<number>): Subject {
  const { unitStart, unitTerms, unitFrequencies } = set.text;
  const unit = set.slots.firstUnit[slot]!;
  const start = unitStart[unit]!;
  const last = Math.min(start + subjectMax, unitStart[unit + 1]!);
  let end = Math.min(start + 1, last);
  while (end < last && unitFrequencies[end]! > 1) end += 1;
  const terms = unitTerms.subarray(start, end);
  let fresh = 0;
  for (const term of terms) {
    if (!inCue.has(term)) fresh += inverseFrequency(set.liveNotes, set.text.noteFrequency(term));
  }
  return { terms, news: Math.min(1, fresh / newsFull) };
}

/** How much it means that all of a subject is among the terms; 0 when it is not. */
function linked({ terms: subject, news }: Subject, terms: Uint32Array): number {
  if (news === 0) return 0;
  for (const term of subject) if (!terms.includes(term)) return 0;
  return news;
}
