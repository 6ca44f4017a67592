import type { Cue } from './cue.ts';
import type { Signal } from './fuse.ts';
import type { LexicalMatch } from './lexical.ts';
import type { SignalWeights } from './weights.ts';
import { roleCodes, type WorkingSet } from './working-set.ts';

export interface SignalInput {
  readonly set: WorkingSet;
  readonly cue: Cue;
  /** The slots that are ranked. */
  readonly candidates: readonly number[];
  readonly match: LexicalMatch;
  /** Similarity by slot. */
  readonly similarities: ReadonlyMap<number, number>;
  readonly weights: SignalWeights;
}

/** What each candidate has to say for itself, every signal in 0..1. */
export function signalsOf({ set, cue, candidates, match, similarities, weights }: SignalInput): readonly Signal[] {
  const { role, speaker } = set.slots;
  const wanted = cue.asks.assistant ? roleCodes.assistant : roleCodes.user;
  return [
    signal('words', scaledToBest(candidates, match.context)),
    signal('passage', scaledToBest(candidates, match.passage)),
    signal(
      'coverage',
      each((slot) => (cue.mass > 0 ? match.covered[slot]! / cue.mass : 0)),
    ),
    signal(
      'speaker',
      each((slot) => (cue.speakers.has(speaker[slot]!) ? 1 : 0)),
    ),
    signal(
      'user',
      each((slot) => (role[slot] === wanted ? 1 : 0)),
    ),
    signal(
      'vectors',
      each((slot) => Math.max(0, similarities.get(slot) ?? 0)),
    ),
  ];

  function signal(name: keyof SignalWeights, values: Float64Array): Signal {
    return { name, weight: weights[name], values };
  }

  function each(value: (slot: number) => number): Float64Array {
    return Float64Array.from(candidates, value);
  }
}

/** Divided by the best, so that a short question and a long one speak alike loud. */
function scaledToBest(candidates: readonly number[], scores: Float64Array): Float64Array {
  let best = 0;
  for (const slot of candidates) best = Math.max(best, scores[slot]!);
  return Float64Array.from(candidates, (slot) => (best > 0 ? scores[slot]! / best : 0));
}
