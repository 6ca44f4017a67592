import { isDeepStrictEqual } from 'node:util';
import type { Change } from '../memory/change.ts';
import { EcphoryError } from '../memory/errors.ts';
import type { NoteId, RunId } from '../memory/ids.ts';
import type { Link } from '../memory/link.ts';
import type { Note } from '../memory/note.ts';
import { embeddingText } from '../memory/note-text.ts';
import type { Scope } from '../memory/scope.ts';
import type { Touched } from './in-memory-changes.ts';
import { dropNotes, forgetEpisodes } from './in-memory-erase.ts';
import {
  type Effect,
  frozenCopy,
  type Journal,
  type LinkEnds,
  type NoteRecord,
  notFound,
  type RunRecord,
  type State,
  sameScope,
} from './in-memory-state.ts';

/** Remembers for one batch of a run what each thing it touches was before, and in the end how the batch left it. */
export interface EffectRecorder {
  /** Called before the change is applied. @throws `invalid` for a change that no run can take back. */
  beforeChange(change: Change): void;
  afterBatch(): void;
}

/** @throws `not_found` when there is no such run in the scope; `conflict` when it is over. */
export function newEffectRecorder(state: State, journal: Journal, scope: Scope, runId: RunId): EffectRecorder {
  const record = runIn(state, scope, runId);
  if (record.run.state !== 'running') {
    throw new EcphoryError('conflict', `The run ${runId} is ${record.run.state}, not running.`);
  }
  const effects = new Map(record.effects);
  const touched = new Set<string>();

  return {
    beforeChange(change) {
      const now = beforeOf(state, change);
      if (now === null) return;
      const key = effectKey(now);
      if (touched.has(key)) return;
      touched.add(key);
      const earlier = effects.get(key);
      // What someone else did between two batches of the run is theirs: the run takes back only what came after.
      if (earlier === undefined || !isAsLeft(state, earlier)) effects.set(key, now);
    },
    afterBatch() {
      for (const key of touched) {
        const effect = effects.get(key);
        if (effect !== undefined) effects.set(key, { ...effect, ...presentOf(state, effect) } as Effect);
      }
      journal.put(state.runs, runId, { ...record, effects });
    },
  };
}

/** Puts back, newest first, whatever is still as the run left it, `rowsMax` at most. Gives what the feed is to name. */
export function revertRun(
  state: State,
  journal: Journal,
  scope: Scope,
  { runId, rowsMax }: { readonly runId: RunId; readonly rowsMax: number },
): readonly Touched[] {
  if (!(rowsMax >= 1)) throw new EcphoryError('invalid', 'At least one row is put back at a time.');
  const record = runIn(state, scope, runId);
  if (record.run.state === 'reverted') throw new EcphoryError('conflict', `The run ${runId} was reverted before.`);
  const newest = [...record.effects].reverse().slice(0, rowsMax);
  // All of these are compared before any is put back: one step changes what another looks at.
  const undone = newest.filter(([, effect]) => isAsLeft(state, effect));
  const touched = undone.flatMap(([, effect]) => putBack(state, journal, effect));
  // Notes that were taken away have taken what is remembered of them along.
  const now = state.runs.get(runId) ?? record;
  const effects = new Map(now.effects);
  for (const [key] of newest) effects.delete(key);
  const run = effects.size === 0 ? frozenCopy({ ...now.run, state: 'reverted' as const }) : now.run;
  journal.put(state.runs, runId, { run, records: now.records, effects });
  return touched;
}

function runIn(state: State, scope: Scope, runId: RunId): RunRecord {
  const record = state.runs.get(runId);
  if (record === undefined || !sameScope(record.run.scope, scope)) throw notFound('run', runId);
  return record;
}

function beforeOf(state: State, change: Change): Effect | null {
  switch (change.kind) {
    case 'episode-added':
      return { kind: 'episode', episodeId: change.episode.id };
    case 'note-added':
      return noteEffect(change.note.id);
    case 'note-revised':
    case 'note-derived':
    case 'note-supported':
    case 'note-superseded':
    case 'note-state-set':
    case 'note-used':
    case 'note-marked':
      return noteEffect(change.noteId);
    case 'entities-set': {
      const before = state.notes.get(change.noteId)?.mentions ?? [];
      return { kind: 'mentions', noteId: change.noteId, before, after: [] };
    }
    case 'link-set':
      return linkEffect(change.link);
    case 'link-removed': {
      const link = state.links.get(change.linkId);
      return link === undefined ? null : linkEffect(link);
    }
    case 'note-embedded':
    case 'cursor-advanced':
      return null;
    case 'erased':
    case 'note-past-set':
    case 'run-reverted':
      throw new EcphoryError('invalid', `A run makes no change of kind ${change.kind}: it could not be taken back.`);
  }

  function noteEffect(noteId: NoteId): Effect {
    return { kind: 'note', noteId, before: state.notes.get(noteId) ?? null, after: null };
  }

  function linkEffect({ from, to, type }: Link): Effect {
    return { kind: 'link', end: { from, to, type }, before: linkAt(state, { from, to, type }), after: null };
  }
}

