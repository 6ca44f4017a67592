import type { SignalWeights } from '../../src/retrieval/weights.ts';
import type { InProcessMemory } from '../ablation/in-process.ts';
import { pairedPermutationTest } from '../ablation/paired-test.ts';
import type { Dataset } from '../datasets/dataset.ts';
import { type AnsweredQuestion, addConversations, askQuestions } from '../evaluate.ts';
import { fractionalRecall } from '../metrics.ts';
import type { Progress } from '../progress.ts';
import { mean } from '../statistics.ts';

/** Links at one weight against no links, on a set or a part of it. */
export interface LinkRow {
  readonly set: string;
  /** `all`, or a category. */
  readonly part: string;
  readonly weight: number;
  /** Questions. */
  readonly n: number;
  readonly cutoff: number;
  readonly off: number;
  readonly on: number;
  /** On less off: positive when links help. */
  readonly difference: number;
  /** Two-sided, paired over questions. */
  readonly p_value: number;
}

export interface LinkAblationInput {
  readonly dataset: Dataset;
  readonly memory: Pick<InProcessMemory, 'client' | 'drained'>;
  /** Of these, `links` is the one that is tried. */
  readonly shipped: SignalWeights;
  readonly progress: Progress;
}

/** What links are tried with; by other signals' weights, .5 moves a hit by a place and 2 decides. */
export const linkWeights = [0.5, 1, 2] as const;

/**
 * Stores a set once, lets the worker look at all of it, and asks every question without links and with them: the same
 * notes and the same links, only the weight of the signal differs.
 */
export async function linkAblation(input: LinkAblationInput): Promise<readonly LinkRow[]> {
  const { dataset, memory, shipped, progress } = input;
  const writer = memory.client();
  const added = await addConversations(dataset, writer, progress);
  await memory.drained();
  const asked = async (links: number): Promise<readonly AnsweredQuestion[]> =>
    (await askQuestions(dataset, added, memory.client({ ...shipped, links }), progress)).rows;
  const off = await asked(0);
  const rows: LinkRow[] = [];
  for (const weight of linkWeights) {
    const on = await asked(weight);
    for (const part of partsOf(off)) rows.push(...comparisons(dataset.name, { part, weight, off, on }));
  }
  return rows;
}

interface Part {
  readonly name: string;
  readonly has: (row: AnsweredQuestion) => boolean;
}

/** The whole set, and LoCoMo's questions that take several turns to answer, which is what links are for. */
function partsOf(rows: readonly AnsweredQuestion[]): readonly Part[] {
  const several = (row: AnsweredQuestion): boolean => row.question.category.number === 1;
  const all: Part = { name: 'all', has: () => true };
  return rows.some(several) ? [all, { name: 'category 1', has: several }] : [all];
}

interface Compared {
  readonly part: Part;
  readonly weight: number;
  readonly off: readonly AnsweredQuestion[];
  readonly on: readonly AnsweredQuestion[];
}

function comparisons(set: string, { part, weight, off, on }: Compared): readonly LinkRow[] {
  return [5, 10].map((cutoff) => {
    const recallOf = (rows: readonly AnsweredQuestion[]): readonly number[] =>
      rows.filter(part.has).map(({ ranked, question }) => fractionalRecall(ranked, question.gold, cutoff));
    const [without, with_] = [recallOf(off), recallOf(on)];
    const { difference, pValue } = pairedPermutationTest(without, with_);
    return {
      set,
      part: part.name,
      weight,
      n: without.length,
      cutoff,
      off: mean(without),
      on: mean(with_),
      difference,
      p_value: pValue,
    };
  });
}
