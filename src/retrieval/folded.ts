import type { RecalledNote } from '../memory/recall.ts';
import type { StoredNote } from '../memory/store.ts';

export interface Folded {
  /** Best first, one of each that say the same. */
  readonly hits: readonly RecalledNote[];
  /** How many hits say what the hit at this place says, itself included. */
  readonly times: readonly number[];
}

/**
 * One hit for all that say the same words in the same order, whatever the case and punctuation: the best ranked.
 * Nothing looser: among thirty words the one that differs is the number, the name or the "not" that matters. For the
 * same reason signs that are no punctuation count as words do (-5, c++, a thumb down), and so does a question mark.
 * Speakers must be the same, for a repetition by somebody else is an answer; and words that are counted from
 * a day, like "yesterday", say something else on another day.
 */
export function folded(hits: readonly RecalledNote[]): Folded {
  const places = new Map<string, number>();
  const kept: RecalledNote[] = [];
  const times: number[] = [];
  for (const hit of hits) {
    const key = keyOf(hit.stored);
    const place = places.get(key);
    const count = 1 + (hit.copies ?? 0);
    if (place === undefined) {
      places.set(key, kept.length);
      kept.push(hit);
      times.push(count);
    } else times[place]! += count;
  }
  return { hits: kept, times };
}

function keyOf({ note, episode }: StoredNote): string {
  const { text, kind, state, trust, scope } = note;
  const said = text.length > pageCharacters ? text : (text.toLowerCase().match(words)?.join(' ') ?? text);
  const who = [episode?.speaker, episode?.role, episode?.place];
  const day = episode !== null && countedFromToday.test(text) ? Math.floor(episode.eventAt / dayMs) : null;
  // As JSON, so that no name passes for two fields.
  return JSON.stringify([scope.namespace, kind, state, trust, ...who, day, said]);
}

/** Pages are repeated by machines, sign by sign, and cost milliseconds each to take apart. */
const pageCharacters = 2_000;
const dayMs = 24 * 3_600_000;

/**
 * Numbers with the signs inside them ("1.5", "10:30") and a minus before them, words, question marks, and signs that
 * change what is said: symbols, emoji with the joiners that make another of them.
 */
const words = /[-\u2212\u2013]?\p{N}+(?:[.,:/-]\p{N}+)*|[\p{L}\p{M}]+|[\p{S}\u200d]+|[?\u00bf\uff1f\u061f%#@&*/\\]/gu;

/** English; in other languages what was said on several days is one hit, and its count tells. */
const countedFromToday =
  /\b(?:today|tonight|yesterday|tomorrow|now|just|currently|recently|lately|soon|already|yet|still|last|next|this|past|ago|since|later|earlier|again|morning|noon|afternoon|evening|night|(?:week)?day|week|weekend|month|year|hour|minute|(?:mon|tues|wednes|thurs|fri|satur|sun)day)s?\b/i;
