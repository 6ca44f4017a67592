import { z } from 'zod';
import { origins, roles } from '../memory/episode.ts';
import { noteKinds, noteStates } from '../memory/note.ts';

/** What answers say, in the names of the wire. Nothing here is checked while serving: the tests hold every answer to it. */
export const time = z.string().meta({ format: 'date-time', examples: ['2024-05-08T13:56:00.000Z'] });
export const id = z.string().meta({ examples: ['note_01hv4k8x2m7q0r9d3c5b6a7f8e'] });
export const count = z.int().min(0);
export const probability = z.number().min(0).max(1);
export const trust = z
  .union([z.literal(0), z.literal(1), z.literal(2), z.literal(3)])
  .meta({ description: '0 untrusted, 1 unverified, 2 ordinary, 3 confirmed.' });
export const metadata = z.record(z.string(), z.unknown());
export const degraded = z
  .array(z.string())
  .meta({ description: 'Parts that did not take part, such as `vectors: ...`; empty when all is well.' });

export const memory = z.object({
  id,
  namespace: z.string(),
  kind: z.enum(noteKinds),
  text: z.string(),
  keywords: z.array(z.string()),
  tags: z.array(z.string()),
  context: z.string().nullable().meta({ description: 'One line that says what the text leaves out.' }),
  state: z.enum(noteStates),
  pinned: z.boolean(),
  expires_at: time.nullable(),
  version: z.int().min(1),
  session_id: z.string().nullable(),
  role: z.enum(roles).nullable(),
  name: z.string().nullable().meta({ description: 'Who spoke.' }),
  timestamp: time.nullable().meta({ description: 'When it happened.' }),
  place: z.string().nullable(),
  origin: z.enum(origins),
  trust,
  valid_at: time.nullable(),
  invalid_at: time.nullable(),
  created_at: time,
  revised_at: time,
  superseded_by: id.nullable(),
  sources: z.array(z.string()).meta({ description: 'Ids of the episodes it rests on.' }),
  metadata,
});

export const memoryVersion = z.object({
  version: z.int().min(1),
  derivation: count.meta({ description: 'How often a pass had derived keywords, tags and context by then.' }),
  text: z.string(),
  tags: z.array(z.string()),
  keywords: z.array(z.string()),
  context: z.string().nullable(),
  metadata,
  at: time,
  cause: z.string(),
});

const embedding = z
  .enum(['ready', 'pending', 'off'])
  .meta({ description: '`pending`: stored and found by words; its vector follows.' });
const added = z.array(z.object({ id, episode_id: z.string() })).meta({ description: 'In the order of the messages.' });

export const addResult = z.object({ memories: added, embedding });

export const batchResult = z.object({
  results: z
    .array(
      z.union([
        z.object({ status: z.literal('stored'), memories: added, embedding }),
        z.object({
          status: z.literal('failed'),
          error: z.object({ code: z.string(), detail: z.string(), pointer: z.string() }),
        }),
      ]),
    )
    .meta({ description: 'In the order of the items.' }),
});

export const deleteResult = z.object({
  id,
  state: z.enum(['archived', 'erased']),
  erased: z.array(id).meta({ description: 'What went with it.' }),
});

export const explanation = z.object({
  channels: z.array(
    z.object({
      channel: z.string(),
      rank: z.int().min(1),
      score: z.number(),
      weight: z.number(),
      contribution: z.number(),
      detail: z.string(),
    }),
  ),
  steps: z.array(z.object({ step: z.string(), factor: z.number(), detail: z.string() })),
  score: z.number(),
});

const confidence = probability.meta({
  description:
    'How likely it is that the memory holds an answer; below .3 an agent had better say that it does not know.',
});

export const sequence = z.object({
  kind: z.enum([
    'which_first',
    'which_last',
    'is_before',
    'is_after',
    'just_before',
    'just_after',
    'elapsed',
    'first_time',
    'last_time',
  ]),
  episodes: z.array(z.object({ memory_id: id, at: time })),
  answer: z.enum(['first', 'second', 'yes', 'no']).nullable(),
  elapsed_ms: count.optional(),
  abstained: z
    .enum(['not_recognised', 'ambiguous', 'same_episode', 'no_neighbour', 'order_contradicted'])
    .nullable()
    .meta({ description: 'Why there is no answer.' }),
});

export const hit = z.object({
  score: z.number().meta({ description: 'For ordering within this answer; not a probability.' }),
  copies: count.optional().meta({ description: 'How many more say the same words by the same speaker.' }),
  memory,
  explanation: explanation.optional(),
});

/** With what is held as facts beside them; that schema is given, as it stands in another file which builds on this one. */
export function recallAnswers(factsAnswer: z.ZodType) {
  const search = z.object({
    hits: z.array(hit),
    confidence,
    sequence: sequence.optional(),
    facts: factsAnswer.optional(),
    archived: z.array(id).optional().meta({ description: 'Ids of archived memories that the query finds.' }),
    degraded,
  });
  const need = z.union([
    z.object({ is_needed: z.literal(true), because: z.enum(['past', 'name', 'self', 'shared']) }),
    z.object({ is_needed: z.literal(false), because: z.enum(['small_talk', 'given_text', 'general']) }),
  ]);
  const context = z.object({
    text: z.string().meta({ description: 'For a prompt: memories as data inside a fence that nobody could foresee.' }),
    memories: z.array(
      z.object({
        id,
        by: z.enum(['hit', 'neighbour', 'standing']),
        is_cut: z.boolean(),
        sources: z.array(z.string()).optional(),
      }),
    ),
    tokens: count,
    dropped: z.object({ folded: count, room: count }),
    confidence: confidence.nullable(),
    gate: need.optional(),
    facts: factsAnswer.optional(),
    degraded,
  });
  return { search, context };
}
