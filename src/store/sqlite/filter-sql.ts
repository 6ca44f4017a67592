import type { Comparison, Filter, FilterField, FilterScalar, FilterTarget } from '../../memory/filter.ts';

/** A condition that is always 0 or 1, never NULL, and the values bound to its question marks, in order. */
export interface Condition {
  readonly sql: string;
  readonly parameters: readonly (string | number)[];
}

type Column =
  | { readonly kind: 'text'; readonly sql: string }
  | { readonly kind: 'number'; readonly sql: string }
  /** 0 or 1, never absent. */
  | { readonly kind: 'boolean'; readonly sql: string }
  /** Texts of one or more JSON lists, each as arguments of `json_each`; never absent. */
  | { readonly kind: 'list'; readonly lists: readonly string[] };

/** `n` is the note, `e` its episode or all NULL. */
const columns: { readonly [Name in FilterField]: Column } = {
  id: { kind: 'text', sql: 'n.id' },
  kind: { kind: 'text', sql: 'n.kind' },
  state: { kind: 'text', sql: 'n.state' },
  session_id: { kind: 'text', sql: 'e.session_id' },
  speaker: { kind: 'text', sql: 'e.speaker' },
  role: { kind: 'text', sql: 'e.role' },
  place: { kind: 'text', sql: 'e.place' },
  tags: { kind: 'list', lists: ['n.tags', "n.derived, '$.tags'"] },
  keywords: { kind: 'list', lists: ["n.derived, '$.keywords'"] },
  origin: { kind: 'text', sql: 'n.origin' },
  trust: { kind: 'number', sql: 'n.trust' },
  version: { kind: 'number', sql: 'n.version' },
  event_at: { kind: 'number', sql: 'e.event_at' },
  created_at: { kind: 'number', sql: 'n.created_at' },
  valid_at: { kind: 'number', sql: 'n.valid_at' },
  invalid_at: { kind: 'number', sql: 'n.invalid_at' },
  pinned: { kind: 'boolean', sql: 'n.is_pinned' },
  expires_at: { kind: 'number', sql: 'n.expires_at' },
};

const operators: { readonly [Name in Exclude<Comparison, 'eq' | 'ne'>]: string } = {
  gt: '>',
  gte: '>=',
  lt: '<',
  lte: '<=',
};

const always: Condition = { sql: '1', parameters: [] };
const never: Condition = { sql: '0', parameters: [] };

/**
 * A filter as SQL with exactly the meaning of `matches` in `memory/filter.ts`. Nothing of the filter becomes SQL text:
 * names of metadata and all values are bound, and are compared with the keys of `json_each`, so that no name needs
 * to be written as a JSON path. SQLite's third truth value is kept out by making every leaf 0 or 1.
 */
export function filterCondition(filter: Filter): Condition {
  switch (filter.kind) {
    case 'and':
      return joined(filter.filters.map(filterCondition), 'AND', always);
    case 'or':
      return joined(filter.filters.map(filterCondition), 'OR', never);
    case 'not':
      return negated(filterCondition(filter.filter));
    case 'exists':
      return filter.exists ? negated(isAbsent(filter.field)) : isAbsent(filter.field);
    case 'in':
      return joined(
        filter.values.map((value) => isEqual(filter.field, value)),
        'OR',
        never,
      );
    case 'contains':
      return contains(filter.field, filter.value);
    case 'compare':
      if (filter.comparison === 'eq') return isEqual(filter.field, filter.value);
      if (filter.comparison === 'ne') return negated(isEqual(filter.field, filter.value));
      return isOrdered(filter.field, operators[filter.comparison], filter.value);
  }
}

function isAbsent(field: FilterTarget): Condition {
  if (field.kind === 'metadata') return negated(metadataValue(field.key, `value.type <> 'null'`));
  const column = columns[field.name];
  return column.kind === 'list' ? never : { sql: `(${column.sql} IS NULL)`, parameters: [] };
}

