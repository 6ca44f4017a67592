import type { Explanation } from './explanation.ts';
import type { Filter } from './filter.ts';
import type { NoteId } from './ids.ts';
import type { ReadScope } from './scope.ts';
import type { StoredNote } from './store.ts';

/** Cue in, memories out. Never writes. Implemented by `retrieval/search.ts`. */
export interface Recall {
  search(read: ReadScope, query: RecallQuery): Promise<Recalled>;
  /**
   * The turns up to `radius` before and after these in their sessions, as far as the query may see them: in the order
   * of `ids`, nearest first, once for each of `ids` that they are near. Some of `ids` may be among them.
   */
  neighbours?(read: ReadScope, query: NeighbourQuery): Promise<readonly NeighbourNote[]>;
}

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
  readonly includeArchived: boolean;
}

export interface Recalled {
  /** Best first; equal scores by note id, so that an answer repeats. */
  readonly hits: readonly RecalledNote[];
  /** Channels that did not take part, each with its reason. */
  readonly degraded: readonly string[];
}

export interface RecalledNote {
  readonly stored: StoredNote;
  readonly score: number;
  readonly explanation: Explanation | null;
}
