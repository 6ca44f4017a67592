import type { StoredNote } from '../memory/store.ts';
import { excerptOf } from './excerpt.ts';
import type { Candidate } from './fit.ts';
import { groupOf } from './layout.ts';
import { bodyOf, line, type Rendering, setIn } from './render.ts';

/** A memory on its way into a text: what it would cost, and what would be shown of it. */
export interface Draft extends Candidate {
  readonly stored: StoredNote;
  /** Of the hit it is or stands near. */
  readonly rank: number;
  readonly times: number;
  /** The whole text, or the part that `cutTo` made last. */
  body(): string;
}

export interface DraftParts {
  readonly how: Rendering;
  readonly count: (text: string) => number;
  readonly headingTokens: (stored: StoredNote) => number;
  readonly cueStems: readonly string[];
  readonly stems: (text: string) => readonly string[];
}

export function newDraft(
  { stored, rank, times }: { readonly stored: StoredNote; readonly rank: number; readonly times: number },
  { how, count, headingTokens, cueStems, stems }: DraftParts,
): Draft {
  const whole = once(() => bodyOf(stored.note.text));
  const wholeTokens = once(() => lineTokens(whole()));
  let part: string | null = null;
  return {
    id: stored.note.id,
    stored,
    rank,
    times,
    characters: stored.note.text.length,
    tokens(max) {
      // Asked anew, as when a text is fitted a second time, it is whole again.
      part = null;
      // What shows nothing is worth nothing; what is surely too long need not be counted.
      if (whole() === '' || whole().length > max * charactersPerTokenMax) return Number.POSITIVE_INFINITY;
      return wholeTokens();
    },
    heading: how.headings ? { key: groupOf(stored), tokens: headingTokens(stored) } : null,
    cutTo(partTokensMax) {
      const room = partTokensMax - lineTokens('');
      const excerpt = excerptOf({
        text: whole(),
        cueStems,
        stems,
        count: (text) => count(setIn(text)),
        tokensMax: room,
      });
      if (excerpt === null) return null;
      part = excerpt;
      return lineTokens(excerpt);
    },
    body: () => part ?? whole(),
  };

  /** Places of up to three digits are one token, so the place does not matter. */
  function lineTokens(body: string): number {
    return count(`${line({ stored, body, times }, 1, new Map(), how)}\n`);
  }
}

/** Prose has four or five. */
const charactersPerTokenMax = 8;

function once<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | null = null;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
