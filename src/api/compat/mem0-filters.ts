import type { Json } from '../../memory/episode.ts';
import { EcphoryError } from '../../memory/errors.ts';
import { filterFields } from '../../memory/filter.ts';
import { limits } from '../../memory/limits.ts';
import { pointerOf } from '../json.ts';
import {
  type EntityName,
  entityNames,
  keyOf,
  mem0Root,
  namespaceOf,
  namespaceOfAll,
  parseEntityId,
} from './mem0-entity.ts';

/** What a listing or a search may see. */
export interface Selection {
  /** For reading: `mem0/users/alice`, or `mem0/**` when the filters name no one user. */
  readonly namespace: string;
  readonly filter?: Json;
}

type JsonObject = { readonly [key: string]: Json };

/**
 * mem0's filters, `{AND: [{user_id: "alice"}, {created_at: {gte: "2024-07-01"}}]}`, in the grammar of
 * `memory/filter.ts`. The user that every match must have says where to look; the rest is a filter.
 * At least one entity must be named, as mem0 itself demands: nothing reads everything by leaving something out.
 *
 * @param more conditions that hold besides, in mem0's grammar
 * @throws EcphoryError `invalid` with a pointer
 */
export function selectionOf(filters: Json, more: readonly JsonObject[] = []): Selection {
  const names = new Set<string>();
  const conditions = [
    ...conjuncts(filters, '/filters', names, 1),
    ...more.flatMap((one) => conjuncts(one, '', names, 1)),
  ];
  if (!entityNames.some((name) => names.has(name))) {
    throw new EcphoryError('invalid', 'Name an entity in "filters": user_id, agent_id, app_id or run_id.', {
      pointer: '/filters',
    });
  }
  const pinned = conditions.findIndex((condition) => pinnedUser(condition) !== null);
  const user = pinned === -1 ? null : pinnedUser(conditions[pinned] ?? {});
  const isAnyUser = conditions.some((condition) => isExisting(condition[keyOf('user_id')]));
  const namespace =
    user !== null ? namespaceOf({ user_id: user }) : isAnyUser ? namespaceOfAll('user_id') : `${mem0Root}/**`;
  const rest = conditions.filter((condition, index) => {
    if (index === pinned) return false;
    return !(isAnyUser && user === null && isExisting(condition[keyOf('user_id')]));
  });
  return rest.length === 0 ? { namespace } : { namespace, filter: joined(rest) };
}

/** Conditions that must all hold, in our grammar; each has one key. */
function conjuncts(value: Json, at: string, names: Set<string>, depth: number): JsonObject[] {
  if (!isObject(value)) throw fault(at, 'Filters are an object, such as {"user_id": "alice"}.');
  if (depth > limits.jsonDepth) throw fault(at, 'The filters nest too deep.');
  return Object.entries(value).flatMap(([name, clause]) => {
    const here = at + pointerOf([name]);
    switch (name) {
      case 'AND':
        return partsOf(clause, here).flatMap((part, index) => conjuncts(part, `${here}/${index}`, names, depth + 1));
      case 'OR':
        return [{ $or: alternatives(clause, here, names, depth) }];
      case 'NOT': {
        const parts = alternatives(Array.isArray(clause) ? clause : [clause], here, names, depth);
        return [{ $not: parts.length === 1 && parts[0] !== undefined ? parts[0] : { $or: parts } }];
      }
      case 'metadata':
        if (!isObject(clause)) throw fault(here, 'Expected an object.');
        return Object.entries(clause).map(([key, field]) => metadataCondition(key, field, here + pointerOf([key])));
      default:
        names.add(name);
        return [condition(name, clause, here)];
    }
  });
}

function alternatives(clause: Json, at: string, names: Set<string>, depth: number): JsonObject[] {
  return partsOf(clause, at).map((part, index) => joined(conjuncts(part, `${at}/${index}`, names, depth + 1)));
}

function partsOf(clause: Json, at: string): readonly Json[] {
  if (!Array.isArray(clause) || clause.length === 0) throw fault(at, 'Expected a list of filters.');
  return clause as readonly Json[];
}

