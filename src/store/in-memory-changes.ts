import { type Change, type ChangeKind, type FeedKind, supersessionDetail } from '../memory/change.ts';
import { isIndexed } from '../memory/derived.ts';
import { EcphoryError } from '../memory/errors.ts';
import type { Clock, EpisodeId, LinkId, NoteId } from '../memory/ids.ts';
import { mayBecome } from '../memory/lifecycle.ts';
import { awaitingPastCause, type Note, type NoteRevision, type NoteState, type NoteVersion } from '../memory/note.ts';
import type { Scope } from '../memory/scope.ts';
import { eraseNotes } from './in-memory-erase.ts';
import { revertRun } from './in-memory-revert.ts';
import {
  compareText,
  conflict,
  frozenCopy,
  type Journal,
  type NoteRecord,
  notFound,
  type State,
  sameScope,
} from './in-memory-state.ts';
import { withUse } from './use-log.ts';

/**
 * What each change does, one at a time, each seeing what the ones before it did. Throws at the first that cannot
 * be; the caller then takes the journal back. This is the meaning that every store must give to a change.
 */
export function applyChange(state: State, journal: Journal, clock: Clock, scope: Scope, change: Change): void {
  switch (change.kind) {
    case 'episode-added': {
      const episode = frozenCopy(change.episode);
      assertScope(scope, episode.scope, 'episode', episode.id);
      if (state.episodes.has(episode.id)) throw conflict('episode', episode.id);
      journal.put(state.episodes, episode.id, episode);
      append({ episodeId: episode.id });
      return;
    }
    case 'note-added': {
      const note = frozenCopy(change.note);
      assertScope(scope, note.scope, 'note', note.id);
      if (state.notes.has(note.id)) throw conflict('note', note.id);
      assertSources(note);
      if (note.claim !== null && note.kind !== 'semantic') {
        throw new EcphoryError('invalid', `Only a semantic note may have a claim; ${note.id} is ${note.kind}.`);
      }
      if (note.summary !== null && note.kind !== 'summary') {
        throw new EcphoryError('invalid', `Only a summary note may have a summary; ${note.id} is ${note.kind}.`);
      }
      if (note.supersededBy !== null) record(note.supersededBy);
      for (const id of note.derived?.basis ?? []) record(id);
      const isAwaiting = change.isAwaitingPast === true;
      const order = state.lastOrder + 1;
      state.lastOrder = order;
      journal.onUndo(() => {
        state.lastOrder = order - 1;
      });
      journal.put(state.notes, note.id, {
        note,
        order,
        keys: frozenCopy(change.keys),
        versions: [versionOf(note, note.revisedAt, isAwaiting ? awaitingPastCause : 'added')],
        mentions: [],
        vectors: new Map(),
        uses: [],
        isTakenBack: isAwaiting,
      });
      append({ noteId: note.id });
      return;
    }
    case 'note-past-set': {
      const before = record(change.noteId);
      if (before.versions.at(-1)?.cause !== awaitingPastCause) return;
      const { sources, derived, supersededBy, versions, uses, isTakenBack } = frozenCopy(change.past);
      for (const form of versions) for (const id of form.derived?.basis ?? []) record(id);
      if (supersededBy !== null) record(supersededBy);
      const note = frozenCopy({
        ...before.note,
        ...(before.note.kind !== 'episodic' && { sources }),
        derived,
        supersededBy,
      });
      assertSources(note);
      const vectors = isIndexed(derived) ? new Map() : before.vectors;
      journal.put(state.notes, note.id, {
        ...before,
        note,
        keys: frozenCopy(change.keys),
        versions,
        uses,
        isTakenBack,
        vectors,
      });
      append({ noteId: note.id });
      return;
    }
    case 'note-revised': {
      const before = record(change.noteId);
      assertVersion(before.note, change.expectedVersion);
      const note = revised(before.note, frozenCopy(change.revision), change.at);
      journal.put(state.notes, note.id, {
        ...before,
        note,
        keys: frozenCopy(change.keys),
        versions: [...before.versions, versionOf(note, change.at, change.cause)],
        vectors: new Map(),
        isTakenBack: false,
      });
      append({ noteId: note.id });
      return;
    }
    case 'note-embedded': {
      const before = record(change.noteId);
      // The text moved on while it was being embedded: nothing happened, so the feed tells nothing.
      if (before.note.version !== change.version || before.note.derivation !== change.derivation) return;
      const vectors = new Map(before.vectors).set(change.embedder, change.vector.slice());
      journal.put(state.notes, change.noteId, { ...before, vectors });
      append({ noteId: change.noteId });
      return;
    }
    case 'note-derived': {
      const before = record(change.noteId);
      assertVersion(before.note, change.expectedVersion);
      if (before.note.derivation !== change.expectedDerivation) {
        throw new EcphoryError(
          'stale',
          `Note ${change.noteId} is at derivation ${before.note.derivation}, not ${change.expectedDerivation}.`,
        );
      }
      // Erased since the pass read it: its words must not come back.
      for (const id of change.derived.basis) record(id);
      const note = frozenCopy({ ...before.note, derived: change.derived, derivation: before.note.derivation + 1 });
      journal.put(state.notes, note.id, {
        ...before,
        note,
        keys: frozenCopy(change.keys),
        versions: [...before.versions, versionOf(note, change.at, change.cause)],
        vectors: change.isEmbeddedAnew ? new Map() : before.vectors,
        isTakenBack: false,
      });
      append({ noteId: note.id });
      return;
    }
    case 'note-supported': {
      const { note } = record(change.noteId);
      if (note.kind === 'episodic') {
        throw new EcphoryError('invalid', `Episodic note ${note.id} rests on its one episode alone.`);
      }
      const sources = [...new Set([...note.sources, ...change.sources])];
      assertSources({ ...note, sources });
      // It rested on all of them already: nothing happened, so the feed tells nothing.
      if (sources.length > note.sources.length) update(change.noteId, { sources });
      return;
    }
    case 'note-superseded': {
      const { by, invalidAt } = change;
      if (by !== null) record(by);
      if (by === change.noteId) throw new EcphoryError('invalid', 'A note does not supersede itself.');
      const fields = { invalidAt, expiredAt: by === null ? null : change.at, supersededBy: by };
      update(change.noteId, fields, supersessionDetail(change));
      return;
    }
    case 'note-state-set': {
      const { state: from, version } = record(change.noteId).note;
      if (change.expectedVersion !== undefined && change.expectedVersion !== version) {
        throw new EcphoryError(
          'stale',
          `Note ${change.noteId} is at version ${version}, not ${change.expectedVersion}.`,
        );
      }
      if (!mayBecome(from, change.state)) throw illegalState(change.noteId, from, change.state);
      // It is that already: nothing happened, so the feed tells nothing.
      if (from !== change.state) {
        update(change.noteId, { state: change.state, stateReason: change.reason }, change.state);
      }
      return;
    }
    case 'note-used': {
      const before = record(change.noteId);
      const note = frozenCopy({ ...before.note, retention: change.retention });
      journal.put(state.notes, note.id, { ...before, note, uses: frozenCopy(withUse(before.uses, change.use)) });
      append({ noteId: note.id });
      return;
    }
    case 'note-marked': {
      const { note } = record(change.noteId);
      const { isPinned = note.isPinned, expiresAt = note.expiresAt } = change;
      // It is marked so already: nothing happened, so the feed tells nothing.
      if (isPinned !== note.isPinned || expiresAt !== note.expiresAt) update(note.id, { isPinned, expiresAt });
      return;
    }
    case 'link-set': {
      const link = frozenCopy(change.link);
      assertScope(scope, link.scope, 'link', link.id);
      record(link.from);
      record(link.to);
      const same = [...state.links.values()].find(
        (other) => other.from === link.from && other.to === link.to && other.type === link.type,
      );
      if (same !== undefined) journal.remove(state.links, same.id);
      if (state.links.has(link.id)) throw conflict('link', link.id);
      journal.put(state.links, link.id, link);
      append({ linkId: link.id });
      return;
    }
    case 'link-removed': {
      const link = state.links.get(change.linkId);
      if (link === undefined || !sameScope(scope, link.scope)) throw notFound('link', change.linkId);
      journal.remove(state.links, link.id);
      append({ linkId: link.id });
      return;
    }
    case 'entities-set': {
      const before = record(change.noteId);
      for (const { entity, start, end } of change.mentions) {
        assertScope(scope, entity.scope, 'entity', entity.id);
        if (!(start >= 0 && start < end)) throw new EcphoryError('invalid', `A mention from ${start} to ${end}.`);
      }
      const mentions = frozenCopy(
        [...change.mentions].sort((a, b) => a.start - b.start || compareText(a.entity.id, b.entity.id)),
      );
      journal.put(state.notes, change.noteId, { ...before, mentions });
      append({ noteId: change.noteId });
      return;
    }
    case 'erased': {
      for (const id of change.noteIds) record(id);
      const { noteIds, episodeIds, unsettled } = eraseNotes(state, journal, scope, change.noteIds);
      for (const noteId of noteIds) append({ noteId });
      for (const episodeId of episodeIds) append({ episodeId });
      for (const noteId of unsettled) append({ noteId }, 'note-derived');
      return;
    }
    case 'run-reverted':
      for (const touched of revertRun(state, journal, scope, change)) append(touched);
      return;
    case 'cursor-advanced': {
      const at = state.cursors.get(change.name) ?? 0;
      if (at !== change.from) {
        throw new EcphoryError('stale', `Cursor "${change.name}" is at ${at}, not ${change.from}.`);
      }
      // Not in the feed: a follower that is told of its own step would follow itself for ever.
      journal.put(state.cursors, change.name, change.to);
      return;
    }
  }

  function record(id: NoteId): NoteRecord {
    const found = state.notes.get(id);
    if (found === undefined || !sameScope(scope, found.note.scope)) throw notFound('note', id);
    return found;
  }

  function update(id: NoteId, fields: Partial<Note>, detail?: string): void {
    const before = record(id);
    journal.put(state.notes, id, { ...before, note: frozenCopy({ ...before.note, ...fields }) });
    append({ noteId: id, ...(detail !== undefined && { detail }) });
  }

  function append(touched: Touched, kind: ChangeKind = change.kind): void {
    appendToFeed(state, { scope, kind, at: clock(), touched });
    journal.onUndo(() => state.feed.pop());
  }

  function assertSources(note: Note): void {
    if (note.kind === 'episodic' && note.sources.length !== 1) {
      throw new EcphoryError(
        'invalid',
        `Episodic note ${note.id} rests on ${note.sources.length} episodes, not on one.`,
      );
    }
    for (const id of note.sources) {
      const episode = state.episodes.get(id);
      if (episode === undefined || !sameScope(scope, episode.scope)) throw notFound('episode', id);
    }
  }
}

