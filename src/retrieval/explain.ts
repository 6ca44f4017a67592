import type { ChannelExplanation, Explanation, ExplanationStep } from '../memory/explanation.ts';
import type { Signal } from './fuse.ts';

export interface ExplainInput {
  /** The candidate's place in the signals' values. */
  readonly position: number;
  readonly signals: readonly Signal[];
  readonly steps: readonly ExplanationStep[];
  readonly score: number;
  /** Why, for people, by signal name. */
  readonly detailOf: (name: string) => string;
}

/**
 * The arithmetic of one hit: score = (Σ contribution) · Π factor, contribution = weight · score of the channel.
 * Signals that said nothing of the note are left out: they add 0.
 */
export function explanationOf({ position, signals, steps, score, detailOf }: ExplainInput): Explanation {
  const channels: ChannelExplanation[] = [];
  for (const { name, weight, values } of signals) {
    const value = values[position]!;
    if (weight === 0 || value === 0) continue;
    channels.push({
      channel: name,
      rank: rankOf(values, value),
      score: value,
      weight,
      contribution: weight * value,
      detail: detailOf(name),
    });
  }
  return { channels, steps, score };
}

/** 1 is best; equal values share the better rank. */
function rankOf(values: Float64Array, value: number): number {
  let above = 0;
  for (const other of values) if (other > value) above += 1;
  return above + 1;
}
