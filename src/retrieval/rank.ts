import type { Analyzer } from '../memory/analyzer.ts';
import type { ExplanationStep } from '../memory/explanation.ts';
import { type Associations, associations } from './association.ts';
import { bridges } from './bridges.ts';
import type { Cue } from './cue.ts';
import type { CueTime } from './cue-time.ts';
import { firstMentions } from './first-mentions.ts';
import { fused, highest, type Signal } from './fuse.ts';
import type { Kinds } from './kinds.ts';
import { type LexicalMatch, lexicalParameters, matchWords, type TermGroup } from './lexical.ts';
import { likelyCopies, upToDistinct } from './likely-copies.ts';
import { overviewSignals, sameSessionFactor } from './overview.ts';
import type { Scratch } from './scratch.ts';
import { signalsOf } from './signals.ts';
import { standingInstructions } from './standing.ts';
import type { SignalWeights } from './weights.ts';
import { roleCodes, type WorkingSet } from './working-set.ts';

export interface RankInput {
  readonly set: WorkingSet;
  readonly cue: Cue;
  readonly analyzer: Analyzer;
  readonly kinds: Kinds;
  /** 1 for every slot that may be returned. */
  readonly eligible: Uint8Array;
  /** Similarity by slot, of the vector channel's hits. */
  readonly similarities: ReadonlyMap<number, number>;
  /** What links of the notes found first lead to, by slot, 0 to 1; nothing when left out. */
  readonly linked?: ReadonlyMap<number, number>;
  /** Times that the cue names; none when left out. */
  readonly times?: readonly CueTime[];
  /** For what was used lately; milliseconds since 1970. Left out, nothing was. */
  readonly now?: number;
  readonly weights: SignalWeights;
  readonly limit: number;
  readonly scratch: Scratch;
}

export interface Ranking {
  /**
   * Best first, as many as asked for; with `repeats` so many that differ, and those among them that may be copies. An
   * account of how things went keeps every time that a thing was said.
   */
  readonly hits: readonly RankedSlot[];
  /** Whether some may say the same, and are to be one hit if their texts do. */
  readonly repeats: boolean;
  readonly signals: readonly Signal[];
}

export interface RankedSlot {
  readonly slot: number;
  readonly score: number;
  /** Where the slot stands in the signals' values. */
  readonly position: number;
  readonly steps: readonly ExplanationStep[];
  /** Where `position` points to, if not to the ranking's. */
  readonly signals?: readonly Signal[];
}

/** Pure and deterministic: the same set, cue and vectors give the same ranking. */
export function rank(input: RankInput): Ranking {
  const { set, cue, limit } = input;
  const { candidates, signals } = gathered(input);
  const scores = fused(candidates.length, signals);
  const earlier = (a: number, b: number): boolean => set.idOf(candidates[a]!) < set.idOf(candidates[b]!);
  if (cue.asks.order || cue.asks.summary) {
    const positions = highest(scores, Math.max(limit, overviewPool), earlier);
    return { hits: throughSessions(set, candidates, scores, positions, limit), signals, repeats: false };
  }
  const positions = highest(scores, candidatesPerHit * limit, earlier);
  const slots = positions.map((position) => candidates[position]!);
  const { count, repeats } = upToDistinct(slots, limit, likelyCopies(set));
  const hits = positions.slice(0, count).map((position, index) => ({
    slot: slots[index]!,
    score: scores[position]!,
    position,
    steps: [],
  }));
  return { hits, signals, repeats };
}

/** The candidates and what their signals say. Also what weights are fitted to, hence exported. */
export function gathered(input: RankInput): {
  readonly candidates: readonly number[];
  readonly signals: readonly Signal[];
} {
  const { set, cue, analyzer, kinds, eligible, similarities, weights, limit, scratch } = input;
  const match = matchWords(set, groupsOf(cue), eligible, scratch);
  const { mentions: first, release: releaseFirst } = firstMentions(set, cue, eligible, scratch);
  const crude = crudeScores(set, cue, match);
  const chosen = chosenOf(set, match.slots, crude, limit);
  const slots = new Set(chosen.map((index) => match.slots[index]!));
  if (cue.asks.order || cue.asks.summary) {
    const candidates = withExchanges(set, [...slots], eligible);
    const signals = overviewSignals({ set, cue, candidates, match, first });
    match.release();
    releaseFirst();
    return { candidates, signals };
  }
  const best = crude[chosen[0] ?? 0] ?? 0;
  const seeds = chosen.slice(0, seedsMax).map((index) => ({
    slot: match.slots[index]!,
    strength: best > 0 ? crude[index]! / best : 0,
  }));
  const association = associations({ set, cue, eligible, seeds, parameters: lexicalParameters, scratch });
  for (const slot of associatesOf(association)) slots.add(slot);
  const standing = new Set(standingInstructions(set, analyzer, eligible));
  for (const slot of standing) slots.add(slot);
  for (const slot of similarities.keys()) slots.add(slot);
  const linked = input.linked ?? nothingLinked;
  for (const slot of linked.keys()) slots.add(slot);
  const kindGroups = kinds.groupsOf(set, cue);
  const kindMatch = kindGroups.length === 0 ? null : matchWords(set, kindGroups, eligible, scratch);
  const candidates = [...slots];
  const signals = signalsOf({
    set,
    cue,
    candidates,
    match,
    first,
    association: association.scores,
    kinds: kindMatch,
    bridge: bridges({ set, cue, seeds, candidates }),
    times: input.times ?? [],
    standing,
    similarities,
    linked,
    now: input.now ?? null,
    weights,
  });
  // The signals have copied what they need.
  for (const borrowed of [match, association, kindMatch]) borrowed?.release();
  releaseFirst();
  return { candidates, signals };
}

