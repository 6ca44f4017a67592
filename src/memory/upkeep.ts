import type { Grade } from './forgetting.ts';
import type { Fact } from './knowledge.ts';
import type { Policy } from './policy.ts';
import type { Memory } from './service.ts';

/**
 * What the service says of forgetting, profiles, timelines and the state of a namespace. Times are ISO 8601 in UTC.
 */

export interface FeedbackInput {
  readonly memories: readonly FeedbackItem[];
}

export interface FeedbackItem {
  readonly id: string;
  /**
   * `used`: it helped to answer (a review, Good). `confirmed`: someone said that it is right (Easy). `corrected`: it was wrong
   * (Again). Being retrieved alone is no feedback.
   */
  readonly kind: 'used' | 'confirmed' | 'corrected';
}

export interface FeedbackResult {
  /** In the order of the items. */
  readonly memories: readonly {
    readonly id: string;
    readonly stabilityDays: number;
    readonly retrievability: number;
  }[];
}

/** The forgetting curve of one memory, for plots. */
export interface RetentionView {
  readonly id: string;
  readonly curve: Policy['curve'];
  /** Days until retrievability is .9. */
  readonly stabilityDays: number;
  /** 1 to 10. */
  readonly difficulty: number;
  /** Now, 0 to 1. */
  readonly retrievability: number;
  /** Base-level activation now (ACT-R), ln of summed traces by days. */
  readonly activation: number;
  readonly isPinned: boolean;
  readonly expiresAt: string | null;
  /** Oldest first, the last 16; the making is the first. */
  readonly reviews: readonly { readonly at: string; readonly grade: Grade; readonly stabilityDays: number | null }[];
  /** From the last use on, were it never used again. */
  readonly forecast: readonly { readonly at: string; readonly retrievability: number }[];
  /** When the namespace's policy would archive it; null when it would not. */
  readonly archivedFrom: string | null;
}

export interface PolicyInput extends Partial<Policy> {
  readonly namespace: string;
}

export interface ProfileInput {
  readonly namespace: string;
  /** As it was known then; now if left out. */
  readonly asOf?: string;
}

/** Who a namespace is about, from its facts and instructions. The same until one of them changes: cache it by `hash`. */
export interface Profile {
  readonly namespace: string;
  /** SHA-256 of everything below, hex. */
  readonly hash: string;
  /** For the head of a prompt; stable, data inside a fence made from the hash. Empty when nothing is held. */
  readonly text: string;
  /** What hardly changes: name, birthplace, family, occupation. */
  readonly facts: readonly Fact[];
  /** What holds now and may change soon: plans, whereabouts, quantities. */
  readonly current: readonly Fact[];
  readonly preferences: readonly Fact[];
  readonly relationships: readonly Fact[];
  /** Standing instructions ("always answer in metric"), oldest first. */
  readonly instructions: readonly Memory[];
}

export interface TimelineInput {
  readonly namespace: string;
  /** Words that say what it is to be about; everything if left out. */
  readonly topic?: string;
  /** The id or name of an entity. */
  readonly entity?: string;
  readonly from?: string;
  readonly until?: string;
  readonly limit?: number;
}

export interface TimelineEvent {
  /** When it happened: the time that the memory speaks of, else when it was said. */
  readonly at: string;
  readonly until: string | null;
  readonly kind: 'said' | 'spoken_of' | 'fact_began' | 'fact_ended' | 'session';
  /** One line, word for word from the memory. */
  readonly text: string;
  readonly memoryId: string;
}

export interface Stats {
  readonly namespace: string;
  readonly memories: Readonly<Record<'active' | 'archived' | 'invalidated' | 'quarantined', number>>;
  readonly kinds: Readonly<Record<string, number>>;
  readonly pinned: number;
  readonly entities: number;
  readonly links: number;
  readonly facts: { readonly current: number; readonly superseded: number; readonly disputed: number };
  /** Groups of memories that say the same word for word, and memories in them beyond the first. */
  readonly duplicates: { readonly groups: number; readonly memories: number };
  /** Summaries whose sources have changed since. */
  readonly stale: number;
  readonly neverUsed: number;
  /** Waiting for a pass. */
  readonly underived: number;
  /** Memories added a day, the last 30 days with any, oldest first. */
  readonly growth: readonly { readonly day: string; readonly added: number }[];
  /** Active memories by retrievability now, ten bins from [0, .1) to [.9, 1]. */
  readonly retention: readonly number[];
}
