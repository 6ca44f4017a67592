import { describe, expect, it } from 'vitest';
import { type Edges, noteGraph, sparseGraph } from './graph.ts';

describe('sparseGraph', () => {
  it('lists every edge from both ends, ascending', () => {
    const graph = sparseGraph(3, edges([2, 0, 1.5], [1, 0, 4]));
    expect([...graph.start]).toEqual([0, 2, 3, 4]);
    expect([...graph.targets]).toEqual([1, 2, 0, 0]);
    expect([...graph.weights]).toEqual([4, 1.5, 4, 1.5]);
  });

  it('adds up edges between the same two nodes, whichever way they are written', () => {
    const graph = sparseGraph(2, edges([0, 1, 1], [1, 0, 2], [0, 1, 0.5]));
    expect([...graph.targets]).toEqual([1, 0]);
    expect([...graph.weights]).toEqual([3.5, 3.5]);
  });

  it('drops an edge from a node to itself', () => {
    expect(sparseGraph(2, edges([1, 1, 1])).targets).toHaveLength(0);
  });

  it('refuses nodes that are not there and edges that weigh nothing', () => {
    expect(() => sparseGraph(2, edges([0, 2, 1]))).toThrow(RangeError);
    expect(() => sparseGraph(2, edges([0, 1, 0]))).toThrow(RangeError);
    expect(() => sparseGraph(2, edges([0, 1, Number.NaN]))).toThrow(RangeError);
  });
});

describe('noteGraph', () => {
  it('leaves out concepts of one note and those of more notes than the cap', () => {
    // Concept 0 is in all three notes, concept 1 in notes 0 and 1, concept 2 in note 2 alone, twice.
    const mentions = edges([0, 0, 1], [1, 0, 1], [2, 0, 1], [0, 1, 1], [1, 1, 1], [2, 2, 1], [2, 2, 1]);
    const graph = noteGraph({ notes: 3, concepts: 3, mentions, neighbours: edges([1, 2, 0.5]), notesPerConceptMax: 2 });
    expect(graph.nodes).toBe(6);
    expect(rowsOf(graph)).toEqual([[4], [2, 4], [1], [], [0, 1], []]);
  });
});

function edges(...list: readonly (readonly [number, number, number])[]): Edges {
  return {
    from: Uint32Array.from(list, ([from]) => from),
    to: Uint32Array.from(list, ([, to]) => to),
    weights: Float64Array.from(list, ([, , weight]) => weight),
  };
}

function rowsOf({ nodes, start, targets }: ReturnType<typeof sparseGraph>): number[][] {
  return Array.from({ length: nodes }, (_, node) => [...targets.subarray(start[node], start[node + 1])]);
}
