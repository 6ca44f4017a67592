import { limits } from '../memory/limits.ts';
import { allOf } from './answers.ts';
import { hasBody, readJson } from './body.ts';
import { parseDeliveries, parseWebhook, parseWebhookUpdate } from './exchange-schemas.ts';
import type { Call, Handler } from './route.ts';
import { parseNothing, refuseQuery } from './schemas.ts';
import { writeOptions } from './write-options.ts';

/** Who is told of events, and how that goes. */
export const webhookRoutes = {
  async list(call) {
    refuseQuery(call.query);
    return allOf(await call.memory.webhooks());
  },

  async create(call) {
    refuseQuery(call.query);
    const options = writeOptions(call);
    const made = await call.memory.createWebhook(parseWebhook(await readJson(call.request, limits.bodyBytes)), options);
    return { status: 201, body: made, headers: { Location: `/v1/webhooks/${made.id}` } };
  },

  async get(call) {
    refuseQuery(call.query);
    return { status: 200, body: await call.memory.webhook(call.id('webhook')) };
  },

  async update(call) {
    refuseQuery(call.query);
    const id = call.id('webhook');
    const input = parseWebhookUpdate(await readJson(call.request, limits.bodyBytes));
    return { status: 200, body: await call.memory.updateWebhook(id, input) };
  },

  async delete(call) {
    refuseQuery(call.query);
    return { status: 200, body: await call.memory.deleteWebhook(call.id('webhook')) };
  },

  async rotate(call) {
    refuseQuery(call.query);
    const id = call.id('webhook');
    const options = writeOptions(call);
    await refuseBody(call);
    return { status: 200, body: await call.memory.rotateWebhookSecret(id, options) };
  },

  async deliveries(call) {
    const id = call.id('webhook');
    const { data, nextCursor } = await call.memory.deliveries(id, parseDeliveries(call.query));
    return { status: 200, body: { data, nextCursor, hasMore: nextCursor !== null } };
  },

  async replay(call) {
    refuseQuery(call.query);
    const id = call.id('webhook');
    const delivery = String(call.request.params.delivery ?? '');
    await refuseBody(call);
    return { status: 200, body: await call.memory.replayDelivery(id, delivery) };
  },
} satisfies Record<string, Handler>;

async function refuseBody(call: Call): Promise<void> {
  if (hasBody(call.request)) parseNothing(await readJson(call.request, limits.bodyBytes));
}
