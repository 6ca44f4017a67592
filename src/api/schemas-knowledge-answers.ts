import { z } from 'zod';
import { polarities } from '../memory/claim.ts';
import { entityKinds } from '../memory/entity.ts';
import { origins } from '../memory/episode.ts';
import { jobStates, passes } from '../memory/job.ts';
import { linkTypes } from '../memory/link.ts';
import { noteStates } from '../memory/note.ts';
import { count, id, memory, probability, time, trust } from './schemas-answers.ts';

/** Answers about facts, entities, links and background work; see `schemas-answers.ts`. */
export const fact = z.object({
  id,
  namespace: z.string(),
  subject: z.string(),
  attribute: z.string(),
  value: z.string(),
  polarity: z.enum(polarities),
  is_single: z.boolean(),
  text: z.string(),
  state: z.enum(noteStates),
  trust,
  origin: z.enum(origins),
  valid_at: time.nullable(),
  invalid_at: time.nullable(),
  created_at: time,
  superseded_by: id.nullable(),
  sources: z.array(z.string()),
  contradicts: z.array(id).meta({ description: 'Facts that say otherwise of the same time.' }),
});

export const factOutcome = z.object({
  outcome: z.enum(['added', 'corroborated', 'superseded', 'contradicted']),
  fact,
  others: z.array(id).meta({ description: 'Those it superseded or contradicts.' }),
});

export const factChange = z.object({
  at: time,
  kind: z.enum(['began', 'ended']),
  fact,
  other: id.nullable().meta({ description: 'What it took the place of, or what took its place.' }),
});

export const factsAnswer = z.object({
  answers: z.array(
    z.object({
      value: z.string(),
      polarity: z.enum(polarities),
      since: time.nullable(),
      until: time.nullable(),
      path: z.array(fact),
      earlier: z.array(fact),
      disputed: z.array(fact),
    }),
  ),
});

export const related = z.object({
  link_id: z.string(),
  type: z.enum(linkTypes),
  direction: z.enum(['from', 'to']),
  weight: probability,
  reason: z.string().nullable(),
  created_at: time,
  memory,
});

const entityFields = { id, kind: z.enum(entityKinds), name: z.string(), memories: count };
export const entity = z.object(entityFields);
export const entityDetail = z.object({
  ...entityFields,
  namespace: z.string(),
  mentioned_in: z.array(memory),
  facts: z.array(fact),
});

export const graph = z.object({
  nodes: z.array(
    z.union([
      z.object({ kind: z.literal('memory'), id, memory, hops: count }),
      z.object({ kind: z.literal('entity'), id, name: z.string(), hops: count }),
    ]),
  ),
  edges: z.array(
    z.object({
      from: id,
      to: id,
      type: z.enum([...linkTypes, 'mentions']),
      weight: probability,
      reason: z.string().nullable(),
    }),
  ),
  is_truncated: z.boolean(),
});

const changes = z.record(z.string(), count).meta({ description: 'Changes by kind.' });

export const operation = z.object({
  id,
  kind: z.literal('consolidation'),
  namespace: z.string(),
  passes: z.array(z.enum(passes)),
  dry_run: z.boolean(),
  state: z.enum(jobStates),
  attempts: count,
  done: count,
  total: count,
  created_at: time,
  updated_at: time,
  next_try_at: time.nullable(),
  error: z.string().nullable(),
  result: z.object({ memories: count, changes, run_id: z.string().nullable() }).nullable(),
});

const runFields = {
  id,
  namespace: z.string(),
  operation_id: z.string(),
  state: z.enum(['running', 'done', 'failed', 'reverted']),
  started_at: time,
  finished_at: time.nullable(),
  changes,
};
export const run = z.object(runFields);
export const runDetail = z.object({
  ...runFields,
  answers: z
    .array(
      z.object({
        prompt: z.string(),
        model: z.string(),
        answer: z.string(),
        input_tokens: count,
        output_tokens: count,
        at: time,
      }),
    )
    .meta({ description: 'What a model said, word for word.' }),
});
