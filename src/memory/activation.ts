/**
 * Base-level activation of ACT-R (Anderson and Schooler 1991; Anderson et al. 2004): B = ln Σ t_j^(-d) over the times since
 * each use. The last `recentUses` are summed exactly, those before by Petrov's approximation (Petrov 2006), which takes them as
 * spread evenly between the oldest exact one and the first:
 *   (n - k) (t_n^(1-d) - t_k^(1-d)) / ((1 - d) (t_n - t_k))
 *
 * It ranks; the forgetting curve archives. Both read the same log and are never multiplied with each other.
 */
export interface AccessLog {
  /** When it was first held: being made is the first use. */
  readonly firstAt: number;
  /** Uses in all, the making included; at least 1. */
  readonly count: number;
  /** The last uses, newest first, at most `recentUses`; the making is among them while there is room. */
  readonly recent: readonly number[];
}

export const recentUses = 16;

/** Decay of each use's trace. */
const decay = 0.5;
/** No use is nearer than this, days: a trace of no age would be infinitely strong. One minute. */
const ageMinDays = 1 / 1_440;
const dayMs = 86_400_000;

/** Falls with time, rises with every use. Ages count in days. */
export function baseLevelActivation(log: AccessLog, now: number): number {
  const ages = log.recent.map((at) => Math.max(ageMinDays, (now - at) / dayMs));
  let sum = 0;
  for (const age of ages) sum += age ** -decay;
  const older = log.count - ages.length;
  if (older > 0) {
    const nearest = ages.at(-1) ?? ageMinDays;
    const first = Math.max(nearest, (now - log.firstAt) / dayMs);
    sum +=
      first - nearest < 1e-9
        ? older * nearest ** -decay
        : (older * (first ** (1 - decay) - nearest ** (1 - decay))) / ((1 - decay) * (first - nearest));
  }
  return Math.log(sum);
}

/** The log after one more use. */
export function used(log: AccessLog, at: number): AccessLog {
  const recent = [at, ...log.recent].sort((a, b) => b - a).slice(0, recentUses);
  return { firstAt: Math.min(log.firstAt, at), count: log.count + 1, recent };
}
