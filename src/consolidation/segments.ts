import { refinedStarts, type SegmentBounds } from './segments-refinement.ts';
import { newTurnSimilarity } from './segments-similarity.ts';
import { newSurprise } from './segments-surprise.ts';

/**
 * Where one event of a session ends and the next begins, after EM-LLM (Fountas et al. 2024, arXiv:2407.09450) with what is
 * known without a language model: a turn is surprising when it brings words that the last turns did not have, lies far from
 * them in meaning, or comes after a pause. A turn whose surprise is over mean + gamma * deviation of the turns before it
 * proposes a segment; the proposals are then refined on the graph of alike turns (`segments-refinement.ts`).
 *
 * Pure: depends on the turns and the background alone.
 */
export interface SegmentTurn {
  /** Without stop words; may repeat. */
  readonly stems: readonly string[];
  /** Of unit length; null when there is none. */
  readonly vector: Float32Array | null;
  /** Milliseconds since 1970, ascending. */
  readonly at: number;
}

/** What was said before the session, so that words that everyone uses tell little. */
export interface SegmentBackground {
  readonly notes: number;
  /** Notes of them that have the stem. */
  readonly frequency: (stem: string) => number;
}

export interface SegmentParameters extends SegmentBounds {
  /** Deviations over the mean from which on a turn proposes a segment. */
  readonly gamma: number;
  /** Turns before whose surprise says what is usual. */
  readonly windowTurns: number;
}

/** Set on streams of other seeds than those of `npm run eval -- segments`, and on pieces of real conversations. */
export const segmentParameters: SegmentParameters = {
  gamma: 1,
  windowTurns: 24,
  turnsMin: 3,
  turnsMax: 64,
  startCost: 1.5,
  surpriseGain: 0.4,
};

export const emptyBackground: SegmentBackground = { notes: 0, frequency: () => 0 };

export interface Segmenter {
  /** Cost: its words, times the `2 * turnsMax` turns before it. */
  add(turn: SegmentTurn): void;
  /**
   * First turns of the segments of all that was added, as if the session ended here. Ascending, 0 first; empty without turns.
   * Cost: turns * `turnsMax`.
   */
  starts(): readonly number[];
}

/** As turns arrive: each is compared with those before it once, when it comes. */
export function newSegmenter(
  background: SegmentBackground = emptyBackground,
  parameters: SegmentParameters = segmentParameters,
): Segmenter {
  const surprise = newSurprise(background);
  const graph = newTurnSimilarity(background, 2 * parameters.turnsMax);
  const surprises: number[] = [];
  const excesses: number[] = [];
  return {
    add(turn) {
      graph.add(turn);
      surprises.push(surprise.next(turn));
      excesses.push(excess(surprises, surprises.length - 1, parameters));
    },
    starts() {
      return refinedStarts(graph, { proposed: proposedStarts(excesses, parameters), excesses }, parameters);
    },
  };
}

/** All of it at once. */
export function segmentStarts(
  turns: readonly SegmentTurn[],
  background: SegmentBackground = emptyBackground,
  parameters: SegmentParameters = segmentParameters,
): readonly number[] {
  const graph = newTurnSimilarity(background, 2 * parameters.turnsMax);
  for (const turn of turns) graph.add(turn);
  const excesses = excessesOf(turns, background, parameters);
  return refinedStarts(graph, { proposed: proposedStarts(excesses, parameters), excesses }, parameters);
}

/** What surprise alone would say, for comparison. */
export function proposedStartsOf(
  turns: readonly SegmentTurn[],
  background: SegmentBackground = emptyBackground,
  parameters: SegmentParameters = segmentParameters,
): readonly number[] {
  return proposedStarts(excessesOf(turns, background, parameters), parameters);
}

function excessesOf(
  turns: readonly SegmentTurn[],
  background: SegmentBackground,
  parameters: SegmentParameters,
): readonly number[] {
  const surprise = newSurprise(background);
  const surprises = turns.map((turn) => surprise.next(turn));
  return surprises.map((_, at) => excess(surprises, at, parameters));
}

/** Turns over mean + gamma * deviation, as far apart as segments must be and no further than they may. 0 first. */
export function proposedStarts(
  excesses: readonly number[],
  { gamma, turnsMin, turnsMax }: SegmentParameters,
): readonly number[] {
  if (excesses.length === 0) return [];
  const starts = [0];
  for (let at = turnsMin; at <= excesses.length - turnsMin; at += 1) {
    const before = at - starts.at(-1)!;
    if (before >= turnsMax || (before >= turnsMin && excesses[at]! > gamma)) starts.push(at);
  }
  return starts;
}

/** With fewer turns before it nothing is known of what is usual. */
const usualTurnsMin = 3;

/** How many deviations a turn's surprise is over the mean of the turns before it. */
function excess(surprises: readonly number[], at: number, { windowTurns }: SegmentParameters): number {
  // The first turn of a session is all new, which is not usual.
  const from = Math.max(1, at - windowTurns);
  const count = at - from;
  if (count < usualTurnsMin) return 0;
  let sum = 0;
  let squares = 0;
  for (let index = from; index < at; index += 1) {
    sum += surprises[index]!;
    squares += surprises[index]! ** 2;
  }
  const mean = sum / count;
  const deviation = Math.sqrt(Math.max(0, squares / count - mean ** 2));
  return (surprises[at]! - mean) / Math.max(deviation, deviationMin);
}

/** So that turns that all surprise alike do not make a wonder of the next. */
const deviationMin = 0.02;
