import { isFiller } from './fillers.ts';
import type { ViewName } from './plan.ts';

/** Which capitals are names and which only begin a sentence. */
export interface FirmNames {
  /** Someone goes by it. */
  know(key: string): void;
  /**
   * Those of a text's names that are names: all but single words that begin a sentence, unless a text before has them
   * inside one, or this one does; and all phrases but those with a word that says nothing. What it learns, it keeps.
   */
  among(names: readonly ViewName[], text: string): readonly ViewName[];
}

export function newFirmNames(): FirmNames {
  const known = new Set<string>();
  return {
    know: (key) => void known.add(key),
    among(names, text) {
      const held = names.filter(({ key, text: name }) => key !== '' && !contraction.test(name));
      for (const name of held) if (name.kind === 'name' && isFirm(name, text)) known.add(name.key);
      return held.filter(({ kind, key }) => {
        // "Hard work", "much fun": what goes with anything makes no phrase.
        if (kind === 'phrase') return !key.split(' ').some(isFiller);
        return kind !== 'name' || known.has(key);
      });
    },
  };
}

const contraction = /['\u2019](?:ve|re|ll|m|d|t)$/i;

function isFirm({ text: name, start }: ViewName, text: string): boolean {
  if (/\s/.test(name)) return true;
  const before = text.slice(Math.max(0, start - 4), start);
  return start > 0 && /[\p{L}\p{N},;)'\u2019][ ]$/u.test(before);
}
