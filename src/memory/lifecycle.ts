import type { NoteState } from './note.ts';

/**
 * Which state may follow which. Staying is always allowed and changes nothing. Erasure is open to every state and leads
 * nowhere: what is erased is gone. `archived`: forgotten for now, comes back with `restore`. `invalidated`: no longer
 * true. `quarantined`: held back until someone has looked.
 */
export const transitions: Readonly<Record<NoteState, readonly NoteState[]>> = {
  active: ['archived', 'invalidated', 'quarantined'],
  archived: ['active', 'invalidated', 'quarantined'],
  // What is not true is not forgotten as well: forgetting must be exactly reversible, and knows one way back.
  invalidated: ['active', 'quarantined'],
  quarantined: ['active', 'archived', 'invalidated'],
};

export function mayBecome(from: NoteState, to: NoteState): boolean {
  return from === to || transitions[from].includes(to);
}

/** How a note's `stateReason` begins when forgetting archived it, and no person or time that ran out. */
export const forgottenReason = 'forgotten';
