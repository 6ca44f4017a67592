/**
 * The sentences that say most of what a text says: by the centroid method (Radev et al. 2004), chosen one by one so that each
 * adds to those before it (maximal marginal relevance, Carbonell and Goldstein 1998):
 *
 *   next = argmax of relevance * cos(sentence, centroid) - (1 - relevance) * max cos(sentence, chosen)
 *
 * over vectors of tf * idf(stem), idf = ln(1 + sentences / sentences with it). Word for word: nothing is cut or changed.
 * Cost: stems * sentences chosen.
 */
export interface CandidateSentence {
  readonly text: string;
  /** Without stop words. */
  readonly stems: readonly string[];
  readonly isQuestion: boolean;
}

const relevance = 0.7;
/** A sentence of fewer tells nothing by itself: "Sounds great!" */
const stemsMin = 3;
/** What a question tells of what it asks about. */
const questionShare = 0.5;
/** A longer sentence has more of everything; beyond this many stems it is not more telling for it. */
const stemsUsual = 12;

/** Positions of at most `count` sentences, ascending. Of equally good ones the first. */
export function extractedSentences(candidates: readonly CandidateSentence[], count: number): readonly number[] {
  const frequencies = new Map<string, number>();
  for (const { stems } of candidates) {
    for (const stem of new Set(stems)) frequencies.set(stem, (frequencies.get(stem) ?? 0) + 1);
  }
  const vectors = candidates.map(({ stems }) => unitVector(stems, frequencies, candidates.length));
  const centroid = meanVector(vectors);
  const scores = vectors.map((vector, index) => {
    const { stems, isQuestion } = candidates[index]!;
    if (new Set(stems).size < stemsMin) return 0;
    const brevity = Math.min(1, stems.length / stemsUsual) ** 0.5;
    return dot(vector, centroid) * (isQuestion ? questionShare : 1) * brevity;
  });
  const most = Math.max(...scores, 0);
  const alike = new Float64Array(candidates.length);
  const chosen: number[] = [];
  while (chosen.length < count) {
    let best = -1;
    let bestValue = Number.NEGATIVE_INFINITY;
    for (let index = 0; index < candidates.length; index += 1) {
      // Over this likeness it says nothing new.
      if (scores[index] === 0 || alike[index]! > likenessMax || chosen.includes(index)) continue;
      const value = (relevance * scores[index]!) / most - (1 - relevance) * alike[index]!;
      if (value > bestValue) {
        best = index;
        bestValue = value;
      }
    }
    if (best === -1) break;
    chosen.push(best);
    for (let index = 0; index < candidates.length; index += 1) {
      alike[index] = Math.max(alike[index]!, dot(vectors[index]!, vectors[best]!));
    }
  }
  return chosen.sort((one, other) => one - other);
}

const likenessMax = 0.8;

type Vector = ReadonlyMap<string, number>;

function unitVector(stems: readonly string[], frequencies: ReadonlyMap<string, number>, sentences: number): Vector {
  const vector = new Map<string, number>();
  for (const stem of stems) {
    vector.set(stem, (vector.get(stem) ?? 0) + Math.log(1 + sentences / (frequencies.get(stem) ?? 1)));
  }
  return scaled(vector);
}

/** Sentences of which every word stands alone weigh little: what is said again and again is what the text is about. */
function meanVector(vectors: readonly Vector[]): Vector {
  const sum = new Map<string, number>();
  for (const vector of vectors) for (const [stem, value] of vector) sum.set(stem, (sum.get(stem) ?? 0) + value);
  return scaled(sum);
}

function scaled(vector: Vector): Vector {
  let squares = 0;
  for (const value of vector.values()) squares += value ** 2;
  const length = Math.sqrt(squares);
  return length === 0 ? vector : new Map([...vector].map(([stem, value]) => [stem, value / length]));
}

function dot(one: Vector, other: Vector): number {
  const [small, large] = one.size < other.size ? [one, other] : [other, one];
  let sum = 0;
  for (const [stem, value] of small) sum += value * (large.get(stem) ?? 0);
  return sum;
}
