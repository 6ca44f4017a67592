/**
 * Listwise logistic regression with weights that are not negative (ListNet's top-one probability, Cao et al. 2007):
 *
 *   loss(question) = -(1 / |gold|) Σ over gold  ln( e^(w·x) / Σ over candidates e^(w·x') )
 *
 * minimised over all questions by Adam, each step clipped at 0, with a ridge. Every set of questions counts as its
 * own share says, however many questions it has. Deterministic: starts from equal weights, sees everything in every step.
 */
export interface Example {
  /** The data set it is of, and the conversation: what cross-validation never splits. */
  readonly set: string;
  readonly group: string;
  /** `candidates` rows of `signals` values. */
  readonly values: Float32Array;
  readonly candidates: number;
  /** Rows that are gold. */
  readonly gold: readonly number[];
  /** Gold notes in all, those included that are no candidates. */
  readonly goldCount: number;
}

export interface FitOptions {
  readonly ridge: number;
  readonly steps: number;
  readonly rate: number;
  /** Share of each set; one that is not named takes no part. */
  readonly shares: Readonly<Record<string, number>>;
}

export const fitOptions: FitOptions = {
  ridge: 0.002,
  steps: 250,
  rate: 0.06,
  shares: { locomo: 1, beam: 1, hotpotqa: 1 },
};

export function fitted(examples: readonly Example[], signals: number, options: FitOptions = fitOptions): Float64Array {
  const { ridge, steps, rate, shares } = options;
  const counts = new Map<string, number>();
  for (const { set } of examples) counts.set(set, (counts.get(set) ?? 0) + 1);
  const weights = new Float64Array(signals).fill(0.5);
  const mean = new Float64Array(signals);
  const square = new Float64Array(signals);
  for (let step = 1; step <= steps; step += 1) {
    const gradient = new Float64Array(signals);
    for (const example of examples) {
      const share = (shares[example.set] ?? 0) / (counts.get(example.set) ?? 1);
      if (share > 0 && example.gold.length > 0) addGradient(example, weights, share, gradient);
    }
    // Small steps at the end, so that the last one does not decide.
    const length = step > steps * 0.7 ? rate / 5 : rate;
    for (let signal = 0; signal < signals; signal += 1) {
      const slope = gradient[signal]! + ridge * weights[signal]!;
      mean[signal] = 0.9 * mean[signal]! + 0.1 * slope;
      square[signal] = 0.99 * square[signal]! + 0.01 * slope * slope;
      const corrected = mean[signal]! / (1 - 0.9 ** step) / (Math.sqrt(square[signal]! / (1 - 0.99 ** step)) + 1e-8);
      weights[signal] = Math.max(0, weights[signal]! - length * corrected);
    }
  }
  return weights;
}

/** Rows by falling w·x. */
export function rankedRows({ values, candidates }: Example, weights: Float64Array): readonly number[] {
  const scores = scoresOf(values, candidates, weights);
  return [...scores.keys()].sort((a, b) => scores[b]! - scores[a]! || a - b);
}

function addGradient(example: Example, weights: Float64Array, share: number, gradient: Float64Array): void {
  const { values, candidates, gold, goldCount } = example;
  const signals = weights.length;
  const scores = scoresOf(values, candidates, weights);
  const highest = scores.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  let sum = 0;
  for (let row = 0; row < candidates; row += 1) {
    scores[row] = Math.exp(scores[row]! - highest);
    sum += scores[row]!;
  }
  for (let row = 0; row < candidates; row += 1) {
    const probability = scores[row]! / sum;
    if (probability < 1e-4) continue;
    for (let signal = 0; signal < signals; signal += 1) {
      gradient[signal] = gradient[signal]! + share * probability * values[row * signals + signal]!;
    }
  }
  for (const row of gold) {
    for (let signal = 0; signal < signals; signal += 1) {
      gradient[signal] = gradient[signal]! - (share / goldCount) * values[row * signals + signal]!;
    }
  }
}

function scoresOf(values: Float32Array, candidates: number, weights: Float64Array): Float64Array {
  const signals = weights.length;
  const scores = new Float64Array(candidates);
  for (let row = 0; row < candidates; row += 1) {
    let score = 0;
    for (let signal = 0; signal < signals; signal += 1) score += weights[signal]! * values[row * signals + signal]!;
    scores[row] = score;
  }
  return scores;
}
