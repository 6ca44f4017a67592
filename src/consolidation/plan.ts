import type { FoundEntity } from '../language/names.ts';
import type { Analyzer } from '../memory/analyzer.ts';
import type { Change } from '../memory/change.ts';
import type { Claim } from '../memory/claim.ts';
import type { Derived } from '../memory/derived.ts';
import type { Entity } from '../memory/entity.ts';
import type { ForgettingCurve } from '../memory/forgetting.ts';
import type { IdSource, NoteId, RunId } from '../memory/ids.ts';
import type { LinkType } from '../memory/link.ts';
import type { Policy } from '../memory/policy.ts';
import type { Scope } from '../memory/scope.ts';
import type { Store, StoredNote } from '../memory/store.ts';

/**
 * One pass over a batch of notes that are due, in the order in which they were added. It may read the store; it never writes.
 * What it gives is applied in one step with what the other passes of the batch give, in the order of `passes`.
 *
 * What it plans for a note depends on that note and those before it alone, never on where a batch ends: a worker that is
 * killed and goes on comes to the same state.
 */
export type PlanPass = (batch: Batch, parts: PassParts) => Promise<readonly Change[]>;

/**
 * One pass over all of a scope, once no note of it is owed a look. It may read the store; it never writes. It compares what
 * should be with what is and plans the difference alone: planned and applied, it plans nothing more. What it gives is applied
 * in slices in the given order, and a process may end between two of them: what is left of the plan must then be planned again.
 */
export type ScopePass = (scope: Scope, parts: ScopePassParts) => Promise<readonly Change[]>;

export interface ScopePassParts extends Pick<PassParts, 'analyzer' | 'ids' | 'curve'> {
  readonly store: Pick<
    Store,
    | 'note'
    | 'notes'
    | 'list'
    | 'links'
    | 'mentions'
    | 'claims'
    | 'derivedFrom'
    | 'entities'
    | 'workingRows'
    | 'workingRowsOf'
    | 'uses'
    | 'summaries'
  >;
  /** How this scope forgets. */
  readonly policy: Policy;
  readonly now: number;
  /** Whether a person asked for it; otherwise its time had come. */
  readonly isAsked: boolean;
  /**
   * When the last run of this scope began that a person took back, milliseconds since 1970; null when none was. What it did
   * must not come back by itself.
   */
  readonly takenBackAt: number | null;
  /** Lets other work of the process come in. Rejects when the worker is to end: call it often. */
  readonly breathe: () => Promise<void>;
  /** The run that keeps what a model says; null or left out in a dry run, which asks none. */
  readonly runId?: (() => Promise<RunId>) | null;
}

export interface Batch {
  readonly scope: Scope;
  /** In the order in which they were added. */
  readonly due: readonly StoredNote[];
  /** What earlier passes planned for this batch. */
  readonly planned: readonly Change[];
  /** What a model proposes, already checked; null without a model. */
  readonly proposals: Proposals | null;
  readonly now: number;
}

export interface PassParts {
  readonly store: Pick<Store, 'note' | 'notes' | 'links' | 'mentions' | 'claims' | 'derivedFrom' | 'entities'>;
  readonly view: ScopeView;
  readonly analyzer: Analyzer;
  readonly ids: IdSource;
  readonly curve: ForgettingCurve;
}

/**
 * What planners know of a scope without asking the store: the notes up to the present batch and those of the batch, folded
 * in one by one. Everything that is asked about a note is answered from it and those before it, however many came later.
 */
export interface ScopeView {
  readonly scope: Scope;
  /** Notes in it. */
  readonly size: number;
  /** Notes before this one; all if it is not in it. */
  sizeBefore(id: NoteId): number;
  /** Notes that have the stem; with `before`, of those before that note. */
  noteFrequency(stem: string, before?: NoteId): number;
  /**
   * The most alike of the notes added before it, best first: cosine of tf-idf stems, 0 to 1. With `until`, of all notes up
   * to that one, it included. Empty for a note that is not in it.
   */
  neighbours(
    id: NoteId,
    limit: number,
    until?: NoteId,
  ): readonly { readonly noteId: NoteId; readonly similarity: number }[];
  /** Stems that both notes have, most telling first. */
  sharedStems(one: NoteId, other: NoteId, limit: number): readonly string[];
  /** The turn before it in its session, or null. */
  turnBefore(id: NoteId): NoteId | null;
  /** What its text names, in reading order. */
  namesOf(id: NoteId): readonly ViewName[];
  /** The first so many of the notes before it that name the same, in the order they were added. */
  naming(key: string, before: NoteId, limit: number): readonly NoteId[];
  /** Whether someone of this name has spoken in the note or before it. */
  isSpeaker(key: string, asOf: NoteId): boolean;
  /** The entity that goes by this name, if it has one yet. */
  entity(key: string): Entity | null;
  /** Remembers an entity that a plan made, so that the next note means the same one. */
  keepEntity(entity: Entity): void;
}

/** Something that a text names. `key` is the same for alike names: case, articles, a slip of the pen. */
export interface ViewName extends FoundEntity {
  readonly key: string;
}

/** What a model proposed for a batch and a check let pass. Whatever is missing is left to the rules. */
export interface Proposals {
  /** `model:...`, for `Derived.by`. */
  readonly by: string;
  readonly notes: ReadonlyMap<NoteId, Pick<Derived, 'keywords' | 'tags' | 'context' | 'importance' | 'basis'>>;
  readonly links: readonly LinkProposal[];
  /** New derived fields of notes that were there before. */
  readonly evolutions: readonly EvolutionProposal[];
  readonly claims: readonly ClaimProposal[];
}

export interface LinkProposal {
  readonly from: NoteId;
  readonly to: NoteId;
  readonly type: Extract<LinkType, 'related' | 'supports' | 'contradicts'>;
  readonly reason: string;
}

export interface EvolutionProposal {
  readonly noteId: NoteId;
  /** The new note that gave the occasion. */
  readonly because: NoteId;
  /** The notes that the model read when it said so. */
  readonly basis: readonly NoteId[];
  readonly context?: string;
  readonly tags?: readonly string[];
  readonly keywords?: readonly string[];
}

export interface ClaimProposal {
  /** The note whose text says so. */
  readonly noteId: NoteId;
  readonly claim: Claim;
  readonly validAt: number | null;
}
