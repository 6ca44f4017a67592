import { expect, test } from 'vitest';
import { analyzer, workingSetOf } from '../../test/working-set-of.ts';
import { analyseCue } from './cue.ts';
import { newKinds } from './kinds.ts';
import { rank } from './rank.ts';
import { rankInRounds } from './rounds.ts';
import { newScratch } from './scratch.ts';
import { signalWeights } from './weights.ts';

const kinds = newKinds(analyzer);

function inputOf(texts: readonly string[], cueText: string) {
  const set = workingSetOf(texts.map((text) => ({ text })));
  return {
    set,
    cue: analyseCue(cueText, analyzer, set),
    analyzer,
    kinds,
    eligible: new Uint8Array(set.size).fill(1),
    similarities: new Map<number, number>(),
    weights: signalWeights,
    limit: 10,
    scratch: newScratch(),
  };
}

const filler = Array.from({ length: 40 }, (_, index) => `Nothing much happened on walk number ${index}.`);
const texts = ['Ann visited the Quillon workshop.', 'The Quillon workshop stands in Zaragoza.', ...filler];

test('with a weight of 0 it is the ranking of one round', () => {
  const input = inputOf(texts, 'Where is the place that Ann visited?');
  expect(rankInRounds(input, 0)).toEqual(rank(input));
});

test('what the first hits bring up is found in a further round, with the factor in its explanation', () => {
  const input = inputOf(texts, 'Where is the place that Ann visited?');
  const { hits } = rankInRounds(input, 1);
  expect(
    hits
      .slice(0, 2)
      .map(({ slot }) => slot)
      .sort(),
  ).toEqual([0, 1]);
  for (const { score, steps, position, signals } of hits) {
    if (signals === undefined) continue;
    const fused = signals.reduce((sum, { weight, values }) => sum + weight * values[position]!, 0);
    expect(steps.reduce((product, { factor }) => product * factor, fused)).toBeCloseTo(score, 9);
  }
});

test('gives the same twice, no slot twice, and best first', () => {
  const input = inputOf(texts, 'Ann and the walk');
  const { hits } = rankInRounds(input, 0.8);
  expect(rankInRounds(input, 0.8).hits).toEqual(hits);
  expect(new Set(hits.map(({ slot }) => slot)).size).toBe(hits.length);
  expect(hits.map(({ score }) => score)).toEqual(hits.map(({ score }) => score).sort((a, b) => b - a));
});
