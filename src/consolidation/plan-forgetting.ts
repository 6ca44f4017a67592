import type { Change } from '../memory/change.ts';
import {
  curveNamed,
  type ForgettingCurve,
  fsrs,
  type Grade,
  heldStability,
  replayed,
  retrievability,
} from '../memory/forgetting.ts';
import type { EpisodeId, NoteId } from '../memory/ids.ts';
import { limits } from '../memory/limits.ts';
import type { Note } from '../memory/note.ts';
import { readScope, type Scope } from '../memory/scope.ts';
import type { NoteUse, Store, WorkingRow } from '../memory/store.ts';
import { type Forgettable, forgettable, type HeldNote, mayMove, outOfTime, type Ties } from './forgettable.ts';
import type { ScopePassParts } from './plan.ts';

export interface ForgettingParts
  extends Pick<ScopePassParts, 'policy' | 'now' | 'isAsked' | 'takenBackAt' | 'breathe'> {
  readonly store: Pick<Store, 'workingRows' | 'notes' | 'mentions' | 'claims' | 'uses'>;
}

/**
 * What a scope forgets now: notes are archived, never deleted, and come back by `restore` or by reverting the run. Given
 * the same notes, policy and time it plans the same; planned and applied, it plans nothing more. `forgettable.ts` decides,
 * this gathers. Without `policy.isForgetting` only those go whose time has run out.
 *
 * Cost: one walk over the rows of the scope; when something is old enough to go, also over notes, claims and mentions.
 */
export async function planForgetting(scope: Scope, parts: ForgettingParts): Promise<readonly Change[]> {
  const { policy, now } = parts;
  const rows = await activeRows(scope, parts);
  const notes = await heldNotes(scope, rows, parts);
  const expired = outOfTime(notes, now);
  const gone = new Set(expired.map(({ id }) => id));
  const left = notes.filter(({ id }) => !gone.has(id));
  const movable = policy.isForgetting
    ? left.filter((note) => mayMove(note, policy, now) && !isTakenBack(note, parts))
    : [];
  const forgotten = movable.length === 0 ? [] : await decide(scope, left, movable, parts);
  return [...expired, ...forgotten].map(({ id, reason }) => ({
    kind: 'note-state-set',
    noteId: id,
    state: 'archived',
    reason,
    at: now,
  }));
}

async function decide(
  scope: Scope,
  left: readonly HeldNote[],
  movable: readonly HeldNote[],
  parts: ForgettingParts,
): Promise<readonly Forgettable[]> {
  const { policy, now } = parts;
  const { evidence, corrected } = await claimsOn(scope, movable, parts);
  const entities = await entitiesOf(scope, left, parts);
  const mentioning = new Map<string, number>();
  for (const named of entities.values()) {
    for (const entity of named) mentioning.set(entity, (mentioning.get(entity) ?? 0) + 1);
  }
  const ties: Ties = {
    isEvidence: (id) => evidence.has(id),
    entitiesOf: (id) => entities.get(id) ?? [],
    notesOfEntity: (entity) => mentioning.get(entity) ?? 0,
  };
  const curve = curveNamed(policy.curve);
  const notes = left.map((note) => {
    const at = corrected.get(note.id);
    return curve === null || at === undefined
      ? note
      : { ...note, retrievability: afterCorrection(curve, note, at, now) };
  });
  return forgettable(notes, { policy, ties, movable: new Set(movable.map(({ id }) => id)) });
}

/** What a person brought back by taking back a run stays until it is used again, or a person asks for forgetting. */
function isTakenBack({ lastUsedAt }: HeldNote, { takenBackAt, isAsked }: ForgettingParts): boolean {
  return !isAsked && takenBackAt !== null && lastUsedAt <= takenBackAt;
}

async function activeRows(scope: Scope, { store, breathe }: ForgettingParts): Promise<readonly WorkingRow[]> {
  const rows: WorkingRow[] = [];
  for (let after = 0; ; ) {
    const page = await store.workingRows(readScope(scope), after, limits.forgettingPage);
    rows.push(...page.filter(({ state }) => state === 'active'));
    const last = page.at(-1);
    if (last === undefined) return rows;
    after = last.order;
    await breathe();
  }
}

async function heldNotes(
  scope: Scope,
  rows: readonly WorkingRow[],
  { store, policy, now }: ForgettingParts,
): Promise<readonly HeldNote[]> {
  const curve = curveNamed(policy.curve);
  const used = rows.filter(({ accesses }) => accesses !== null).map(({ id }) => id);
  // Retentions are stored as FSRS makes them; another curve reads the log itself.
  const uses =
    curve === null || curve === fsrs || used.length === 0
      ? new Map<NoteId, readonly NoteUse[]>()
      : await store.uses(scope.tenant, used);
  const sessionUse = sessionUseOf(rows);
  return rows.map((row) => ({
    id: row.id,
    createdAt: row.createdAt,
    lastUsedAt: row.lastUsedAt,
    isPinned: row.isPinned,
    expiresAt: row.expiresAt,
    place: row.place,
    importance: row.importance,
    uses: (row.accesses?.count ?? 1) - 1,
    sessionUse: sessionUse(row),
    retrievability: curve === null ? 1 : retrievability(curve, strengthOf(curve, row, uses.get(row.id) ?? []), now),
  }));
}

