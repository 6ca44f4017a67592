import { z } from 'zod';
import type { Json } from '../memory/episode.ts';
import { limits } from '../memory/limits.ts';
import type { FeedbackInput, PolicyInput } from '../memory/upkeep.ts';
import { fromWire } from '../sdk/wire.ts';
import { checked } from './checked.ts';
import { type Query, singleValues } from './query.ts';
import { readNamespace, writeNamespace } from './schemas-fields.ts';

/** The shape of requests about forgetting; see `schemas.ts`. */
export const feedbackBody = z.strictObject({
  memories: z
    .array(
      z.strictObject({
        id: z.string(),
        kind: z.enum(['used', 'confirmed', 'corrected']).meta({
          description: '`used`: it helped to answer. `confirmed`: someone said it is right. `corrected`: it was wrong.',
        }),
      }),
    )
    .meta({ minItems: 1, maxItems: limits.itemsPerBatch }),
});

export const policyQuery = z.strictObject({ namespace: writeNamespace });
export const statsQuery = z.strictObject({ namespace: readNamespace });

export const policyBody = z.strictObject({
  namespace: writeNamespace,
  curve: z.enum(['fsrs', 'exponential', 'none']).meta({ description: 'By which memories fade.' }).optional(),
  is_forgetting: z.boolean().meta({ description: 'Whether the forgetting pass archives at all.' }).optional(),
  retrievability_min: z
    .number()
    .meta({ description: 'A memory less likely to be recalled is archived.', minimum: 0, maximum: 1 })
    .optional(),
  capacity: z.number().meta({ description: 'Active memories at most; null for no bound.' }).nullable().optional(),
  place_min: z.number().meta({ description: 'Of `capacity`, what each place keeps at least.' }).optional(),
  recent_days: z.number().meta({ description: 'Nothing younger is archived.' }).optional(),
  kept_days: z.number().meta({ description: 'What a new memory is kept for; null for ever.' }).nullable().optional(),
});

export function parseFeedback(body: Json): FeedbackInput {
  return fromWire(checked(feedbackBody, body)) as FeedbackInput;
}

export function parsePolicyOf(query: Query): string {
  return checked(policyQuery, singleValues(query)).namespace;
}

export function parsePolicy(body: Json): PolicyInput {
  return fromWire(checked(policyBody, body)) as PolicyInput;
}
