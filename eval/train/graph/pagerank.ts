import type { SparseGraph } from './graph.ts';

export interface PageRankInput {
  readonly graph: SparseGraph;
  /** How much the walk returns to each node: not negative, not all 0; scaled to a sum of 1. */
  readonly seeds: Float64Array;
  readonly options?: Partial<PageRankOptions>;
}

export interface PageRankOptions {
  /** Chance that the walk goes on; HippoRAG's .5 stays closer to the seeds than the web's .85. */
  readonly damping: number;
  /** Stops when Σ |change| of a step is no more than this; the error left is at most damping / (1 - damping) times it. */
  readonly tolerance: number;
  readonly iterationsMax: number;
}

export interface PageRank {
  /** By node; Σ = 1. */
  readonly scores: Float64Array;
  readonly iterations: number;
  /** False when `iterationsMax` came first. */
  readonly converged: boolean;
}

export const pageRankOptions: PageRankOptions = { damping: 0.5, tolerance: 1e-9, iterationsMax: 100 };

/**
 * Personalised PageRank by power iteration (Page, Brin, Motwani and Winograd 1999, section 6; as HippoRAG uses it over passages
 * and phrases, arXiv 2405.14831):
 *
 *   p = (1 - d) · s + d · ( Σ over neighbours  p(neighbour) · weight / its weights  +  s · Σ p of nodes without neighbours )
 *
 * A walk that cannot go on starts anew at a seed (dangling rule), so that Σ p stays 1. Each step shrinks the error by
 * d at least. Cost: O(iterations · (nodes + edges)).
 *
 * @throws RangeError for a damping outside 0..1, or seeds that are too few, negative or all 0.
 */
export function personalisedPageRank({ graph, seeds, options }: PageRankInput): PageRank {
  const { damping, tolerance, iterationsMax } = { ...pageRankOptions, ...options };
  if (!(damping >= 0 && damping < 1)) throw new RangeError(`Damping must be in 0..1, 1 excluded; it is ${damping}.`);
  const { nodes, start, targets, weights } = graph;
  const home = shares(nodes, seeds);
  const rowSums = new Float64Array(nodes);
  for (let node = 0; node < nodes; node += 1) {
    for (let at = start[node]!; at < start[node + 1]!; at += 1) rowSums[node] = rowSums[node]! + weights[at]!;
  }
  let scores = home.slice();
  let next = new Float64Array(nodes);
  for (let iteration = 1; iteration <= iterationsMax; iteration += 1) {
    let stuck = 0;
    next.fill(0);
    for (let node = 0; node < nodes; node += 1) {
      const score = scores[node]!;
      if (score === 0) continue;
      if (rowSums[node] === 0) {
        stuck += score;
        continue;
      }
      const flow = (damping * score) / rowSums[node]!;
      for (let at = start[node]!; at < start[node + 1]!; at += 1) {
        next[targets[at]!] = next[targets[at]!]! + flow * weights[at]!;
      }
    }
    const returned = 1 - damping + damping * stuck;
    let change = 0;
    for (let node = 0; node < nodes; node += 1) {
      next[node] = next[node]! + returned * home[node]!;
      change += Math.abs(next[node]! - scores[node]!);
    }
    [scores, next] = [next, scores];
    if (change <= tolerance) return { scores, iterations: iteration, converged: true };
  }
  return { scores, iterations: iterationsMax, converged: false };
}

function shares(nodes: number, seeds: Float64Array): Float64Array {
  if (seeds.length !== nodes) throw new RangeError(`${seeds.length} seeds for ${nodes} nodes.`);
  const sum = seeds.reduce((total, seed) => total + seed, 0);
  if (!(sum > 0) || seeds.some((seed) => !(seed >= 0))) throw new RangeError('Seeds must not be negative nor all 0.');
  return seeds.map((seed) => seed / sum);
}
