import type { SegmentBackground, SegmentTurn } from './segments.ts';
import type { TurnGraph } from './segments-refinement.ts';

/** What a stem tells: idf(t) = ln(1 + notes / notes with t), over the background, the turns so far and `notesBefore` without it. */
export interface TermWeights {
  add(terms: ReadonlySet<string>): void;
  of(term: string): number;
}

/** Else a word said twice in five turns would tell nothing, and much in a hundred. */
const notesBefore = 50;

export function newTermWeights({ notes, frequency }: SegmentBackground): TermWeights {
  const counts = new Map<string, number>();
  let turns = 0;
  return {
    add(terms) {
      turns += 1;
      for (const term of terms) counts.set(term, (counts.get(term) ?? frequency(term)) + 1);
    },
    of: (term) => Math.log(1 + (notesBefore + notes + turns) / (counts.get(term) ?? frequency(term) + 1)),
  };
}

export interface TurnSimilarity extends TurnGraph {
  add(turn: SegmentTurn): void;
}

/** Shared idf^2 at which two turns are half alike: one rare word. */
const halfAlike = 10;

/**
 * How alike the turns of a session are: s / (s + `halfAlike`) for the sum s of idf^2 of the stems both have, or its mean with the
 * cosine of their vectors where both have one. Not divided by length: how much a turn shares with everything is what the
 * expectation of modularity accounts for. Weights are those known when the later turn came, so that a value never changes
 * once it is there.
 */
export function newTurnSimilarity(background: SegmentBackground, band: number): TurnSimilarity {
  const weights = newTermWeights(background);
  const turns: { readonly terms: ReadonlySet<string>; readonly vector: Float32Array | null }[] = [];
  /** By turn, then by how many turns before: the sum of all weights up to there. */
  const rows: Float64Array[] = [];
  const totals: number[] = [];

  return {
    band,
    get size() {
      return rows.length;
    },
    add({ stems, vector }) {
      const terms = new Set(stems);
      weights.add(terms);
      const turn = { terms, vector, squares: new Map([...terms].map((term) => [term, weights.of(term) ** 2])) };
      const row = new Float64Array(Math.min(band, turns.length) + 1);
      for (let distance = 1; distance < row.length; distance += 1) {
        const similar = similarity(turn, turns[turns.length - distance]!);
        row[distance] = row[distance - 1]! + similar;
        totals[turns.length - distance]! += similar;
      }
      rows.push(row);
      totals.push(row[row.length - 1]!);
      turns.push({ terms, vector });
    },
    weight(one, other) {
      const row = rows[Math.max(one, other)];
      const distance = Math.abs(one - other);
      return row === undefined || distance === 0 || distance >= row.length ? 0 : row[distance]! - row[distance - 1]!;
    },
    weightBefore: (turn, count) => rows[turn]![count]!,
    strength(turn) {
      const compared = Math.min(band, turn) + Math.min(band, rows.length - 1 - turn);
      return compared === 0 ? 0 : (totals[turn]! + strengthMin) / compared;
    },
  };
}

/** A turn that shares nothing yet may do so by chance. */
const strengthMin = 0.5;

interface ComparedTurn {
  readonly vector: Float32Array | null;
  /** idf^2 by term. */
  readonly squares: ReadonlyMap<string, number>;
}

function similarity(
  { squares, vector }: ComparedTurn,
  other: { readonly terms: ReadonlySet<string>; readonly vector: Float32Array | null },
): number {
  let shared = 0;
  for (const [term, square] of squares) if (other.terms.has(term)) shared += square;
  const words = shared / (shared + halfAlike);
  if (vector === null || other.vector?.length !== vector.length) return words;
  let dot = 0;
  for (let index = 0; index < vector.length; index += 1) dot += vector[index]! * other.vector[index]!;
  return (words + Math.max(0, dot)) / 2;
}
