import { z } from 'zod';
import { polarities } from '../memory/claim.ts';
import type { Json } from '../memory/episode.ts';
import { jobStates, passes } from '../memory/job.ts';
import type {
  ChangesInput,
  ConsolidateInput,
  EntitiesInput,
  FactInput,
  FactsInput,
  GraphInput,
  InvalidateInput,
  OperationsInput,
  RunsInput,
} from '../memory/knowledge.ts';
import { fromWire } from '../sdk/wire.ts';
import { checked, numberOf } from './checked.ts';
import { type Query, singleValues } from './query.ts';

/** The shape of requests about facts, entities and background work; see `schemas.ts`. */
const fact = z.strictObject({
  namespace: z.string(),
  subject: z.string(),
  attribute: z.string(),
  value: z.string(),
  polarity: z.enum(polarities).optional(),
  is_single: z.boolean().optional(),
  valid_at: z.string().optional(),
});

const facts = z.strictObject({
  namespace: z.string(),
  subject: z.string().optional(),
  attribute: z.string().optional(),
  as_of: z.string().optional(),
  include_superseded: z.enum(['true', 'false']).optional(),
  limit: z.number().optional(),
});

const changes = z.strictObject({ namespace: z.string(), subject: z.string(), attribute: z.string().optional() });

const invalidation = z.strictObject({
  invalid_at: z.string().optional(),
  superseded_by: z.string().optional(),
  reason: z.string().optional(),
});

const entities = z.strictObject({
  namespace: z.string(),
  prefix: z.string().optional(),
  limit: z.number().optional(),
});

const graph = z.strictObject({
  namespace: z.string(),
  center: z.string().optional(),
  hops: z.number().optional(),
  limit: z.number().optional(),
});

const consolidation = z.strictObject({
  namespace: z.string(),
  passes: z.array(z.enum(passes)).optional(),
  dry_run: z.boolean().optional(),
});

const operations = z.strictObject({ state: z.array(z.enum(jobStates)).optional(), limit: z.number().optional() });
const runs = z.strictObject({ namespace: z.string().optional(), limit: z.number().optional() });

export function parseFact(body: Json): FactInput {
  return fromWire(checked(fact, body)) as FactInput;
}

export function parseFacts(query: Query): FactsInput {
  const { include_superseded: isPast, ...input } = checked(facts, numbered(singleValues(query), ['limit']));
  return fromWire({ ...input, ...(isPast !== undefined && { include_superseded: isPast === 'true' }) }) as FactsInput;
}

export function parseChanges(query: Query): ChangesInput {
  return fromWire(checked(changes, singleValues(query))) as ChangesInput;
}

export function parseInvalidation(body: Json): InvalidateInput {
  return fromWire(checked(invalidation, body)) as InvalidateInput;
}

export function parseEntities(query: Query): EntitiesInput {
  return fromWire(checked(entities, numbered(singleValues(query), ['limit']))) as EntitiesInput;
}

export function parseGraph(query: Query): GraphInput {
  return fromWire(checked(graph, numbered(singleValues(query), ['hops', 'limit']))) as GraphInput;
}

export function parseConsolidation(body: Json): ConsolidateInput {
  return fromWire(checked(consolidation, body)) as ConsolidateInput;
}

/** `state` may be given more than once or as `queued,running`. */
export function parseOperations(query: Query): OperationsInput {
  const given = query.get('state')?.flatMap((value) => value.split(','));
  const rest = numbered(singleValues(new Map([...query].filter(([name]) => name !== 'state'))), ['limit']);
  const { state, ...input } = checked(operations, { ...rest, ...(given !== undefined && { state: given }) });
  return { ...input, ...(state !== undefined && { states: state }) } as OperationsInput;
}

export function parseRuns(query: Query): RunsInput {
  return checked(runs, numbered(singleValues(query), ['limit'])) as RunsInput;
}

/** A query string has texts only: these are read as numbers. */
function numbered(
  values: Readonly<Record<string, string>>,
  names: readonly string[],
): Readonly<Record<string, string | number>> {
  return Object.fromEntries(
    Object.entries(values).map(([name, text]) => [name, names.includes(name) ? numberOf(text) : text]),
  );
}
