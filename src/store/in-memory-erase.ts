import { type Derived, isIndexed } from '../memory/derived.ts';
import type { EpisodeId, NoteId } from '../memory/ids.ts';
import type { NoteKeys } from '../memory/note.ts';
import type { Scope } from '../memory/scope.ts';
import { type Effect, frozenCopy, type Journal, type NoteRecord, type State, sameScope } from './in-memory-state.ts';

export interface ErasedNotes {
  readonly noteIds: Iterable<NoteId>;
  readonly episodeIds: Iterable<EpisodeId>;
  /** Notes that a pass has to look at anew. */
  readonly unsettled: readonly NoteId[];
}

/** Removes notes with all that rests on them, from wherever anything of them is kept. */
export function eraseNotes(state: State, journal: Journal, scope: Scope, ids: readonly NoteId[]): ErasedNotes {
  const { noteIds, episodeIds } = restingOn(state, scope, ids);
  const unsettled = unsettle(state, journal, noteIds, episodeIds);
  forgetWords(state, journal, noteIds);
  dropNotes(state, journal, noteIds);
  for (const episodeId of episodeIds) journal.remove(state.episodes, episodeId);
  forgetEpisodes(state, journal, episodeIds);
  return { noteIds, episodeIds, unsettled };
}

/** The notes with their links, what runs remember of them and what models said of them; successors are forgotten. */
export function dropNotes(state: State, journal: Journal, ids: ReadonlySet<NoteId>): void {
  for (const link of state.links.values()) {
    if (ids.has(link.from) || ids.has(link.to)) journal.remove(state.links, link.id);
  }
  for (const other of state.notes.values()) {
    if (other.note.supersededBy !== null && ids.has(other.note.supersededBy)) {
      const note = frozenCopy({ ...other.note, supersededBy: null });
      journal.put(state.notes, note.id, { ...other, note });
    }
  }
  for (const [runId, { run, records, effects }] of state.runs) {
    const kept = records.filter(({ shown }) => !shown.some((id) => ids.has(id as NoteId)));
    const left = [...effects].filter(([, effect]) => {
      if (effect.kind === 'episode') return true;
      if (effect.kind === 'link') return !ids.has(effect.end.from) && !ids.has(effect.end.to);
      return !ids.has(effect.noteId);
    });
    if (kept.length < records.length || left.length < effects.size) {
      journal.put(state.runs, runId, { run, records: kept, effects: new Map(left) });
    }
  }
  for (const id of ids) journal.remove(state.notes, id);
}

/** What runs remember of episodes that are gone. */
export function forgetEpisodes(state: State, journal: Journal, ids: ReadonlySet<EpisodeId>): void {
  for (const [runId, record] of state.runs) {
    const left = [...record.effects].filter(([, effect]) => effect.kind !== 'episode' || !ids.has(effect.episodeId));
    if (left.length < record.effects.size) {
      journal.put(state.runs, runId, { ...record, effects: new Map(left) });
    }
  }
}

/** What runs remember of others with words of these notes. */
function forgetWords(state: State, journal: Journal, ids: ReadonlySet<NoteId>): void {
  for (const [runId, record] of state.runs) {
    const effects = [...record.effects].flatMap(([key, effect]): (readonly [string, Effect])[] => {
      if (effect.kind !== 'note' || effect.before === null) return [[key, effect]];
      if (isBasedOn(ids, effect.before.note.derived)) return [];
      const versions = effect.before.versions.filter(({ derived }) => !isBasedOn(ids, derived));
      return [[key, { ...effect, before: { ...effect.before, versions } }]];
    });
    journal.put(state.runs, runId, { ...record, effects: new Map(effects) });
  }
}

/** Whether words of these notes are in what was derived from another one, now or once. */
function isWithWordsOf(ids: ReadonlySet<NoteId>, { note, versions }: Pick<NoteRecord, 'note' | 'versions'>): boolean {
  return isBasedOn(ids, note.derived) || versions.some(({ derived }) => isBasedOn(ids, derived));
}

function isBasedOn(ids: ReadonlySet<NoteId>, derived: Derived | null): boolean {
  return derived?.basis.some((id) => ids.has(id)) ?? false;
}

/**
 * Notes whose derived form is to be made anew. A derived claim that loses one of its episodes goes, though others may say
 * the same: the notes over those are to be looked at anew. One that was erased for itself must not come back, so the
 * notes under it are left alone; summaries are made anew without that. And a form with words of a note that goes.
 */
function unsettle(
  state: State,
  journal: Journal,
  noteIds: ReadonlySet<NoteId>,
  episodeIds: ReadonlySet<EpisodeId>,
): readonly NoteId[] {
  const episodes = new Set<EpisodeId>();
  for (const id of noteIds) {
    const note = state.notes.get(id)?.note;
    if (note?.origin !== 'derived' || note.kind === 'summary') continue;
    if (!note.sources.some((source) => episodeIds.has(source))) continue;
    for (const source of note.sources) if (!episodeIds.has(source)) episodes.add(source);
  }
  return [...state.notes.values()]
    .sort((left, right) => left.order - right.order)
    .flatMap((record) => {
      const { note } = record;
      if (noteIds.has(note.id)) return [];
      const [source] = note.sources;
      const hasLostClaim = note.kind === 'episodic' && source !== undefined && episodes.has(source);
      const isReset = note.derived !== null && (hasLostClaim || isBasedOn(noteIds, note.derived));
      if (!isReset && !isWithWordsOf(noteIds, record)) return [];
      const last = record.versions.length - 1;
      const versions = record.versions.flatMap((version, index) => {
        if (index === last) return isReset ? frozenCopy({ ...version, derived: null }) : version;
        return isBasedOn(noteIds, version.derived) ? [] : version;
      });
      journal.put(state.notes, note.id, {
        ...record,
        note: isReset ? frozenCopy({ ...note, derived: null }) : note,
        versions,
        ...(isReset && isIndexed(note.derived) && { keys: unmadeKeys, vectors: new Map() }),
      });
      return isReset ? [note.id] : [];
    });
}

/** Of no analyser, so that whoever needs the keys makes them from the text. */
export const unmadeKeys: NoteKeys = { analyzer: '', passages: [], context: [], words: 0, question: false };

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
