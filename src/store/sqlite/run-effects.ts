import type { Change } from '../../memory/change.ts';
import { EcphoryError } from '../../memory/errors.ts';
import type { EpisodeId, LinkId, NoteId, RunId } from '../../memory/ids.ts';
import type { Run } from '../../memory/job.ts';
import type { Connection } from './driver.ts';
import type { Eraser } from './erase.ts';
import type { Touched } from './feed.ts';
import { markOf, type NoteImage, type NoteMark, newNoteImages, noteMark } from './note-image.ts';
import type { Relations } from './relations.ts';
import { notFound } from './write-notes.ts';

/** What runs did, so that it can be taken back (docs/decisions/0007-runs-can-be-reverted.md). */
export interface RunEffects {
  /** For one batch of a run. @throws EcphoryError `not_found` when there is no such run; `conflict` when it is over. */
  recorder(scopeId: number, runId: RunId): EffectRecorder;
  /** Puts back, newest first, whatever is still as the run left it, `rowsMax` at most. Gives what the feed is to name. */
  revert(scopeId: number, what: { readonly runId: RunId; readonly rowsMax: number }): readonly Touched[];
}

export interface EffectRecorder {
  /** Called before the change is applied. @throws EcphoryError `invalid` for a change that cannot be taken back. */
  beforeChange(change: Change): void;
  /** Writes down what the batch touched, as it was and as it is now. */
  afterBatch(): void;
}

export interface RunEffectsParts {
  readonly relations: Relations;
  readonly eraser: Pick<Eraser, 'dropNote'>;
  /** The note's text to embed is another one: its vectors go, and are made up for. */
  readonly onTextChanged: (note: number) => void;
}

/** What a change touches, by public names: rows may not be there yet. */
type Target =
  | { readonly kind: 'note' | 'mentions'; readonly noteId: NoteId }
  | { readonly kind: 'link'; readonly from: NoteId; readonly to: NoteId; readonly type: string }
  | { readonly kind: 'episode'; readonly episodeId: EpisodeId };

interface Place {
  readonly kind: Target['kind'];
  readonly note: number | null;
  readonly to_note: number | null;
  readonly link_type: string | null;
  readonly episode: number | null;
}

interface EffectRow extends Place {
  readonly position: number;
  readonly before: string | null;
  readonly after: string;
}

