import type { NameTable } from './working-set.ts';
import { ownCopy } from './working-set-terms.ts';

export interface MutableNameTable extends NameTable {
  /** The number of a name, counted once more; -1 for none. */
  hold(name: string | null): number;
  /** Counts once less; the last one frees the number. */
  release(index: number): void;
  bytes(): number;
  names(): readonly string[];
}

/** Heap of one entry in V8: strings, map slot, array slots. */
const entryBytes = 160;

/** `words` folds a name to the words by which a cue may call it. `initial` are held by nobody yet. */
export function newNameTable(
  words: (name: string) => readonly string[],
  initial: readonly string[] = [],
): MutableNameTable {
  const indexes = new Map<string, number>();
  const names = [...initial];
  const foldedWords = names.map((name) => (name === '' ? [] : words(name)));
  const counts = names.map(() => 0);
  const unused: number[] = [];
  let characters = names.reduce((sum, name) => sum + name.length, 0);
  for (const [index, name] of names.entries()) {
    if (name === '') unused.push(index);
    else indexes.set(name, index);
  }

  return {
    get size() {
      return names.length;
    },
    nameOf: (index) => names[index] ?? '',
    wordsOf: (index) => foldedWords[index] ?? [],
    countOf: (index) => counts[index] ?? 0,
    indexOf: (name) => indexes.get(name) ?? -1,
    hold(name) {
      if (name === null || name === '') return -1;
      let index = indexes.get(name);
      if (index === undefined) {
        index = unused.pop() ?? names.length;
        const own = ownCopy(name);
        names[index] = own;
        foldedWords[index] = words(own);
        counts[index] = 0;
        characters += own.length;
        indexes.set(own, index);
      }
      counts[index]! += 1;
      return index;
    },
    release(index) {
      if (index < 0) return;
      counts[index]! -= 1;
      if (counts[index]! > 0) return;
      indexes.delete(names[index]!);
      characters -= names[index]!.length;
      names[index] = '';
      foldedWords[index] = [];
      unused.push(index);
    },
    bytes: () => characters + names.length * entryBytes,
    names: () => [...names],
  };
}
