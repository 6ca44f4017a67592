import type { Cue } from './cue.ts';
import type { Signal } from './fuse.ts';
import type { LexicalMatch } from './lexical.ts';
import { roleCodes, type WorkingSet } from './working-set.ts';

export interface OverviewInput {
  readonly set: WorkingSet;
  readonly cue: Cue;
  readonly candidates: readonly number[];
  readonly match: LexicalMatch;
  readonly first: Float32Array;
}

/**
 * Signals for a cue that asks how something went: "in which order did I bring up ...", "summarise how ... has
 * developed". Similarity finds the same moment ten times over; an account wants its turning points. So an
 * exchange (what was said and the assistant's answer to it) is scored as one, by its words, by the answer's, by
 * whether it was the first to bring a word up, and by how near it stands to the beginning of its session,
 * where people say what they are about.
 */
export function overviewSignals({ set, cue, candidates, match, first }: OverviewInput): readonly Signal[] {
  const { role, previous, next } = set.slots;
  const isAnswer = (slot: number): boolean => role[slot] === roleCodes.assistant;
  const bestWords = highestOf(candidates, match.context);
  const bestPassage = highestOf(candidates, match.passage);
  const said = (slot: number): number => (isAnswer(slot) && previous[slot]! >= 0 ? previous[slot]! : slot);
  const answer = (slot: number): number => {
    const after = next[said(slot)]!;
    return after >= 0 && isAnswer(after) ? after : -1;
  };
  const each = (name: string, weight: number, value: (slot: number) => number): Signal => ({
    name,
    weight,
    values: Float64Array.from(candidates, value),
  });
  const share = (value: number, best: number): number => (best > 0 ? value / best : 0);
  const mass = cue.mass > 0 ? cue.mass : 1;
  return [
    each('words', 1, (slot) => share(match.context[said(slot)]!, bestWords)),
    each('answer', 1, (slot) => (answer(slot) >= 0 ? share(match.passage[answer(slot)]!, bestPassage) : 0)),
    each('coverage', 0.5, (slot) => Math.min(1, match.coveredInContext[said(slot)]! / mass)),
    each('first', 1, (slot) => Math.min(1, first[said(slot)]! / mass)),
    each('early', 1, (slot) => 1 / (1 + turnsBefore(set, said(slot)) / 10)),
    // A summary rests on the answers, too, each right after what it answers; an order is of what was said.
    each('said', cue.asks.summary ? 0.001 : 4, (slot) => (isAnswer(slot) ? 0 : 1)),
  ];
}

/** What each further hit of a session is multiplied with: an account goes through all the sessions. */
export const sameSessionFactor = 0.95;

/** Past this a turn is simply late. */
const turnsMax = 64;

function turnsBefore(set: WorkingSet, slot: number): number {
  let turns = 0;
  for (let at = set.slots.previous[slot]!; at >= 0 && turns < turnsMax; at = set.slots.previous[at]!) turns += 1;
  return turns;
}

function highestOf(candidates: readonly number[], scores: Float32Array): number {
  let best = 0;
  for (const slot of candidates) best = Math.max(best, scores[slot]!);
  return best;
}
