import type { Analyzer } from '../memory/analyzer.ts';
import type { NoteId } from '../memory/ids.ts';
import type { NoteKeys } from '../memory/note.ts';
import type { WorkingRow } from '../memory/store.ts';
import { newPostings } from './postings.ts';
import { kindCodes, roleCodes, stateCodes, type WorkingSet } from './working-set.ts';
import { newColumns } from './working-set-columns.ts';
import { newIdTable } from './working-set-ids.ts';
import { newNameTable } from './working-set-names.ts';
import { type PackedWorkingSet, packedSlots, slotColumnNames, slotTypes } from './working-set-packed.ts';
import { newTurnOrder } from './working-set-sessions.ts';
import { newTermTable } from './working-set-terms.ts';

/**
 * A working set that can be written. Begin with `put` for every row, then `seal`; from then on it can be read,
 * and `put` and `erase` keep it up to date. Every statistic is counted up and down, never estimated.
 */
export interface MutableWorkingSet extends WorkingSet {
  /**
   * Takes in a row as it is now: a new note, or one that has changed. The keys are those of the set's analyser.
   * False, and nothing done, for a new note older than the youngest one here: then the set must be built anew.
   */
  put(row: WorkingRow): boolean;
  /** Does nothing when the note is not there. */
  erase(id: NoteId): void;
  /** Ends the loading: orders the turns, packs the postings, gives back spare room. */
  seal(): void;
  /** Share of slots and units that hold nothing any more; when large, build anew. */
  waste(): number;
  packed(): PackedWorkingSet;
}

