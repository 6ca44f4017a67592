import { z } from 'zod';
import { limits } from '../../memory/limits.ts';

const id = z
  .string()
  .min(1)
  .max(64)
  .describe('The id of a memory, as given by a search or list, such as "note_01h...".');
const time = z.string().describe('ISO 8601, such as "2024-05-08" or "2024-05-08T13:56:00Z".');
const text = z.string().min(1).max(limits.textCharacters);
const tags = z.array(z.string().min(1).max(limits.tagCharacters)).max(limits.tagsPerNote);
const query = z
  .string()
  .min(1)
  .max(limits.queryCharacters)
  .describe('What to look for, in plain words or as a question. No syntax.');

/** What a model may say to each tool. Whose memory it is, is never its to say unless the host asks for that. */
export const toolSchemas = {
  add_memory: z.object({
    text: text.describe('One self-contained fact, preference or event, with names instead of "he" or "it".'),
    timestamp: time.optional().describe('When it happened, if not now. ISO 8601.'),
    tags: tags.optional(),
  }),
  search_memory: z.object({
    query,
    limit: z.number().int().min(1).max(50).optional().describe('How many at most; 10 if left out.'),
    as_of: time.optional().describe('Only what was known and true at this time. ISO 8601.'),
  }),
  get_memory: z.object({ id }),
  list_memories: z.object({
    limit: z.number().int().min(1).max(limits.pageLimit).optional().describe('How many at most; 50 if left out.'),
    cursor: z.string().optional().describe('The next_cursor of the page before.'),
  }),
  update_memory: z.object({
    id,
    text: text.optional().describe('The new text, whole. The old one stays in its history.'),
    tags: tags.optional(),
    valid_until: time.nullable().optional().describe('Since when it is no longer true; null if it still is. ISO 8601.'),
  }),
  delete_memory: z.object({ id }),
  get_context: z.object({
    query,
    max_tokens: z.number().int().min(limits.contextTokensMin).max(limits.contextTokens).optional(),
  }),
  memory_history: z.object({ id }),
} as const;

export type MemoryToolName = keyof typeof toolSchemas;
export type ToolInput<Name extends MemoryToolName> = z.infer<(typeof toolSchemas)[Name]>;

/** Added to the tools that read or write a namespace, where the host lets the model say which. */
export const namespaceField = z
  .string()
  .min(1)
  .max(limits.namespaceCharacters)
  .describe('Whose memory, such as "users/alice".');
