import type { Json } from '../../memory/episode.ts';
import { limits } from '../../memory/limits.ts';
import { type ItemValue, itemFields } from './stored-item.ts';

/** LangGraph's own: top-level fields of a value, each with a value or with operators, all of which must hold. */
export type ItemFilter = Readonly<Record<string, unknown>>;

/**
 * Whether a value passes, exactly as LangGraph's `InMemoryStore` has it: equality is `===`, so an object or list equals
 * nothing; an order compares numbers (`Number("5")` too); an empty condition is true.
 */
export function passes(value: ItemValue, filter: ItemFilter): boolean {
  return Object.entries(filter).every(([name, condition]) => {
    const field = Object.hasOwn(value, name) ? value[name] : undefined;
    if (!isOperators(condition)) return field === condition;
    return Object.entries(condition).every(([operator, operand]) => holds(field, operator, operand));
  });
}

/**
 * The part of a filter that the memory can judge itself, so that not every item needs to be fetched: an item that
 * passes the filter always passes this. It also leaves out what is no item of the store.
 */
export function memoryFilter(filter: ItemFilter | undefined): Clause {
  const isItem = { [itemFields.key]: { $exists: true } };
  const clauses = Object.entries(filter ?? {}).flatMap(([name, condition]) => memoryClauses(name, condition));
  if (clauses.length === 0) return isItem;
  const pushed = { ...isItem, $or: [{ $and: clauses }, { [itemFields.packed]: { $exists: true } }] };
  const fits = clauses.length <= clausesMax && JSON.stringify(pushed).length <= charactersMax;
  return fits ? pushed : isItem;
}

/** Half of what a filter may have: the frame around them and the lists in them count too. */
const clausesMax = Math.floor(limits.filterClauses / 4);

/** A filter of a listing travels in a header, percent-encoded. */
const charactersMax = limits.headerBytes / 8;

type Clause = { readonly [name: string]: Json };

const operators: ReadonlySet<string> = new Set(['$eq', '$ne', '$gt', '$gte', '$lt', '$lte', '$in', '$nin']);

function isOperators(condition: unknown): condition is Readonly<Record<string, unknown>> {
  return (
    typeof condition === 'object' && condition !== null && Object.keys(condition).every((name) => operators.has(name))
  );
}

function holds(field: Json | undefined, operator: string, operand: unknown): boolean {
  switch (operator) {
    case '$eq':
      return field === operand;
    case '$ne':
      return field !== operand;
    case '$gt':
      return Number(field) > Number(operand);
    case '$gte':
      return Number(field) >= Number(operand);
    case '$lt':
      return Number(field) < Number(operand);
    case '$lte':
      return Number(field) <= Number(operand);
    case '$in':
      return Array.isArray(operand) && operand.includes(field);
    case '$nin':
      return !Array.isArray(operand) || !operand.includes(field);
    default:
      return false;
  }
}

/** Only what means the same to both: equality with texts, numbers and booleans. */
function memoryClauses(name: string, condition: unknown): Clause[] {
  const field = itemFields.value + name;
  if (field.length > limits.metadataKeyCharacters || !field.isWellFormed() || field.includes('\0')) return [];
  if (isScalar(condition)) return [{ [field]: { $eq: condition } }];
  if (!isOperators(condition)) return [];
  return Object.entries(condition).flatMap(([operator, operand]): Clause[] => {
    if (operator === '$eq' && isScalar(operand)) return [{ [field]: { $eq: operand } }];
    if (operator !== '$in' || !Array.isArray(operand) || operand.length > clausesMax) return [];
    const values: readonly unknown[] = operand;
    return values.length > 0 && values.every(isScalar) ? [{ [field]: { $in: values } }] : [];
  });
}

function isScalar(value: unknown): value is string | number | boolean {
  if (typeof value === 'string') return value.isWellFormed() && !value.includes('\0');
  return typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value));
}
