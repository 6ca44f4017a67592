import type { RecalledNote } from '../memory/recall.ts';
import type { StoredNote } from '../memory/store.ts';

export interface Folded {
  /** Best first, one of each that say the same. */
  readonly hits: readonly RecalledNote[];
  /** How many hits say what the hit at this place says. */
  readonly times: readonly number[];
}

/**
 * One hit for all that say the same words in the same order, whatever the case and punctuation: the best ranked.
 * Nothing looser: in a long text the one word that differs may be what changed. Speakers must be the same, for a
 * repetition by somebody else is an answer.
 */
export function folded(hits: readonly RecalledNote[]): Folded {
  const places = new Map<string, number>();
  const kept: RecalledNote[] = [];
  const times: number[] = [];
  for (const hit of hits) {
    const key = keyOf(hit.stored);
    const place = places.get(key);
    if (place === undefined) {
      places.set(key, kept.length);
      kept.push(hit);
      times.push(1);
    } else times[place]! += 1;
  }
  return { hits: kept, times };
}

function keyOf({ note, episode }: StoredNote): string {
  // Pages are repeated by machines, sign by sign, and cost milliseconds each to take apart.
  const words = note.text.length > pageCharacters ? null : note.text.toLowerCase().match(/[\p{L}\p{M}\p{N}]+/gu);
  const said = words === null ? note.text : words.join(' ');
  return [note.scope.namespace, episode?.speaker ?? '', episode?.role ?? '', said].join('\n');
}

const pageCharacters = 2_000;
