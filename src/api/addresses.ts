import { eventRoutes } from './event-routes.ts';
import { exportRoutes } from './export-routes.ts';
import { keyRoutes } from './key-routes.ts';
import { knowledgeRoutes } from './knowledge-routes.ts';
import { memoryRoutes } from './memory-routes.ts';
import { operationRoutes } from './operation-routes.ts';
import { profileRoutes } from './profile-routes.ts';
import type { Handler } from './route.ts';
import { upkeepRoutes } from './upkeep-routes.ts';
import { webhookRoutes } from './webhook-routes.ts';

export type Methods = { readonly [method in 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE']?: Handler };

/**
 * Which path and method lead where. What is added here is described in the `openapi-*.ts` of its room.
 * What is fixed stands before what has an id in its place.
 */
export const addresses: Readonly<Record<string, Methods>> = {
  '/v1/search': { POST: memoryRoutes.search },
  '/v1/context': { POST: memoryRoutes.context },
  '/v1/memories': { GET: memoryRoutes.list, POST: memoryRoutes.add },
  '/v1/memories/batch': { POST: memoryRoutes.addBatch },
  '/v1/memories/delete': { POST: exportRoutes.deleteWhere },
  '/v1/memories/:id': { GET: memoryRoutes.get, PATCH: memoryRoutes.update, DELETE: memoryRoutes.delete },
  '/v1/memories/:id/history': { GET: memoryRoutes.history },
  '/v1/memories/:id/restore': { POST: memoryRoutes.restore },
  '/v1/memories/:id/invalidate': { POST: knowledgeRoutes.invalidate },
  '/v1/memories/:id/related': { GET: knowledgeRoutes.related },
  '/v1/memories/:id/retention': { GET: upkeepRoutes.retention },
  '/v1/feedback': { POST: upkeepRoutes.feedback },
  '/v1/policies': { GET: upkeepRoutes.policy, PUT: upkeepRoutes.setPolicy },
  '/v1/stats': { GET: upkeepRoutes.stats },
  '/v1/sessions/:session/messages': { GET: memoryRoutes.messages },
  '/v1/facts': { GET: knowledgeRoutes.facts, POST: knowledgeRoutes.addFact },
  '/v1/facts/changes': { GET: knowledgeRoutes.changes },
  '/v1/entities': { GET: knowledgeRoutes.entities },
  '/v1/entities/:id': { GET: knowledgeRoutes.entity },
  '/v1/graph': { GET: knowledgeRoutes.graph },
  '/v1/profile': { GET: profileRoutes.profile },
  '/v1/timeline': { GET: profileRoutes.timeline },
  '/v1/events': { GET: eventRoutes.events },
  '/v1/export': { GET: exportRoutes.export },
  '/v1/import': { POST: exportRoutes.import },
  '/v1/webhooks': { GET: webhookRoutes.list, POST: webhookRoutes.create },
  '/v1/webhooks/:id': { GET: webhookRoutes.get, PATCH: webhookRoutes.update, DELETE: webhookRoutes.delete },
  '/v1/webhooks/:id/secret': { POST: webhookRoutes.rotate },
  '/v1/webhooks/:id/deliveries': { GET: webhookRoutes.deliveries },
  '/v1/webhooks/:id/deliveries/:delivery/replay': { POST: webhookRoutes.replay },
  '/v1/keys': { GET: keyRoutes.list, POST: keyRoutes.create },
  '/v1/keys/:id': { DELETE: keyRoutes.revoke },
  '/v1/keys/:id/rotate': { POST: keyRoutes.rotate },
  '/v1/audit': { GET: keyRoutes.audit },
  '/v1/consolidations': { GET: operationRoutes.runs, POST: operationRoutes.consolidate },
  '/v1/consolidations/:id': { GET: operationRoutes.run },
  '/v1/consolidations/:id/revert': { POST: operationRoutes.revert },
  '/v1/operations': { GET: operationRoutes.operations },
  '/v1/operations/:id': { GET: operationRoutes.operation },
  '/v1/operations/:id/events': { GET: operationRoutes.events },
  '/v1/operations/:id/retry': { POST: operationRoutes.retry },
  '/v1/operations/:id/cancel': { POST: operationRoutes.cancel },
};
