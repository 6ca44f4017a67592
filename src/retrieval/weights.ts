import type { EmbedderClass } from '../memory/embedder.ts';

/** How much each signal of `signals.ts` says. Not negative; a signal of weight 0 is not computed. */
export type SignalWeights = Readonly<Record<SignalName, number>>;

export const signalNames = ['words', 'passage', 'coverage', 'speaker', 'user', 'vectors'] as const;
export type SignalName = (typeof signalNames)[number];

/** First, hand-set weights. */
export const signalWeights: SignalWeights = {
  words: 1,
  passage: 0.3,
  coverage: 0.3,
  speaker: 0.25,
  user: 0.35,
  vectors: 1,
};

/** What vectors add, by what the embedder knows; multiplies the weight of the signal `vectors`. */
export const vectorWeights: Readonly<Record<EmbedderClass, number>> = {
  lexical: 0,
  static: 0.2,
  sentence: 0.5,
};