/** A note outside any session is one by itself. */
function sessionUseOf(rows: readonly WorkingRow[]): (row: WorkingRow) => number {
  const sessions = new Map<string, { notes: number; used: number }>();
  for (const { sessionId, accesses } of rows) {
    if (sessionId === null) continue;
    const session = sessions.get(sessionId) ?? { notes: 0, used: 0 };
    session.notes += 1;
    if (accesses !== null) session.used += 1;
    sessions.set(sessionId, session);
  }
  return ({ sessionId, accesses }) => {
    const session = sessionId === null ? undefined : sessions.get(sessionId);
    return session === undefined ? Number(accesses !== null) : session.used / session.notes;
  };
}

function strengthOf(curve: ForgettingCurve, row: WorkingRow, newestFirst: readonly NoteUse[]) {
  const { createdAt, lastUsedAt, stability, importance } = row;
  if (curve === fsrs) {
    return { lastUsedAt, stability: heldStability({ stability, isUsed: row.accesses !== null }, importance) };
  }
  // Uses before those that the log still has were uses all the same.
  const older = Math.max(0, (row.accesses?.count ?? 1) - 1 - newestFirst.length);
  const uses: { at: number; grade: Grade }[] = Array.from({ length: older }, () => ({ at: createdAt, grade: 'good' }));
  uses.push(...newestFirst.toReversed());
  return replayed(curve, { at: createdAt, importance }, uses);
}

/** What it said was replaced by something newer: a failed recall, as far as its strength goes. */
function afterCorrection(curve: ForgettingCurve, note: HeldNote, at: number, now: number): number {
  if (note.lastUsedAt > at) return note.retrievability;
  const faded = retrievability(curve, { ...curve.initial('again'), lastUsedAt: at }, now);
  return Math.min(note.retrievability, faded);
}

/**
 * Which of the notes something that is held to be true rests on, and since when all is replaced that rests on one:
 * of those that claims rest on at all.
 */
async function claimsOn(
  scope: Scope,
  movable: readonly HeldNote[],
  { store, now, breathe }: ForgettingParts,
): Promise<{ readonly evidence: ReadonlySet<NoteId>; readonly corrected: ReadonlyMap<NoteId, number> }> {
  const evidence = new Set<NoteId>();
  const corrected = new Map<NoteId, number>();
  for (let start = 0; start < movable.length; start += claimsPage) {
    const page = movable.slice(start, start + claimsPage).map(({ id }) => id);
    const notes = await store.notes(scope.tenant, page);
    const sources = [...new Set(notes.flatMap(({ note }) => note.sources))];
    const claims = await store.claims(readScope(scope), {
      sources,
      states: ['active', 'invalidated'],
      limit: claimsOfPageMax,
    });
    const held = new Set<EpisodeId>();
    const replacedAt = new Map<EpisodeId, number>();
    for (const { note } of claims) {
      for (const source of note.sources) {
        if (isHeld(note, now)) held.add(source);
        else replacedAt.set(source, Math.max(replacedAt.get(source) ?? 0, note.expiredAt ?? note.revisedAt));
      }
    }
    for (const { note } of notes) {
      const isClaim = note.claim !== null && isHeld(note, now);
      if (isClaim || note.sources.some((source) => held.has(source))) {
        evidence.add(note.id);
        continue;
      }
      const at = Math.max(...note.sources.map((source) => replacedAt.get(source) ?? 0), 0);
      if (at > 0) corrected.set(note.id, at);
    }
    await breathe();
  }
  return { evidence, corrected };
}

function isHeld(note: Note, now: number): boolean {
  const { state, expiredAt, invalidAt } = note;
  return state === 'active' && expiredAt === null && (invalidAt === null || invalidAt > now);
}

/** Notes whose claims are read at a time, and claims that can rest on them. */
const claimsPage = 256;
const claimsOfPageMax = 10_000;

async function entitiesOf(
  scope: Scope,
  notes: readonly HeldNote[],
  { store, breathe }: ForgettingParts,
): Promise<ReadonlyMap<NoteId, readonly string[]>> {
  const entities = new Map<NoteId, readonly string[]>();
  for (let start = 0; start < notes.length; start += claimsPage) {
    const page = notes.slice(start, start + claimsPage);
    const mentions = await Promise.all(page.map(({ id }) => store.mentions(scope.tenant, id)));
    for (const [index, { id }] of page.entries()) {
      const named = new Set((mentions[index] ?? []).map(({ entity }) => entity.id));
      if (named.size > 0) entities.set(id, [...named]);
    }
    await breathe();
  }
  return entities;
}