/** What an entry of the feed names. */
export interface Touched {
  readonly noteId?: NoteId;
  readonly episodeId?: EpisodeId;
  readonly linkId?: LinkId;
  readonly detail?: string;
}

/** The next line of the feed. */
export function appendToFeed(
  state: State,
  line: { readonly scope: Scope; readonly kind: FeedKind; readonly at: number; readonly touched: Touched },
): void {
  const { scope, kind, at, touched } = line;
  const { noteId = null, episodeId = null, linkId = null, detail } = touched;
  const sequence = state.feed.length + 1;
  const entry = { sequence, scope, kind, at, noteId, episodeId, linkId, ...(detail !== undefined && { detail }) };
  state.feed.push(frozenCopy(entry));
}

function revised(note: Note, revision: NoteRevision, at: number): Note {
  const said = Object.fromEntries(Object.entries(revision).filter(([, value]) => value !== undefined));
  return frozenCopy({ ...note, ...said, derived: null, version: note.version + 1, revisedAt: at });
}

function versionOf(note: Note, at: number, cause: string): NoteVersion {
  const { version, derivation, text, tags, derived, metadata } = note;
  return frozenCopy({ version, derivation, text, tags, derived, metadata, at, cause });
}

export function illegalState(id: NoteId, from: NoteState, to: NoteState): EcphoryError {
  return new EcphoryError('conflict', `Note ${id} is ${from} and cannot become ${to}.`);
}

function assertVersion(note: Note, expected: number): void {
  if (note.version === expected) return;
  throw new EcphoryError('stale', `Note ${note.id} is at version ${note.version}, not ${expected}.`);
}

function assertScope(expected: Scope, actual: Scope, what: string, id: string): void {
  if (!sameScope(expected, actual)) throw notFound(what, id);
}
