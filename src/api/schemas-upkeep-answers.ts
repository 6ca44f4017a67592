import { z } from 'zod';
import { keyScopes } from '../memory/access.ts';
import { count, id, memory, probability, time } from './schemas-answers.ts';
import { fact } from './schemas-knowledge-answers.ts';

/** Answers about forgetting, profiles, keys and the server itself; see `schemas-answers.ts`. */
const curve = z.enum(['fsrs', 'exponential', 'none']);

export const feedbackResult = z.object({
  memories: z.array(z.object({ id, stability_days: z.number(), retrievability: probability })),
});

export const retention = z.object({
  id,
  curve,
  stability_days: z.number(),
  difficulty: z.number(),
  retrievability: probability,
  activation: z.number(),
  is_pinned: z.boolean(),
  expires_at: time.nullable(),
  reviews: z.array(
    z.object({
      at: time,
      grade: z.enum(['again', 'hard', 'good', 'easy']),
      stability_days: z.number().nullable(),
    }),
  ),
  forecast: z.array(z.object({ at: time, retrievability: probability })),
  archived_from: time.nullable().meta({ description: 'When the policy would archive it; null when it would not.' }),
});

export const policy = z.object({
  curve,
  is_forgetting: z.boolean(),
  retrievability_min: probability,
  capacity: count.nullable(),
  place_min: count,
  recent_days: z.number(),
  kept_days: z.number().nullable(),
});

export const profile = z.object({
  namespace: z.string(),
  hash: z.string().meta({ description: 'SHA-256 of everything below, hex; also the entity tag.' }),
  text: z.string(),
  facts: z.array(fact),
  current: z.array(fact),
  preferences: z.array(fact),
  relationships: z.array(fact),
  instructions: z.array(memory),
});

export const timelineEvent = z.object({
  at: time,
  until: time.nullable(),
  kind: z.enum(['said', 'spoken_of', 'fact_began', 'fact_ended', 'session']),
  text: z.string(),
  memory_id: id,
});

export const stats = z.object({
  namespace: z.string(),
  memories: z.object({ active: count, archived: count, invalidated: count, quarantined: count }),
  kinds: z.record(z.string(), count),
  pinned: count,
  entities: count,
  links: count,
  facts: z.object({ current: count, superseded: count, disputed: count }),
  duplicates: z.object({ groups: count, memories: count }),
  stale: count,
  never_used: count,
  underived: count,
  growth: z.array(z.object({ day: z.string(), added: count })),
  retention: z.array(count).meta({ description: 'Active memories by retrievability now, ten bins.' }),
});

export const key = z.object({
  id: z.string(),
  name: z.string(),
  scopes: z.array(z.enum(keyScopes)),
  namespaces: z.array(z.string()).nullable(),
  state: z.enum(['in_force', 'expired', 'revoked']),
  created_at: time,
  expires_at: time.nullable(),
  revoked_at: time.nullable(),
});

export const shownKey = z.object({
  key,
  secret: z.string().meta({ description: 'The text of the key: the only time that it is shown.' }),
});

export const auditEntry = z.object({
  at: time,
  key_id: z.string(),
  method: z.string(),
  route: z.string(),
  status: z.int(),
  request_id: z.string(),
  namespaces: z.array(z.string()),
  memories: count,
  memory_ids: z.array(z.string()),
});

export const alive = z.object({ status: z.literal('ok') });
export const ready = z.object({ status: z.literal('ready') });

export const problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.string(),
    instance: z.string(),
    request_id: z.string(),
    errors: z
      .array(z.object({ pointer: z.string(), message: z.string() }))
      .meta({ description: 'What is wrong where: JSON pointers into the request.' }),
    reasons: z.array(z.string()).optional(),
  })
  .meta({ description: 'Problem details (RFC 9457).' });
