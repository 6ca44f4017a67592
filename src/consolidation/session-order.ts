import type { NoteId } from '../memory/ids.ts';

/** The turns of every session by when they happened, then by id, which ascends as they were added. */
export interface SessionOrder {
  add(session: string, turn: SessionTurn): void;
  remove(session: string, turn: SessionTurn): void;
  /** The last turn before it of those that `isKnown` lets pass. */
  before(session: string, turn: SessionTurn, isKnown: (id: NoteId) => boolean): NoteId | null;
}

export interface SessionTurn {
  readonly id: NoteId;
  readonly eventAt: number;
}

/** Cost: halving, and nothing to move when turns come in their order. */
export function newSessionOrder(): SessionOrder {
  const sessions = new Map<string, SessionTurn[]>();
  return {
    add(session, { id, eventAt }) {
      const turns = sessions.get(session) ?? [];
      sessions.set(session, turns);
      turns.splice(placeOf(turns, { id, eventAt }), 0, { id, eventAt });
    },
    remove(session, turn) {
      const turns = sessions.get(session) ?? [];
      const at = placeOf(turns, turn);
      if (turns[at]?.id === turn.id) turns.splice(at, 1);
      if (turns.length === 0) sessions.delete(session);
    },
    before(session, turn, isKnown) {
      const turns = sessions.get(session) ?? [];
      for (let at = placeOf(turns, turn) - 1; at >= 0; at -= 1) if (isKnown(turns[at]!.id)) return turns[at]!.id;
      return null;
    },
  };
}

/** How many turns are before it. */
function placeOf(turns: readonly SessionTurn[], { id, eventAt }: SessionTurn): number {
  let low = 0;
  let high = turns.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const other = turns[middle]!;
    if (other.eventAt < eventAt || (other.eventAt === eventAt && other.id < id)) low = middle + 1;
    else high = middle;
  }
  return low;
}
