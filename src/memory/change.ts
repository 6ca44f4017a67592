import type { Derived } from './derived.ts';
import type { Mention } from './entity.ts';
import type { Episode } from './episode.ts';
import type { Grade } from './forgetting.ts';
import type { EpisodeId, LinkId, NoteId, RunId } from './ids.ts';
import type { Link } from './link.ts';
import type { Note, NoteKeys, NotePast, NoteRevision, NoteState, Retention } from './note.ts';
import type { Scope } from './scope.ts';

/**
 * Everything that can ever happen to memory. Every write is a list of these, applied together or not at all
 * (docs/decisions/0001-change-feed.md). The union is closed: a new kind needs a decision.
 */
export type Change =
  | { readonly kind: 'episode-added'; readonly episode: Episode }
  | {
      readonly kind: 'note-added';
      readonly note: Note;
      readonly keys: NoteKeys;
      /** Its `note-past-set` is to follow: until then no pass looks at it. */
      readonly isAwaitingPast?: boolean;
    }
  | {
      /**
       * An import's second half: what a note was before, and what it owes to other notes, which are all there by now. Only
       * for one that was added with `isAwaitingPast` and not changed since; ignored for others.
       */
      readonly kind: 'note-past-set';
      readonly noteId: NoteId;
      readonly past: NotePast;
      readonly keys: NoteKeys;
    }
  | {
      readonly kind: 'note-revised';
      readonly noteId: NoteId;
      /** The version the reviser saw; another one now is a `stale` error and nothing is applied. */
      readonly expectedVersion: number;
      readonly revision: NoteRevision;
      /** The keys of the revised text; the old vector and what was derived are dropped in the same step. */
      readonly keys: NoteKeys;
      readonly cause: string;
      readonly at: number;
    }
  | {
      readonly kind: 'note-embedded';
      readonly noteId: NoteId;
      /** The version and derivation whose text was embedded; ignored when the note has moved on. */
      readonly version: number;
      readonly derivation: number;
      readonly embedder: string;
      readonly vector: Float32Array;
    }
  | {
      /** What a pass made of the note's text: new keys over it. The form before stays in the history. */
      readonly kind: 'note-derived';
      readonly noteId: NoteId;
      /** The form that the pass saw; another one now is a `stale` error and nothing is applied. */
      readonly expectedVersion: number;
      readonly expectedDerivation: number;
      readonly derived: Derived;
      readonly keys: NoteKeys;
      /** Whether the text to embed is another one now; the old vector is then dropped in the same step. */
      readonly isEmbeddedAnew: boolean;
      readonly cause: string;
      readonly at: number;
    }
  | {
      /** The same was said again: episodes that are not among its sources yet are added to them. */
      readonly kind: 'note-supported';
      readonly noteId: NoteId;
      readonly sources: readonly EpisodeId[];
      readonly at: number;
    }
  | {
      /** What replaced it and when it stopped being true in the world; both null when it holds after all. */
      readonly kind: 'note-superseded';
      readonly noteId: NoteId;
      readonly by: NoteId | null;
      readonly invalidAt: number | null;
      readonly at: number;
    }
  | {
      readonly kind: 'note-state-set';
      readonly noteId: NoteId;
      /** The version that a pass saw; another one now is a `stale` error and nothing is applied. */
      readonly expectedVersion?: number;
      readonly state: NoteState;
      readonly reason: string | null;
      readonly at: number;
    }
  | {
      /** A use, not a sighting: kept in the note's log of uses. */
      readonly kind: 'note-used';
      readonly noteId: NoteId;
      readonly retention: Retention;
      readonly use: { readonly at: number; readonly grade: Grade };
    }
  | {
      /** What is left out stays as it is. */
      readonly kind: 'note-marked';
      readonly noteId: NoteId;
      readonly isPinned?: boolean;
      readonly expiresAt?: number | null;
      readonly at: number;
    }
  | { readonly kind: 'link-set'; readonly link: Link }
  | { readonly kind: 'link-removed'; readonly linkId: LinkId }
  | { readonly kind: 'entities-set'; readonly noteId: NoteId; readonly mentions: readonly Mention[] }
  | {
      /**
       * Takes back what a run did, newest first, row by row, byte for byte (docs/decisions/0007). What someone else
       * has changed since is left as it is.
       */
      readonly kind: 'run-reverted';
      readonly runId: RunId;
      /** Rows at most: the run is `reverted` once none is left, until then another such change goes on with it. */
      readonly rowsMax: number;
    }
  | {
      /**
       * Gone from every byte: the notes, their versions, vectors, links, and episodes that nothing else rests on; derived
       * notes that rest on such an episode; answers of a model that were given any of it to read; what was derived with its
       * words from others (`Derived.basis`), now or once. Notes that lose their derived form by that, and those that an
       * erased derived claim rested on, have `derived` set to null, so that a pass looks at them anew.
       */
      readonly kind: 'erased';
      readonly noteIds: readonly NoteId[];
    }
  | {
      /** Compare-and-set of a follower's place in the feed, in the same batch as its effects. */
      readonly kind: 'cursor-advanced';
      readonly name: string;
      readonly from: number;
      readonly to: number;
    };

export type ChangeKind = Change['kind'];

/** What an entry tells of: a change, or a job that was done, which is no change to memory by itself. */
export type FeedKind = ChangeKind | 'job-done';

/** One line of the feed: references, never content, so that erasure is real. */
export interface FeedEntry {
  /** Ascending over the whole store; gaps are allowed. */
  readonly sequence: number;
  readonly scope: Scope;
  readonly kind: FeedKind;
  /** When it was applied. */
  readonly at: number;
  /** The notes it touched; for `erased` and for episodes also those that are gone. */
  readonly noteId: NoteId | null;
  readonly episodeId: EpisodeId | null;
  readonly linkId: LinkId | null;
  /**
   * Which way it went, never content; absent where `kind` says all. `note-state-set`: the state; `note-superseded`:
   * `superseded`, `ended` or `holds`; `job-done`: the id of the job. Entries from before 0005-webhooks have none.
   */
  readonly detail?: string;
}

/** The `detail` of a `note-superseded`. */
export function supersessionDetail({
  by,
  invalidAt,
}: Pick<Extract<Change, { kind: 'note-superseded' }>, 'by' | 'invalidAt'>): string {
  if (by !== null) return 'superseded';
  return invalidAt === null ? 'holds' : 'ended';
}
