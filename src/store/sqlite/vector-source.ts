import type { NoteId } from '../../memory/ids.ts';
import type { ReadScope, Scope } from '../../memory/scope.ts';
import type { VectorAnswer, VectorQuery } from '../../memory/store.ts';

/**
 * What a disposable vector index is built from and falls back to: the vectors that the store holds as truth.
 * Every read sees all that was committed before it. A note has at most one vector per embedder: revising or
 * erasing the note drops it, embedding it again gives it a new, higher sequence.
 */
export interface VectorSource {
  /** The database file, absolute, symbolic links resolved: where a child process may open it read-only. */
  readonly path: string;
  /** Exact search over the scope; as `VectorSearch.nearest`, always `exact: true`. At most 4,096 hits. */
  exactNearest(read: ReadScope, query: VectorQuery): Promise<VectorAnswer>;
  /** Vectors of this embedder in what `read` covers. Cheap: counted once, then kept up to date. */
  vectorCount(read: ReadScope, embedder: string): Promise<number>;
  /**
   * Vectors whose `note-embedded` came after `afterSequence` in the feed, ascending by that sequence, at most
   * `limit`. 0 begins. A vector that was dropped or replaced since is left out (its replacement comes later).
   */
  vectorsAfter(
    read: ReadScope,
    embedder: string,
    afterSequence: number,
    limit: number,
  ): Promise<readonly SequencedVector[]>;
  /** The vectors that these notes have now, in no order; notes without one or out of scope are left out. */
  vectorsOf(read: ReadScope, embedder: string, noteIds: readonly NoteId[]): Promise<readonly SequencedVector[]>;
  /** The scopes that `read` covers and that have vectors of this embedder, with how many, in no order. */
  vectorScopes(
    read: ReadScope,
    embedder: string,
  ): Promise<readonly { readonly scope: Scope; readonly vectors: number }[]>;
  /** Whether anything in the scope was erased after this place in the feed: then an older index must be rebuilt. */
  erasedSince(scope: Scope, sequence: number): Promise<boolean>;
}

export interface SequencedVector {
  readonly noteId: NoteId;
  /** The feed's sequence of the `note-embedded` that brought it; no two vectors share one. */
  readonly sequence: number;
  /** As it was given to the store, with its own memory. */
  readonly vector: Float32Array;
}

/** What `openSqliteStore` gives beyond the `Store`. */
export type SqliteExtras = VectorSource;

/** A second connection that only reads; takes no lock, so that a child process can use it beside the server. */
export interface ReadOnlyVectorSource extends VectorSource {
  close(): Promise<void>;
}
