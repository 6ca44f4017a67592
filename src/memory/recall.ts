import type { Explanation } from './explanation.ts';
import type { Filter } from './filter.ts';
import type { NoteId } from './ids.ts';
import type { ReadScope } from './scope.ts';
import type { AbstainReason, SequenceKind } from './sequence.ts';
import type { StoredNote } from './store.ts';

/** Cue in, memories out. Never writes. Implemented by `retrieval/search.ts`. */
export interface Recall {
  search(read: ReadScope, query: RecallQuery): Promise<Recalled>;
  /**
   * The turns up to `radius` before and after these in their sessions, as far as the query may see them: in the order
   * of `ids`, nearest first, once for each of `ids` that they are near. Some of `ids` may be among them.
   */
  neighbours?(read: ReadScope, query: NeighbourQuery): Promise<readonly NeighbourNote[]>;
  /**
   * Standing instructions and preferences of the person whom the memory is about. With a text those that bear on it, best
   * first; without one all of them, oldest first. Never what a tool or a page said.
   */
  standing?(read: ReadScope, query: StandingQuery): Promise<readonly StandingNote[]>;
  /** Whether what is said calls for memory at all. */
  need(read: ReadScope, text: string): Promise<MemoryNeed>;
}

export type MemoryNeed =
  | {
      readonly isNeeded: true;
      /** It speaks of what was, of someone or something known, of the person, or of something shared ("the interview"). */
      readonly because: 'past' | 'name' | 'self' | 'shared';
    }
  | {
      readonly isNeeded: false;
      /** Thanks and greetings, work on a text that comes along, or a question that the world answers. */
      readonly because: 'small_talk' | 'given_text' | 'general';
    };

export interface NeighbourQuery extends Pick<RecallQuery, 'filter' | 'asOf' | 'includeArchived'> {
  readonly ids: readonly NoteId[];
  readonly radius: number;
}

export interface NeighbourNote {
  readonly stored: StoredNote;
  /** Which of the ids it stands near. */
  readonly of: NoteId;
  /** -1 is the turn before it, 1 the one after. */
  readonly distance: number;
}

export interface StandingQuery extends Pick<RecallQuery, 'filter' | 'asOf'> {
  /** What is asked; null for all. */
  readonly text: string | null;
}

export interface StandingNote {
  readonly stored: StoredNote;
  readonly kind: 'instruction' | 'preference';
  /** The sentences of it that say so, word for word. */
  readonly sentences: readonly string[];
}

export interface RecallQuery {
  /** Only ever words. */
  readonly text: string;
  readonly limit: number;
  readonly filter: Filter | null;
  /** What was true and held at this time, milliseconds since 1970; null for now. */
  readonly asOf: number | null;
  /** When the question is asked: what "last week" is relative to. */
  readonly queryAt: number;
  readonly explain: boolean;
  /** Whether a question about the order of episodes is also answered, which looks at every note. */
  readonly answerOrder: boolean;
  readonly includeArchived: boolean;
}

export interface Recalled {
  /** Best first; equal scores by note id, so that an answer repeats. */
  readonly hits: readonly RecalledNote[];
  /** How likely it is that what may be returned holds an answer, 0 to 1, judged by words alone. Drops no hit. */
  readonly confidence: number;
  /** Null when the cue asks for no order, or `answerOrder` was not set. */
  readonly sequence: RecalledSequence | null;
  /** What is held as facts of whom the cue asks about; null when it asks about none that is held. */
  readonly facts: RecalledFacts | null;
  /** Archived notes that the cue finds, when what is active answers it badly; empty otherwise. */
  readonly archived: readonly NoteId[];
  /** Channels that did not take part, each with its reason. */
  readonly degraded: readonly string[];
}

export interface RecalledFacts {
  /** Best first. */
  readonly answers: readonly RecalledFact[];
}

/** One answer, reached over one claim, or several of which each is about the value of the one before. */
export interface RecalledFact {
  /** The claims in the order of the steps, at least one: the last one holds the answer. */
  readonly path: readonly StoredNote[];
  /** Claims of the same subject and attribute that held before the last one, oldest first. */
  readonly earlier: readonly StoredNote[];
  /** Claims that say otherwise of the same time, when nothing decides between them. */
  readonly disputed: readonly StoredNote[];
}

/** The answer to a question about the order of episodes, from when they happened. */
export interface RecalledSequence {
  readonly kind: SequenceKind;
  /** What it rests on, all of it held by the store; empty when abstained. */
  readonly episodes: readonly { readonly noteId: NoteId /** Milliseconds since 1970. */; readonly at: number }[];
  readonly answer: 'first' | 'second' | 'yes' | 'no' | null;
  /** For `elapsed`; null for the other kinds. */
  readonly elapsedMs: number | null;
  readonly abstained: AbstainReason | null;
}

export interface RecalledNote {
  readonly stored: StoredNote;
  readonly score: number;
  /** Notes found with it that say the same and are no hits of their own; left out when there are none. */
  readonly copies?: number;
  readonly explanation: Explanation | null;
}
