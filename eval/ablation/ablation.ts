import type { Dataset } from '../datasets/dataset.ts';
import { type AnsweredQuestion, addConversations, askQuestions } from '../evaluate.ts';
import { fractionalRecall } from '../metrics.ts';
import type { Progress } from '../progress.ts';
import { mean } from '../statistics.ts';
import type { InProcessMemory } from './in-process.ts';
import { holmAdjusted, pairedPermutationTest } from './paired-test.ts';

/** Weights by signal, whatever the signals of this build are called. */
export type Weights = Readonly<Record<string, number>>;

/** One weighting of one set against the shipped one. */
export interface AblationRow {
  readonly set: string;
  readonly signal: string;
  readonly mode: 'off' | 'alone';
  readonly recall_at_10: number;
  /** This weighting less the shipped one: positive with `off` means that the signal does harm. */
  readonly difference: number;
  /** Two-sided, of this one test. */
  readonly p_value: number;
  /** The same among all tests of its mode on its set (Holm). */
  readonly p_adjusted: number;
  /** Questions. */
  readonly n: number;
  /** The signal's shipped weight. */
  readonly weight: number;
}

export interface Ablation {
  readonly set: string;
  readonly n: number;
  /** With the shipped weights. */
  readonly recall_at_10: number;
  readonly rows: readonly AblationRow[];
}

export interface AblationInput {
  readonly dataset: Dataset;
  readonly memory: Pick<InProcessMemory, 'client' | 'drained'>;
  readonly shipped: Weights;
  readonly progress: Progress;
}

/** Stores a set once, then asks its questions under the shipped weights and under every variant. */
export async function ablate(input: AblationInput): Promise<Ablation> {
  const { dataset, memory, shipped, progress } = input;
  const writer = memory.client();
  const added = await addConversations(dataset, writer, progress);
  await memory.drained();
  const recalls = async (client: typeof writer): Promise<readonly number[]> =>
    (await askQuestions(dataset, added, client, silent)).rows.map(recallAt10);
  const variants = weightings(shipped);
  progress.start(`Weightings of ${dataset.name}`, variants.length + 1);
  const base = await recalls(writer);
  progress.advance();
  const rows: Omit<AblationRow, 'p_adjusted'>[] = [];
  for (const { signal, mode, weights } of variants) {
    const changed = await recalls(memory.client(weights));
    const { difference, pValue } = pairedPermutationTest(base, changed);
    rows.push({
      set: dataset.name,
      signal,
      mode,
      recall_at_10: mean(changed),
      difference,
      p_value: pValue,
      n: base.length,
      weight: shipped[signal] ?? 0,
    });
    progress.advance();
  }
  progress.finish();
  return {
    set: dataset.name,
    n: base.length,
    recall_at_10: mean(base),
    rows: [...adjusted(rows, 'off'), ...adjusted(rows, 'alone')],
  };
}

/** A false alarm in twenty runs over sets where no signal does harm. */
export const significance = 0.05;

/** The rows that forbid a release: without this shipped signal a set is found better, and not by chance. */
export function losses(ablations: readonly Ablation[]): readonly AblationRow[] {
  return ablations.flatMap(({ rows }) =>
    rows.filter(
      ({ mode, weight, difference, p_adjusted }) =>
        mode === 'off' && weight !== 0 && difference > 0 && p_adjusted < significance,
    ),
  );
}

interface Weighting {
  readonly signal: string;
  readonly mode: AblationRow['mode'];
  readonly weights: Weights;
}

/** Every signal off one at a time, then every signal alone. One of weight 0 is off already; alone it is tried with 1. */
export function weightings(shipped: Weights): readonly Weighting[] {
  const signals = Object.keys(shipped);
  const none = Object.fromEntries(signals.map((signal) => [signal, 0]));
  return [
    ...signals.map((signal) => ({ signal, mode: 'off' as const, weights: { ...shipped, [signal]: 0 } })),
    ...signals.map((signal) => ({
      signal,
      mode: 'alone' as const,
      weights: { ...none, [signal]: shipped[signal] || 1 },
    })),
  ];
}

function recallAt10({ ranked, question }: AnsweredQuestion): number {
  return fractionalRecall(ranked, question.gold, 10);
}

function adjusted(rows: readonly Omit<AblationRow, 'p_adjusted'>[], mode: AblationRow['mode']): AblationRow[] {
  const family = rows.filter((row) => row.mode === mode);
  const pValues = holmAdjusted(family.map(({ p_value }) => p_value));
  return family.map((row, index) => ({ ...row, p_adjusted: pValues[index] ?? 1 }));
}

/** Weightings are what is counted, not their questions. */
const silent: Progress = { start: () => undefined, advance: () => undefined, finish: () => undefined };
