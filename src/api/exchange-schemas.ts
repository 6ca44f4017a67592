import { z } from 'zod';
import type { Json } from '../memory/episode.ts';
import { type EventType, eventTypes } from '../memory/event.ts';
import type { DeleteWhereInput } from '../memory/exchange.ts';
import { limits } from '../memory/limits.ts';
import { type DeliveriesInput, deliveryStates, type WebhookInput, type WebhookUpdate } from '../memory/webhook.ts';
import { fromWire } from '../sdk/wire.ts';
import { checked, numberOf } from './checked.ts';
import { type Query, singleValues } from './query.ts';
import { count, id, time } from './schemas-answers.ts';
import { cursor, filterField, pageLimit, readNamespace } from './schemas-fields.ts';

/** The shape of events, webhooks, exports and deletes by filter: requests, then answers; see `schemas.ts`. */
const types = z.array(z.enum(eventTypes)).min(1).meta({ description: 'Only these; all of them if left out.' });
const url = z.string().meta({
  description: 'Where it is told, https.',
  format: 'uri',
  maxLength: limits.webhookUrlCharacters,
  examples: ['https://example.com/hooks/memory'],
});
const description = z.string().meta({ description: 'For people.', maxLength: limits.nameCharacters }).nullable();

export const exportQuery = z.strictObject({ namespace: readNamespace });

export const eventsQuery = z.strictObject({
  namespace: readNamespace,
  type: types.optional(),
  after: z
    .string()
    .meta({
      description: 'The id of the last event that is known, 0 for all there were; `Last-Event-ID` wins over it.',
    })
    .optional(),
});

export const deleteWhereBody = z.strictObject({
  namespace: readNamespace,
  filter: filterField,
  dry_run: z.boolean().meta({ description: 'Only counts, unless this is false.', default: true }).optional(),
  hard: z
    .boolean()
    .meta({ description: 'Erases instead of archiving; needs scope `erase`.', default: false })
    .optional(),
});

export const webhookBody = z.strictObject({
  namespace: readNamespace,
  url,
  types: types.nullable().optional(),
  description: description.optional(),
});

export const webhookUpdateBody = z.strictObject({
  url: url.optional(),
  types: types.nullable().optional(),
  description: description.optional(),
  enabled: z.boolean().meta({ description: 'One that was disabled goes on where it stopped.' }).optional(),
});

export const deliveriesQuery = z.strictObject({
  limit: pageLimit.optional(),
  cursor: cursor.optional(),
  state: z.enum(deliveryStates).optional(),
});

export const deleteWhereResult = z.object({
  dry_run: z.boolean(),
  matched: count,
  sample: z.array(id).meta({ description: 'Some of their ids.' }),
  deleted: count.meta({ description: 'Archived or erased, with what was derived from them; 0 for a dry run.' }),
});

export const importResult = z.object({
  namespaces: z.array(z.string()),
  memories: count,
  skipped: count.meta({ description: 'Memories that were there already, and were left as they are.' }),
  links: count,
});

export const memoryEvent = z
  .object({
    id: z.string(),
    type: z.enum(eventTypes),
    namespace: z.string(),
    memory_id: z.string().nullable(),
    operation_id: z.string().nullable(),
    at: time,
  })
  .meta({ description: 'What happened: ids, never a text.' });

export const webhook = z.object({
  id: z.string(),
  namespace: z.string(),
  url: z.string(),
  types: z.array(z.enum(eventTypes)).nullable(),
  description: z.string().nullable(),
  enabled: z.boolean(),
  disabled_reason: z.string().nullable(),
  failing_since: time.nullable(),
  created_at: time,
  updated_at: time,
});

export const webhookWithSecret = webhook.extend({
  secret: z.string().meta({ description: 'What deliveries are signed with (Standard Webhooks). Shown this once.' }),
});

export const delivery = z.object({
  id: z.string().meta({ description: 'Also the `webhook-id` of every try.' }),
  webhook_id: z.string(),
  event: memoryEvent,
  state: z.enum(deliveryStates),
  attempts: count,
  next_try_at: time.nullable(),
  status: z.int().nullable(),
  error: z.string().nullable(),
  created_at: time,
  updated_at: time,
});

export const deletedWebhook = z.object({ id: z.string() });

export function parseEvents(query: Query): {
  readonly namespace: string;
  readonly types?: readonly EventType[];
  readonly after?: string;
} {
  const given = query.get('type')?.flatMap((value) => value.split(','));
  const rest = singleValues(new Map([...query].filter(([name]) => name !== 'type')));
  const { type, namespace, after } = checked(eventsQuery, { ...rest, ...(given !== undefined && { type: given }) });
  return { namespace, ...(type !== undefined && { types: type }), ...(after !== undefined && { after }) };
}

export function parseExport(query: Query): { readonly namespace: string } {
  return checked(exportQuery, singleValues(query));
}

export function parseDeleteWhere(body: Json): DeleteWhereInput {
  return fromWire(checked(deleteWhereBody, body)) as DeleteWhereInput;
}

export function parseWebhook(body: Json): WebhookInput {
  return fromWire(checked(webhookBody, body)) as WebhookInput;
}

export function parseWebhookUpdate(body: Json): WebhookUpdate {
  return fromWire(checked(webhookUpdateBody, body)) as WebhookUpdate;
}

export function parseDeliveries(query: Query): DeliveriesInput {
  const { limit, ...rest } = singleValues(query);
  return checked(deliveriesQuery, {
    ...rest,
    ...(limit !== undefined && { limit: numberOf(limit) }),
  }) as DeliveriesInput;
}
