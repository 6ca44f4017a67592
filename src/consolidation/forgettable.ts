import type { NoteId } from '../memory/ids.ts';
import { forgottenReason } from '../memory/lifecycle.ts';
import type { Policy } from '../memory/policy.ts';

/** A note that is active, as the decision sees it. */
export interface HeldNote {
  readonly id: NoteId;
  readonly createdAt: number;
  /** The making counts. */
  readonly lastUsedAt: number;
  readonly isPinned: boolean;
  readonly expiresAt: number | null;
  readonly place: string | null;
  /** As it was guessed when it was looked at, 0 to 1. */
  readonly importance: number;
  /** How often it was used since it was made. */
  readonly uses: number;
  /** Of the active notes of its session, it included, the share that was ever used, 0 to 1. */
  readonly sessionUse: number;
  /** The probability that it would be recalled now, 0 to 1; 1 where nothing fades. */
  readonly retrievability: number;
}

/** What ties a note to the rest of the memory. Asked only of notes that would go otherwise. */
export interface Ties {
  /** Whether something that is held to be true rests on it. */
  isEvidence(id: NoteId): boolean;
  /** Entities that it mentions. */
  entitiesOf(id: NoteId): readonly string[];
  /** Active notes that mention the entity. */
  notesOfEntity(entity: string): number;
}

export interface Forgettable {
  readonly id: NoteId;
  /** Names the rule. */
  readonly reason: string;
}

/**
 * Those whose time has run out, whatever the policy: their keeper said so. A pinned one stays even so.
 */
export function outOfTime(notes: readonly HeldNote[], now: number): readonly Forgettable[] {
  return notes
    .filter(({ isPinned, expiresAt }) => !isPinned && expiresAt !== null && expiresAt <= now)
    .map(({ id }) => ({ id, reason: expiredReason }));
}

/** Whether the policy may take it at all: it is neither pinned nor recent. */
export function mayMove(note: HeldNote, policy: Pick<Policy, 'recentDays'>, now: number): boolean {
  return !note.isPinned && Math.max(note.createdAt, note.lastUsedAt) <= now - policy.recentDays * dayMs;
}

/**
 * What of `movable` a namespace forgets, of all the notes that it holds: least worth keeping first: what is too faint, then, while there is more than `capacity`, what has
 * the lowest retrievability times importance. The last note of an entity stays, and so do the last `placeMin` of a place while
 * the capacity presses: what is common makes room, not what is rare. No chance is in it: equals go by age, then by id.
 * Pure. Cost: O(n log n).
 */
export function forgettable(
  notes: readonly HeldNote[],
  { policy, ties, movable }: { readonly policy: Policy; readonly ties: Ties; readonly movable: ReadonlySet<NoteId> },
): readonly Forgettable[] {
  const gone: Forgettable[] = [];
  const left = new Map<string, number>();
  const ofPlace = new Map<string, number>();
  for (const { place } of notes) if (place !== null) ofPlace.set(place, (ofPlace.get(place) ?? 0) + 1);
  let active = notes.length;
  const rest: HeldNote[] = [];
  const byWorth = notes
    .filter(({ id }) => movable.has(id))
    .sort((a, b) => worth(a) - worth(b) || a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1));
  for (const note of byWorth) {
    if (note.retrievability >= policy.retrievabilityMin) rest.push(note);
    else forget(note, `${forgottenReason}: retrievability below ${policy.retrievabilityMin}`);
  }
  for (const note of rest) {
    if (policy.capacity === null || active <= policy.capacity) break;
    if (note.place !== null && (ofPlace.get(note.place) ?? 0) <= policy.placeMin) continue;
    forget(note, `${forgottenReason}: over the capacity of ${policy.capacity}`);
  }
  return gone;

  function forget(note: HeldNote, reason: string): void {
    const entities = ties.entitiesOf(note.id);
    const isLast = entities.some((entity) => (left.get(entity) ?? ties.notesOfEntity(entity)) <= 1);
    if (isLast || ties.isEvidence(note.id)) return;
    for (const entity of entities) left.set(entity, (left.get(entity) ?? ties.notesOfEntity(entity)) - 1);
    if (note.place !== null) ofPlace.set(note.place, (ofPlace.get(note.place) ?? 0) - 1);
    active -= 1;
    gone.push({ id: note.id, reason });
  }
}

const expiredReason = 'expired';

/**
 * Retrievability times how likely a use is: importance is a guess of that, and uses are evidence, its own and those of what
 * was said with it. The guess counts as much as one use, and so does the session. Without that, plain words that are asked for
 * every month, and those around them, would go before fine words that never are.
 */
function worth({ retrievability, importance, uses, sessionUse }: HeldNote): number {
  return (retrievability * (importance + uses + sessionUse)) / (2 + uses);
}

const dayMs = 86_400_000;