export function newWorkingSet(analyzer: Pick<Analyzer, 'id' | 'words'>, from?: PackedWorkingSet): MutableWorkingSet {
  const slotColumns = newColumns(slotTypes, from?.slots);
  const slots = slotColumns.columns;
  let size = from === undefined ? 0 : from.slots.present.length;
  let presentNotes = 0;
  let liveNotes = 0;
  let revision = 0;
  let sealed = from !== undefined;

  const terms = newTermTable(from?.terms);
  const text = newPostings(from?.text);
  const context = newPostings(from?.context);
  const sessions = newNameTable(() => [], from?.sessions);
  const speakers = newNameTable((name) => analyzer.words(name), from?.speakers);
  const places = newNameTable((name) => analyzer.words(name), from?.places);
  const ids = newIdTable(from?.ids, (slot) => slots.present[slot] === 1);
  const turns = newTurnOrder(slots);
  const accesses = new Map(from?.accesses);
  /** The numbers of the stems of one passage, while it is being added. */
  const numbers: number[] = [];
  if (from !== undefined) recount(from);

  return {
    analyzer: analyzer.id,
    get revision() {
      return revision;
    },
    get size() {
      return size;
    },
    get presentNotes() {
      return presentNotes;
    },
    get liveNotes() {
      return liveNotes;
    },
    slots,
    text,
    context,
    sessions,
    speakers,
    places,
    termId: terms.find,
    termOf: terms.stemOf,
    slotOf: ids.find,
    idOf: ids.idOf,
    accessesOf: (slot) => accesses.get(slot) ?? null,
    bytes: () =>
      accesses.size * accessBytes +
      [slotColumns, text, context, terms, sessions, speakers, places, ids, turns].reduce(
        (sum: number, part: { bytes(): number }) => sum + part.bytes(),
        0,
      ),
    put,
    erase,
    seal,
    waste() {
      const deadUnits = text.deadUnits + context.deadUnits;
      return (size - presentNotes + deadUnits) / Math.max(1, size + text.size + context.size);
    },
    packed,
  };

  function put(row: WorkingRow): boolean {
    let slot = ids.find(row.id);
    const isKnown = slot >= 0 && slots.order[slot] === row.order;
    const youngest = size > 0 ? slots.order[size - 1]! : Number.NEGATIVE_INFINITY;
    if (!isKnown && row.order <= youngest) return false;
    revision += 1;
    // The id of an erased note that was added again is another note.
    if (!isKnown && slot >= 0) erase(row.id);
    if (!isKnown) slot = addSlot(row);

    const isSaidAnew = !isKnown || slots.version[slot] !== row.version;
    const isLive = row.state === 'active';
    const wasLive = isKnown && slots.state[slot] === stateCodes.active;
    const isMoved =
      isKnown &&
      (slots.eventAt[slot] !== row.eventAt || sessions.nameOf(slots.session[slot]!) !== (sessionName(row) ?? ''));
    if (wasLive && (isSaidAnew || !isLive)) setLive(slot, false);
    if (isMoved) turns.unlink(slot);
    if (isKnown && isSaidAnew) silence(slot);
    write(slot, row);
    if (isSaidAnew) say(slot, row.keys);
    if (!isKnown || isMoved) turns.link(slot);
    if (isLive && (isSaidAnew || !wasLive)) setLive(slot, true);
    return true;
  }

  function addSlot(row: WorkingRow): number {
    const slot = size;
    slotColumns.reserve(slot + 1);
    size += 1;
    ids.set(slot, row.id);
    slots.present[slot] = 1;
    presentNotes += 1;
    slots.order[slot] = row.order;
    slots.session[slot] = -1;
    slots.speaker[slot] = -1;
    slots.place[slot] = -1;
    slots.previous[slot] = -1;
    slots.next[slot] = -1;
    slots.contextUnit[slot] = -1;
    return slot;
  }

  function write(slot: number, row: WorkingRow): void {
    slots.kind[slot] = kindCodes[row.kind];
    slots.state[slot] = stateCodes[row.state];
    slots.role[slot] = row.role === null ? -1 : roleCodes[row.role];
    slots.trust[slot] = row.trust;
    slots.question[slot] = row.keys.question ? 1 : 0;
    slots.version[slot] = row.version;
    slots.words[slot] = row.keys.words;
    slots.eventAt[slot] = row.eventAt;
    slots.createdAt[slot] = row.createdAt;
    slots.validAt[slot] = row.validAt ?? Number.NaN;
    slots.invalidAt[slot] = row.invalidAt ?? Number.NaN;
    slots.expiredAt[slot] = row.expiredAt ?? Number.NaN;
    slots.lastUsedAt[slot] = row.lastUsedAt;
    slots.expiresAt[slot] = row.expiresAt ?? Number.NaN;
    slots.pinned[slot] = row.isPinned ? 1 : 0;
    if (row.accesses === null) accesses.delete(slot);
    else accesses.set(slot, row.accesses);
    slots.importance[slot] = row.importance;
    slots.stability[slot] = row.stability;
    // Held before the old ones are released: a name that stays keeps its number.
    const held = [sessions.hold(sessionName(row)), speakers.hold(row.speaker), places.hold(row.place)] as const;
    releaseNames(slot);
    [slots.session[slot], slots.speaker[slot], slots.place[slot]] = held;
  }

  function releaseNames(slot: number): void {
    sessions.release(slots.session[slot]!);
    speakers.release(slots.speaker[slot]!);
    places.release(slots.place[slot]!);
  }

  /** Adds the units of a note's keys, not live yet. */
  function say(slot: number, keys: NoteKeys): void {
    const passages = keys.passages.length > 0 ? keys.passages : [[]];
    slots.firstUnit[slot] = text.size;
    slots.unitCount[slot] = passages.length;
    for (const stems of passages) holdTerms(text, text.add(slot, numbered(stems)));
    slots.contextUnit[slot] = -1;
    if (keys.context.length === 0) return;
    slots.contextUnit[slot] = context.add(slot, numbered(keys.context));
    holdTerms(context, context.size - 1);
  }

  function numbered(stems: readonly string[]): readonly number[] {
    numbers.length = 0;
    for (const stem of stems) numbers.push(terms.number(stem));
    return numbers;
  }

  function holdTerms(postings: typeof text, unit: number): void {
    const end = postings.unitStart[unit + 1]!;
    for (let index = postings.unitStart[unit]!; index < end; index += 1) terms.hold(postings.unitTerms[index]!);
  }

  /** Takes away the units of a note that is not live. */
  function silence(slot: number): void {
    text.kill(slots.firstUnit[slot]!, slots.unitCount[slot]!, terms.release);
    if (slots.contextUnit[slot]! >= 0) context.kill(slots.contextUnit[slot]!, 1, terms.release);
  }

  function setLive(slot: number, live: boolean): void {
    liveNotes += live ? 1 : -1;
    text.setLive(slots.firstUnit[slot]!, slots.unitCount[slot]!, live);
    if (slots.contextUnit[slot]! >= 0) context.setLive(slots.contextUnit[slot]!, 1, live);
  }

  function erase(id: NoteId): void {
    const slot = ids.find(id);
    if (slot < 0) return;
    revision += 1;
    if (slots.state[slot] === stateCodes.active) setLive(slot, false);
    turns.unlink(slot);
    silence(slot);
    releaseNames(slot);
    ids.remove(slot);
    accesses.delete(slot);
    for (const name of blankedColumns) slots[name][slot] = 0;
    presentNotes -= 1;
  }

  function seal(): void {
    if (sealed) return;
    sealed = true;
    turns.settle(presentSlots());
    text.pack();
    context.pack();
    slotColumns.trim(size);
    ids.trim(size);
    text.trim();
    context.trim();
    terms.trim();
  }

  /** Counts what is not packed: it follows from what is. */
  function recount(packedSet: PackedWorkingSet): void {
    const present = presentSlots();
    presentNotes = present.length;
    for (const slot of present) {
      sessions.hold(sessions.nameOf(slots.session[slot]!));
      speakers.hold(speakers.nameOf(slots.speaker[slot]!));
      places.hold(places.nameOf(slots.place[slot]!));
      for (let unit = 0; unit < slots.unitCount[slot]!; unit += 1) holdTerms(text, slots.firstUnit[slot]! + unit);
      if (slots.contextUnit[slot]! >= 0) holdTerms(context, slots.contextUnit[slot]!);
      if (slots.state[slot] === stateCodes.active) setLive(slot, true);
    }
    if (packedSet.analyzer !== analyzer.id) throw new Error('A packed working set of another analyser.');
    turns.adopt(present);
    text.pack();
    context.pack();
  }

  function presentSlots(): number[] {
    const present: number[] = [];
    for (let slot = 0; slot < size; slot += 1) if (slots.present[slot] === 1) present.push(slot);
    return present;
  }

  function packed(): PackedWorkingSet {
    return {
      analyzer: analyzer.id,
      slots: packedSlots(slots, size),
      ids: ids.packed(size),
      text: text.packed(),
      context: context.packed(),
      accesses: [...accesses].sort(([left], [right]) => left - right),
      terms: terms.stems(),
      sessions: sessions.names(),
      speakers: speakers.names(),
      places: places.names(),
    };
  }
}

/** A log of a few uses with its entry in the map, in bytes. */
const accessBytes = 300;

/** An erased note leaves nothing but the place it had. */
const blankedColumns = slotColumnNames.filter((name) => name !== 'order');

/** A session belongs to its namespace: two namespaces under one subtree may use the same session id. */
function sessionName(row: WorkingRow): string | null {
  return row.sessionId === null ? null : `${row.scope.namespace}\n${row.sessionId}`;
}
