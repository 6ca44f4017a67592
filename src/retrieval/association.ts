import { type Cue, inverseFrequency } from './cue.ts';
import { type LexicalParameters, stemsOf } from './lexical.ts';
import type { Scratch } from './scratch.ts';
import { roleCodes, type WorkingSet } from './working-set.ts';

export interface AssociationInput {
  readonly set: WorkingSet;
  readonly cue: Cue;
  readonly eligible: Uint8Array;
  /** The notes found first, best first, and how good they are: 1 for the best. */
  readonly seeds: readonly { readonly slot: number; readonly strength: number }[];
  readonly parameters: LexicalParameters;
  readonly scratch: Scratch;
}

export interface Associations {
  /** Slots that are brought to mind, each once. */
  readonly slots: readonly number[];
  /** By slot. */
  readonly scores: Float32Array;
  /** Gives the array back; it means nothing any more. */
  release(): void;
}

/**
 * The second round: what the notes found first bring to mind. Each seed passes on to the notes that share its
 * rare words (those not in the cue already), as BM25 with the seed's words for a query:
 *
 *   association(note) = Σ over seeds  strength^4 · Σ over shared words  idf · tf' (note)
 *
 * One step of spreading activation over the graph of notes and rare words (Collins and Loftus 1975; HippoRAG's
 * bridge from a passage to the passage on what it names, arXiv 2405.14831, without its language model). The
 * fourth power lets a clear winner speak alone. Scaled so that the best note has 1. A seed gives
 * nothing to itself and to its copies.
 *
 * Cost: the postings of `termsPerSeed` words per seed, each in at most 3% of the notes and 300 of them.
 */
export function associations({ set, cue, eligible, seeds, parameters, scratch }: AssociationInput): Associations {
  const { k1, b, pivot } = parameters;
  const scores = scratch.floats(set.size);
  const slots: number[] = [];
  /** What one seed gives, and the idf of its rare words that a receiver has; cleared after it. */
  const given = scratch.floats(set.size);
  const shared = scratch.floats(set.size);
  const receivers: number[] = [];
  const inCue = new Set(cue.terms.map(({ term }) => term));
  const notesMax = Math.min(notesCap, Math.max(notesMin, set.liveNotes * shareMax));
  let best = 0;
  for (const { slot: seed, strength } of seeds) {
    if (strength <= 0 || set.slots.role[seed] === roleCodes.assistant) continue;
    const weight = strength ** 4;
    const terms = rareTerms(set, seed, inCue, notesMax);
    for (const { term, idf } of terms) {
      let last = -1;
      set.text.forEachRun(term, (units, frequencies, start, end) => {
        for (let index = start; index < end; index += 1) {
          const slot = set.text.slotOf[units[index]!]!;
          if (slot < 0 || slot === seed || eligible[slot] === 0) continue;
          const tf = frequencies[index]!;
          if (slot !== last) shared[slot] = shared[slot]! + idf;
          last = slot;
          const norm = k1 * (1 - b + (b * stemsOf(set, slot)) / pivot);
          if (given[slot] === 0) receivers.push(slot);
          given[slot] = given[slot]! + (weight * idf * tf) / (tf + norm);
        }
      });
    }
    const mass = terms.reduce((sum, { idf }) => sum + idf, 0);
    for (const slot of receivers) {
      // A copy brings nothing new to mind, and must not overtake its original by being reminded of it.
      const isCopy = terms.length > 1 && shared[slot]! > copyShare * mass && isAsLong(set, slot, seed);
      if (!isCopy) receive(slot, given[slot]!);
      given[slot] = 0;
      shared[slot] = 0;
    }
    receivers.length = 0;
  }
  for (const slot of slots) scores[slot] = scores[slot]! / best;
  for (const array of [given, shared]) scratch.giveBack(array, []);
  return { slots, scores, release: () => scratch.giveBack(scores, slots) };

  function receive(slot: number, amount: number): void {
    if (scores[slot] === 0) slots.push(slot);
    scores[slot] = scores[slot]! + amount;
    best = Math.max(best, scores[slot]!);
  }
}

/** A word in more notes than this is no link; but in a small scope a handful always is. */
const shareMax = 0.03;
const notesMin = 8;
/** In a scope of 10,000 notes and more a word in this many is common enough to lead nowhere. */
const notesCap = 300;
/** A note of the same length with this share of a seed's rare words is the seed once more. */
const copyShare = 0.8;
const copyLengths = 0.2;

function isAsLong(set: WorkingSet, one: number, other: number): boolean {
  const lengths = [stemsOf(set, one), stemsOf(set, other)];
  return Math.max(...lengths) - Math.min(...lengths) <= copyLengths * Math.max(...lengths);
}

/** The rarest words of a seed; more only cost. */
const termsPerSeed = 40;

function rareTerms(
  set: WorkingSet,
  slot: number,
  inCue: ReadonlySet<number>,
  notesMax: number,
): readonly { readonly term: number; readonly idf: number }[] {
  const { unitStart, unitTerms } = set.text;
  const found = new Map<number, number>();
  const first = set.slots.firstUnit[slot]!;
  for (let unit = first; unit < first + set.slots.unitCount[slot]!; unit += 1) {
    for (let at = unitStart[unit]!; at < unitStart[unit + 1]!; at += 1) {
      const term = unitTerms[at]!;
      if (inCue.has(term) || found.has(term)) continue;
      const having = set.text.noteFrequency(term);
      if (having >= 2 && having <= notesMax) found.set(term, inverseFrequency(set.liveNotes, having));
    }
  }
  return [...found]
    .map(([term, idf]) => ({ term, idf }))
    .sort((a, b) => b.idf - a.idf || (set.termOf(a.term) < set.termOf(b.term) ? -1 : 1))
    .slice(0, termsPerSeed);
}
