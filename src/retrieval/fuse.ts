/**
 * Weighted sum of signals: score(candidate) = Σ weight · value. Signals lie in 0..1 and weights are not
 * negative, so that every line of an explanation adds and a score can be recomputed by hand.
 */
export interface Signal {
  readonly name: string;
  readonly weight: number;
  /** One value a candidate. */
  readonly values: Float64Array;
}

/** The fused scores of `count` candidates. A signal of weight 0 has no say. */
export function fused(count: number, signals: readonly Signal[]): Float64Array {
  const scores = new Float64Array(count);
  for (const { weight, values } of signals) {
    if (weight === 0) continue;
    for (let index = 0; index < count; index += 1) scores[index] = scores[index]! + weight * values[index]!;
  }
  return scores;
}

/**
 * Indices of the `count` highest scores, best first; equal scores in the order `before` gives, so that an answer
 * repeats. A heap of the best so far: n log k at worst, about n when few of them displace another.
 */
export function highest(
  scores: Float64Array,
  count: number,
  before: (a: number, b: number) => boolean,
): readonly number[] {
  const better = (a: number, b: number): boolean =>
    scores[a]! > scores[b]! || (scores[a]! === scores[b]! && before(a, b));
  // A heap whose root is the worst of the best so far.
  const heap: number[] = [];
  for (let index = 0; index < scores.length; index += 1) {
    if (heap.length < count) {
      heap.push(index);
      for (let at = heap.length - 1; at > 0; ) {
        const parent = (at - 1) >> 1;
        if (!better(heap[parent]!, heap[at]!)) break;
        swap(heap, at, parent);
        at = parent;
      }
    } else if (count > 0 && better(index, heap[0]!)) {
      heap[0] = index;
      for (let at = 0; ; ) {
        const left = 2 * at + 1;
        let worst = at;
        if (left < heap.length && better(heap[worst]!, heap[left]!)) worst = left;
        if (left + 1 < heap.length && better(heap[worst]!, heap[left + 1]!)) worst = left + 1;
        if (worst === at) break;
        swap(heap, at, worst);
        at = worst;
      }
    }
  }
  return heap.sort((a, b) => (better(a, b) ? -1 : 1));
}

function swap(heap: number[], a: number, b: number): void {
  const kept = heap[a]!;
  heap[a] = heap[b]!;
  heap[b] = kept;
}
