import type { NoteId } from '../memory/ids.ts';
import { newColumns } from './working-set-columns.ts';

/**
 * Which note is in which slot, in 24 bytes a note where strings in a map take 100. An id of the usual form
 * (`note_` and 26 digits of base 32, see `memory/ids.ts`) is kept as its 128 bits; any other as it is.
 * Found through a hash table with linear probing.
 */
export interface IdTable {
  set(slot: number, id: NoteId): void;
  idOf(slot: number): NoteId;
  /** The slot, or -1. */
  find(id: NoteId): number;
  remove(slot: number): void;
  trim(size: number): void;
  bytes(): number;
  packed(size: number): PackedIds;
}

export interface PackedIds {
  readonly words: Uint32Array<ArrayBuffer>;
  readonly others: readonly (readonly [number, string])[];
}

const wordTypes = { words: Uint32Array } as const;

const prefix = 'note_';
const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';
const digitOf = Int8Array.from({ length: 128 }, (_, code) => alphabet.indexOf(String.fromCharCode(code)));
const digits = 26;

const empty = 0;
const removed = -1;

/** `initial` must be followed by `set` or nothing for each slot; its slots are entered as they are. */
export function newIdTable(initial?: PackedIds, isPresent: (slot: number) => boolean = () => true): IdTable {
  const columns = newColumns(wordTypes, initial === undefined ? undefined : { words: initial.words });
  const packed = columns.columns;
  const others = new Map<number, NoteId>();
  const slotsOfOthers = new Map<NoteId, number>();
  /** Slot + 1, 0 for empty, -1 for removed. */
  let table = new Int32Array(16);
  let used = 0;
  let held = 0;
  const scratch = new Uint32Array(4);

  if (initial !== undefined) {
    for (const [slot, id] of initial.others) keepOther(slot, id as NoteId);
    const slots = initial.words.length / 4;
    rehash(slots);
    for (let slot = 0; slot < slots; slot += 1) if (isPresent(slot) && !others.has(slot)) enter(slot);
  }

  return {
    set(slot, id) {
      if (!encode(id, scratch)) {
        keepOther(slot, id);
        return;
      }
      columns.reserve(slot * 4 + 4);
      packed.words.set(scratch, slot * 4);
      if ((used + 1) * 3 > table.length * 2) rehash(held + 1);
      enter(slot);
    },
    idOf: (slot) => others.get(slot) ?? decode(packed.words, slot * 4),
    find(id) {
      if (!encode(id, scratch)) return slotsOfOthers.get(id) ?? -1;
      const at = place(scratch, 0);
      return at < 0 ? -1 : table[at]! - 1;
    },
    remove(slot) {
      const other = others.get(slot);
      if (other !== undefined) {
        others.delete(slot);
        slotsOfOthers.delete(other);
        return;
      }
      const at = place(packed.words, slot * 4);
      if (at >= 0) {
        table[at] = removed;
        held -= 1;
      }
      packed.words.fill(0, slot * 4, slot * 4 + 4);
    },
    trim: (size) => columns.trim(size * 4),
    bytes: () => columns.bytes() + table.byteLength + others.size * 160,
    packed(size) {
      const words = new Uint32Array(size * 4);
      words.set(packed.words.subarray(0, Math.min(packed.words.length, size * 4)));
      return { words, others: [...others] };
    },
  };

  function keepOther(slot: number, id: NoteId): void {
    others.set(slot, id);
    slotsOfOthers.set(id, slot);
  }

  /** Where in the table the id at `words[from]` stands, or -1. */
  function place(words: Uint32Array, from: number): number {
    const mask = table.length - 1;
    for (let at = hash(words, from) & mask; ; at = (at + 1) & mask) {
      const entry = table[at]!;
      if (entry === empty) return -1;
      if (entry !== removed && equal(packed.words, (entry - 1) * 4, words, from)) return at;
    }
  }

  function enter(slot: number): void {
    const mask = table.length - 1;
    let at = hash(packed.words, slot * 4) & mask;
    while (table[at]! > 0) at = (at + 1) & mask;
    if (table[at] === empty) used += 1;
    table[at] = slot + 1;
    held += 1;
  }

  function rehash(size: number): void {
    const old = table;
    let length = 16;
    while (length * 2 < size * 4) length *= 2;
    table = new Int32Array(length);
    used = 0;
    held = 0;
    for (const entry of old) if (entry > 0) enter(entry - 1);
  }
}

function hash(words: Uint32Array, from: number): number {
  let mixed = Math.imul(words[from + 3]! ^ Math.imul(words[from + 2]!, 0x9e3779b1), 0x85ebca6b);
  mixed ^= Math.imul(words[from + 1]!, 0xc2b2ae35) ^ words[from]!;
  return Math.imul(mixed ^ (mixed >>> 15), 0x27d4eb2f) >>> 7;
}

function equal(left: Uint32Array, at: number, right: Uint32Array, from: number): boolean {
  return (
    left[at + 3] === right[from + 3] &&
    left[at + 2] === right[from + 2] &&
    left[at + 1] === right[from + 1] &&
    left[at] === right[from]
  );
}

/** Writes the 128 bits of an id of the usual form to `into`; false when it is of another. */
function encode(id: string, into: Uint32Array): boolean {
  if (id.length !== prefix.length + digits || !id.startsWith(prefix)) return false;
  let buffer = 0;
  let bits = 0;
  let word = 0;
  for (let index = 0; index < digits; index += 1) {
    const code = id.charCodeAt(prefix.length + index);
    const digit = code < 128 ? digitOf[code]! : -1;
    // The first digit has two leading zero bits: 26 digits are 130 bits.
    if (digit < 0 || (index === 0 && digit > 7)) return false;
    const width = index === 0 ? 3 : 5;
    if (bits + width < 32) {
      buffer = (buffer << width) | digit;
      bits += width;
    } else {
      const over = bits + width - 32;
      into[word] = (bits === 0 ? 0 : buffer << (32 - bits)) | (digit >>> over);
      word += 1;
      buffer = digit & ((1 << over) - 1);
      bits = over;
    }
  }
  return true;
}

function decode(words: Uint32Array, from: number): NoteId {
  let text = prefix;
  for (let index = 0; index < digits; index += 1) {
    // The first digit is bits -2 to 2, the last bits 123 to 127.
    const end = 3 + index * 5;
    text += alphabet[bitsBefore(words, from, end)]!;
  }
  return text as NoteId;
}

/** The five bits that end before bit `end`, bit 0 being the highest; bits before 0 are 0. */
function bitsBefore(words: Uint32Array, from: number, end: number): number {
  const word = (end - 1) >> 5;
  const shift = (word + 1) * 32 - end;
  const low = words[from + word]! >>> shift;
  const missing = 5 - (32 - shift);
  if (missing <= 0 || word === 0) return low & 31;
  return ((words[from + word - 1]! << (32 - shift)) | low) & 31;
}
