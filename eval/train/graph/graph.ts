/**
 * An undirected weighted graph in compressed sparse rows: node n's neighbours are `targets[i]` with `weights[i]` for i from
 * `start[n]` to `start[n + 1] - 1`, ascending, each once.
 */
export interface SparseGraph {
  readonly nodes: number;
  readonly start: Uint32Array;
  readonly targets: Uint32Array;
  readonly weights: Float64Array;
}

/** Edge i joins `from[i]` and `to[i]`; weights are above 0. */
export interface Edges {
  readonly from: Uint32Array;
  readonly to: Uint32Array;
  readonly weights: Float64Array;
}

/**
 * Every edge counts both ways; edges between the same two nodes are one whose weight is their sum; an edge from a node
 * to itself is dropped. Cost: O(edges · log(edges of a node)).
 *
 * @throws RangeError when an edge names a node that is not there, or weighs nothing.
 */
export function sparseGraph(nodes: number, edges: Edges): SparseGraph {
  const { from, to, weights } = edges;
  const counts = new Uint32Array(nodes + 1);
  for (let edge = 0; edge < from.length; edge += 1) {
    const [a, b] = [from[edge]!, to[edge]!];
    if (a >= nodes || b >= nodes) throw new RangeError(`Edge ${a} to ${b} in a graph of ${nodes} nodes.`);
    if (!(weights[edge]! > 0)) throw new RangeError(`Edge ${a} to ${b} weighs ${weights[edge]}.`);
    if (a === b) continue;
    counts[a + 1] = counts[a + 1]! + 1;
    counts[b + 1] = counts[b + 1]! + 1;
  }
  for (let node = 0; node < nodes; node += 1) counts[node + 1] = counts[node + 1]! + counts[node]!;
  const at = counts.slice();
  const loose = new Uint32Array(counts[nodes]!);
  const looseWeights = new Float64Array(counts[nodes]!);
  for (let edge = 0; edge < from.length; edge += 1) {
    const [a, b] = [from[edge]!, to[edge]!];
    if (a === b) continue;
    for (const [one, other] of [
      [a, b],
      [b, a],
    ] as const) {
      loose[at[one]!] = other;
      looseWeights[at[one]!] = weights[edge]!;
      at[one] = at[one]! + 1;
    }
  }
  return merged(nodes, counts, loose, looseWeights);
}

export interface NoteGraphInput {
  readonly notes: number;
  /** Entities, or words that stand for one. */
  readonly concepts: number;
  /** From a note to a concept it mentions; repeated mentions add. */
  readonly mentions: Edges;
  /** Between notes: turns next to each other, links. */
  readonly neighbours: Edges;
  /** A concept in more notes than this leads nowhere and gets no edge. */
  readonly notesPerConceptMax: number;
}

/** Nodes 0..notes-1 are the notes, those after them the concepts. A concept of one note is no way to another: no edge. */
export function noteGraph(input: NoteGraphInput): SparseGraph {
  const { notes, concepts, mentions, neighbours, notesPerConceptMax } = input;
  const notesOf = Array.from({ length: concepts }, () => new Set<number>());
  for (let edge = 0; edge < mentions.from.length; edge += 1) notesOf[mentions.to[edge]!]!.add(mentions.from[edge]!);
  const kept = [...mentions.from.keys()].filter((edge) => {
    const having = notesOf[mentions.to[edge]!]!.size;
    return having >= 2 && having <= notesPerConceptMax;
  });
  return sparseGraph(notes + concepts, {
    from: Uint32Array.from([...kept.map((edge) => mentions.from[edge]!), ...neighbours.from]),
    to: Uint32Array.from([...kept.map((edge) => notes + mentions.to[edge]!), ...neighbours.to]),
    weights: Float64Array.from([...kept.map((edge) => mentions.weights[edge]!), ...neighbours.weights]),
  });
}

/** Rows sorted, repeats added up. */
function merged(nodes: number, bounds: Uint32Array, loose: Uint32Array, looseWeights: Float64Array): SparseGraph {
  const start = new Uint32Array(nodes + 1);
  const targets = new Uint32Array(loose.length);
  const weights = new Float64Array(loose.length);
  let end = 0;
  for (let node = 0; node < nodes; node += 1) {
    const row = [...loose.subarray(bounds[node]!, bounds[node + 1]!).keys()].map((index) => bounds[node]! + index);
    row.sort((a, b) => loose[a]! - loose[b]! || looseWeights[a]! - looseWeights[b]!);
    for (const index of row) {
      if (end > start[node]! && targets[end - 1] === loose[index]) {
        weights[end - 1] = weights[end - 1]! + looseWeights[index]!;
      } else {
        targets[end] = loose[index]!;
        weights[end] = looseWeights[index]!;
        end += 1;
      }
    }
    start[node + 1] = end;
  }
  return { nodes, start, targets: targets.slice(0, end), weights: weights.slice(0, end) };
}
