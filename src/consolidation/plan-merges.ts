import type { Change } from '../memory/change.ts';
import type { NoteId } from '../memory/ids.ts';
import { limits } from '../memory/limits.ts';
import type { Link } from '../memory/link.ts';
import { readScope, type Scope } from '../memory/scope.ts';
import type { StoredNote, WorkingRow } from '../memory/store.ts';
import { type EventTimes, newEventTimes } from './event-times.ts';
import { mergeable } from './mergeable.ts';
import { newNearDuplicates, type Signature, signatureOf } from './near-duplicates.ts';
import type { ScopePass, ScopePassParts } from './plan.ts';
import { foldedWord } from './statement-words.ts';

/**
 * Notes that say the same become one: the oldest stays, the others are archived for it. Each is kept whole, restorable, with
 * its text and history, and a `same_as` link from it to the one that stays: those links are the count of how often it was
 * said, and lead to every text and source. A semantic note also takes over the sources. An episodic note rests on its one
 * episode for ever.
 *
 * A later note is compared with those before it that stay, so that the plan does not depend on when the pass ran, and a
 * second one plans nothing. What somebody restored, or took back with its run, is left alone.
 *
 * Cost: one walk over the rows of the scope; texts are read only of what may be near-duplicates (`near-duplicates.ts`).
 */
export const planMerges: ScopePass = async (scope, parts) => {
  const timesOf = await newEventTimes();
  const near = newNearDuplicates();
  const ids: NoteId[] = [];
  const changes: Change[] = [];
  for (let after = 0; ; ) {
    const rows = await parts.store.workingRows(readScope(scope), after, limits.mergePage);
    for (const row of rows) {
      if (!mayMerge(row)) continue;
      const signature = signatureOf(wordsOf(row), groupOf(row));
      if (signature === null) continue;
      const merged = await mergedInto(row, signature);
      if (merged !== null) {
        changes.push(...merged);
        continue;
      }
      near.keep(ids.length, signature);
      ids.push(row.id);
    }
    const last = rows.at(-1);
    if (last === undefined) return changes;
    after = last.order;
    await parts.breathe();
  }

  /** What makes the note one with an earlier one; null when it stays. */
  async function mergedInto(row: WorkingRow, signature: Signature): Promise<readonly Change[] | null> {
    const candidates = near.candidates(signature).flatMap((ordinal) => ids[ordinal] ?? []);
    if (candidates.length === 0) return null;
    return mergeWithFirst(scope, row.id, candidates, { ...parts, timesOf });
  }
};

/** Superseded notes say what was: they stay where the present one leads to them. */
function mayMerge({ state, kind, expiredAt, keys }: WorkingRow): boolean {
  return state === 'active' && kind !== 'summary' && expiredAt === null && keys.words >= wordsMin;
}

/** Fewer than these say something only after the turn before (`said-once.ts`). */
const wordsMin = 4;

/**
 * The stems of a text that are left of it whatever it is dressed in. Only candidates are found by them, so that what is
 * folded here too much costs a comparison, and no more.
 */
function* wordsOf({ keys }: WorkingRow): Iterable<string> {
  for (const passage of keys.passages) {
    for (const stem of passage) {
      if (!dressing.has(stem))
        yield foldedWord(stem)
          .replace(/our(?=$|it)/u, 'or')
          .replace(/is$/u, 'iz');
    }
  }
}

const dressing: ReadonlySet<string> = new Set(
  `well oh ah um uh hmm hey hi hello ok okay yeah anyway btw fyi realli really truli truly absolut definit total honest honestli
  note remind reminder said mention thank lot way know mean haha lol pleas actual basic simpli inde`.split(/\s+/u),
);

function groupOf({ kind, trust, speaker, role, place }: WorkingRow): string {
  return JSON.stringify([kind, trust, speaker, role, place]);
}

async function mergeWithFirst(
  scope: Scope,
  id: NoteId,
  candidates: readonly NoteId[],
  parts: ScopePassParts & { readonly timesOf: EventTimes },
): Promise<readonly Change[] | null> {
  const [stored, ...earlier] = await parts.store.notes(scope.tenant, [id, ...candidates]);
  if (stored === undefined || stored.note.id !== id || isTakenBack(stored, parts)) return null;
  for (const older of earlier) {
    const similarity = mergeable(older, stored, parts.timesOf);
    if (similarity === null) continue;
    const links = await parts.store.links(scope.tenant, [id]);
    if (wasRestored(links, id, older.note.id)) return null;
    return mergeChanges(scope, { older, newer: stored, similarity }, parts);
  }
  return null;
}

/** What a person took back must not come back by itself. */
function isTakenBack({ note }: StoredNote, { takenBackAt, isAsked }: ScopePassParts): boolean {
  return !isAsked && takenBackAt !== null && note.createdAt <= takenBackAt;
}

/** Merged before, and active: somebody wanted it back. */
function wasRestored(links: readonly Link[], from: NoteId, to: NoteId): boolean {
  return links.some((link) => link.type === 'same_as' && link.from === from && link.to === to);
}

interface Merge {
  readonly older: StoredNote;
  readonly newer: StoredNote;
  readonly similarity: number;
}

function mergeChanges(
  scope: Scope,
  { older, newer, similarity }: Merge,
  { ids, now }: Pick<ScopePassParts, 'ids' | 'now'>,
): readonly Change[] {
  const [from, to] = [newer.note.id, older.note.id];
  const link: Link = {
    id: ids.linkId(),
    scope,
    from,
    to,
    type: 'same_as',
    weight: similarity,
    reason: `merged: says the same, likeness ${similarity}`,
    createdAt: now,
  };
  const archived: Change = {
    kind: 'note-state-set',
    noteId: from,
    expectedVersion: newer.note.version,
    state: 'archived',
    reason: `merged into ${to}`,
    at: now,
  };
  const isResting = older.note.kind !== 'episodic' && newer.note.sources.length > 0;
  const supported: readonly Change[] = isResting
    ? [{ kind: 'note-supported', noteId: to, sources: newer.note.sources, at: now }]
    : [];
  // The last two are never parted (`slices.ts`): an active note with such a link counts as restored.
  return [...supported, archived, { kind: 'link-set', link }];
}
