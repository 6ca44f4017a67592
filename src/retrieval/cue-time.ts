import { mayHoldTime, newTimeReader, type TimeExpression, type TimeReader } from '../language/interval.ts';

/** A time that a cue names. Half-open, milliseconds since 1970; null is open to that side. */
export type CueTime = Pick<Extract<TimeExpression, { kind: 'interval' }>, 'from' | 'until' | 'isRelative'>;

export interface CueTimes {
  /** `queryAt` is what "last week" is relative to. */
  read(cue: string, queryAt: number): Promise<readonly CueTime[]>;
}

/**
 * The times of cues. The library that reads them is loaded with the first cue that may hold one, which waits up to 100 ms
 * for it, so that the same cue always gives the same answer; a cue that holds none costs one look at its words.
 */
export function newCueTimes(): CueTimes {
  let reader: Promise<TimeReader> | null = null;
  return {
    async read(cue, queryAt) {
      if (!mayHoldTime(cue)) return noTimes;
      reader ??= newTimeReader();
      const expressions = (await reader).read(cue, queryAt);
      return expressions.flatMap((expression) => (expression.kind === 'interval' ? [expression] : []));
    },
  };
}

export const noTimes: readonly CueTime[] = [];

/**
 * By slot, how well the time of a note's event fits the times that a cue names, 0..1. All of an interval fits alike, its middle no
 * better than its edges. Past its end it fits less by 1/e a week, because what happened on Saturday is told on
 * Monday; before it, not at all. The best of several times counts. A note without a time has 0.
 */
export function timeFit(eventAt: Float64Array, times: readonly CueTime[]): (slot: number) => number {
  return (slot) => {
    const at = eventAt[slot]!;
    if (Number.isNaN(at)) return 0;
    let best = 0;
    for (const time of times) best = Math.max(best, (time.isRelative ? relativeFactor : 1) * fitOf(at, time));
    return best;
  };
}

/**
 * Whoever asks of "last summer" may mean the one of the telling: in LoCoMo-dev 7 of 21 turns asked for lie within what was
 * read of a relative time, 68 of 83 within one with its year. (0 to 1 make no difference to its recall.)
 */
const relativeFactor = 0.5;
const tellingDelayMs = 7 * 24 * 3_600_000;

function fitOf(at: number, { from, until }: CueTime): number {
  if (from !== null && at < from) return 0;
  return until === null || at < until ? 1 : Math.exp((until - at) / tellingDelayMs);
}
