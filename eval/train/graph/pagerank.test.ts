import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type SparseGraph, sparseGraph } from './graph.ts';
import { personalisedPageRank } from './pagerank.ts';

type Edge = readonly [number, number, number];

describe('personalisedPageRank', () => {
  // All with damping 1/2, solved by hand.
  const closedForms: readonly (readonly [string, readonly Edge[], readonly number[], readonly number[]])[] = [
    [
      'a path seeded at one end',
      [
        [0, 1, 1],
        [1, 2, 1],
        [2, 3, 1],
      ],
      [1, 0, 0, 0],
      [26 / 45, 14 / 45, 4 / 45, 1 / 45],
    ],
    [
      'a star seeded at its centre',
      [
        [0, 1, 1],
        [0, 2, 1],
        [0, 3, 1],
      ],
      [1, 0, 0, 0],
      [2 / 3, 1 / 9, 1 / 9, 1 / 9],
    ],
    [
      'a complete graph seeded at one node',
      [
        [0, 1, 1],
        [0, 2, 1],
        [0, 3, 1],
        [1, 2, 1],
        [1, 3, 1],
        [2, 3, 1],
      ],
      [1, 0, 0, 0],
      [4 / 7, 1 / 7, 1 / 7, 1 / 7],
    ],
    [
      'weights 3 and 1',
      [
        [0, 1, 3],
        [0, 2, 1],
      ],
      [5, 0, 0, 0],
      [2 / 3, 1 / 4, 1 / 12, 0],
    ],
    ['a seed that leads nowhere', [[0, 1, 1]], [1, 0, 0, 1], [4 / 9, 2 / 9, 0, 1 / 3]],
  ];
  it.each(closedForms)('agrees with the closed form of %s', (_, edges, seeds, expected) => {
    const { scores, converged } = rankOf(graphOf(4, edges), seeds);
    expect(converged).toBe(true);
    for (const [node, score] of expected.entries()) expect(Math.abs(scores[node]! - score)).toBeLessThan(1e-6);
  });

  it('agrees with the closed form of a star at any damping: 1 / (1 + d) for the centre', () => {
    const graph = graphOf(4, [
      [0, 1, 1],
      [0, 2, 1],
      [0, 3, 1],
    ]);
    for (const damping of [0, 0.15, 0.5, 0.85]) {
      const options = { damping, iterationsMax: 200 };
      const { scores } = personalisedPageRank({ graph, seeds: Float64Array.of(1, 0, 0, 0), options });
      expect(scores[0]).toBeCloseTo(1 / (1 + damping), 6);
    }
  });

  it('sums to one and is never negative', () => {
    fc.assert(
      fc.property(anyGraph, ({ nodes, edges, seeds }) => {
        const { scores } = rankOf(graphOf(nodes, edges), seeds);
        expect(scores.every((score) => score >= 0)).toBe(true);
        expect(scores.reduce((sum, score) => sum + score, 0)).toBeCloseTo(1, 9);
      }),
    );
  });

  it('gives each node the same under any numbering', () => {
    fc.assert(
      fc.property(anyGraph, fc.infiniteStream(fc.nat()), ({ nodes, edges, seeds }, numbers) => {
        const keys = Array.from({ length: nodes }, () => numbers.next().value);
        const order = [...keys.keys()].sort((a, b) => keys[a]! - keys[b]! || a - b);
        const renamed = order.map((_, node) => order.indexOf(node));
        const changed = edges.map(([a, b, weight]): Edge => [renamed[a]!, renamed[b]!, weight]);
        const before = rankOf(graphOf(nodes, edges), seeds).scores;
        const after = rankOf(
          graphOf(nodes, changed),
          order.map((node) => seeds[node]!),
        ).scores;
        for (let node = 0; node < nodes; node += 1) expect(after[renamed[node]!]).toBeCloseTo(before[node]!, 9);
      }),
    );
  });

  it('finds the far end of a bridge that shares nothing with the seed', () => {
    // Notes 0, 1, 2; concept 3 in notes 0 and 1, concept 4 in note 1 and 2.
    const { scores } = rankOf(
      graphOf(5, [
        [0, 3, 1],
        [1, 3, 1],
        [1, 4, 1],
        [2, 4, 1],
      ]),
      [1, 0, 0, 0, 0],
    );
    expect(scores[1]).toBeGreaterThan(scores[2]!);
    expect(scores[2]).toBeGreaterThan(0);
  });

  it('says when it stopped before it was done', () => {
    const graph = graphOf(2, [[0, 1, 1]]);
    const result = personalisedPageRank({ graph, seeds: Float64Array.of(1, 0), options: { iterationsMax: 3 } });
    expect(result).toMatchObject({ iterations: 3, converged: false });
  });

  it('refuses seeds that are all 0, negative or not one a node, and a damping of 1', () => {
    const graph = graphOf(2, [[0, 1, 1]]);
    for (const seeds of [[0, 0], [1, -1], [1], [Number.NaN, 1]]) {
      expect(() => rankOf(graph, seeds)).toThrow(RangeError);
    }
    const seeds = Float64Array.of(1, 0);
    expect(() => personalisedPageRank({ graph, seeds, options: { damping: 1 } })).toThrow(RangeError);
  });
});

const anyGraph = fc.integer({ min: 1, max: 12 }).chain((nodes) => {
  const node = fc.nat({ max: nodes - 1 });
  return fc.record({
    nodes: fc.constant(nodes),
    edges: fc.array(fc.tuple(node, node, fc.integer({ min: 1, max: 9 })), { maxLength: 30 }),
    seeds: fc
      .array(fc.nat({ max: 9 }), { minLength: nodes, maxLength: nodes })
      .filter((seeds) => seeds.some((seed) => seed > 0)),
  });
});

function graphOf(nodes: number, edges: readonly Edge[]): SparseGraph {
  return sparseGraph(nodes, {
    from: Uint32Array.from(edges, ([from]) => from),
    to: Uint32Array.from(edges, ([, to]) => to),
    weights: Float64Array.from(edges, ([, , weight]) => weight),
  });
}

function rankOf(graph: SparseGraph, seeds: readonly number[]) {
  return personalisedPageRank({ graph, seeds: Float64Array.from(seeds) });
}
