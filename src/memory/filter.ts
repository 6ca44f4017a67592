import type { Episode, Json } from './episode.ts';
import { EcphoryError } from './errors.ts';
import { limits } from './limits.ts';
import type { Note } from './note.ts';
import { parseTime } from './time.ts';

/** Fields of a memory that a filter may name; any other name is a top-level key of its metadata. */
export const filterFields = [
  'id',
  'kind',
  'state',
  'session_id',
  'speaker',
  'role',
  'place',
  'tags',
  'keywords',
  'origin',
  'trust',
  'version',
  'event_at',
  'created_at',
  'valid_at',
  'invalid_at',
  'pinned',
  'expires_at',
] as const;
export type FilterField = (typeof filterFields)[number];

export type FilterScalar = string | number | boolean | null;

export type Comparison = 'eq' | 'ne' | 'gt' | 'gte' | 'lt' | 'lte';

/** A parsed filter: what the store compiles to bound parameters. */
export type Filter =
  | { readonly kind: 'and' | 'or'; readonly filters: readonly Filter[] }
  | { readonly kind: 'not'; readonly filter: Filter }
  | {
      readonly kind: 'compare';
      readonly field: FilterTarget;
      readonly comparison: Comparison;
      readonly value: FilterScalar;
    }
  | { readonly kind: 'in'; readonly field: FilterTarget; readonly values: readonly FilterScalar[] }
  | { readonly kind: 'exists'; readonly field: FilterTarget; readonly exists: boolean }
  /** A list that holds the value, or a text that contains it (case-sensitive). */
  | { readonly kind: 'contains'; readonly field: FilterTarget; readonly value: FilterScalar };

export type FilterTarget =
  | { readonly kind: 'field'; readonly name: FilterField }
  | { readonly kind: 'metadata'; readonly key: string };

const comparisons: ReadonlyMap<string, Comparison> = new Map([
  ['$eq', 'eq'],
  ['$ne', 'ne'],
  ['$gt', 'gt'],
  ['$gte', 'gte'],
  ['$lt', 'lt'],
  ['$lte', 'lte'],
]);

const timeFields: ReadonlySet<string> = new Set(['event_at', 'created_at', 'valid_at', 'invalid_at', 'expires_at']);

/**
 * Reads the wire form `{topic: "x", created_at: {$gte: "2024-01-01"}, $or: [...]}`, LangGraph's grammar with
 * `$and $or $not $eq $ne $gt $gte $lt $lte $in $nin $exists $contains`. Times are ISO 8601 or milliseconds.
 *
 * @throws EcphoryError `invalid` with a pointer at the clause.
 */
export function parseFilter(value: Json, pointer = '/filter'): Filter {
  let clauses = 0;
  return parseObject(value, pointer, 1);

  function parseObject(object: Json, at: string, depth: number): Filter {
    if (!isObject(object)) throw fault(at, 'A filter is an object.');
    if (depth > limits.filterDepth) throw fault(at, `A filter nests at most ${limits.filterDepth} deep.`);
    const filters: Filter[] = [];
    for (const [name, clause] of Object.entries(object)) {
      clauses += 1;
      if (clauses > limits.filterClauses) {
        throw fault(at, `A filter has at most ${limits.filterClauses} clauses.`);
      }
      const here = `${at}/${pointerToken(name)}`;
      if (name === '$and' || name === '$or') {
        if (!Array.isArray(clause) || clause.length === 0) throw fault(here, `${name} takes a list of filters.`);
        const parts = (clause as readonly Json[]).map((part, index) =>
          parseObject(part, `${here}/${index}`, depth + 1),
        );
        filters.push({ kind: name === '$and' ? 'and' : 'or', filters: parts });
      } else if (name === '$not') {
        filters.push({ kind: 'not', filter: parseObject(clause, here, depth + 1) });
      } else if (name.startsWith('$')) {
        throw fault(here, `Unknown operator ${name}. Known here: $and, $or, $not.`);
      } else {
        filters.push(...parseField(name, clause, here));
      }
    }
    return filters.length === 1 ? filters[0]! : { kind: 'and', filters };
  }

  function parseField(name: string, clause: Json, at: string): Filter[] {
    if (name.length > limits.metadataKeyCharacters) throw fault(at, 'That field name is too long.');
    const field: FilterTarget = isFilterField(name) ? { kind: 'field', name } : { kind: 'metadata', key: name };
    if (!isObject(clause)) {
      return [{ kind: 'compare', field, comparison: 'eq', value: scalar(name, clause, at) }];
    }
    const entries = Object.entries(clause);
    if (entries.length === 0) throw fault(at, 'An empty condition. Give an operator, such as {"$eq": ...}.');
    return entries.map(([operator, operand]) =>
      parseOperator(name, field, operator, operand, `${at}/${pointerToken(operator)}`),
    );
  }

  function parseOperator(name: string, field: FilterTarget, operator: string, operand: Json, at: string): Filter {
    clauses += 1;
    const comparison = comparisons.get(operator);
    if (comparison !== undefined) return { kind: 'compare', field, comparison, value: scalar(name, operand, at) };
    if (operator === '$in' || operator === '$nin') {
      if (!Array.isArray(operand)) throw fault(at, `${operator} takes a list.`);
      clauses += operand.length;
      if (clauses > limits.filterClauses) throw fault(at, `A filter has at most ${limits.filterClauses} clauses.`);
      const values = (operand as readonly Json[]).map((item, index) => scalar(name, item, `${at}/${index}`));
      const isIn: Filter = { kind: 'in', field, values };
      return operator === '$in' ? isIn : { kind: 'not', filter: isIn };
    }
    if (operator === '$exists') {
      if (typeof operand !== 'boolean') throw fault(at, '$exists takes true or false.');
      return { kind: 'exists', field, exists: operand };
    }
    if (operator === '$contains') return { kind: 'contains', field, value: scalar(name, operand, at) };
    throw fault(at, `Unknown operator ${operator}. Known: $eq $ne $gt $gte $lt $lte $in $nin $exists $contains.`);
  }
}

