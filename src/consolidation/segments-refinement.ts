/**
 * Chooses the partition of a session into segments under which the graph of alike turns is most likely.
 *
 * Modularity with a resolution r (Reichardt and Bornholdt 2006), over pairs of turns in one segment:
 *   Q_r = sum of (A_ij - r * e_ij),  e_ij = k_i * k_j / mean k,  k_i = mean A_ij over the turns j that i is compared with
 * With rates p_in and p_out of alike turns inside and across segments (A_ij / e_ij), ln(p_in / p_out) * Q_r is the log-likelihood
 * of the degree-corrected block model for r = (p_in - p_out) / ln(p_in / p_out) (Newman 2016, arXiv:1606.02319): so the resolution
 * is not guessed but estimated, from the proposed partition first and from the best one after. EM-LLM moves each boundary to
 * the best modularity between its neighbours; here the best of all partitions is found at once, because segments lie in a row:
 *
 *   best(end) = max over start of best(start) + ln(p_in / p_out) * Q_r(start, end) - startCost + surpriseGain * excess(start)
 *
 * Cost: turns * `turnsMax` a round.
 */
export interface TurnGraph {
  readonly size: number;
  /** 0 to 1, symmetric. Only of turns that are compared. */
  weight(one: number, other: number): number;
  /** Sum of the weights of a turn with so many before it, at most `band`. */
  weightBefore(turn: number, count: number): number;
  /** Mean weight of a turn with all it is compared with. */
  strength(turn: number): number;
  /** Turns further apart are not compared. */
  readonly band: number;
}

export interface SegmentBounds {
  readonly turnsMin: number;
  /** At most the band of the graph. */
  readonly turnsMax: number;
  /** What a further segment must gain, nats: how unlikely a new topic is at a turn. */
  readonly startCost: number;
  /** Nats that each deviation of surprise over the usual is worth. */
  readonly surpriseGain: number;
}

export interface Proposal {
  /** First turns of segments; 0 first. */
  readonly proposed: readonly number[];
  /** By turn: deviations of its surprise over the mean. */
  readonly excesses: readonly number[];
}

/** Estimates settle within these; they need not. */
const rounds = 4;
/** Turns are at least so much more alike inside a segment, or there is but one. */
const ratioMin = 1.05;
/** What proposals, which are rough, are trusted to tell apart at least. */
const firstRatioMin = 3;

/** First turns of the segments; 0 first; empty without turns. */
export function refinedStarts(
  graph: TurnGraph,
  { proposed, excesses }: Proposal,
  bounds: SegmentBounds,
): readonly number[] {
  let starts = proposed;
  for (let round = 0; round < rounds; round += 1) {
    const rates = estimatedRates(graph, starts);
    const ratio = round === 0 ? Math.max(firstRatioMin, rates.ratio) : rates.ratio;
    const gain = ratio < ratioMin ? null : partitionGain(graph, { ...rates, ratio }, excesses, bounds);
    const next = bestStarts(graph.size, gain ?? noGain, bounds);
    const isSettled = next.length === starts.length && next.every((start, index) => start === starts[index]);
    starts = next;
    if (isSettled) break;
  }
  return starts;
}

/** What a segment is worth, nats. */
export type Gain = (from: number, until: number) => number;

const noGain: Gain = (from) => (from === 0 ? 0 : -1);

/** The partition into segments within the bounds that is worth most; of equals the one with the earlier starts. */
export function bestStarts(
  turns: number,
  gain: Gain,
  { turnsMin, turnsMax }: Pick<SegmentBounds, 'turnsMin' | 'turnsMax'>,
): readonly number[] {
  if (turns === 0) return [];
  if (turns < 2 * turnsMin) return [0];
  const best = new Float64Array(turns + 1).fill(Number.NEGATIVE_INFINITY);
  const cameFrom = new Int32Array(turns + 1);
  best[0] = 0;
  for (let until = turnsMin; until <= turns; until += 1) {
    for (let from = Math.max(0, until - turnsMax); from <= until - turnsMin; from += 1) {
      if (best[from] === Number.NEGATIVE_INFINITY) continue;
      const value = best[from]! + gain(from, until);
      if (value > best[until]!) {
        best[until] = value;
        cameFrom[until] = from;
      }
    }
  }
  const starts: number[] = [];
  for (let until = turns; until > 0; until = cameFrom[until]!) starts.unshift(cameFrom[until]!);
  return starts;
}