function isEqual(field: FilterTarget, value: FilterScalar): Condition {
  if (value === null) return isAbsent(field);
  if (field.kind === 'metadata') {
    const test = atomIs('value', value);
    return metadataValue(field.key, test.sql, test.parameters);
  }
  const column = columns[field.name];
  if (column.kind === 'list' || column.kind !== kindOf(value)) return never;
  return { sql: `(${column.sql} IS ?)`, parameters: [typeof value === 'boolean' ? Number(value) : value] };
}

function isOrdered(field: FilterTarget, operator: string, value: FilterScalar): Condition {
  if (value === null || typeof value === 'boolean') return never;
  if (field.kind === 'metadata') {
    const test =
      typeof value === 'number'
        ? `value.type IN ('integer', 'real') AND CAST(value.atom AS REAL) ${operator} ?`
        : `value.type = 'text' AND value.atom ${operator} ?`;
    return metadataValue(field.key, test, [value]);
  }
  const column = columns[field.name];
  if (column.kind === 'list' || column.kind === 'boolean' || column.kind !== kindOf(value)) return never;
  return { sql: `(${column.sql} IS NOT NULL AND ${column.sql} ${operator} ?)`, parameters: [value] };
}

function contains(field: FilterTarget, value: FilterScalar): Condition {
  if (field.kind === 'metadata') {
    const item = atomIs('item', value);
    // json_each refuses what is not JSON, and SQLite may look inside before it has looked at the type.
    const inList = metadataValue(
      field.key,
      `EXISTS (SELECT 1 FROM json_each(CASE value.type WHEN 'array' THEN value.value ELSE '[]' END) AS item
        WHERE ${item.sql})`,
      item.parameters,
    );
    if (typeof value !== 'string') return inList;
    const inText = metadataValue(field.key, `value.type = 'text' AND instr(value.atom, ?) > 0`, [value]);
    return joined([inList, inText], 'OR', never);
  }
  const column = columns[field.name];
  if (typeof value !== 'string' || column.kind === 'number' || column.kind === 'boolean') return never;
  if (column.kind === 'list') {
    const inLists = column.lists.map((list) => ({
      sql: `EXISTS (SELECT 1 FROM json_each(${list}) AS item WHERE item.atom = ?)`,
      parameters: [value],
    }));
    return joined(inLists, 'OR', never);
  }
  return { sql: `(${column.sql} IS NOT NULL AND instr(${column.sql}, ?) > 0)`, parameters: [value] };
}

/** Whether the note's metadata has this key with a value that passes `test`, which sees it as `value`. */
function metadataValue(key: string, test: string, parameters: Condition['parameters'] = []): Condition {
  return {
    sql: `EXISTS (SELECT 1 FROM json_each(n.metadata) AS value WHERE value.key = ? AND ${test})`,
    parameters: [key, ...parameters],
  };
}

/** Whether a value of JSON is this one, of the same type. Numbers are compared as doubles, which is what they were. */
function atomIs(alias: 'value' | 'item', value: FilterScalar): Condition {
  if (value === null) return { sql: `${alias}.type = 'null'`, parameters: [] };
  if (typeof value === 'boolean') return { sql: `${alias}.type = '${value ? 'true' : 'false'}'`, parameters: [] };
  if (typeof value === 'string') return { sql: `${alias}.type = 'text' AND ${alias}.atom = ?`, parameters: [value] };
  return {
    sql: `${alias}.type IN ('integer', 'real') AND CAST(${alias}.atom AS REAL) = ?`,
    parameters: [value],
  };
}

function kindOf(value: string | number | boolean): 'text' | 'number' | 'boolean' {
  return typeof value === 'string' ? 'text' : typeof value === 'number' ? 'number' : 'boolean';
}

function negated(condition: Condition): Condition {
  return { sql: `NOT (${condition.sql})`, parameters: condition.parameters };
}

function joined(conditions: readonly Condition[], operator: 'AND' | 'OR', empty: Condition): Condition {
  if (conditions.length === 0) return empty;
  return {
    sql: `(${conditions.map((condition) => condition.sql).join(` ${operator} `)})`,
    parameters: conditions.flatMap((condition) => condition.parameters),
  };
}