/**
 * Whether a memory passes. The meaning that every store must give, in plain code:
 * an absent value is null; `ne` and `not` are true of it, `gt` and its like are false of it and of a value of
 * another type; text compares by UTF-16 unit order of code points as SQLite's BINARY does for UTF-8.
 */
export function matches(filter: Filter, note: Note, episode: Episode | null): boolean {
  switch (filter.kind) {
    case 'and':
      return filter.filters.every((part) => matches(part, note, episode));
    case 'or':
      return filter.filters.some((part) => matches(part, note, episode));
    case 'not':
      return !matches(filter.filter, note, episode);
    case 'exists':
      return (fieldValue(filter.field, note, episode) !== null) === filter.exists;
    case 'in': {
      const value = fieldValue(filter.field, note, episode);
      return filter.values.some((candidate) => equal(value, candidate));
    }
    case 'contains': {
      const value = fieldValue(filter.field, note, episode);
      if (Array.isArray(value)) return (value as readonly Json[]).some((item) => equal(item, filter.value));
      return typeof value === 'string' && typeof filter.value === 'string' && value.includes(filter.value);
    }
    case 'compare':
      return compare(fieldValue(filter.field, note, episode), filter.comparison, filter.value);
  }
}

function fieldValue(field: FilterTarget, note: Note, episode: Episode | null): Json {
  if (field.kind === 'metadata') {
    return Object.hasOwn(note.metadata, field.key) ? (note.metadata[field.key] ?? null) : null;
  }
  switch (field.name) {
    case 'id':
      return note.id;
    case 'kind':
      return note.kind;
    case 'state':
      return note.state;
    case 'session_id':
      return episode?.sessionId ?? null;
    case 'speaker':
      return episode?.speaker ?? null;
    case 'role':
      return episode?.role ?? null;
    case 'place':
      return episode?.place ?? null;
    case 'tags':
      return note.derived === null ? note.tags : [...note.tags, ...note.derived.tags];
    case 'keywords':
      return note.derived?.keywords ?? [];
    case 'origin':
      return note.origin;
    case 'trust':
      return note.trust;
    case 'version':
      return note.version;
    case 'event_at':
      return episode?.eventAt ?? null;
    case 'created_at':
      return note.createdAt;
    case 'valid_at':
      return note.validAt;
    case 'invalid_at':
      return note.invalidAt;
    case 'pinned':
      return note.isPinned;
    case 'expires_at':
      return note.expiresAt;
  }
}

function equal(value: Json, candidate: FilterScalar): boolean {
  return value === candidate;
}

function compare(value: Json, comparison: Comparison, operand: FilterScalar): boolean {
  if (comparison === 'eq') return equal(value, operand);
  if (comparison === 'ne') return !equal(value, operand);
  if (typeof value === 'number' && typeof operand === 'number') return ordered(value - operand, comparison);
  if (typeof value === 'string' && typeof operand === 'string') return ordered(order(value, operand), comparison);
  return false;
}

/** Code point order, which is the byte order of UTF-8. */
function order(left: string, right: string): number {
  const a = Array.from(left, (character) => character.codePointAt(0)!);
  const b = Array.from(right, (character) => character.codePointAt(0)!);
  for (let index = 0; index < a.length && index < b.length; index += 1) {
    if (a[index] !== b[index]) return a[index]! - b[index]!;
  }
  return a.length - b.length;
}

function ordered(difference: number, comparison: Comparison): boolean {
  switch (comparison) {
    case 'gt':
      return difference > 0;
    case 'gte':
      return difference >= 0;
    case 'lt':
      return difference < 0;
    case 'lte':
      return difference <= 0;
    default:
      return false;
  }
}

function scalar(name: string, value: Json, at: string): FilterScalar {
  if (value !== null && typeof value === 'object') throw fault(at, 'Expected a text, number, boolean or null.');
  if (typeof value === 'number' && !Number.isFinite(value)) throw fault(at, 'That number is too large.');
  // A lone surrogate cannot be stored, and some databases would take it for U+FFFD, which can.
  if (typeof value === 'string' && !value.isWellFormed()) throw fault(at, 'Expected well-formed Unicode.');
  if (!timeFields.has(name) || value === null || typeof value === 'number') return value;
  const time = typeof value === 'string' ? parseTime(value) : null;
  if (time === null) throw fault(at, `${name} takes a time in ISO 8601, such as "2024-05-08T13:56:00Z".`);
  return time;
}

/** One step of a JSON pointer (RFC 6901). */
function pointerToken(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}

function isFilterField(name: string): name is FilterField {
  return (filterFields as readonly string[]).includes(name);
}

function isObject(value: Json): value is { readonly [key: string]: Json } {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

function fault(pointer: string, message: string): EcphoryError {
  return new EcphoryError('invalid', message, { pointer });
}
