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
 * as nearly every turn arrives at an end. One that arrives in the middle is walked to from the end; while a set
 * is being loaded its session is sorted afterwards instead.
 */
export interface TurnOrder {
  /** Puts a slot at its place among its session's. */
  link(slot: number): void;
  unlink(slot: number): void;
  /** Ends the loading. `slots` are all there are. O(n log n) when every turn came out of order. */
  settle(slots: readonly number[]): void;
  /** Ends the loading when the links are there already: learns the ends from them. */
  adopt(slots: readonly number[]): void;
  bytes(): number;
}

export function newTurnOrder(turns: TurnColumns): TurnOrder {
  const sessions = newColumns({ first: Int32Array, last: Int32Array } as const);
  /** Slot + 1, 0 for none. */
  const ends = sessions.columns;
  let isLoading = true;
  /** Sessions to be sorted. */
  const disordered = new Set<number>();

  return { link, unlink, settle, adopt, bytes: () => sessions.bytes() };

  function link(slot: number): void {
    const session = turns.session[slot]!;
    if (session < 0) return;
    sessions.reserve(session + 1);
    const first = ends.first[session]! - 1;
    let before = ends.last[session]! - 1;
    if (isLoading && before >= 0 && isBefore(slot, before)) {
      disordered.add(session);
      return;
    }
    if (first >= 0 && isBefore(slot, first)) before = -1;
    else while (before >= 0 && isBefore(slot, before)) before = turns.previous[before]!;
    join(session, before, slot, before < 0 ? first : turns.next[before]!);
  }

  function unlink(slot: number): void {
    const session = turns.session[slot]!;
    if (session < 0) return;
    if (isLoading) {
      disordered.add(session);
      return;
    }
    const before = turns.previous[slot]!;
    const after = turns.next[slot]!;
    if (before < 0) ends.first[session] = after + 1;
    else turns.next[before] = after;
    if (after < 0) ends.last[session] = before + 1;
    else turns.previous[after] = before;
    turns.previous[slot] = -1;
    turns.next[slot] = -1;
  }

  function settle(slots: readonly number[]): void {
    isLoading = false;
    if (disordered.size === 0) return;
    const members = new Map<number, number[]>();
    for (const session of disordered) {
      members.set(session, []);
      ends.first[session] = 0;
      ends.last[session] = 0;
    }
    for (const slot of slots) members.get(turns.session[slot]!)?.push(slot);
    for (const [session, itsTurns] of members) {
      itsTurns.sort((left, right) => (isBefore(left, right) ? -1 : 1));
      let before = -1;
      for (const slot of itsTurns) {
        join(session, before, slot, -1);
        before = slot;
      }
    }
    disordered.clear();
  }

  function adopt(slots: readonly number[]): void {
    isLoading = false;
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
