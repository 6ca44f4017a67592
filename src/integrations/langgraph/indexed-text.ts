import type { Json } from '../../memory/episode.ts';
import { limits } from '../../memory/limits.ts';

/** What LangGraph calls the fields to index: paths such as `title`, `author.name`, `chapters[*].content`, `tags[-1]`. */
export type IndexedFields = false | readonly string[];

/**
 * What a search may find an item by, or null when nothing of it is indexed. `$` is every text, number and boolean of
 * the value, each with the name of its field: `food: pizza`. Cut at the length of one memory's text: the value itself
 * is kept whole elsewhere.
 */
export function indexedText(value: Json, fields: IndexedFields): string | null {
  if (fields === false) return null;
  const lines = fields.flatMap((path) => (path === '$' ? leaves(value, '') : textsAt(value, steps(path))));
  const text = lines.join('\n').toWellFormed().replaceAll('\0', ' ').trim();
  if (text === '') return null;
  // A pair of surrogates that the cut would halve is left out.
  return text.slice(0, limits.textCharacters).replace(/[\ud800-\udbff]$/, '');
}

function leaves(value: Json, name: string): string[] {
  if (value === null) return [];
  if (isList(value)) return value.flatMap((item) => leaves(item, name));
  if (typeof value === 'object') return Object.entries(value).flatMap(([key, field]) => leaves(field, key));
  return [name === '' ? String(value) : `${name}: ${value}`];
}

/** `chapters[*].content` as `chapters`, `[*]`, `content`. */
function steps(path: string): readonly string[] {
  return path.match(/\[[^\]]*\]|[^.[\]]+/g) ?? [];
}

function textsAt(value: Json | undefined, [step, ...rest]: readonly string[]): string[] {
  if (value === undefined || value === null) return [];
  if (step === undefined) return typeof value === 'object' ? leaves(value, '') : [String(value)];
  if (isList(value)) {
    if (step === '*' || step === '[*]') return value.flatMap((item) => textsAt(item, rest));
    const index = /^\[(-?\d+)\]$/.exec(step)?.[1];
    return index === undefined ? [] : textsAt(value.at(Number(index)), rest);
  }
  if (typeof value !== 'object') return [];
  if (step === '*') return Object.values(value).flatMap((field) => textsAt(field, rest));
  return Object.hasOwn(value, step) ? textsAt(value[step], rest) : [];
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
