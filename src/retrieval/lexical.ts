import { neighboursGivenTo, neighboursTakenFrom, newNeighbours } from './context.ts';
import type { Scratch } from './scratch.ts';
import type { WorkingSet } from './working-set.ts';

/**
 * BM25 (Robertson and Zaragoza 2009, "The Probabilistic Relevance Framework"), three times in one pass over the
 * postings of the cue's terms:
 *
 *   context  over a note's words and its neighbours' (`context.ts`), as term frequencies weighted by their share;
 *   own      over the note's words alone;
 *   passage  over each passage of a note, the best one counting.
 *
 *   score = Σ weight · idf · (k1 + 1) · tf / (tf + k1 · (1 - b + b · length / pivot))
 *
 * Cost: linear in the postings of the terms, times at most five for the neighbours. In a large scope the common
 * words of a cue have most of the postings and say least: past `spreadPostings` they only add to notes that
 * rarer words have found, without neighbours.
 */
export interface LexicalMatch {
  /** Slots that match, each once, in no order. The arrays below mean something for these only. */
  readonly slots: readonly number[];
  readonly context: Float32Array;
  readonly own: Float32Array;
  readonly passage: Float32Array;
  /** Σ weight · idf of the cue's terms that the note itself has. */
  readonly covered: Float32Array;
  /** The same with its neighbours' words, each counted up to its share. */
  readonly coveredInContext: Float32Array;
  /** The part of `covered` that is by the note's date, place or context line. */
  readonly coveredByContextLine: Float32Array;
  /** Gives the arrays back; they mean nothing any more. */
  release(): void;
}

export interface LexicalParameters {
  readonly k1: number;
  readonly b: number;
  /** Stems of a text of ordinary length. A constant, as whether a text is long does not depend on its company. */
  readonly pivot: number;
}

export const lexicalParameters: LexicalParameters = { k1: 1.2, b: 0.75, pivot: 40 };

/** Terms that count as one: a word of the cue, or all the words of a kind. */
export interface TermGroup {
  readonly terms: readonly number[];
  readonly weight: number;
  readonly idf: number;
  /** Notes that have any of them, or more. */
  readonly having: number;
}

/** Notes whose neighbours are looked at in one search: about 1 ms. Scopes under a thousand notes hardly get there. */
export const spreadPostings = 2_000;

