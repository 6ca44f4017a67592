/**
 * Why a hit was returned: the arithmetic of its score, a line a step. The numbers are the ones that were used,
 * so that `score` can be recomputed from the lines by hand.
 */
export interface Explanation {
  /** What each channel said of this note, before fusion. */
  readonly channels: readonly ChannelExplanation[];
  /** What happened to the score after fusion, in order. */
  readonly steps: readonly ExplanationStep[];
  readonly score: number;
}

export interface ChannelExplanation {
  /** `words`, `vectors`, `graph`, `time`, `place`. */
  readonly channel: string;
  /** 1 is best. */
  readonly rank: number;
  /** The channel's own score. */
  readonly score: number;
  /** The measured weight it is fused with. */
  readonly weight: number;
  /** What it gave to the fused score. */
  readonly contribution: number;
  /** Why, for people: the words that matched, the similarity. */
  readonly detail: string;
}

export interface ExplanationStep {
  readonly step: string;
  /** What the score was multiplied with; 1 changes nothing. */
  readonly factor: number;
  readonly detail: string;
}
