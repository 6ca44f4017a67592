import { type Cue, type CueTerm, inverseFrequency } from './cue.ts';
import { type RankedSlot, type RankInput, type Ranking, rank } from './rank.ts';
import type { WorkingSet } from './working-set.ts';

/**
 * Asks again for what the first hits left open, a bounded number of times: the deterministic form of Adaptive-Note
 * (Retriever-and-Memory, Wang et al. 2024). The note is the set of hits; a round asks for the words of the cue that no hit has and
 * for what the best hits bring up themselves (their rarest words); its gain is the idf mass of the words that its hits cover
 * for the first time. It stops after `roundsMax` rounds, after two in a row that gain less than `gainMin` of what is covered,
 * and rather than ask the same twice.
 *
 * What a round finds counts `weight` times what it would have as a first hit, scaled so that the best hits of both are alike.
 * With a weight of 0 nothing is asked again. Why it ships so: docs/decisions/0009-iterative-recall.md. Cost: a ranking a round.
 */
export function rankInRounds(input: RankInput, weight: number): Ranking {
  const first = rank(input);
  const best = first.hits[0]?.score ?? 0;
  if (weight === 0 || best <= 0 || input.cue.asks.order || input.cue.asks.summary) return first;
  const merged = new Map<number, RankedSlot>(first.hits.map((hit) => [hit.slot, hit]));
  const covered = new Set<number>();
  let coveredMass = cover(input, first.hits, covered, input.cue.terms);
  const asked = new Set<string>();
  let poor = 0;
  let found: readonly RankedSlot[] = first.hits;
  for (let round = 0; round < roundsMax && poor < 2; round += 1) {
    const cue = nextCue(input, found, covered);
    const key = cue.terms.map(({ term }) => term).join(' ');
    if (cue.terms.length === 0 || asked.has(key)) break;
    asked.add(key);
    const next = rank({ ...input, cue });
    const scale = (weight * best) / (next.hits[0]?.score || 1);
    for (const hit of next.hits.slice(0, takenMax)) {
      const score = hit.score * scale;
      if ((merged.get(hit.slot)?.score ?? 0) >= score) continue;
      const step = { step: 'round', factor: scale, detail: `found by what was still open, in round ${round + 2}` };
      merged.set(hit.slot, { ...hit, score, steps: [...hit.steps, step], signals: next.signals });
    }
    const gain = cover(input, next.hits.slice(0, takenMax), covered, cue.terms);
    poor = gain < gainMin * coveredMass ? poor + 1 : 0;
    coveredMass += gain;
    found = next.hits;
  }
  const { set } = input;
  const hits = [...merged.values()]
    .sort((a, b) => b.score - a.score || (set.idOf(a.slot) < set.idOf(b.slot) ? -1 : 1))
    .slice(0, Math.max(first.hits.length, input.limit));
  return { ...first, hits };
}

export const roundsMax = 2;
const gainMin = 0.05;
/** Hits that are the note, and that a round adds at most. */
const takenMax = 10;
/** Hits whose own words lead on, and how many of them. */
const leadersMax = 3;
const leadingTermsMax = 4;
/** A word in more of the notes leads everywhere. */
const leadingShareMax = 0.03;

/** Adds the terms that the hits have to `covered`; what they are worth together. */
function cover(
  { set }: RankInput,
  hits: readonly RankedSlot[],
  covered: Set<number>,
  terms: readonly CueTerm[],
): number {
  const there = new Set(hits.slice(0, takenMax).flatMap(({ slot }) => [...termsOf(set, slot)]));
  let gain = 0;
  for (const { term, weight, idf } of terms) {
    if (term < 0 || covered.has(term) || !there.has(term)) continue;
    covered.add(term);
    gain += weight * idf;
  }
  return gain;
}

function nextCue({ set, cue }: RankInput, found: readonly RankedSlot[], covered: ReadonlySet<number>): Cue {
  const open = cue.terms.filter(({ term }) => term >= 0 && !covered.has(term));
  const inCue = new Set(cue.terms.map(({ term }) => term));
  const leading = new Map<number, CueTerm>();
  for (const { slot } of found.slice(0, leadersMax)) {
    const rare = [...termsOf(set, slot)].flatMap((term): CueTerm[] => {
      const having = set.text.noteFrequency(term);
      if (inCue.has(term) || covered.has(term) || having < 2 || having > Math.max(2, leadingShareMax * set.liveNotes)) {
        return [];
      }
      return [{ stem: set.termOf(term), term, weight: 1, idf: inverseFrequency(set.liveNotes, having), having }];
    });
    rare.sort((a, b) => b.idf - a.idf || (a.stem < b.stem ? -1 : 1));
    for (const one of rare.slice(0, leadingTermsMax)) leading.set(one.term, one);
  }
  const terms = [...open, ...leading.values()];
  return { ...cue, terms, mass: terms.reduce((sum, { weight, idf }) => sum + weight * idf, 0) };
}

function termsOf(set: WorkingSet, slot: number): Uint32Array {
  const { unitStart, unitTerms } = set.text;
  const first = set.slots.firstUnit[slot]!;
  return unitTerms.subarray(unitStart[first]!, unitStart[first + set.slots.unitCount[slot]!]!);
}