export function matchWords(
  set: WorkingSet,
  groups: readonly TermGroup[],
  eligible: Uint8Array,
  scratch: Scratch,
  { k1, b, pivot }: LexicalParameters = lexicalParameters,
): LexicalMatch {
  const size = set.size;
  const context = scratch.floats(size);
  const own = scratch.floats(size);
  const passage = scratch.floats(size);
  const covered = scratch.floats(size);
  const coveredInContext = scratch.floats(size);
  const coveredByContextLine = scratch.floats(size);
  const slots: number[] = [];

  // 0 until a slot is met; then the denominator's second summand.
  const contextNorm = scratch.floats(size);
  const ownNorm = scratch.floats(size);
  const unitScore = scratch.floats(set.text.size);
  const touchedUnits: number[] = [];
  const around = newNeighbours();

  // Of one term; cleared after it.
  const ownFrequency = scratch.floats(size);
  const frequency = scratch.floats(size);
  const inContextLine = scratch.floats(size);
  const having: number[] = [];
  const inLine: number[] = [];
  const touched: number[] = [];

  let spreads = true;
  let postings = 0;
  for (const { terms, weight, idf, having: notesHaving } of rarestFirst(groups)) {
    const gain = weight * idf * (k1 + 1);
    postings += notesHaving;
    spreads = slots.length === 0 || postings <= spreadPostings;
    for (const term of terms) readPostings(term, gain);
    for (const slot of having) touch(slot, ownFrequency[slot]!);
    for (const slot of inLine) touch(slot, 1);
    if (spreads)
      for (const slot of having) {
        const count = neighboursGivenTo(set, slot, around);
        for (let index = 0; index < count; index += 1) {
          const neighbour = around.slots[index]!;
          if (eligible[neighbour] === 1) touch(neighbour, around.shares[index]! * ownFrequency[slot]!);
        }
      }
    for (const slot of touched) {
      if (contextNorm[slot] === 0) meet(slot);
      const tf = frequency[slot]!;
      context[slot] = context[slot]! + (gain * tf) / (tf + contextNorm[slot]!);
      coveredInContext[slot] = coveredInContext[slot]! + weight * idf * Math.min(1, tf);
      const ownTf = ownFrequency[slot]! + inContextLine[slot]!;
      if (ownTf > 0) {
        own[slot] = own[slot]! + (gain * ownTf) / (ownTf + ownNorm[slot]!);
        covered[slot] = covered[slot]! + weight * idf;
        if (inContextLine[slot] === 1) coveredByContextLine[slot] = coveredByContextLine[slot]! + weight * idf;
      }
      frequency[slot] = 0;
      ownFrequency[slot] = 0;
      inContextLine[slot] = 0;
    }
    having.length = 0;
    inLine.length = 0;
    touched.length = 0;
  }

  for (const slot of slots) {
    const first = set.slots.firstUnit[slot]!;
    const last = first + set.slots.unitCount[slot]!;
    let best = 0;
    for (let unit = first; unit < last; unit += 1) best = Math.max(best, unitScore[unit]!);
    passage[slot] = best;
  }
  scratch.giveBack(unitScore, touchedUnits);
  for (const array of [contextNorm, ownNorm]) scratch.giveBack(array, slots);
  for (const array of [ownFrequency, frequency, inContextLine]) scratch.giveBack(array, []);
  return {
    slots,
    context,
    own,
    passage,
    covered,
    coveredInContext,
    coveredByContextLine,
    release() {
      for (const array of [context, own, passage, covered, coveredInContext, coveredByContextLine]) {
        scratch.giveBack(array, slots);
      }
    },
  };

  function readPostings(term: number, gain: number): void {
    set.text.forEachRun(term, (units, frequencies, start, end) => {
      for (let index = start; index < end; index += 1) {
        const unit = units[index]!;
        const slot = set.text.slotOf[unit]!;
        if (slot < 0 || eligible[slot] === 0) continue;
        if (!spreads && contextNorm[slot] === 0) continue;
        const count = frequencies[index]!;
        if (ownFrequency[slot] === 0) having.push(slot);
        if (unitScore[unit] === 0) touchedUnits.push(unit);
        ownFrequency[slot] = ownFrequency[slot]! + count;
        unitScore[unit] =
          unitScore[unit]! + (gain * count) / (count + k1 * (1 - b + (b * set.text.lengthOf[unit]!) / pivot));
      }
    });
    set.context.forEachRun(term, (units, _frequencies, start, end) => {
      for (let index = start; index < end; index += 1) {
        const slot = set.context.slotOf[units[index]!]!;
        if (slot < 0 || eligible[slot] === 0 || inContextLine[slot] === 1) continue;
        if (!spreads && contextNorm[slot] === 0) continue;
        inContextLine[slot] = 1;
        inLine.push(slot);
      }
    });
  }

  function touch(slot: number, amount: number): void {
    if (frequency[slot] === 0) touched.push(slot);
    frequency[slot] = frequency[slot]! + amount;
  }

  function meet(slot: number): void {
    slots.push(slot);
    const length = stemsOf(set, slot);
    ownNorm[slot] = k1 * (1 - b + (b * length) / pivot);
    let shared = 0;
    const count = neighboursTakenFrom(set, slot, around);
    for (let index = 0; index < count; index += 1) {
      shared += around.shares[index]! * stemsOf(set, around.slots[index]!);
    }
    contextNorm[slot] = k1 * (1 - b + (b * (length + shared)) / pivot);
  }
}

function rarestFirst(groups: readonly TermGroup[]): readonly TermGroup[] {
  return groups.toSorted((a, b) => a.having - b.having);
}

/** Stems of a note's text, over all its passages. */
export function stemsOf(set: WorkingSet, slot: number): number {
  const first = set.slots.firstUnit[slot]!;
  const last = first + set.slots.unitCount[slot]!;
  let length = 0;
  for (let unit = first; unit < last; unit += 1) length += set.text.lengthOf[unit]!;
  return length;
}
