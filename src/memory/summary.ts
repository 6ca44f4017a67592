import type { EpisodeId } from './ids.ts';

/** From small to large. `profile` is of a whole namespace, `day` of all its sessions on one day (UTC). */
export const summaryLevels = ['segment', 'session', 'day', 'profile'] as const;
export type SummaryLevel = (typeof summaryLevels)[number];

/**
 * What a summary note is a summary of. It is a key and an overview over verbatim text, never in place of it: its note has
 * origin `derived` and is no hit.
 */
export interface Summary {
  readonly level: SummaryLevel;
  /**
   * What it is of, the same again when it is made anew: the session's id; for a segment that and the id of its first episode;
   * for a day `2023-05-08`; for a profile empty.
   */
  readonly key: string;
  /** When the first and the last of what it is of happened, milliseconds since 1970. */
  readonly from: number;
  readonly until: number;
  /** Which sentence comes from where; for one that a model wrote, what it rests on. In the order of the text. */
  readonly sentences: readonly SummarySentence[];
  /** A hash of the ids and versions of what it was made from: another one now means that it is stale. */
  readonly sourceHash: string;
  /** `rules-1`, or `model:` and which one with which prompt. */
  readonly by: string;
}

export interface SummarySentence {
  readonly text: string;
  /** Where it stands word for word, or what it was written from. */
  readonly episodes: readonly EpisodeId[];
}
