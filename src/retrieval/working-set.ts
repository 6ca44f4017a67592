import type { AccessLog } from '../memory/activation.ts';
import type { Role } from '../memory/episode.ts';
import { roles } from '../memory/episode.ts';
import type { NoteId } from '../memory/ids.ts';
import type { NoteKind, NoteState } from '../memory/note.ts';
import { noteKinds, noteStates } from '../memory/note.ts';

/**
 * The hot, text-free copy of one read scope that is ranked: packed arrays of what its notes say in stems, who
 * said it, when, and in which order. Built from `WorkingRow`s, follows the feed, equal in every observable to one
 * rebuilt from the store.
 *
 * A **slot** is one note. Slots are 0..size-1 in the order the notes were added. A slot is never renumbered and
 * never given to another note while this object lives; an erased note leaves a slot with `present[slot] === 0`.
 * A **unit** is one passage of a note's text (or its context line); a note has one or more.
 * A **term** is a stem's number.
 * A note is **present** until it is erased, and **live** while it is present and its state is `active`. All
 * statistics are over live notes.
 *
 * The arrays may be longer than `size`, and are replaced when they grow: take them from the set anew after every
 * `await`, and never write to them.
 */
export interface WorkingSet {
  /** The analyser whose stems these are. */
  readonly analyzer: string;
  /** Rises with every change, so that what was worked out from the set can be kept until it does. */
  readonly revision: number;
  /** Slots, erased ones included. */
  readonly size: number;
  /** Notes that are present, whatever their state. */
  readonly presentNotes: number;
  /** Notes that are live. */
  readonly liveNotes: number;
  readonly slots: SlotColumns;

  /** The texts: units are passages, those of one note next to each other. */
  readonly text: Postings;
  /** Date, place and context-line stems: at most one unit a note. Terms are numbered as in `text`. */
  readonly context: Postings;

  readonly sessions: NameTable;
  readonly speakers: NameTable;
  readonly places: NameTable;

  /** The number of a stem, or -1 when no present note has it. The same stem may get another number later. */
  termId(stem: string): number;
  /** The stem of a term that a present note has. */
  termOf(term: number): string;
  /** The slot of a present note, or -1. */
  slotOf(id: NoteId): number;
  /** The id of a present note. */
  idOf(slot: number): NoteId;
  /** When a present note was used; null while it never was. Few are. */
  accessesOf(slot: number): AccessLog | null;

  /** The memory it holds, in bytes, near enough for a budget. */
  bytes(): number;
}

/** One entry a slot in each; only entries below `size` mean anything, and only of present notes. */
export interface SlotColumns {
  /** 1 while the note is in the store, 0 once erased. */
  readonly present: Uint8Array;
  /** `WorkingRow.order`, ascending with the slot. */
  readonly order: Float64Array;
  /** Index into `noteKinds`, see `kindCodes`. */
  readonly kind: Uint8Array;
  /** Index into `noteStates`, see `stateCodes`; 0 is `active`. */
  readonly state: Uint8Array;
  /** Index into `roles`, see `roleCodes`; -1 when there is none. */
  readonly role: Int8Array;
  readonly trust: Uint8Array;
  /** 1 when the text asks something. */
  readonly question: Uint8Array;
  readonly version: Uint32Array;
  /** Index into `sessions`, -1 when there is none. */
  readonly session: Int32Array;
  /** Index into `speakers`, -1 when there is none. */
  readonly speaker: Int32Array;
  /** Index into `places`, -1 when there is none. */
  readonly place: Int32Array;
  /** Times are milliseconds since 1970; NaN is null, so that every comparison with it is false. */
  readonly eventAt: Float64Array;
  readonly createdAt: Float64Array;
  readonly validAt: Float64Array;
  readonly invalidAt: Float64Array;
  readonly expiredAt: Float64Array;
  readonly lastUsedAt: Float64Array;
  readonly expiresAt: Float64Array;
  /** 1 when no pass archives it. */
  readonly pinned: Uint8Array;
  readonly importance: Float32Array;
  /** Days. */
  readonly stability: Float32Array;
  /** Words of the text, stop words included. */
  readonly words: Uint32Array;
  /**
   * The slot of the turn before and after in the same session, ordered by (eventAt, order), over present notes
   * of every state; -1 at the ends and for notes without a session.
   */
  readonly previous: Int32Array;
  readonly next: Int32Array;
  /** Units `firstUnit .. firstUnit + unitCount - 1` of `text`; a present note has at least one. */
  readonly firstUnit: Uint32Array;
  readonly unitCount: Uint32Array;
  /** The unit of `context`, -1 when the note has none. */
  readonly contextUnit: Int32Array;
}

/** Which units have which terms, and the other way round. */
export interface Postings {
  /** Units, dead ones included. */
  readonly size: number;
  /** The slot of a unit; -1 once it is dead, which is when its note was revised or erased. */
  readonly slotOf: Int32Array;
  /** Stems of a unit, repeats counted. */
  readonly lengthOf: Uint32Array;
  /** Units of live notes, and the sum of their lengths. */
  readonly liveUnits: number;
  readonly liveLength: number;

  /** Live notes that have the term in any of their units. */
  noteFrequency(term: number): number;

  /**
   * Calls `visit` once for each run of the term's postings: none, one or two. Within a run `units[i]`, for i from
   * `start` to `end - 1`, has the term `frequencies[i]` times (255 at most). Units ascend over all the runs.
   * Dead units may be among them (`slotOf[unit] === -1`): skip them. Units of notes that are present but not
   * live are among them, too: `slots.state` tells. Slots need not ascend: a revised note has younger units.
   */
  forEachRun(term: number, visit: RunVisitor): void;

  /** The terms of a unit, each once: `unitTerms[i]`, `unitFrequencies[i]` for i from `unitStart[unit]` to `unitStart[unit + 1] - 1`. */
  readonly unitStart: Uint32Array;
  readonly unitTerms: Uint32Array;
  readonly unitFrequencies: Uint8Array;
}

export type RunVisitor = (units: Uint32Array, frequencies: Uint8Array, start: number, end: number) => void;

/**
 * The sessions, speakers or places of a set, numbered. A name that no present note has any more is gone, and its
 * number may be given to another.
 */
export interface NameTable {
  /** Numbers are below this; some may be unused. */
  readonly size: number;
  /** The name: of a session, the namespace, a line feed and the session id. Empty when the number is unused. */
  nameOf(index: number): string;
  /** Its words, folded but not stemmed; always empty for sessions. */
  wordsOf(index: number): readonly string[];
  /** Present notes with this name. */
  countOf(index: number): number;
  /** The number of a name, or -1. */
  indexOf(name: string): number;
}

export const kindCodes: Readonly<Record<NoteKind, number>> = codes(noteKinds);
export const stateCodes: Readonly<Record<NoteState, number>> = codes(noteStates);
export const roleCodes: Readonly<Record<Role, number>> = codes(roles);

function codes<Name extends string>(names: readonly Name[]): Readonly<Record<Name, number>> {
  return Object.fromEntries(names.map((name, index) => [name, index])) as Record<Name, number>;
}
