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
import { limits } from '../memory/limits.ts';
import { fromWire } from '../sdk/wire.ts';
import { checked, numberOf } from './checked.ts';
import { type Query, singleValues } from './query.ts';
import {
  countField,
  flagField,
  nameField,
  pageLimit,
  readNamespace,
  textField,
  timeField,
  writeNamespace,
} from './schemas-fields.ts';

/** The shape of requests about facts, entities and background work; see `schemas.ts`. */
export const factBody = z.strictObject({
  namespace: writeNamespace,
  subject: nameField('Whom or what it is about.'),
  attribute: nameField('What is said of it, such as `residence`.'),
  value: textField('What it is.', limits.factValueCharacters),
  polarity: z.enum(polarities).meta({ description: 'Whether it is so or is not.', default: 'positive' }).optional(),
  is_single: z.boolean().meta({ description: 'Whether at most one value holds at a time.' }).optional(),
  valid_at: timeField('Since when it holds; now if left out.').optional(),
});

export const factsQuery = z.strictObject({
  namespace: readNamespace,
  subject: nameField('Whom or what they are about.').optional(),
  attribute: nameField('What they say.').optional(),
  as_of: timeField('What held at this time; now if left out.').optional(),
  include_superseded: flagField('Also those that no longer hold.').optional(),
  limit: pageLimit.optional(),
});

export const changesQuery = z.strictObject({
  namespace: readNamespace,
  subject: nameField('Whom or what they are about.'),
  attribute: nameField('What they say.').optional(),
});

export const invalidationBody = z.strictObject({
  invalid_at: timeField('Since when it is no longer true; now if left out.').optional(),
  superseded_by: z.string().meta({ description: 'The id of the memory that replaces it.' }).optional(),
  reason: nameField('Why, for people.').optional(),
});

export const entitiesQuery = z.strictObject({
  namespace: readNamespace,
  prefix: nameField('Names that begin with it or have a word that does.').optional(),
  limit: pageLimit.optional(),
});

export const graphQuery = z.strictObject({
  namespace: readNamespace,
  center: z
    .string()
    .meta({ description: 'The id of a memory or entity; without it the most linked of the newest memories.' })
    .optional(),
  hops: countField('Steps from the centre.', { max: limits.graphHops, byDefault: 1 }).optional(),
  limit: countField('Nodes at most.', { max: limits.graphNodes, byDefault: limits.graphNodesDefault }).optional(),
});

export const consolidationBody = z.strictObject({
  namespace: writeNamespace,
  passes: z.array(z.enum(passes)).meta({ description: 'All if left out.' }).optional(),
  dry_run: z.boolean().meta({ description: 'Says what would be done and does nothing.' }).optional(),
});

export const operationsQuery = z.strictObject({
  state: z.array(z.enum(jobStates)).meta({ description: 'In these states; in any if left out.' }).optional(),
  limit: pageLimit.optional(),
});
export const runsQuery = z.strictObject({ namespace: readNamespace.optional(), limit: pageLimit.optional() });

export function parseFact(body: Json): FactInput {
  return fromWire(checked(factBody, body)) as FactInput;
}

export function parseFacts(query: Query): FactsInput {
  const { include_superseded: isPast, ...input } = checked(factsQuery, numbered(singleValues(query), ['limit']));
  return fromWire({ ...input, ...(isPast !== undefined && { include_superseded: isPast === 'true' }) }) as FactsInput;
}

export function parseChanges(query: Query): ChangesInput {
  return fromWire(checked(changesQuery, singleValues(query))) as ChangesInput;
}

export function parseInvalidation(body: Json): InvalidateInput {
  return fromWire(checked(invalidationBody, body)) as InvalidateInput;
}

export function parseEntities(query: Query): EntitiesInput {
  return fromWire(checked(entitiesQuery, numbered(singleValues(query), ['limit']))) as EntitiesInput;
}

export function parseGraph(query: Query): GraphInput {
  return fromWire(checked(graphQuery, numbered(singleValues(query), ['hops', 'limit']))) as GraphInput;
}

export function parseConsolidation(body: Json): ConsolidateInput {
  return fromWire(checked(consolidationBody, body)) as ConsolidateInput;
}

/** `state` may be given more than once or as `queued,running`. */
export function parseOperations(query: Query): OperationsInput {
  const given = query.get('state')?.flatMap((value) => value.split(','));
  const rest = numbered(singleValues(new Map([...query].filter(([name]) => name !== 'state'))), ['limit']);
  const { state, ...input } = checked(operationsQuery, { ...rest, ...(given !== undefined && { state: given }) });
  return { ...input, ...(state !== undefined && { states: state }) } as OperationsInput;
}

export function parseRuns(query: Query): RunsInput {
  return checked(runsQuery, numbered(singleValues(query), ['limit'])) as RunsInput;
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