/** As shallow as can be: what nests is bounded. */
function joined(conditions: readonly JsonObject[]): JsonObject {
  const [only] = conditions;
  if (conditions.length === 1 && only !== undefined) return only;
  const keys = conditions.flatMap((one) => Object.keys(one));
  if (new Set(keys).size === keys.length) return Object.assign({}, ...conditions) as JsonObject;
  return { $and: conditions };
}

function condition(name: string, clause: Json, at: string): JsonObject {
  if (isEntityName(name)) return { [keyOf(name)]: operators(clause, at, (value) => entityIn(name, value)) };
  switch (name) {
    case 'created_at':
      return { created_at: operators(clause, at) };
    case 'timestamp':
      return { event_at: operators(clause, at) };
    case 'expiration_date':
      return { mem0_expiration_date: operators(clause, at) };
    case 'id':
    case 'memory_ids':
      return { id: Array.isArray(clause) ? { $in: clause } : operators(clause, at) };
    case 'actor_id':
      return { speaker: operators(clause, at) };
    case 'categories':
      return categories(clause, at);
    case 'updated_at':
    case 'memory':
      throw fault(at, `Memories are not filtered by ${name}.`);
    default:
      return metadataCondition(name, clause, at);
  }
}

/** mem0's open edition names metadata at the top, its platform under `metadata`. */
function metadataCondition(key: string, clause: Json, at: string): JsonObject {
  if (key.startsWith('$') || (filterFields as readonly string[]).includes(key)) {
    throw fault(at, `Metadata cannot be filtered by the name ${key}.`);
  }
  return { [key]: operators(clause, at) };
}

/** A memory has any number of categories: equal to one and in a list both mean that it has it. */
function categories(clause: Json, at: string): JsonObject {
  const wanted = isObject(clause) ? (clause.in ?? clause.contains ?? clause.eq) : clause;
  if (wanted === undefined || (isObject(clause) && Object.keys(clause).length !== 1)) {
    throw fault(at, 'Categories take "in" or "contains".');
  }
  if (!Array.isArray(wanted)) return { tags: { $contains: wanted } };
  if (wanted.length === 0) throw fault(at, 'Expected at least one category.');
  return { $or: wanted.map((category: Json) => ({ tags: { $contains: category } })) };
}

const operatorNames: ReadonlyMap<string, string> = new Map(
  ['eq', 'ne', 'gt', 'gte', 'lt', 'lte', 'in', 'nin', 'contains'].map((name) => [name, `$${name}`]),
);

function operators(clause: Json, at: string, checked: (value: Json) => Json = (value) => value): Json {
  if (clause === '*') return { $exists: true };
  if (!isObject(clause)) return { $eq: checked(clause) };
  return Object.fromEntries(
    Object.entries(clause).map(([name, value]) => {
      const operator = operatorNames.get(name);
      if (operator === undefined) {
        throw fault(at + pointerOf([name]), `Known here: ${[...operatorNames.keys()].join(', ')}, and the value "*".`);
      }
      return [operator, Array.isArray(value) ? value.map(checked) : checked(value)];
    }),
  );
}

function entityIn(name: EntityName, value: Json): Json {
  return typeof value === 'string' ? parseEntityId(name, value) : value;
}

/** The one user that a condition demands. */
function pinnedUser(condition: JsonObject): string | null {
  const clause = condition[keyOf('user_id')];
  if (!isObject(clause) || Object.keys(clause).length !== 1) return null;
  return typeof clause.$eq === 'string' ? clause.$eq : null;
}

function isExisting(clause: Json | undefined): boolean {
  return isObject(clause) && clause.$exists === true;
}

function isEntityName(name: string): name is EntityName {
  return (entityNames as readonly string[]).includes(name);
}

function isObject(value: Json | undefined): value is JsonObject {
  return value !== undefined && value !== null && typeof value === 'object' && !Array.isArray(value);
}

function fault(pointer: string, message: string): EcphoryError {
  return new EcphoryError('invalid', message, { pointer });
}