export function newRunEffects(connection: Connection, parts: RunEffectsParts): RunEffects {
  const { relations, eraser, onTextChanged } = parts;
  const images = newNoteImages(connection);
  const statement = {
    run: connection.prepare<[string, number], { position: number; state: Run['state'] }>(
      'SELECT position, state FROM runs WHERE id = ? AND scope_id = ?',
    ),
    note: connection
      .prepare<[string, number], number>('SELECT position FROM notes WHERE id = ? AND scope_id = ?')
      .pluck(),
    noteId: connection.prepare<[number], NoteId>('SELECT id FROM notes WHERE position = ?').pluck(),
    episode: connection.prepare<[string], number>('SELECT position FROM episodes WHERE id = ?').pluck(),
    episodeId: connection.prepare<[number], EpisodeId>('SELECT id FROM episodes WHERE position = ?').pluck(),
    isRestedOn: connection.prepare<[number, number], unknown>(
      'SELECT 1 FROM notes WHERE episode = ? UNION ALL SELECT 1 FROM note_sources WHERE episode = ?',
    ),
    dropEpisode: connection.prepare('DELETE FROM episodes WHERE position = ?'),
    effect: connection.prepare<[number, string, number | null, number | null, string | null], EffectRow>(
      `SELECT position, kind, note, to_note, link_type, episode, before, after
       FROM run_effects INDEXED BY run_effects_by_note
       WHERE run = ? AND kind = ? AND note = ? AND to_note IS ? AND link_type IS ?`,
    ),
    add: connection.prepare(
      `INSERT INTO run_effects (run, kind, note, to_note, link_type, episode, before, after)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    update: connection.prepare('UPDATE run_effects SET before = ?, after = ? WHERE position = ?'),
    newestFirst: connection.prepare<[number, number], EffectRow>(
      `SELECT position, kind, note, to_note, link_type, episode, before, after
       FROM run_effects INDEXED BY run_effects_by_run WHERE run = ? ORDER BY position DESC LIMIT ?`,
    ),
    forget: connection.prepare('DELETE FROM run_effects WHERE position = ?'),
    isAnyLeft: connection.prepare<[number], unknown>('SELECT 1 FROM run_effects WHERE run = ? LIMIT 1'),
    setReverted: connection.prepare(`UPDATE runs SET state = 'reverted' WHERE position = ?`),
  };

  return {
    recorder(scopeId, runId) {
      const run = found(scopeId, runId);
      if (run.state !== 'running') {
        throw new EcphoryError('conflict', `The run ${runId} is ${run.state}, not running.`);
      }
      /** In the order of the first touch; `before` is null where what an earlier batch wrote down still holds. */
      const touched = new Map<
        string,
        { readonly target: Target; readonly before: string | null; kept: EffectRow | null }
      >();
      return {
        beforeChange(change) {
          const target = targetOf(change);
          if (target === null) return;
          const key = JSON.stringify(target);
          if (touched.has(key)) return;
          const place = placeOf(scopeId, target);
          const earlier = place === null ? undefined : effectAt(run.position, place);
          // What someone else did between two batches of the run is theirs: the run takes back only what came after.
          if (earlier !== undefined && isAsLeft(earlier)) {
            touched.set(key, { target, before: earlier.before, kept: earlier });
          } else {
            const before = place === null ? null : beforeAt(place);
            touched.set(key, { target, before, kept: earlier ?? null });
          }
        },
        afterBatch() {
          for (const { target, before, kept } of touched.values()) {
            const place = placeOf(scopeId, target);
            if (place === null) continue;
            const after = afterAt(place);
            const { kind, note, to_note, link_type, episode } = place;
            if (kept !== null) statement.update.run(before, after, kept.position);
            else statement.add.run(run.position, kind, note, to_note, link_type, episode, before, after);
          }
        },
      };
    },

    revert(scopeId, { runId, rowsMax }) {
      if (!(rowsMax >= 1)) throw new EcphoryError('invalid', 'At least one row is put back at a time.');
      const run = found(scopeId, runId);
      if (run.state === 'reverted') {
        throw new EcphoryError('conflict', `The run ${runId} was reverted before.`);
      }
      const newest = statement.newestFirst.all(run.position, rowsMax);
      // All of these are compared before any is put back: one step changes what another looks at.
      const undone = newest.filter(isAsLeft);
      const touched = undone.flatMap(putBack);
      for (const { position } of newest) statement.forget.run(position);
      // Notes that were taken away have taken what is remembered of them along.
      if (statement.isAnyLeft.get(run.position) === undefined) statement.setReverted.run(run.position);
      return touched;
    },
  };

  function found(scopeId: number, runId: RunId): { position: number; state: Run['state'] } {
    const run = statement.run.get(runId, scopeId);
    if (run === undefined) throw notFound('run', runId);
    return run;
  }

  function targetOf(change: Change): Target | null {
    switch (change.kind) {
      case 'episode-added':
        return { kind: 'episode', episodeId: change.episode.id };
      case 'note-added':
        return { kind: 'note', noteId: change.note.id };
      case 'note-revised':
      case 'note-derived':
      case 'note-supported':
      case 'note-superseded':
      case 'note-state-set':
      case 'note-used':
      case 'note-marked':
        return { kind: 'note', noteId: change.noteId };
      case 'entities-set':
        return { kind: 'mentions', noteId: change.noteId };
      case 'link-set': {
        const { from, to, type } = change.link;
        return { kind: 'link', from, to, type };
      }
      case 'link-removed': {
        const ends = relations.endsOf(change.linkId);
        return ends === null ? null : { kind: 'link', ...ends };
      }
      case 'note-embedded':
      case 'cursor-advanced':
        return null;
      case 'erased':
      case 'note-past-set':
      case 'run-reverted':
        throw new EcphoryError('invalid', `A run makes no change of kind ${change.kind}: it could not be taken back.`);
    }
  }

  /** Null while it has no row. */
  function placeOf(scopeId: number, target: Target): Place | null {
    const place = { kind: target.kind, note: null, to_note: null, link_type: null, episode: null };
    if (target.kind === 'episode') {
      const episode = statement.episode.get(target.episodeId);
      return episode === undefined ? null : { ...place, episode };
    }
    if (target.kind === 'link') {
      const [note, to_note] = [statement.note.get(target.from, scopeId), statement.note.get(target.to, scopeId)];
      return note === undefined || to_note === undefined ? null : { ...place, note, to_note, link_type: target.type };
    }
    const note = statement.note.get(target.noteId, scopeId);
    return note === undefined ? null : { ...place, note };
  }

  function effectAt(run: number, { kind, note, to_note, link_type }: Place): EffectRow | undefined {
    return note === null ? undefined : statement.effect.get(run, kind, note, to_note, link_type);
  }

  function beforeAt(place: Place): string | null {
    if (place.kind === 'episode') return null;
    const present = presentAt(place);
    return present === null ? null : JSON.stringify(present);
  }

  /** What there is now: the image of a note, its mentions, a link; null for none. */
  function presentAt({ kind, note, to_note, link_type }: Place): unknown {
    if (note === null) return null;
    if (kind === 'note') return images.take(note);
    if (kind === 'mentions') return relations.mentionRows(note);
    return to_note === null || link_type === null ? null : relations.linkRow(note, to_note, link_type);
  }

  function afterAt(place: Place): string {
    if (place.kind !== 'note') return markOf(presentAt(place));
    const image = place.note === null ? null : images.take(place.note);
    return image === null ? '' : JSON.stringify(noteMark(image));
  }

  /** Whether nobody else has changed it. Being used changes nothing of it, nor that its successor was erased. */
  function isAsLeft(effect: EffectRow): boolean {
    if (effect.kind === 'episode') return true;
    if (effect.kind !== 'note') return markOf(presentAt(effect)) === effect.after;
    const image = effect.note === null ? null : images.take(effect.note);
    if (image === null) return false;
    const left = JSON.parse(effect.after) as NoteMark;
    const now = noteMark(image);
    if (now.form !== left.form) return false;
    return now.successor === left.successor || (now.successor === null && !isThere(left.successor));
  }

  function isThere(id: string | null): boolean {
    return id !== null && relations.isNote(id);
  }

  function putBack(effect: EffectRow): readonly Touched[] {
    const { kind, note, episode } = effect;
    if (kind === 'episode') return episode === null ? [] : dropUnused(episode);
    if (note === null) return [];
    if (kind === 'link') return putBackLink(effect);
    const noteId = statement.noteId.get(note);
    if (noteId === undefined) return [];
    if (kind === 'mentions') relations.restoreMentions(note, effect.before);
    else if (effect.before === null) eraser.dropNote(note);
    else {
      const now = images.take(note);
      const left = JSON.parse(effect.after) as NoteMark;
      const isUsedSince = now !== null && noteMark(now).retention !== left.retention;
      if (images.restore(note, JSON.parse(effect.before) as NoteImage, isUsedSince)) onTextChanged(note);
    }
    return [{ noteId }];
  }

  function putBackLink({ note, to_note, link_type, before }: EffectRow): readonly Touched[] {
    if (note === null || to_note === null || link_type === null) return [];
    const linkId: LinkId | null = relations.restoreLink(note, to_note, link_type, before);
    return linkId === null ? [] : [{ linkId }];
  }

  function dropUnused(episode: number): readonly Touched[] {
    const episodeId = statement.episodeId.get(episode);
    if (episodeId === undefined || statement.isRestedOn.get(episode, episode) !== undefined) return [];
    statement.dropEpisode.run(episode);
    return [{ episodeId }];
  }
}
