import { z } from 'zod';
import { contextOrders } from '../memory/context-order.ts';
import { type Json, roles } from '../memory/episode.ts';
import { EcphoryError } from '../memory/errors.ts';
import { limits } from '../memory/limits.ts';
import { noteStates } from '../memory/note.ts';
import type { AddInput, ContextInput, ListInput, MessagesInput, SearchInput, UpdateInput } from '../memory/service.ts';
import { fromWire } from '../sdk/wire.ts';
import { checked, fault, isObject, numberOf } from './checked.ts';
import { parseJson } from './json.ts';
import { type Query, singleValues } from './query.ts';
import {
  countField,
  cursor,
  filterField,
  flagField,
  metadataField,
  nameField,
  pageLimit,
  readNamespace,
  tagList,
  textField,
  timeField,
  writeNamespace,
} from './schemas-fields.ts';

/**
 * The shape of every request: which fields there are and of what type, nothing unknown. What a value means
 * (an empty text, no such day, a limit) is checked once, by the service, for every door alike. The same schemas make the
 * document of the interface (`openapi.ts`).
 */
const details = {
  role: z.enum(roles).optional(),
  name: nameField('Who spoke.').optional(),
  timestamp: timeField('When it happened; now if left out.').optional(),
  place: nameField('Where it happened.').optional(),
  pinned: z.boolean().meta({ description: 'Never archived by forgetting.' }).optional(),
  expires_at: timeField('Archived from then on.').optional(),
  origin: z
    .enum(['user', 'agent', 'tool', 'web', 'import'])
    .meta({ description: 'Where it came from; `tool` and `web` are trusted less.' })
    .optional(),
};

const everyAdd = {
  namespace: writeNamespace,
  session_id: nameField('The conversation it belongs to, as you name it.').optional(),
  tags: tagList.optional(),
  metadata: metadataField.optional(),
};

export const addTextBody = z.strictObject({
  ...everyAdd,
  ...details,
  text: textField('What is to be remembered, kept word for word.', limits.textCharacters),
});
export const messageBody = z.strictObject({
  content: textField('What was said, kept word for word.', limits.textCharacters),
  ...details,
  metadata: metadataField.optional(),
});
export const addMessagesBody = z.strictObject({
  ...everyAdd,
  messages: z
    .array(messageBody)
    .meta({ description: 'A conversation in order.', minItems: 1, maxItems: limits.messagesPerAdd }),
});
const batchBody = z.strictObject({ items: z.array(z.unknown()) });

export const updateBody = z.strictObject({
  text: textField('In place of the text as it is; the old one stays in the history.', limits.textCharacters).optional(),
  tags: tagList.optional(),
  metadata: metadataField.optional(),
  valid_at: timeField('Since when it is true; null when nobody knows.').nullable().optional(),
  invalid_at: timeField('Since when it is no longer true; null while it is.').nullable().optional(),
  pinned: z.boolean().meta({ description: 'Never archived by forgetting.' }).optional(),
  expires_at: timeField('Archived from then on; null for never.').nullable().optional(),
});

const asked = {
  namespace: readNamespace,
  query: textField('Only ever words: no syntax is interpreted.', limits.queryCharacters),
  filter: filterField.optional(),
  as_of: timeField('What was true and held at this time.').optional(),
  query_timestamp: timeField('When the question is asked, for "last week"; now if left out.').optional(),
};

export const searchBody = z.strictObject({
  ...asked,
  limit: countField('Hits at most.', { max: limits.searchLimit, byDefault: limits.searchLimitDefault }).optional(),
  explain: z.boolean().meta({ description: 'Each hit says how its score came about.' }).optional(),
  include_archived: z.boolean().meta({ description: 'Archived memories are hits as well.' }).optional(),
  reinforce: z
    .boolean()
    .meta({ description: 'Counts the hits as used: the one way in which a search writes.' })
    .optional(),
});

export const contextBody = z.strictObject({
  ...asked,
  max_tokens: z
    .number()
    .meta({
      description: 'Of the whole text, in tokens of `o200k_base`.',
      type: 'integer',
      minimum: limits.contextTokensMin,
      maximum: limits.contextTokens,
      default: limits.contextTokensDefault,
    })
    .optional(),
  order: z.enum(contextOrders).meta({ default: 'chronological' }).optional(),
  neighbours: z
    .boolean()
    .meta({ description: 'Whether a question that a short hit may answer comes along with it.', default: true })
    .optional(),
  include_sources: z
    .boolean()
    .meta({ description: 'Names memories in the text by their ids, and gives their sources.' })
    .optional(),
  gate: z
    .boolean()
    .meta({ description: 'Gives nothing when the query, as what a user just said, needs no memory.' })
    .optional(),
});

export const listQuery = z.strictObject({
  namespace: readNamespace,
  limit: pageLimit.optional(),
  cursor: cursor.optional(),
  filter: filterField.optional(),
  state: z.array(z.enum(noteStates)).meta({ description: 'Of these states; active ones if left out.' }).optional(),
});

export const messagesQuery = z.strictObject({
  namespace: readNamespace,
  limit: pageLimit.optional(),
  cursor: cursor.optional(),
});

export const emptyBody = z.strictObject({});
export const removalQuery = z.strictObject({
  hard: flagField('Erases: gone from every byte, with what rests on it.').optional(),
});

export function parseAdd(body: Json, at = ''): AddInput {
  const isConversation = isObject(body) && Object.hasOwn(body, 'messages');
  if (isConversation && Object.hasOwn(body, 'text')) {
    throw fault(`${at}/messages`, 'Give either "text" or "messages", not both.');
  }
  if (isObject(body) && !isConversation && !Object.hasOwn(body, 'text')) {
    throw fault(`${at}/text`, 'Give "text" for one memory or "messages" for a conversation.');
  }
  return fromWire(isConversation ? checked(addMessagesBody, body, at) : checked(addTextBody, body, at)) as AddInput;
}

/** One item of the wrong shape refuses the whole batch; one of the wrong content fails alone, in the service. */
export function parseBatch(body: Json): readonly AddInput[] {
  const { items } = checked(batchBody, body);
  if (items.length > limits.itemsPerBatch) {
    throw new EcphoryError('too_large', `A batch holds at most ${limits.itemsPerBatch} items.`, { pointer: '/items' });
  }
  return items.map((item, index) => parseAdd(item as Json, `/items/${index}`));
}

export function parseUpdate(body: Json): UpdateInput {
  return fromWire(checked(updateBody, body)) as UpdateInput;
}

export function parseSearch(body: Json): SearchInput {
  return fromWire(checked(searchBody, body)) as SearchInput;
}

export function parseContext(body: Json): ContextInput {
  return fromWire(checked(contextBody, body)) as ContextInput;
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
  const { state, ...input } = checked(listQuery, given);
  return { ...input, ...(state !== undefined && { states: state }) } as ListInput;
}

export function parseMessages(query: Query): Omit<MessagesInput, 'sessionId'> {
  const { limit, ...rest } = singleValues(query);
  const given = { ...rest, ...(limit !== undefined && { limit: numberOf(limit) }) };
  return checked(messagesQuery, given) as Omit<MessagesInput, 'sessionId'>;
}

export function parseRemoval(query: Query): { readonly hard: boolean } {
  return { hard: checked(removalQuery, singleValues(query)).hard === 'true' };
}

/** For a POST that says everything by its address: no body, or an empty object. */
export function parseNothing(body: Json): void {
  checked(emptyBody, body);
}

export function refuseQuery(query: Query): void {
  checked(emptyBody, singleValues(query));
}
