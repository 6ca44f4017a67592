import { type Change, supersessionDetail } from '../../memory/change.ts';
import { isIndexed } from '../../memory/derived.ts';
import type { NoteId } from '../../memory/ids.ts';
import type { Scope } from '../../memory/scope.ts';
import type { Eraser } from './erase.ts';
import type { Feed } from './feed.ts';
import type { NotePasts } from './note-pasts.ts';
import type { Relations } from './relations.ts';
import type { RunEffects } from './run-effects.ts';
import type { Unembedded } from './unembedded.ts';
import type { VectorTables } from './vector-tables.ts';
import type { NoteWriter } from './write-notes.ts';

export interface ChangeParts {
  readonly notes: NoteWriter;
  readonly pasts: NotePasts;
  readonly relations: Relations;
  readonly eraser: Eraser;
  readonly vectors: VectorTables;
  readonly feed: Feed;
  readonly unembedded: Unembedded;
  readonly effects: RunEffects;
}

/**
 * What each kind of change does to the tables, and the feed's entry about it. Runs inside a transaction; throws at a
 * change that cannot be, and whoever opened the transaction takes everything back. Returns the notes it took away.
 */
export function applyChange(parts: ChangeParts, scopeId: number, scope: Scope, change: Change): readonly NoteId[] {
  const { notes, pasts, relations, eraser, vectors, feed, unembedded, effects } = parts;
  switch (change.kind) {
    case 'episode-added':
      notes.addEpisode(scopeId, scope, change.episode);
      feed.append(scopeId, change.kind, { episodeId: change.episode.id });
      return [];
    case 'note-added':
      notes.addNote(scopeId, scope, change);
      feed.append(scopeId, change.kind, { noteId: change.note.id });
      return [];
    case 'note-past-set': {
      const note = notes.find(scopeId, change.noteId);
      // It has its past, or was changed since: nothing happened, so the feed tells nothing.
      if (!pasts.set(scopeId, note, change)) return [];
      if (isIndexed(change.past.derived)) {
        vectors.drop(note.position);
        unembedded.reopen(note.position);
      }
      feed.append(scopeId, change.kind, { noteId: change.noteId });
      return [];
    }
    case 'note-revised': {
      const note = notes.find(scopeId, change.noteId);
      notes.revise(note, change);
      vectors.drop(note.position);
      unembedded.reopen(note.position);
      feed.append(scopeId, change.kind, { noteId: change.noteId });
      return [];
    }
    case 'note-embedded': {
      const note = notes.find(scopeId, change.noteId);
      // The text moved on while it was being embedded: nothing happened, so the feed tells nothing.
      if (note.version !== change.version || note.derivation !== change.derivation) return [];
      const sequence = feed.append(scopeId, change.kind, { noteId: change.noteId });
      vectors.put({ embedder: change.embedder, scopeId, note: note.position, sequence, vector: change.vector });
      return [];
    }
    case 'note-derived': {
      const note = notes.find(scopeId, change.noteId);
      notes.derive(scopeId, note, change);
      if (change.isEmbeddedAnew) {
        vectors.drop(note.position);
        unembedded.reopen(note.position);
      }
      feed.append(scopeId, change.kind, { noteId: change.noteId });
      return [];
    }
    case 'note-supported':
      // It rested on all of them already: nothing happened, so the feed tells nothing.
      if (notes.support(scopeId, notes.find(scopeId, change.noteId), change)) {
        feed.append(scopeId, change.kind, { noteId: change.noteId });
      }
      return [];
    case 'note-superseded': {
      const by = change.by === null ? null : notes.find(scopeId, change.by);
      notes.supersede(notes.find(scopeId, change.noteId), by, change);
      feed.append(scopeId, change.kind, { noteId: change.noteId, detail: supersessionDetail(change) });
      return [];
    }
    case 'note-state-set':
      // It is that already: nothing happened, so the feed tells nothing.
      if (notes.setState(notes.find(scopeId, change.noteId), change)) {
        feed.append(scopeId, change.kind, { noteId: change.noteId, detail: change.state });
      }
      return [];
    case 'note-marked':
      if (notes.mark(notes.find(scopeId, change.noteId), change)) {
        feed.append(scopeId, change.kind, { noteId: change.noteId });
      }
      return [];
    case 'note-used':
      notes.use(notes.find(scopeId, change.noteId), change);
      feed.append(scopeId, change.kind, { noteId: change.noteId });
      return [];
    case 'link-set':
      relations.setLink(scopeId, scope, change.link);
      feed.append(scopeId, change.kind, { linkId: change.link.id });
      return [];
    case 'link-removed':
      relations.removeLink(scopeId, change.linkId);
      feed.append(scopeId, change.kind, { linkId: change.linkId });
      return [];
    case 'entities-set':
      relations.setMentions(scopeId, scope, notes.find(scopeId, change.noteId), change.mentions);
      feed.append(scopeId, change.kind, { noteId: change.noteId });
      return [];
    case 'erased': {
      const doomed = change.noteIds.map((id) => notes.find(scopeId, id));
      const { noteIds, episodeIds, unsettled } = eraser.erase(scopeId, doomed);
      for (const noteId of noteIds) feed.append(scopeId, change.kind, { noteId });
      for (const episodeId of episodeIds) feed.append(scopeId, change.kind, { episodeId });
      for (const noteId of unsettled) feed.append(scopeId, 'note-derived', { noteId });
      return noteIds;
    }
    case 'run-reverted':
      for (const touched of effects.revert(scopeId, change)) feed.append(scopeId, change.kind, touched);
      return [];
    case 'cursor-advanced':
      // Not in the feed: a follower that is told of its own step would follow itself for ever.
      feed.advance(change);
      return [];
  }
}