function effectKey(effect: Effect): string {
  switch (effect.kind) {
    case 'episode':
      return `episode ${effect.episodeId}`;
    case 'link':
      return `link ${effect.end.from} ${effect.end.to} ${effect.end.type}`;
    default:
      return `${effect.kind} ${effect.noteId}`;
  }
}

function presentOf(state: State, effect: Effect): { after?: unknown } {
  switch (effect.kind) {
    case 'note':
      return { after: state.notes.get(effect.noteId) ?? null };
    case 'mentions':
      return { after: state.notes.get(effect.noteId)?.mentions ?? [] };
    case 'link':
      return { after: linkAt(state, effect.end) };
    case 'episode':
      return {};
  }
}

function isAsLeft(state: State, effect: Effect): boolean {
  switch (effect.kind) {
    case 'note': {
      const now = state.notes.get(effect.noteId);
      return now !== undefined && effect.after !== null && isSameForm(state, now.note, effect.after.note);
    }
    case 'mentions':
      return isDeepStrictEqual(state.notes.get(effect.noteId)?.mentions ?? [], effect.after);
    case 'link':
      return isDeepStrictEqual(linkAt(state, effect.end), effect.after);
    case 'episode':
      return true;
  }
}

/** Whether nobody else has changed it. Being used changes nothing of it, nor that its successor was erased. */
function isSameForm(state: State, now: Note, left: Note): boolean {
  const successor = left.supersededBy !== null && state.notes.has(left.supersededBy) ? left.supersededBy : null;
  return isDeepStrictEqual({ ...now, retention: null }, { ...left, retention: null, supersededBy: successor });
}

function putBack(state: State, journal: Journal, effect: Effect): readonly Touched[] {
  switch (effect.kind) {
    case 'note': {
      const now = state.notes.get(effect.noteId);
      if (now === undefined) return [];
      if (effect.before === null) dropNotes(state, journal, new Set([effect.noteId]));
      else journal.put(state.notes, effect.noteId, noteBefore(state, now, effect.before, effect.after));
      return [{ noteId: effect.noteId }];
    }
    case 'mentions': {
      const now = state.notes.get(effect.noteId);
      if (now === undefined) return [];
      journal.put(state.notes, effect.noteId, { ...now, mentions: effect.before });
      return [{ noteId: effect.noteId }];
    }
    case 'link': {
      const now = linkAt(state, effect.end);
      if (now !== null) journal.remove(state.links, now.id);
      if (effect.before === null) return now === null ? [] : [{ linkId: now.id }];
      if (state.links.has(effect.before.id)) return [];
      journal.put(state.links, effect.before.id, effect.before);
      return [{ linkId: effect.before.id }];
    }
    case 'episode': {
      const { episodeId } = effect;
      const isNeeded = [...state.notes.values()].some(({ note }) => note.sources.includes(episodeId));
      if (isNeeded || !state.episodes.has(episodeId)) return [];
      journal.remove(state.episodes, episodeId);
      forgetEpisodes(state, journal, new Set([episodeId]));
      return [{ episodeId }];
    }
  }
}

/** As it was before, except for uses since; without vectors of another text. */
function noteBefore(state: State, now: NoteRecord, before: NoteRecord, after: NoteRecord | null): NoteRecord {
  const isUnused =
    isDeepStrictEqual(now.note.retention, after?.note.retention) && isDeepStrictEqual(now.uses, after?.uses);
  const { supersededBy } = before.note;
  return {
    ...now,
    note: frozenCopy({
      ...before.note,
      retention: isUnused ? before.note.retention : now.note.retention,
      supersededBy: supersededBy !== null && state.notes.has(supersededBy) ? supersededBy : null,
    }),
    keys: before.keys,
    versions: before.versions,
    uses: isUnused ? before.uses : now.uses,
    isTakenBack: before.isTakenBack || (now.note.derived !== null && before.note.derived === null),
    vectors: embeddingText(now.note, null) === embeddingText(before.note, null) ? now.vectors : new Map(),
  };
}

function linkAt(state: State, { from, to, type }: LinkEnds): Link | null {
  for (const link of state.links.values()) {
    if (link.from === from && link.to === to && link.type === type) return link;
  }
  return null;
}
