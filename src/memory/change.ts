import type { Mention } from './entity.ts';
import type { Episode } from './episode.ts';
import type { EpisodeId, LinkId, NoteId } from './ids.ts';
import type { Link } from './link.ts';
import type { Note, NoteKeys, NoteRevision, NoteState, Retention } from './note.ts';
import type { Scope } from './scope.ts';

/**
 * Everything that can ever happen to memory. Every write is a list of these, applied together or not at all
 * (docs/decisions/0001-change-feed.md). The union is closed: a new kind needs a decision.
 */
export type Change =
  | { readonly kind: 'episode-added'; readonly episode: Episode }
  | { readonly kind: 'note-added'; readonly note: Note; readonly keys: NoteKeys }
  | {
      readonly kind: 'note-revised';
      readonly noteId: NoteId;
      /** The version the reviser saw; another one now is a `stale` error and nothing is applied. */
      readonly expectedVersion: number;
      readonly revision: NoteRevision;
      /** The keys of the revised text; the old vector is dropped in the same step. */
      readonly keys: NoteKeys;
      readonly cause: string;
      readonly at: number;
    }
  | {
      readonly kind: 'note-embedded';
      readonly noteId: NoteId;
      /** The version whose text was embedded; ignored when the note has moved on. */
      readonly version: number;
      readonly embedder: string;
      readonly vector: Float32Array;
    }
  | {
      readonly kind: 'note-superseded';
      readonly noteId: NoteId;
      readonly by: NoteId;
      /** When it stopped being true in the world. */
      readonly invalidAt: number;
      readonly at: number;
    }
  | {
      readonly kind: 'note-state-set';
      readonly noteId: NoteId;
      readonly state: NoteState;
      readonly reason: string | null;
      readonly at: number;
    }
  | { readonly kind: 'note-used'; readonly noteId: NoteId; readonly retention: Retention }
  | { readonly kind: 'link-set'; readonly link: Link }
  | { readonly kind: 'link-removed'; readonly linkId: LinkId }
  | { readonly kind: 'entities-set'; readonly noteId: NoteId; readonly mentions: readonly Mention[] }
  | {
      /** Gone from every byte: the notes, their versions, vectors, links, and episodes that nothing else rests on. */
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

/** One line of the feed: references, never content, so that erasure is real. */
export interface FeedEntry {
  /** Ascending over the whole store; gaps are allowed. */
  readonly sequence: number;
  readonly scope: Scope;
  readonly kind: ChangeKind;
  /** When it was applied. */
  readonly at: number;
  /** The notes it touched; for `erased` and for episodes also those that are gone. */
  readonly noteId: NoteId | null;
  readonly episodeId: EpisodeId | null;
  readonly linkId: LinkId | null;
}
