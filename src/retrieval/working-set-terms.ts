import { newColumns } from './working-set-columns.ts';

/** The stems of a working set, numbered. A stem that no unit has any more is forgotten, its number never reused. */
export interface TermTable {
  /** Numbers are below this. */
  readonly size: number;
  find(stem: string): number;
  /** The stem, empty when it was forgotten. */
  stemOf(term: number): string;
  /** The number of a stem, known or new. */
  number(stem: string): number;
  hold(term: number): void;
  release(term: number): void;
  trim(): void;
  bytes(): number;
  stems(): readonly string[];
}

/** Heap of one entry in V8: string header, map slot, array slot. */
const entryBytes = 72;

export function newTermTable(initial: readonly string[] = []): TermTable {
  const numbers = new Map<string, number>();
  const stems = [...initial];
  for (const [term, stem] of stems.entries()) if (stem !== '') numbers.set(stem, term);
  const references = newColumns({ held: Uint32Array } as const);
  references.reserve(stems.length);
  const counts = references.columns;
  let characters = stems.reduce((sum, stem) => sum + stem.length, 0);

  return {
    get size() {
      return stems.length;
    },
    find: (stem) => numbers.get(stem) ?? -1,
    stemOf: (term) => stems[term] ?? '',
    number(stem) {
      const known = numbers.get(stem);
      if (known !== undefined) return known;
      const term = stems.length;
      const own = ownCopy(stem);
      stems.push(own);
      characters += own.length;
      numbers.set(own, term);
      references.reserve(term + 1);
      return term;
    },
    hold(term) {
      counts.held[term]! += 1;
    },
    release(term) {
      counts.held[term]! -= 1;
      if (counts.held[term]! > 0) return;
      numbers.delete(stems[term]!);
      characters -= stems[term]!.length;
      stems[term] = '';
    },
    trim: () => references.trim(stems.length),
    bytes: () => references.bytes() + characters + stems.length * entryBytes,
    stems: () => [...stems],
  };
}

/** V8 keeps a whole text alive for the sake of a slice of it: 13 characters or more are copied. */
export function ownCopy(text: string): string {
  if (text.length < 13) return text;
  const copy: unknown = JSON.parse(JSON.stringify(text));
  return typeof copy === 'string' ? copy : text;
}
