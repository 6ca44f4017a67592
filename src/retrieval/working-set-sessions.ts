import { newColumns } from './working-set-columns.ts';

/** The columns of a working set that the order of turns is read from and written to. */
export interface TurnColumns {
  readonly session: Int32Array;
  readonly eventAt: Float64Array;
  readonly order: Float64Array;
  readonly previous: Int32Array;
  readonly next: Int32Array;
}

/**
 * Which turn comes before and after which, per session, by (eventAt, order): linked lists with both ends known,
 * as nearly every turn arrives at an end. One that arrives in the middle is walked to from the end.
 */
export interface TurnOrder {
  /** Puts a slot at its place among its session's. */
  link(slot: number): void;
  unlink(slot: number): void;
  /** While loading: as `link`, but one that belongs in the middle waits for `settle`. */
  append(slot: number): void;
  /** Ends the loading: sorts the sessions that came out of order, in O(n log n). `slots` are all there are. */
  settle(slots: readonly number[]): void;
  /** Learns the ends from links that are already there. */
  adopt(slots: readonly number[]): void;
  bytes(): number;
}

export function newTurnOrder(turns: TurnColumns): TurnOrder {
  const sessions = newColumns({ first: Int32Array, last: Int32Array } as const);
  /** Slot + 1, 0 for none. */
  const ends = sessions.columns;
  const disordered = new Set<number>();

  return { link, unlink, append, settle, adopt, bytes: () => sessions.bytes() };

  function link(slot: number): void {
    const session = turns.session[slot]!;
    if (session < 0) return;
    sessions.reserve(session + 1);
    const first = ends.first[session]! - 1;
    let before = ends.last[session]! - 1;
    if (first >= 0 && isBefore(slot, first)) before = -1;
    else while (before >= 0 && isBefore(slot, before)) before = turns.previous[before]!;
    join(session, before, slot, before < 0 ? first : turns.next[before]!);
  }

  function unlink(slot: number): void {
    const session = turns.session[slot]!;
    if (session < 0) return;
    const before = turns.previous[slot]!;
    const after = turns.next[slot]!;
    if (before < 0) ends.first[session] = after + 1;
    else turns.next[before] = after;
    if (after < 0) ends.last[session] = before + 1;
    else turns.previous[after] = before;
    turns.previous[slot] = -1;
    turns.next[slot] = -1;
  }

  function append(slot: number): void {
    const session = turns.session[slot]!;
    if (session < 0) return;
    sessions.reserve(session + 1);
    const last = ends.last[session]! - 1;
    if (last >= 0 && isBefore(slot, last)) disordered.add(session);
    else join(session, last, slot, -1);
  }

  function settle(slots: readonly number[]): void {
    if (disordered.size === 0) return;
    const members = new Map<number, number[]>();
    for (const session of disordered) members.set(session, []);
    for (const slot of slots) members.get(turns.session[slot]!)?.push(slot);
    for (const [session, turnsOfIt] of members) {
      turnsOfIt.sort((left, right) => (isBefore(left, right) ? -1 : 1));
      let before = -1;
      for (const slot of turnsOfIt) {
        join(session, before, slot, -1);
        before = slot;
      }
    }
    disordered.clear();
  }

  function adopt(slots: readonly number[]): void {
    for (const slot of slots) {
      const session = turns.session[slot]!;
      if (session < 0) continue;
      sessions.reserve(session + 1);
      if (turns.previous[slot]! < 0) ends.first[session] = slot + 1;
      if (turns.next[slot]! < 0) ends.last[session] = slot + 1;
    }
  }

  function join(session: number, before: number, slot: number, after: number): void {
    turns.previous[slot] = before;
    turns.next[slot] = after;
    if (before < 0) ends.first[session] = slot + 1;
    else turns.next[before] = slot;
    if (after < 0) ends.last[session] = slot + 1;
    else turns.previous[after] = slot;
  }

  function isBefore(left: number, right: number): boolean {
    const difference = turns.eventAt[left]! - turns.eventAt[right]!;
    return difference < 0 || (difference === 0 && turns.order[left]! < turns.order[right]!);
  }
}
