import { z } from 'zod';
import type { Json, Metadata, Role } from '../../memory/episode.ts';
import { EcphoryError } from '../../memory/errors.ts';
import { limits } from '../../memory/limits.ts';
import type { MessageInput } from '../../memory/service.ts';
import { pointerOf } from '../json.ts';
import { type EntityIds, type EntityName, entityNames, parseEntityId } from './mem0-entity.ts';

/**
 * The bodies of mem0's clients. Unlike our own interface it lets unknown fields pass: every version of the client
 * sends some that say how mem0 is to work inside, and null for what it leaves out.
 */
const metadata = z.custom<Metadata>(isObject, 'Expected an object.');
const anyJson = z.custom<Json>((value) => value !== undefined);
const ids = { user_id: text(), agent_id: text(), app_id: text(), run_id: text() };
const date = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}/, 'Expected a date, such as "2026-12-31".')
  .transform((value) => value.slice(0, 10));

const messageSchema = z.looseObject({ role: text(), name: text(), content: anyJson });
const addSchema = z.looseObject({
  ...ids,
  messages: z.union([z.string(), messageSchema, z.array(messageSchema)]),
  metadata: metadata.nullish(),
  timestamp: z.union([z.number(), z.string()]).nullish(),
  expiration_date: date.nullish(),
  output_format: text(),
});
const updateSchema = z.looseObject({
  text: text(),
  data: text(),
  memory: text(),
  metadata: metadata.nullish(),
  timestamp: anyJson.nullish(),
  expiration_date: date.nullable().optional(),
});
const readSchema = z.looseObject({
  ...ids,
  filters: anyJson.nullish(),
  metadata: metadata.nullish(),
  categories: z.array(z.string()).nullish(),
  show_expired: z.boolean().nullish(),
});
const searchSchema = readSchema.extend({
  query: z.string(),
  top_k: z.number().int().min(1).nullish(),
  limit: z.number().int().min(1).nullish(),
  fields: z.array(z.string()).nullish(),
  reference_date: z.union([z.number(), z.string()]).nullish(),
  output_format: text(),
});
const listSchema = readSchema.extend({ start_date: text(), end_date: text() });
const batchSchema = z.looseObject({
  memories: z.array(z.looseObject({ memory_id: z.string(), text: z.string().optional() })),
});

export type AddBody = z.infer<typeof addSchema>;
export type UpdateBody = z.infer<typeof updateSchema>;
export type SearchBody = z.infer<typeof searchSchema>;
export type ListBody = z.infer<typeof listSchema>;

export const parseAddBody = (body: Json): AddBody => checked(addSchema, body);
export const parseUpdateBody = (body: Json): UpdateBody => checked(updateSchema, body);
export const parseSearchBody = (body: Json): SearchBody => checked(searchSchema, body);
export const parseListBody = (body: unknown): ListBody => checked(listSchema, body);

export function parseBatchBody(body: Json) {
  const { memories } = checked(batchSchema, body);
  if (memories.length > limits.itemsPerBatch) {
    throw new EcphoryError('too_large', `A batch holds at most ${limits.itemsPerBatch} memories.`, {
      pointer: '/memories',
    });
  }
  return memories;
}

/** The entities that a body or a query string names beside its filters. */
export function entityIdsIn(given: { readonly [name in EntityName]?: string | null | undefined }): EntityIds {
  const found: { [name in EntityName]?: string } = {};
  for (const name of entityNames) {
    const id = given[name];
    if (id !== undefined && id !== null) found[name] = parseEntityId(name, id);
  }
  return found;
}

/** One memory for each message, as it was said. */
export function messagesOf(body: AddBody): MessageInput[] {
  const { messages } = body;
  if (typeof messages === 'string') return [{ role: 'user', content: messages }];
  const timestamp = timeOf(body.timestamp, '/timestamp');
  return (Array.isArray(messages) ? messages : [messages]).map((message, index) => ({
    role: roleOf(message.role ?? 'user', `/messages/${index}/role`),
    content: contentOf(message.content, `/messages/${index}/content`),
    ...(typeof message.name === 'string' && { name: message.name }),
    ...(timestamp !== null && { timestamp }),
  }));
}

/** mem0 counts in seconds since 1970, or takes ISO 8601. */
export function timeOf(value: number | string | null | undefined, pointer: string): string | null {
  if (value === undefined || value === null) return null;
  if (typeof value === 'string' && !/^\d+(?:\.\d+)?$/.test(value)) return value;
  const time = new Date(Number(value) * 1000);
  if (Number.isNaN(time.getTime())) throw new EcphoryError('invalid', 'There is no such time.', { pointer });
  return time.toISOString();
}

function contentOf(content: Json, pointer: string): string {
  if (typeof content === 'string') return content;
  const parts: readonly Json[] = Array.isArray(content) ? content : [content];
  return parts
    .map((part) => {
      if (isObject(part) && part.type === 'text' && typeof part.text === 'string') return part.text;
      throw new EcphoryError('invalid', 'Only text is remembered; describe an image or a document in words.', {
        pointer,
      });
    })
    .join('\n');
}

function roleOf(role: string, pointer: string): Role {
  switch (role) {
    case 'user':
    case 'assistant':
    case 'system':
    case 'tool':
      return role;
    case 'developer':
      return 'system';
    case 'function':
      return 'tool';
    default:
      throw new EcphoryError('invalid', 'A role is user, assistant, system or tool.', { pointer });
  }
}

function checked<Schema extends z.ZodType>(schema: Schema, value: unknown): z.infer<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const faults = result.error.issues
    .slice(0, limits.faultsPerProblem)
    .map((issue) => ({ pointer: pointerOf(issue.path), message: issue.message }));
  throw new EcphoryError('invalid', faults[0]?.message ?? 'The request is not valid.', { faults });
}

function text() {
  return z.string().nullish();
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
