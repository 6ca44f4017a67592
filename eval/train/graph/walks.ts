import type { WorkingSet } from '../../../src/retrieval/working-set.ts';
import type { Concepts } from './concepts.ts';
import { type Edges, noteGraph, type SparseGraph } from './graph.ts';
import { personalisedPageRank } from './pagerank.ts';

/** One way to walk the graph. */
export interface Walk {
  readonly concepts: 'words' | 'entities' | 'both';
  /** Top hits that the walk starts from, and that it never returns. */
  readonly anchors: number;
  /** Whether turns next to each other are joined. */
  readonly turns: boolean;
  /** Whether it starts from the concepts of the cue, too, with as much weight as from the anchors. */
  readonly cue: boolean;
  readonly damping: number;
}

/** As in association.ts: a word in more than 3% of the notes is no link, but a handful of notes always is; no hubs. */
const shareMax = 0.03;
const notesMin = 8;
const notesCap = 200;
/** What a step to the next turn weighs, in edges to a middling rare concept. */
const turnWeight = 4;

export function graphOf(set: WorkingSet, { mentions, count }: Concepts, turns: boolean): SparseGraph {
  return noteGraph({
    notes: set.size,
    concepts: count,
    mentions,
    neighbours: turns ? turnsOf(set) : noEdges,
    notesPerConceptMax: Math.min(notesCap, Math.max(notesMin, set.liveNotes * shareMax)),
  });
}

export interface WalkInput {
  readonly walk: Walk;
  readonly graph: SparseGraph;
  readonly notes: number;
  /** Slots, best first. */
  readonly anchors: readonly number[];
  /** Of the cue, by number. */
  readonly concepts: readonly number[];
}

/** By slot: how near the walk comes, 1 for the nearest note that is no anchor; anchors have 0. Null when there is no start. */
export function nearness({ walk, graph, notes, anchors, concepts }: WalkInput): Float64Array | null {
  const seeds = new Float64Array(graph.nodes);
  // The rank is the weight: scores of different cues do not compare.
  const starts = anchors.slice(0, walk.anchors);
  for (const [rank, slot] of starts.entries()) seeds[slot] = 1 / (rank + 1);
  if (walk.cue && concepts.length > 0) {
    const half = starts.reduce((sum, slot) => sum + seeds[slot]!, 0);
    // Specificity as in HippoRAG: one over the notes that have it.
    const worth = concepts.map((concept) => 1 / Math.max(1, degreeOf(graph, notes + concept)));
    const total = worth.reduce((sum, value) => sum + value, 0);
    for (const [index, concept] of concepts.entries()) seeds[notes + concept] = (half * worth[index]!) / total;
  }
  if (starts.length === 0) return null;
  const options = { damping: walk.damping, tolerance: 1e-5 };
  const near = personalisedPageRank({ graph, seeds, options }).scores.slice(0, notes);
  for (const slot of starts) near[slot] = 0;
  const best = near.reduce((most, value) => Math.max(most, value), 0);
  return best === 0 ? near : near.map((value) => value / best);
}

function degreeOf({ start }: SparseGraph, node: number): number {
  return start[node + 1]! - start[node]!;
}

const noEdges: Edges = { from: new Uint32Array(), to: new Uint32Array(), weights: new Float64Array() };

function turnsOf(set: WorkingSet): Edges {
  const from = [...Array(set.size).keys()].filter((slot) => set.slots.next[slot]! >= 0);
  return {
    from: Uint32Array.from(from),
    to: Uint32Array.from(from, (slot) => set.slots.next[slot]!),
    weights: new Float64Array(from.length).fill(turnWeight),
  };
}
