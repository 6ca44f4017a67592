import type { NoteId } from './ids.ts';

/**
 * What a consolidation pass made of a note: keys over its text, never instead of it. May be thrown away and made again.
 * A caller's own tags and text are not here and no pass touches them.
 */
export interface Derived {
  /** Most telling first. */
  readonly keywords: readonly string[];
  readonly tags: readonly string[];
  /** One line that says what the text leaves out. */
  readonly context: string | null;
  /** 0 to 1; counts in place of the note's own. */
  readonly importance: number;
  /** Times that the text speaks of ("yesterday" said on 8 May 2023 is 7 May 2023), in reading order. */
  readonly times: readonly EventTime[];
  /** Other notes whose words are in it, such as the turn before: when one of them is erased, so is this. */
  readonly basis: readonly NoteId[];
  /** `rules-1`, or `model:` and which one with which prompt: says whose words these are. */
  readonly by: string;
}

/** A time that a text speaks of, as it was said and as what it meant. Milliseconds since 1970, `until` not included. */
export interface EventTime {
  readonly text: string;
  readonly from: number;
  readonly until: number;
}

/**
 * Whether keywords, tags and context line find the note. What rules derive is in the text or beside it already, and
 * ranking looks there itself; a model's words are new.
 */
export function isIndexed(derived: Derived | null): derived is Derived {
  return derived?.by.startsWith('model:') ?? false;
}
