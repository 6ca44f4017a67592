/**
 * Arrays of numbers, one a slot or unit, lent out full of zeros. A search of a large scope needs a dozen of them and
 * writes to a fraction of their entries: made anew each time, most of its time would go into clearing memory and
 * collecting it. Whoever borrows an array gives it back as it was, zeroing what it wrote; one that is never given
 * back is merely collected. Seven digits are plenty for what is compared, and half the memory: two dozen of these are
 * held for the largest scope that is searched.
 */
export interface Scratch {
  /** All zero, `length` long or longer. */
  floats(length: number): Float32Array;
  /** @param touched the entries that were written */
  giveBack(array: Float32Array, touched: readonly number[]): void;
}

/** Arrays kept for the next search; more are left to the collector. */
const keptMax = 32;

export function newScratch(): Scratch {
  const kept: Float32Array[] = [];
  return {
    floats(length) {
      for (let array = kept.pop(); array !== undefined; array = kept.pop()) {
        // A shorter one was for a scope that was smaller: its time is over, too.
        if (array.length >= length && array.length <= lengthFor(length) * 4) return array;
      }
      return new Float32Array(lengthFor(length));
    },
    giveBack(array, touched) {
      for (const index of touched) array[index] = 0;
      if (kept.length < keptMax) kept.push(array);
    },
  };
}

/** Somewhat longer than asked, so that a scope that grows does not need new ones each time. */
function lengthFor(length: number): number {
  return Math.max(1_024, 2 ** Math.ceil(Math.log2(Math.max(1, length))));
}
