import type { EmbedderClass } from '../memory/embedder.ts';

/**
 * The signals of a ranking, each in 0..1; what they are is said in `signals.ts` and, for cues that ask for an
 * overview, in `overview.ts`. `newest` adds nothing to a score: unless it is 0, of two hits that state an old and a new value
 * the newer stands first, see `newest-first.ts`. `rounds` is what hits of a second and third round count, see `rounds.ts`.
 */
export const signalNames = [
  'words',
  'wordsShare',
  'own',
  'passage',
  'coverage',
  'date',
  'first',
  'before',
  'session',
  'speaker',
  'wanted',
  'statement',
  'brief',
  'substance',
  'standing',
  'standingAsked',
  'association',
  'associationAlone',
  'kinds',
  'title',
  'bridge',
  'interval',
  'vectors',
  'links',
  'activation',
  'newest',
  'rounds',
] as const;
export type SignalName = (typeof signalNames)[number];

/** How much each signal says. Not negative; a signal of weight 0 has no say. */
export type SignalWeights = Readonly<Record<SignalName, number>>;

/**
 * Fitted by eval/train/fit-weights.ts, rounded; `title` and `bridge` were set afterwards, all others held. Figures, held
 * out by conversation, are in eval/train/README.md.
 *
 * `interval` was set by hand, all others held; 99 of LoCoMo-dev's 755 questions, 3 of BEAM's 144 and none of three of
 * LongMemEval name a time that can be read. Recall@5, @10 and @25 on LoCoMo: .7372, .8257, .8843 without it, .7425,
 * .8270, .8857 with 1 or 1.5, .7412, .8283, .8857 with 2, .7405, .8257, .8863 with 3 or 4, where it begins to lose: words
 * of dates are in the signal `date` already. No question of BEAM, HotpotQA or LongMemEval is found better or worse with any
 * of these. With 0 no cue is read for times.
 *
 * `activation` (ACT-R, of notes that were used) loses: in a simulated year (`eval/forgetting`, with three times as much unrelated talk) over BEAM's first conversation, its
 * own hits reported as used, recall@10 of questions asked again was .790 with 0, .772 with .5, .758 with 1 and .740 with 2: what was
 * used for one question crowds out what answers another. With 0 no log of uses is read. It is told by `retention`.
 *
 * `links` wins nowhere by more than chance and loses on LoCoMo (docs/decisions/0008-links-in-search.md): with 0 no link is read.
 */
export const signalWeights: SignalWeights = {
  words: 2.6,
  wordsShare: 1.9,
  own: 0.4,
  passage: 1,
  coverage: 1.8,
  date: 1.9,
  first: 1.5,
  before: 0.75,
  session: 1.65,
  speaker: 1.15,
  wanted: 2,
  statement: 0.85,
  brief: 3,
  substance: 1.05,
  standing: 0.75,
  standingAsked: 2.7,
  association: 1.9,
  associationAlone: 2,
  kinds: 1.3,
  title: 2.5,
  bridge: 3,
  interval: 1.5,
  vectors: 1,
  links: 0,
  activation: 0,
  newest: 1,
  rounds: 0,
};

/**
 * What the weights are multiplied with when the cue asks for several things ("what has she painted?", "how many
 * ..."): they were said at different times, so how much one session has of the cue says nothing; whom it is about
 * and what kind of thing it is say more. Set by hand; figures are in eval/train/README.md.
 */
export const severalFactors: Partial<SignalWeights> = { session: 0, speaker: 1.5, kinds: 2 };

/**
 * What vectors add, by what the embedder knows; multiplies the weight of the signal `vectors`. Lexical: measured with
 * `hashed-384-v1` at weights .5, 1, 2 and 4, recall@10 on LoCoMo fell from .824 to .820, .819, .819 and .810, on
 * HotpotQA it stayed or fell, on BEAM it moved by less than .005: what letters and words know is known already. So its
 * vectors are a last resort, asked only when no word of the cue is known: a misspelt name is found by its letters.
 * Static and sentence models are careful guesses until one has been measured.
 */
export const vectorWeights: Readonly<Record<EmbedderClass, number>> = {
  lexical: 0,
  static: 1,
  sentence: 4,
};
