import type { Retention } from './note.ts';

/**
 * Forgetting curves. One meaning of stability for all of them: the days until the probability of recall is .9.
 *
 * FSRS-6 (Ye et al., https://github.com/open-spaced-repetition, parameters of ts-fsrs 5.4):
 *   R(t, S) = (1 + f t / S)^(-w20),  f = .9^(-1 / w20) - 1, so that R(S, S) = .9
 *   S0(g) = w[g-1],  D0(g) = w4 - e^(w5 (g - 1)) + 1
 * Exponential (Ebbinghaus 1885, as MemoryBank's paper has it, not its code, which is inverted):
 *   R(t, S) = .9^(t / S), a recall adds one day to the constant of e^(-t / T), T = S / ln(1 / .9)
 */
export interface ForgettingCurve {
  readonly name: 'fsrs' | 'exponential';
  /** The probability of recall `elapsedDays` after the last use. 1 at 0, falls with time, rises with stability. */
  retrievability(elapsedDays: number, stability: number): number;
  /** Days until retrievability is `probability`. The inverse of `retrievability`. */
  interval(probability: number, stability: number): number;
  /** What a memory starts with. */
  initial(grade: Grade): Strength;
  /** What a use `elapsedDays` after the last one leaves. */
  reviewed(strength: Strength, elapsedDays: number, grade: Grade): Strength;
}

export interface Strength {
  /** Days until retrievability is .9. */
  readonly stability: number;
  /** 1 easy to 10 hard. */
  readonly difficulty: number;
}

/**
 * How a use went. Created: `good`, or `easy` when the user said "remember this". Used and cited: `good`.
 * Confirmed: `easy`. Corrected: `again`, on the old note. Merely retrieved: not a use at all.
 */
export type Grade = 'again' | 'hard' | 'good' | 'easy';

const gradeNumbers: Readonly<Record<Grade, number>> = { again: 1, hard: 2, good: 3, easy: 4 };

const stabilityMin = 0.001;
const stabilityMax = 36_500;

/** Default parameters w0..w20 of FSRS-6, as published with ts-fsrs 5.4.1. */
const fsrsWeights = [
  0.212, 1.2931, 2.3065, 8.2956, 6.4133, 0.8334, 3.0194, 0.001, 1.8722, 0.1666, 0.796, 1.4835, 0.0614, 0.2629, 1.6483,
  0.6014, 1.8729, 0.5425, 0.0912, 0.0658, 0.1542,
] as const;

export const fsrs: ForgettingCurve = {
  name: 'fsrs',
  retrievability(elapsedDays, stability) {
    const decay = -fsrsWeights[20];
    const factor = 0.9 ** (1 / decay) - 1;
    return (1 + (factor * Math.max(0, elapsedDays)) / stability) ** decay;
  },
  interval(probability, stability) {
    const decay = -fsrsWeights[20];
    const factor = 0.9 ** (1 / decay) - 1;
    return (stability / factor) * (probability ** (1 / decay) - 1);
  },
  initial(grade) {
    return {
      stability: clamp(fsrsWeights[(gradeNumbers[grade] - 1) as 0 | 1 | 2 | 3], stabilityMin, stabilityMax),
      difficulty: clamp(initialDifficulty(gradeNumbers[grade]), 1, 10),
    };
  },
  reviewed(strength, elapsedDays, grade) {
    const w = fsrsWeights;
    const g = gradeNumbers[grade];
    const { stability: S, difficulty: D } = strength;
    const R = fsrs.retrievability(elapsedDays, S);
    let next: number;
    if (elapsedDays < 1) {
      const growth = S ** -w[19] * Math.exp(w[17] * (g - 3 + w[18]));
      // A same-day success never weakens (FSRS-6: for `hard` and better the growth is at least 1).
      next = S * (grade === 'again' ? growth : Math.max(1, growth));
    } else if (grade === 'again') {
      const forgotten = w[11] * D ** -w[12] * ((S + 1) ** w[13] - 1) * Math.exp(w[14] * (1 - R));
      next = Math.min(forgotten, S / Math.exp(w[17] * w[18]));
    } else {
      const modifier = grade === 'hard' ? w[15] : grade === 'easy' ? w[16] : 1;
      next = S * (1 + Math.exp(w[8]) * (11 - D) * S ** -w[9] * (Math.exp(w[10] * (1 - R)) - 1) * modifier);
    }
    const moved = D - (w[6] * (g - 3) * (10 - D)) / 9;
    return {
      stability: clamp(next, stabilityMin, stabilityMax),
      difficulty: clamp(w[7] * initialDifficulty(4) + (1 - w[7]) * moved, 1, 10),
    };
  },
};

