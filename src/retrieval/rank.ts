import type { Cue } from './cue.ts';
import { fused, highest, type Signal } from './fuse.ts';
import { matchWords } from './lexical.ts';
import { signalsOf } from './signals.ts';
import type { SignalWeights } from './weights.ts';
import type { WorkingSet } from './working-set.ts';

export interface RankInput {
  readonly set: WorkingSet;
  readonly cue: Cue;
  /** 1 for every slot that may be returned. */
  readonly eligible: Uint8Array;
  /** Similarity by slot, of the vector channel's hits. */
  readonly similarities: ReadonlyMap<number, number>;
  readonly weights: SignalWeights;
  readonly limit: number;
}

export interface Ranking {
  /** Slots, best first. */
  readonly slots: readonly number[];
  readonly scores: readonly number[];
  /** For explanations: where each ranked slot stands in `signals`. */
  readonly candidates: readonly number[];
  readonly positions: readonly number[];
  readonly signals: readonly Signal[];
}

/** Pure and deterministic: the same set, cue and vectors give the same ranking. */
export function rank({ set, cue, eligible, similarities, weights, limit }: RankInput): Ranking {
  const match = matchWords(set, cue, eligible);
  const candidates = [...match.slots];
  for (const slot of similarities.keys()) if (match.context[slot] === 0) candidates.push(slot);
  const signals = signalsOf({ set, cue, candidates, match, similarities, weights });
  const scores = fused(candidates.length, signals);
  const positions = highest(scores, limit, (a, b) => set.idOf(candidates[a]!) < set.idOf(candidates[b]!));
  return {
    slots: positions.map((position) => candidates[position]!),
    scores: positions.map((position) => scores[position]!),
    candidates,
    positions,
    signals,
  };
}
