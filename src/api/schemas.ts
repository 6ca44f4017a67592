import { z } from 'zod';
import { contextOrders } from '../memory/context-order.ts';
import { type Json, type Metadata, roles } from '../memory/episode.ts';
import { EcphoryError } from '../memory/errors.ts';
import { limits } from '../memory/limits.ts';
import { noteStates } from '../memory/note.ts';
import type { AddInput, ContextInput, ListInput, MessagesInput, SearchInput, UpdateInput } from '../memory/service.ts';
import { fromWire } from '../sdk/wire.ts';
import { checked, fault, isObject, numberOf } from './checked.ts';
import { parseJson } from './json.ts';
import { type Query, singleValues } from './query.ts';

/**
 * The shape of every request: which fields there are and of what type, nothing unknown. What a value means
 * (an empty text, no such day, a limit) is checked once, by the service, for every door alike.
 */
const metadata = z.custom<Metadata>(isObject, 'Expected an object.');
const filter = z.custom<Json>(isObject, 'Expected an object.');

const details = {
  role: z.enum(roles).optional(),
  name: z.string().optional(),
  timestamp: z.string().optional(),
  place: z.string().optional(),
  origin: z.enum(['user', 'agent', 'tool', 'web', 'import']).optional(),
};

const shared = {
  namespace: z.string(),
  session_id: z.string().optional(),
  tags: z.array(z.string()).optional(),
  metadata: metadata.optional(),
};

const addText = z.strictObject({ ...shared, ...details, text: z.string() });
const message = z.strictObject({ content: z.string(), ...details, metadata: metadata.optional() });
const addMessages = z.strictObject({ ...shared, messages: z.array(message) });
const batch = z.strictObject({ items: z.array(z.unknown()) });

const update = z.strictObject({
  text: z.string().optional(),
  tags: z.array(z.string()).optional(),
  metadata: metadata.optional(),
  valid_at: z.string().nullable().optional(),
  invalid_at: z.string().nullable().optional(),
});

const search = z.strictObject({
  namespace: z.string(),
  query: z.string(),
  limit: z.number().optional(),
  filter: filter.optional(),
  as_of: z.string().optional(),
  query_timestamp: z.string().optional(),
  explain: z.boolean().optional(),
  include_archived: z.boolean().optional(),
  reinforce: z.boolean().optional(),
});

const context = z.strictObject({
  namespace: z.string(),
  query: z.string(),
  max_tokens: z.number().optional(),
  order: z.enum(contextOrders).optional(),
  filter: filter.optional(),
  as_of: z.string().optional(),
  query_timestamp: z.string().optional(),
  neighbours: z.boolean().optional(),
  include_sources: z.boolean().optional(),
  gate: z.boolean().optional(),
});

const list = z.strictObject({
  namespace: z.string(),
  limit: z.number().optional(),
  cursor: z.string().optional(),
  filter: filter.optional(),
  state: z.array(z.enum(noteStates)).optional(),
});

const messages = z.strictObject({
  namespace: z.string(),
  limit: z.number().optional(),
  cursor: z.string().optional(),
});

const nothing = z.strictObject({});
const removal = z.strictObject({ hard: z.enum(['true', 'false']).optional() });

export function parseAdd(body: Json, at = ''): AddInput {
  const isConversation = isObject(body) && Object.hasOwn(body, 'messages');
  if (isConversation && Object.hasOwn(body, 'text')) {
    throw fault(`${at}/messages`, 'Give either "text" or "messages", not both.');
  }
  if (isObject(body) && !isConversation && !Object.hasOwn(body, 'text')) {
    throw fault(`${at}/text`, 'Give "text" for one memory or "messages" for a conversation.');
  }
  return fromWire(isConversation ? checked(addMessages, body, at) : checked(addText, body, at)) as AddInput;
}

/** One item of the wrong shape refuses the whole batch; one of the wrong content fails alone, in the service. */
export function parseBatch(body: Json): readonly AddInput[] {
  const { items } = checked(batch, body);
  if (items.length > limits.itemsPerBatch) {
    throw new EcphoryError('too_large', `A batch holds at most ${limits.itemsPerBatch} items.`, { pointer: '/items' });
  }
  return items.map((item, index) => parseAdd(item as Json, `/items/${index}`));
}

export function parseUpdate(body: Json): UpdateInput {
  return fromWire(checked(update, body)) as UpdateInput;
}

export function parseSearch(body: Json): SearchInput {
  return fromWire(checked(search, body)) as SearchInput;
}

export function parseContext(body: Json): ContextInput {
  return fromWire(checked(context, body)) as ContextInput;
}

/** `state` may be given more than once or as `active,archived`; `filter` is JSON. */
export function parseList(query: Query): ListInput {
  const states = query.get('state')?.flatMap((value) => value.split(','));
  const { filter: filterText, limit, ...rest } = singleValues(new Map([...query].filter(([name]) => name !== 'state')));
  const given = {
    ...rest,
    ...(limit !== undefined && { limit: numberOf(limit) }),
    ...(filterText !== undefined && { filter: parseJson(Buffer.from(filterText), '/filter') }),
    ...(states !== undefined && { state: states }),
  };
  const { state, ...input } = checked(list, given);
  return { ...input, ...(state !== undefined && { states: state }) } as ListInput;
}

export function parseMessages(query: Query): Omit<MessagesInput, 'sessionId'> {
  const { limit, ...rest } = singleValues(query);
  const given = { ...rest, ...(limit !== undefined && { limit: numberOf(limit) }) };
  return checked(messages, given) as Omit<MessagesInput, 'sessionId'>;
}

export function parseRemoval(query: Query): { readonly hard: boolean } {
  return { hard: checked(removal, singleValues(query)).hard === 'true' };
}

/** For a POST that says everything by its address: no body, or an empty object. */
export function parseNothing(body: Json): void {
  checked(nothing, body);
}

export function refuseQuery(query: Query): void {
  checked(nothing, singleValues(query));
}
