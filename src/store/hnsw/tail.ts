import type { NoteId } from '../../memory/ids.ts';
import type { SequencedVector } from '../sqlite/vector-source.ts';

/** The vectors that are newer than an index: one block of numbers, every one of them compared with the query. */
export interface Tail {
  readonly dimensions: number;
  /** The sequence up to which it has been followed. */
  readonly position: number;
  readonly notes: number;
  /** Memory held. */
  readonly bytes: number;
  has(noteId: NoteId): boolean;
  /** Takes a page in; one that was taken before changes nothing. @throws Error for other dimensions. */
  add(page: readonly SequencedVector[]): void;
  /** The notes nearest by cosine, best first, ties by id. O(notes x dimensions). */
  nearest(unitVector: Float32Array, count: number): readonly NoteId[];
  /** Lets go of what an index at this position holds. */
  forgetUntil(position: number): void;
}

export function newTail(dimensions: number, beginning: number): Tail {
  let position = beginning;
  let ids: NoteId[] = [];
  let sequences: number[] = [];
  let slotOf = new Map<NoteId, number>();
  let block = new Float32Array(0);

  return {
    dimensions,
    get position() {
      return position;
    },
    get notes() {
      return ids.length;
    },
    get bytes() {
      return block.byteLength + ids.length * bytesPerEntry;
    },
    has: (noteId) => slotOf.has(noteId),
    add(page) {
      for (const { noteId, sequence, vector } of page) {
        if (vector.length !== dimensions) {
          throw new Error(`A vector of ${vector.length} dimensions came after ones of ${dimensions}.`);
        }
        put(noteId, sequence, vector);
        position = Math.max(position, sequence);
      }
    },
    nearest(unitVector, count) {
      const best: { readonly slot: number; readonly score: number }[] = [];
      for (let slot = 0; slot < ids.length; slot += 1) {
        const score = dot(block, slot * dimensions, unitVector);
        const worst = best.length < count ? undefined : best[best.length - 1];
        if (worst !== undefined && !isBefore(slot, score, worst)) continue;
        let at = best.length;
        while (at > 0 && isBefore(slot, score, best[at - 1]!)) at -= 1;
        best.splice(at, 0, { slot, score });
        if (best.length > count) best.pop();
      }
      return best.map(({ slot }) => ids[slot]!);
    },
    forgetUntil(indexed) {
      const kept = sequences.flatMap((sequence, slot) => (sequence > indexed ? [slot] : []));
      const shrunk = new Float32Array(kept.length * dimensions);
      for (const [to, from] of kept.entries()) {
        shrunk.set(block.subarray(from * dimensions, (from + 1) * dimensions), to * dimensions);
      }
      block = shrunk;
      ids = kept.map((slot) => ids[slot]!);
      sequences = kept.map((slot) => sequences[slot]!);
      slotOf = new Map(ids.map((id, slot) => [id, slot]));
      position = Math.max(position, indexed);
    },
  };

  function put(noteId: NoteId, sequence: number, vector: Float32Array): void {
    let slot = slotOf.get(noteId);
    if (slot !== undefined && sequences[slot]! >= sequence) return;
    if (slot === undefined) {
      slot = ids.length;
      ids.push(noteId);
      sequences.push(sequence);
      slotOf.set(noteId, slot);
      if ((slot + 1) * dimensions > block.length) {
        const larger = new Float32Array(Math.max(64, Math.ceil(slot * 1.5)) * dimensions);
        larger.set(block);
        block = larger;
      }
    }
    sequences[slot] = sequence;
    block.set(unit(vector), slot * dimensions);
  }

  function isBefore(slot: number, score: number, other: { readonly slot: number; readonly score: number }): boolean {
    return score > other.score || (score === other.score && ids[slot]! < ids[other.slot]!);
  }
}

/** An id, its sequence and its place in a map. */
const bytesPerEntry = 150;

/** The vector at length 1. A vector without a direction stays as it is: it is near to nothing. */
export function unit(vector: Float32Array): Float32Array {
  let squares = 0;
  for (const value of vector) squares += value * value;
  const length = Math.sqrt(squares);
  return length > 0 && Number.isFinite(length) ? vector.map((value) => value / length) : vector;
}

/** Four sums side by side, which the processor can add at once. */
function dot(block: Float32Array, start: number, other: Float32Array): number {
  let first = 0;
  let second = 0;
  let third = 0;
  let fourth = 0;
  let index = 0;
  for (const last = other.length - 3; index < last; index += 4) {
    first += block[start + index]! * other[index]!;
    second += block[start + index + 1]! * other[index + 1]!;
    third += block[start + index + 2]! * other[index + 2]!;
    fourth += block[start + index + 3]! * other[index + 3]!;
  }
  for (; index < other.length; index += 1) first += block[start + index]! * other[index]!;
  return first + second + third + fourth;
}
