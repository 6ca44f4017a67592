import type { Change, ChangeKind } from '../memory/change.ts';
import { EcphoryError } from '../memory/errors.ts';
import type { Clock, EpisodeId, LinkId, NoteId } from '../memory/ids.ts';
import type { Note, NoteRevision, NoteVersion } from '../memory/note.ts';
import type { Scope } from '../memory/scope.ts';
import { frozenCopy, type Journal, type NoteRecord, type State } from './in-memory-state.ts';

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
      if (note.supersededBy !== null) record(note.supersededBy);
      const order = state.lastOrder + 1;
      state.lastOrder = order;
      journal.onUndo(() => {
        state.lastOrder = order - 1;
      });
      journal.put(state.notes, note.id, {
        note,
        order,
        keys: frozenCopy(change.keys),
        versions: [versionOf(note, note.revisedAt, 'added')],
        mentions: [],
        vectors: new Map(),
      });
      append({ noteId: note.id });
      return;
    }
    case 'note-revised': {
      const before = record(change.noteId);
      if (before.note.version !== change.expectedVersion) {
        throw new EcphoryError(
          'stale',
          `Note ${change.noteId} is at version ${before.note.version}, not ${change.expectedVersion}.`,
        );
      }
      const note = revised(before.note, frozenCopy(change.revision), change.at);
      journal.put(state.notes, note.id, {
        ...before,
        note,
        keys: frozenCopy(change.keys),
        versions: [...before.versions, versionOf(note, change.at, change.cause)],
        vectors: new Map(),
      });
      append({ noteId: note.id });
      return;
    }
    case 'note-embedded': {
      const before = record(change.noteId);
      // The text moved on while it was being embedded: nothing happened, so the feed tells nothing.
      if (before.note.version !== change.version) return;
      const vectors = new Map(before.vectors).set(change.embedder, change.vector.slice());
      journal.put(state.notes, change.noteId, { ...before, vectors });
      append({ noteId: change.noteId });
      return;
    }
    case 'note-superseded': {
      record(change.by);
      if (change.by === change.noteId) throw new EcphoryError('invalid', 'A note does not supersede itself.');
      update(change.noteId, { invalidAt: change.invalidAt, expiredAt: change.at, supersededBy: change.by });
      return;
    }
    case 'note-state-set':
      update(change.noteId, { state: change.state, stateReason: change.reason });
      return;
    case 'note-used':
      update(change.noteId, { retention: frozenCopy(change.retention) });
      return;
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
      const { noteIds, episodeIds } = restingOn(state, scope, change.noteIds);
      for (const link of state.links.values()) {
        if (noteIds.has(link.from) || noteIds.has(link.to)) journal.remove(state.links, link.id);
      }
      for (const other of state.notes.values()) {
        if (other.note.supersededBy !== null && noteIds.has(other.note.supersededBy)) {
          const note = frozenCopy({ ...other.note, supersededBy: null });
          journal.put(state.notes, note.id, { ...other, note });
        }
      }
      for (const noteId of noteIds) {
        journal.remove(state.notes, noteId);
        append({ noteId });
      }
      for (const episodeId of episodeIds) {
        journal.remove(state.episodes, episodeId);
        append({ episodeId });
      }
      return;
    }
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

  function update(id: NoteId, fields: Partial<Note>): void {
    const before = record(id);
    journal.put(state.notes, id, { ...before, note: frozenCopy({ ...before.note, ...fields }) });
    append({ noteId: id });
  }

  function append(touched: { noteId?: NoteId; episodeId?: EpisodeId; linkId?: LinkId }): void {
    const kind: ChangeKind = change.kind;
    state.feed.push(
      frozenCopy({
        sequence: state.feed.length + 1,
        scope,
        kind,
        at: clock(),
        noteId: touched.noteId ?? null,
        episodeId: touched.episodeId ?? null,
        linkId: touched.linkId ?? null,
      }),
    );
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

/**
 * All that goes with these notes: the episode of an episodic note; an episode that no remaining note rests on; and
 * every note that rests on an episode that goes. Repeated until nothing more goes, since each step can bring another.
 */
function restingOn(
  state: State,
  scope: Scope,
  ids: readonly NoteId[],
): { noteIds: Set<NoteId>; episodeIds: Set<EpisodeId> } {
  const noteIds = new Set(ids);
  const episodeIds = new Set<EpisodeId>();
  const notes = [...state.notes.values()].map((record) => record.note).filter((note) => sameScope(scope, note.scope));
  for (let before = -1; before !== noteIds.size + episodeIds.size; ) {
    before = noteIds.size + episodeIds.size;
    for (const note of notes) {
      if (note.sources.some((source) => episodeIds.has(source))) noteIds.add(note.id);
    }
    const kept = new Set(notes.filter((note) => !noteIds.has(note.id)).flatMap((note) => note.sources));
    for (const note of notes) {
      if (!noteIds.has(note.id)) continue;
      for (const source of note.sources) {
        if (note.kind === 'episodic' || !kept.has(source)) episodeIds.add(source);
      }
    }
  }
  return { noteIds, episodeIds };
}

function revised(note: Note, revision: NoteRevision, at: number): Note {
  const said = Object.fromEntries(Object.entries(revision).filter(([, value]) => value !== undefined));
  return frozenCopy({ ...note, ...said, version: note.version + 1, revisedAt: at });
}

function versionOf(note: Note, at: number, cause: string): NoteVersion {
  const { version, text, keywords, tags, context, metadata } = note;
  return frozenCopy({ version, text, keywords, tags, context, metadata, at, cause });
}

/** The order of SQLite's BINARY for the ASCII of ids. */
export function compareText(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

function sameScope(left: Scope, right: Scope): boolean {
  return left.tenant === right.tenant && left.namespace === right.namespace;
}

function assertScope(expected: Scope, actual: Scope, what: string, id: string): void {
  if (!sameScope(expected, actual)) throw notFound(what, id);
}

function notFound(what: string, id: string): EcphoryError {
  return new EcphoryError('not_found', `There is no ${what} ${id} here.`);
}

function conflict(what: string, id: string): EcphoryError {
  return new EcphoryError('conflict', `There is already a ${what} ${id}.`);
}