function initialDifficulty(grade: number): number {
  return fsrsWeights[4] - Math.exp(fsrsWeights[5] * (grade - 1)) + 1;
}

/** ln(1 / .9): turns the constant T of e^(-t / T) into days until .9. */
const daysPerConstant = Math.log(1 / 0.9);

export const exponential: ForgettingCurve = {
  name: 'exponential',
  retrievability(elapsedDays, stability) {
    return 0.9 ** (Math.max(0, elapsedDays) / stability);
  },
  interval(probability, stability) {
    return (stability * Math.log(probability)) / Math.log(0.9);
  },
  initial() {
    // MemoryBank's strength S starts at 1 with R = e^(-t / S).
    return { stability: daysPerConstant, difficulty: 5 };
  },
  reviewed(strength, _elapsedDays, grade) {
    if (grade === 'again') return exponential.initial(grade);
    return { ...strength, stability: clamp(strength.stability + daysPerConstant, stabilityMin, stabilityMax) };
  },
};

const dayMs = 86_400_000;

/** How much more stable a memory of importance 1 starts than one of importance .5; one of 0 starts as much less. */
const importanceFactor = 2;

/** The retention of a new note. `importance` .5 is ordinary and changes nothing. */
export function initialRetention(
  curve: ForgettingCurve,
  at: number,
  importance: number,
  grade: Grade = 'good',
): Retention {
  const strength = curve.initial(grade);
  const factor = importanceFactor ** (2 * importance - 1);
  return {
    stability: clamp(strength.stability * factor, stabilityMin, stabilityMax),
    difficulty: strength.difficulty,
    lastUsedAt: at,
    uses: 0,
  };
}

/**
 * The stability of a memory whose importance was found out after it was made, as passes do: until its first use it starts as if that
 * had been known from the beginning. Its first use is a use of that strength (`reinforcedMemory`), and carries it on.
 */
export function heldStability(
  memory: Pick<Retention, 'stability'> & { readonly isUsed: boolean },
  importance: number,
): number {
  if (memory.isUsed) return memory.stability;
  return clamp(memory.stability * importanceFactor ** (2 * importance - 1), stabilityMin, stabilityMax);
}

/** The retention of a memory of this importance after a use. */
export function reinforcedMemory(
  curve: ForgettingCurve,
  { retention, importance }: { readonly retention: Retention; readonly importance: number },
  at: number,
  grade: Grade,
): Retention {
  const stability = heldStability({ stability: retention.stability, isUsed: retention.uses > 0 }, importance);
  return reinforced(curve, { ...retention, stability }, at, grade);
}

/**
 * What a curve makes of a memory's log of uses, oldest first: the same log read by another curve than the one that stored
 * retentions were made with.
 */
export function replayed(
  curve: ForgettingCurve,
  making: { readonly at: number; readonly importance: number; readonly grade?: Grade },
  uses: readonly { readonly at: number; readonly grade: Grade }[],
): Retention {
  let retention = initialRetention(curve, making.at, making.importance, making.grade);
  for (const { at, grade } of uses) retention = reinforced(curve, retention, at, grade);
  return retention;
}

/** The retention after a use. A clock that went back counts as no time at all. */
export function reinforced(curve: ForgettingCurve, retention: Retention, at: number, grade: Grade): Retention {
  const elapsedDays = Math.max(0, at - retention.lastUsedAt) / dayMs;
  const strength = curve.reviewed(retention, elapsedDays, grade);
  return { ...strength, lastUsedAt: Math.max(at, retention.lastUsedAt), uses: retention.uses + 1 };
}

/** The probability that the memory would be recalled now. */
export function retrievability(
  curve: ForgettingCurve,
  retention: Pick<Retention, 'stability' | 'lastUsedAt'>,
  now: number,
): number {
  return curve.retrievability(Math.max(0, now - retention.lastUsedAt) / dayMs, retention.stability);
}

/** The curve of a policy's name; null for none: then nothing fades. */
export function curveNamed(name: ForgettingCurve['name'] | 'none'): ForgettingCurve | null {
  return name === 'none' ? null : name === 'fsrs' ? fsrs : exponential;
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