/** What a partition is worth. */
export function worth(turns: number, starts: readonly number[], gain: Gain): number {
  return starts.reduce((sum, from, index) => sum + gain(from, starts[index + 1] ?? turns), 0);
}

export interface Rates {
  /** A_ij / e_ij of pairs inside a segment over that of pairs across. */
  readonly ratio: number;
  readonly across: number;
}

/** So that nothing alike anywhere is no certainty. */
const pseudoCount = 0.5;

export function estimatedRates(graph: TurnGraph, starts: readonly number[]): Rates {
  const strengths = strengthsOf(graph);
  let [inside, insideExpected, all, allExpected] = [0, 0, 0, 0];
  let part = 0;
  for (let turn = 1; turn < graph.size; turn += 1) {
    while ((starts[part + 1] ?? graph.size) <= turn) part += 1;
    const near = Math.min(graph.band, turn - (starts[part] ?? 0));
    const reach = Math.min(graph.band, turn);
    inside += graph.weightBefore(turn, near);
    insideExpected += strengths.expectedBefore(turn, near);
    all += graph.weightBefore(turn, reach);
    allExpected += strengths.expectedBefore(turn, reach);
  }
  const across = (all - inside + pseudoCount) / (allExpected - insideExpected + pseudoCount);
  return { ratio: (inside + pseudoCount) / (insideExpected + pseudoCount) / across, across };
}

export function partitionGain(
  graph: TurnGraph,
  { ratio, across }: Rates,
  excesses: readonly number[],
  { startCost, surpriseGain }: Pick<SegmentBounds, 'startCost' | 'surpriseGain'>,
): Gain {
  const strengths = strengthsOf(graph);
  /** By segment's last turn: values by segment's first turn are sums over turns, kept for the row before. */
  const rows: Float64Array[] = [];
  for (let turn = 0; turn < graph.size; turn += 1) {
    const length = Math.min(graph.band, turn);
    const row = new Float64Array(length + 1);
    for (let count = 1; count <= length; count += 1) {
      const own =
        Math.log(ratio) * graph.weightBefore(turn, count) -
        (ratio - 1) * across * strengths.expectedBefore(turn, count);
      row[count] = own + (rows[turn - 1]?.[count - 1] ?? 0);
    }
    rows.push(row);
  }
  return (from, until) => {
    const value = rows[until - 1]![until - 1 - from]!;
    if (from === 0) return value;
    return value - startCost + surpriseGain * Math.max(-excessMax, Math.min(excessMax, excesses[from] ?? 0));
  };
}

/** One turn however surprising does not outweigh what the others say. */
const excessMax = 4;

/** Newman's modularity of a partition: Q = 1/(2m) * sum over pairs in one part of (A_ij - k_i k_j / 2m), k_i = sum of A_ij. */
export function modularity(graph: Pick<TurnGraph, 'size' | 'weight'>, starts: readonly number[]): number {
  const { size } = graph;
  const part = Array.from({ length: size }, (_, turn) => starts.findLastIndex((start) => start <= turn));
  const degrees = part.map((_, one) => part.reduce((sum, _part, other) => sum + weightOf(one, other), 0));
  const all = degrees.reduce((sum, degree) => sum + degree, 0);
  if (all === 0) return 0;
  let sum = 0;
  for (let one = 0; one < size; one += 1) {
    for (let other = 0; other < size; other += 1) {
      if (part[one] === part[other]) sum += weightOf(one, other) - (degrees[one]! * degrees[other]!) / all;
    }
  }
  return sum / all;

  function weightOf(one: number, other: number): number {
    return one === other ? 0 : graph.weight(one, other);
  }
}

interface Strengths {
  /** Sum of e_ij of a turn with so many before it. */
  expectedBefore(turn: number, count: number): number;
}

function strengthsOf(graph: TurnGraph): Strengths {
  const sums = new Float64Array(graph.size + 1);
  for (let turn = 0; turn < graph.size; turn += 1) sums[turn + 1] = sums[turn]! + graph.strength(turn);
  const mean = sums[graph.size]! / Math.max(1, graph.size);
  return {
    expectedBefore: (turn, count) =>
      mean === 0 ? 0 : ((sums[turn + 1]! - sums[turn]!) * (sums[turn]! - sums[turn - count]!)) / mean,
  };
}
