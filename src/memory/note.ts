import type { Claim } from './claim.ts';
import type { Derived } from './derived.ts';
import type { Metadata, Origin, Trust } from './episode.ts';
import type { Grade } from './forgetting.ts';
import type { EpisodeId, NoteId } from './ids.ts';
import type { Scope } from './scope.ts';
import type { Summary } from './summary.ts';

/**
 * `episodic`: one to one over an episode, made when it is remembered. `semantic`: a fact, preference or belief.
 * `summary`: of a segment, session, day, or a profile or reflection. `procedural`: a case, strategy or concept.
 */
export const noteKinds = ['episodic', 'semantic', 'summary', 'procedural'] as const;
export type NoteKind = (typeof noteKinds)[number];

/**
 * `archived`: out of default recall, restorable. `invalidated`: no longer true, kept.
 * `quarantined`: held back until someone looks. Erased notes have no state: they are gone.
 */
export const noteStates = ['active', 'archived', 'invalidated', 'quarantined'] as const;
export type NoteState = (typeof noteStates)[number];

/** One Zettel: a self-contained memory. */
export interface Note {
  readonly id: NoteId;
  readonly scope: Scope;
  readonly kind: NoteKind;
  readonly text: string;
  /** The caller's. */
  readonly tags: readonly string[];
  /** Null until a consolidation pass has seen the text as it is now: the pass owes it a look. */
  readonly derived: Derived | null;
  /** How often `derived` was set, over all versions. */
  readonly derivation: number;
  /** Only a semantic note may have one. */
  readonly claim: Claim | null;
  /** Only a summary note has one. */
  readonly summary: Summary | null;
  /** The episodes it rests on. An episodic note has exactly one. */
  readonly sources: readonly EpisodeId[];
  /** Counts from 1; every revision of text, tags or metadata adds one. What is derived counts by itself. */
  readonly version: number;
  readonly state: NoteState;
  readonly stateReason: string | null;
  /** Never archived by a pass. */
  readonly isPinned: boolean;
  /** Archived from then on, milliseconds since 1970; null: never for its age. */
  readonly expiresAt: number | null;
  readonly origin: Origin;
  readonly trust: Trust;
  /** 0 to 1; raises initial stability. */
  readonly importance: number;
  readonly retention: Retention;
  /** Since when it is true in the world, milliseconds since 1970, or null if nobody said. */
  readonly validAt: number | null;
  /** Since when it is no longer true in the world. */
  readonly invalidAt: number | null;
  /** When we began to hold it. */
  readonly createdAt: number;
  /** When this text was last changed; `createdAt` while it is version 1. */
  readonly revisedAt: number;
  /** When we stopped to believe it (it was superseded). */
  readonly expiredAt: number | null;
  readonly supersededBy: NoteId | null;
  readonly metadata: Metadata;
}

/** What the forgetting curve starts from. Retrievability is computed from it, never stored. */
export interface Retention {
  /** Days until the probability of recall is .9. */
  readonly stability: number;
  /** FSRS difficulty, 1 to 10. */
  readonly difficulty: number;
  /** When it was last used (not merely retrieved), milliseconds since 1970; creation counts. */
  readonly lastUsedAt: number;
  readonly uses: number;
}

/** What a revision may change. `undefined` leaves a field as it is. */
export interface NoteRevision {
  readonly text?: string;
  readonly tags?: readonly string[];
  readonly importance?: number;
  readonly validAt?: number | null;
  readonly invalidAt?: number | null;
  readonly metadata?: Metadata;
}

/** One past or present form of a note, as `history` tells it: a new one for every version and every derivation. */
export interface NoteVersion {
  readonly version: number;
  readonly derivation: number;
  readonly text: string;
  readonly tags: readonly string[];
  readonly derived: Derived | null;
  readonly metadata: Metadata;
  /** When this form came to be. */
  readonly at: number;
  /** Who or what made it: `added`, `updated`, or the name of a consolidation pass and why it did. */
  readonly cause: string;
}

/** What of a note refers to others, or to how it was before. */
export interface NotePast {
  /** Of a note that is not episodic. */
  readonly sources: readonly EpisodeId[];
  readonly derived: Derived | null;
  readonly supersededBy: NoteId | null;
  /** Every form, oldest first; the last is the present one. */
  readonly versions: readonly NoteVersion[];
  /** The last uses, newest first. */
  readonly uses: readonly { readonly at: number; readonly grade: Grade }[];
  /** A run that was reverted had derived it: no pass looks at it by itself until it is revised. */
  readonly isTakenBack: boolean;
}

/** The `cause` of a note that was added with `isAwaitingPast`. */
export const awaitingPastCause = 'import under way';

/**
 * What the analyser made of a note's text when it was written: the words that find it.
 * Derived and rebuildable; `analyzer` says by which rules.
 */
export interface NoteKeys {
  readonly analyzer: string;
  /** Stems in reading order, in passages of a few sentences; a short note has one passage. */
  readonly passages: readonly (readonly string[])[];
  /** Stems that are not in the text but find it: the date it happened, the place, a model's keywords and context line. */
  readonly context: readonly string[];
  /** Words of the text before stop words were dropped. */
  readonly words: number;
  /** Whether the text asks something. */
  readonly question: boolean;
}
