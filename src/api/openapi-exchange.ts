import { z } from 'zod';
import {
  deletedWebhook,
  deleteWhereBody,
  deleteWhereResult,
  deliveriesQuery,
  delivery,
  eventsQuery,
  exportQuery,
  importResult,
  webhook,
  webhookBody,
  webhookUpdateBody,
  webhookWithSecret,
} from './exchange-schemas.ts';
import { type Endpoints, pageOf } from './openapi-endpoint.ts';
import { emptyBody } from './schemas.ts';

/** Events, webhooks, exports and deletes by filter. */
export const exchangeEndpoints: Endpoints = {
  'POST /v1/memories/delete': {
    id: 'deleteWhere',
    room: 'Memories',
    summary: 'Archive or erase what a filter means',
    detail:
      'A dry run unless `dry_run` is false. Never beyond the namespace, or with `/**` the subtree, that is named.',
    scope: 'write',
    headers: ['Idempotency-Key'],
    body: { schema: deleteWhereBody },
    answers: { 200: { description: 'How many, and some of them.', schema: deleteWhereResult } },
  },
  'GET /v1/events': {
    id: 'events',
    room: 'Events',
    summary: 'What happens to memories, as it happens',
    detail:
      'Server-sent events. The id of each is its place in the feed: with it as `Last-Event-ID` the stream goes on exactly behind it. ' +
      'Ids, never a text. A stream ends after a while; come back with the last id.',
    scope: 'read',
    query: eventsQuery,
    headers: ['Last-Event-ID'],
    answers: { 200: { description: 'Events.', schema: null, contentType: 'text/event-stream' } },
  },
  'GET /v1/export': {
    id: 'export',
    room: 'Events',
    summary: 'Everything of a namespace, as lines',
    detail:
      'JSON lines that `POST /v1/import` takes. The last one is of type `end`; without it the export was cut off.',
    scope: 'admin',
    query: exportQuery,
    answers: { 200: { description: 'Lines.', schema: null, contentType: 'application/x-ndjson' } },
  },
  'POST /v1/import': {
    id: 'import',
    room: 'Events',
    summary: 'Take in the lines of an export',
    detail:
      'What is there already stays as it is, so an import that was cut off is made again. Each part of an export that was split is to begin with its `header` and `namespace` lines.',
    scope: 'admin',
    body: { schema: z.string(), contentType: 'application/x-ndjson' },
    answers: { 200: { description: 'What came in.', schema: importResult } },
    problems: [409],
  },
  'GET /v1/webhooks': {
    id: 'webhooks',
    room: 'Events',
    summary: 'The webhooks of the tenant',
    scope: 'admin',
    answers: { 200: { description: 'All of them.', schema: pageOf(webhook) } },
  },
  'POST /v1/webhooks': {
    id: 'createWebhook',
    room: 'Events',
    summary: 'Have an address told of events',
    detail:
      'Signed as Standard Webhooks says, tried again for a day, at least once each, in no certain order. Private addresses are refused.',
    scope: 'admin',
    headers: ['Idempotency-Key'],
    body: { schema: webhookBody },
    answers: {
      201: { description: 'The webhook, with its secret.', schema: webhookWithSecret, headers: ['Location'] },
    },
  },
  'GET /v1/webhooks/:id': {
    id: 'webhook',
    room: 'Events',
    summary: 'One webhook',
    scope: 'admin',
    answers: { 200: { description: 'The webhook.', schema: webhook } },
  },
  'PATCH /v1/webhooks/:id': {
    id: 'updateWebhook',
    room: 'Events',
    summary: 'Change a webhook',
    scope: 'admin',
    body: { schema: webhookUpdateBody },
    answers: { 200: { description: 'The webhook.', schema: webhook } },
  },
  'DELETE /v1/webhooks/:id': {
    id: 'deleteWebhook',
    room: 'Events',
    summary: 'Delete a webhook with its log',
    scope: 'admin',
    answers: { 200: { description: 'It is gone.', schema: deletedWebhook } },
  },
  'POST /v1/webhooks/:id/secret': {
    id: 'rotateWebhookSecret',
    room: 'Events',
    summary: 'Make a new secret',
    detail: 'The old one signs beside it for a day.',
    scope: 'admin',
    headers: ['Idempotency-Key'],
    body: { schema: emptyBody, isOptional: true },
    answers: { 200: { description: 'The webhook, with its new secret.', schema: webhookWithSecret } },
  },
  'GET /v1/webhooks/:id/deliveries': {
    id: 'deliveries',
    room: 'Events',
    summary: 'What was sent to a webhook, newest first',
    scope: 'admin',
    query: deliveriesQuery,
    answers: { 200: { description: 'A page.', schema: pageOf(delivery) } },
  },
  'POST /v1/webhooks/:id/deliveries/:delivery/replay': {
    id: 'replayDelivery',
    room: 'Events',
    summary: 'Send one delivery again',
    scope: 'admin',
    body: { schema: emptyBody, isOptional: true },
    answers: { 200: { description: 'The delivery, waiting.', schema: delivery } },
  },
};
