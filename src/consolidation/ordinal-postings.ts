/** For each key the ordinals of the notes that have it, ascending, so that "before this note" is the beginning of a list. */
export interface OrdinalPostings {
  /** The list of a key, made if it is new. The same object until its last ordinal is removed. */
  posting(key: string): Posting;
  get(key: string): Posting | undefined;
  /** `ordinal` is above all that are there. */
  add(posting: Posting, ordinal: number): void;
  remove(posting: Posting, ordinal: number): void;
}

export interface Posting {
  readonly key: string;
  readonly ordinals: number[];
}

export function newOrdinalPostings(): OrdinalPostings {
  const byKey = new Map<string, Posting>();
  return {
    posting(key) {
      let posting = byKey.get(key);
      if (posting === undefined) {
        posting = { key, ordinals: [] };
        byKey.set(key, posting);
      }
      return posting;
    },
    get: (key) => byKey.get(key),
    add(posting, ordinal) {
      if (posting.ordinals.at(-1) !== ordinal) posting.ordinals.push(ordinal);
    },
    remove(posting, ordinal) {
      const at = countBelow(posting.ordinals, ordinal);
      if (posting.ordinals[at] === ordinal) posting.ordinals.splice(at, 1);
      if (posting.ordinals.length === 0) byKey.delete(posting.key);
    },
  };
}

/** How many of ascending numbers are below `end`. O(1) when all are, else by halving. */
export function countBelow(ascending: readonly number[], end: number): number {
  const { length } = ascending;
  if (length === 0 || ascending[length - 1]! < end) return length;
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ascending[middle]! < end) low = middle + 1;
    else high = middle;
  }
  return low;
}