const nothingLinked: ReadonlyMap<number, number> = new Map();

/** Notes that are looked at closely. What is further down by words alone does not come into the first hits. */
const candidatesMin = 200;
const candidatesPerHit = 4;

/** Notes that pass on what they bring to mind: 8 did better than 1, 4 and 16 on HotpotQA and LoCoMo together. */
const seedsMax = 8;
const associatesMax = 50;

/** Hits of an account are picked from this many. */
const overviewPool = 60;

function groupsOf(cue: Cue): readonly TermGroup[] {
  return cue.terms
    .filter(({ term }) => term >= 0)
    .map(({ term, weight, idf, having }) => ({ terms: [term], weight, idf, having }));
}

/** A first guess, one number a matching slot: which notes to look at closely, and which to start associations from. */
function crudeScores(set: WorkingSet, cue: Cue, match: LexicalMatch): Float64Array {
  const { role, speaker } = set.slots;
  const wanted = cue.asks.assistant ? roleCodes.assistant : roleCodes.user;
  let bestContext = 0;
  let bestPassage = 0;
  for (const slot of match.slots) {
    bestContext = Math.max(bestContext, match.context[slot]!);
    bestPassage = Math.max(bestPassage, match.passage[slot]!);
  }
  return Float64Array.from(match.slots, (slot) => {
    const words = bestContext > 0 ? match.context[slot]! / bestContext : 0;
    const passage = bestPassage > 0 ? match.passage[slot]! / bestPassage : 0;
    return words + 0.3 * passage + (role[slot] === wanted ? 0.35 : 0) + (cue.speakers.has(speaker[slot]!) ? 0.25 : 0);
  });
}

/**
 * Indices of the slots to look at closely, best first. Where one thing was said so often that its copies leave no room
 * for `limit` others, more are looked through, and only a few of each taken.
 */
function chosenOf(set: WorkingSet, slots: readonly number[], crude: Float64Array, limit: number): readonly number[] {
  const count = Math.max(candidatesMin, candidatesPerHit * limit);
  const chosen = highest(crude, count, (a, b) => a < b);
  const keyOf = likelyCopies(set);
  const differ = new Set(chosen.map((index) => keyOf(slots[index]!))).size;
  if (differ >= limit || chosen.length === slots.length) return chosen;
  const taken = new Map<number, number>();
  const few = highest(crude, crowdedFactor * count, (a, b) => a < b).filter((index) => {
    const key = keyOf(slots[index]!);
    const before = taken.get(key) ?? 0;
    taken.set(key, before + 1);
    return before < copiesLookedAt;
  });
  return few.slice(0, count);
}

const crowdedFactor = 16;
const copiesLookedAt = 8;

function associatesOf({ slots, scores }: Associations): readonly number[] {
  const found = Float64Array.from(slots, (slot) => scores[slot]!);
  return highest(found, associatesMax, (a, b) => slots[a]! < slots[b]!).map((index) => slots[index]!);
}

/** With every answer comes what it answers, and the other way round. */
function withExchanges(set: WorkingSet, slots: readonly number[], eligible: Uint8Array): readonly number[] {
  const { role, previous, next } = set.slots;
  const all = new Set(slots);
  for (const slot of slots) {
    const other = role[slot] === roleCodes.assistant ? previous[slot]! : next[slot]!;
    const isAnswer = role[slot] === roleCodes.assistant || (other >= 0 && role[other] === roleCodes.assistant);
    if (other >= 0 && isAnswer && eligible[other] === 1) all.add(other);
  }
  return [...all];
}

/** Greedy: each hit of a session makes the next one of the same session a little less wanted. */
function throughSessions(
  set: WorkingSet,
  candidates: readonly number[],
  scores: Float64Array,
  positions: readonly number[],
  limit: number,
): readonly RankedSlot[] {
  const { session, role } = set.slots;
  const taken = new Map<number, number>();
  const left = new Set(positions);
  const hits: RankedSlot[] = [];
  while (hits.length < limit && left.size > 0) {
    let best = -1;
    let bestScore = -1;
    // Positions come best first, so that the first of equals wins.
    for (const position of left) {
      const score = scores[position]! * factorOf(position);
      if (score > bestScore) {
        best = position;
        bestScore = score;
      }
    }
    const slot = candidates[best]!;
    const factor = factorOf(best);
    hits.push({ slot, score: bestScore, position: best, steps: factor === 1 ? [] : [sessionStep(factor)] });
    left.delete(best);
    // An answer shares the place of what it answers.
    if (role[slot] !== roleCodes.assistant) taken.set(session[slot]!, (taken.get(session[slot]!) ?? 0) + 1);
  }
  return hits;

  function factorOf(position: number): number {
    const number = session[candidates[position]!]!;
    return number < 0 ? 1 : sameSessionFactor ** (taken.get(number) ?? 0);
  }
}

function sessionStep(factor: number): ExplanationStep {
  return { step: 'session', factor, detail: 'others of its session stand before it' };
}
