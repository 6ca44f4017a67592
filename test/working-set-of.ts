import { newAnalyzer } from '../src/encoding/analyzer.ts';
import type { Role } from '../src/memory/episode.ts';
import type { NoteKind, NoteState } from '../src/memory/note.ts';
import type { WorkingSet } from '../src/retrieval/working-set.ts';
import { newWorkingSet } from '../src/retrieval/working-set-updates.ts';
import { makeNoteId, makeScope, may8 } from './builders.ts';

export interface Said {
  readonly text: string;
  /** Milliseconds since 1970. */
  readonly at?: number;
  readonly session?: string | null;
  readonly speaker?: string | null;
  readonly role?: Role | null;
  readonly kind?: NoteKind;
  readonly state?: NoteState;
  readonly context?: string | null;
}

export const analyzer = newAnalyzer();

/** A working set in which slot n is the nth thing said; they arrive in this order, whenever they happened. */
export function workingSetOf(said: readonly Said[]): WorkingSet {
  const set = newWorkingSet(analyzer);
  for (const [index, one] of said.entries()) {
    const eventAt = one.at ?? may8;
    set.put({
      id: makeNoteId(),
      scope: makeScope(),
      order: index + 1,
      kind: one.kind ?? 'episodic',
      state: one.state ?? 'active',
      version: 1,
      sessionId: one.session ?? null,
      speaker: one.speaker ?? null,
      role: one.role ?? null,
      eventAt,
      createdAt: may8,
      validAt: null,
      invalidAt: null,
      expiredAt: null,
      place: null,
      trust: 2,
      importance: 0.5,
      stability: 2.3,
      lastUsedAt: may8,
      isPinned: false,
      expiresAt: null,
      accesses: null,
      keys: analyzer.keys({ text: one.text, context: one.context ?? null, place: null, eventAt }),
    });
  }
  set.seal();
  return set;
}

/** Everything may be returned. */
export function allEligible(set: WorkingSet): Uint8Array {
  return new Uint8Array(set.size).fill(1);
}
