import { foldedText } from '../../../src/encoding/fold.ts';
import { normalisedName, resolvedEntities } from '../../../src/language/alike-names.ts';
import { entitiesOf } from '../../../src/language/names.ts';
import type { Analyzer } from '../../../src/memory/analyzer.ts';
import { inverseFrequency } from '../../../src/retrieval/cue.ts';
import type { WorkingSet } from '../../../src/retrieval/working-set.ts';
import type { Edges } from './graph.ts';

/** What joins notes: words, or what the texts name. */
export interface Concepts {
  readonly count: number;
  /** From a slot to a concept, weighing the concept's rarity, one edge a pair. */
  readonly mentions: Edges;
  /** The concepts that a cue has. */
  readonly inCue: (text: string) => readonly number[];
}

/** A stem is a concept. */
export function wordConcepts(set: WorkingSet, analyzer: Analyzer): Concepts {
  const { unitStart, unitTerms } = set.text;
  const numbers = new Map<number, number>();
  const pairs: (readonly [number, number])[] = [];
  for (let slot = 0; slot < set.size; slot += 1) {
    const first = set.slots.firstUnit[slot]!;
    const terms = new Set(unitTerms.subarray(unitStart[first]!, unitStart[first + set.slots.unitCount[slot]!]!));
    for (const term of terms) pairs.push([slot, numberOf(numbers, term)]);
  }
  return {
    count: numbers.size,
    mentions: weighted(pairs, numbers.size, set.size),
    inCue: (text) => [...new Set(analyzer.stems(text))].flatMap((stem) => numbers.get(set.termId(stem)) ?? []),
  };
}

/** Entities by their letters, alike ones as one; and the phrases that at least two notes have. Speakers are no entities. */
export function entityConcepts(set: WorkingSet, texts: readonly string[]): Concepts {
  const speakers = new Set<string>();
  for (let speaker = 0; speaker < set.speakers.size; speaker += 1) speakers.add(keyOf(set.speakers.nameOf(speaker)));
  const found = texts.flatMap((text, slot) => entitiesOf(text).map((entity) => ({ slot, name: keyOf(entity.text) })));
  const names = [...new Set(found.map(({ name }) => name))].filter((name) => name !== '' && !speakers.has(name));
  const resolved = resolvedEntities(names);
  const numbers = new Map(names.map((name, index) => [name, resolved[index]!]));
  const pairs = new Map<string, readonly [number, number]>();
  for (const { slot, name } of found) {
    const number = numbers.get(name);
    if (number !== undefined) pairs.set(`${slot} ${number}`, [slot, number]);
  }
  return {
    count: names.length,
    mentions: weighted([...pairs.values()], names.length, set.size),
    inCue: (text) => [...new Set(entitiesOf(text).flatMap((entity) => numbers.get(keyOf(entity.text)) ?? []))],
  };
}

/** Both, side by side. */
export function joinedConcepts(one: Concepts, other: Concepts): Concepts {
  return {
    count: one.count + other.count,
    mentions: {
      from: Uint32Array.from([...one.mentions.from, ...other.mentions.from]),
      to: Uint32Array.from([...one.mentions.to, ...other.mentions.to.map((concept) => concept + one.count)]),
      weights: Float64Array.from([...one.mentions.weights, ...other.mentions.weights]),
    },
    inCue: (text) => [...one.inCue(text), ...other.inCue(text).map((concept) => concept + one.count)],
  };
}

function keyOf(name: string): string {
  return normalisedName(foldedText(name)).replace(/^(?:the|a|an) /, '');
}

function weighted(pairs: readonly (readonly [number, number])[], concepts: number, notes: number): Edges {
  const having = new Uint32Array(concepts);
  for (const [, concept] of pairs) having[concept] = having[concept]! + 1;
  return {
    from: Uint32Array.from(pairs, ([slot]) => slot),
    to: Uint32Array.from(pairs, ([, concept]) => concept),
    weights: Float64Array.from(pairs, ([, concept]) => inverseFrequency(notes, having[concept]!)),
  };
}

function numberOf(numbers: Map<number, number>, term: number): number {
  const known = numbers.get(term);
  if (known !== undefined) return known;
  numbers.set(term, numbers.size);
  return numbers.size - 1;
}
