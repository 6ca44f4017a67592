import { mayHoldTime, newTimeReader, type TimeReader } from '../language/interval.ts';
import type { EventTime } from '../memory/derived.ts';
import { limits } from '../memory/limits.ts';

/** The times that a text speaks of, in reading order. `saidAt` is what "yesterday" is counted from, milliseconds since 1970. */
export type EventTimes = (text: string, saidAt: number) => readonly EventTime[];

/**
 * Reads them by the rules that read a cue's. Open spans ("since May", "before 2020") tell when something was not, and are
 * left out: what happened in an open span happened at no time that could be looked up.
 */
export async function newEventTimes(): Promise<EventTimes> {
  reader ??= newTimeReader();
  const { read } = await reader;
  return (text, saidAt) => {
    if (!mayHoldTime(text)) return [];
    return read(text, saidAt)
      .flatMap((expression) => {
        if (expression.kind !== 'interval' || expression.from === null || expression.until === null) return [];
        return [{ text: expression.text, from: expression.from, until: expression.until }];
      })
      .slice(0, limits.timesPerNote);
  };
}

/** Made when first needed: it loads a library of date formats. */
let reader: Promise<TimeReader> | null = null;
