import type { Access } from '../memory/access.ts';
import type { MemoryService } from '../memory/service.ts';
import type { Gate } from './gate.ts';

type Exchange = Pick<
  MemoryService,
  | 'deleteWhere'
  | 'events'
  | 'export'
  | 'import'
  | 'createWebhook'
  | 'webhooks'
  | 'webhook'
  | 'updateWebhook'
  | 'deleteWebhook'
  | 'rotateWebhookSecret'
  | 'deliveries'
  | 'replayDelivery'
>;

/** The part of `guarded-memory.ts` for what leaves the server, comes into it, and goes in bulk. */
export function guardedExchange(
  memory: MemoryService,
  access: Access,
  { need, enter, inside, reaches, seen }: Gate,
): Exchange {
  return {
    async deleteWhere(input, options) {
      enter(input.dryRun === false ? (input.hard === true ? 'erase' : 'write') : 'read', input.namespace);
      return seen(await memory.deleteWhere(input, options), ({ sample }) => sample);
    },
    events(input) {
      enter('read', input.namespace);
      return memory.events(input);
    },
    /** Everything there is of a namespace, past versions and what passes made of it too. */
    export(input) {
      enter('admin', input.namespace);
      return memory.export(input);
    },
    /** It says of itself when things were and whom they came from: more than a key that writes may say. */
    async import(lines, options) {
      need('admin');
      const result = await memory.import(lines, { ...options, within: access.namespaces });
      for (const namespace of result.namespaces) enter('admin', namespace);
      return result;
    },

    async createWebhook(input, options) {
      enter('admin', input.namespace);
      return memory.createWebhook(input, options);
    },
    async webhooks() {
      need('admin');
      return (await memory.webhooks()).filter(({ namespace }) => reaches(namespace));
    },
    async webhook(id) {
      need('admin');
      const webhook = await memory.webhook(id);
      inside(webhook.namespace, 'webhook');
      return webhook;
    },
    async updateWebhook(id, input) {
      await reachWebhook(id);
      return memory.updateWebhook(id, input);
    },
    async deleteWebhook(id) {
      await reachWebhook(id);
      return memory.deleteWebhook(id);
    },
    async rotateWebhookSecret(id, options) {
      await reachWebhook(id);
      return memory.rotateWebhookSecret(id, options);
    },
    async deliveries(id, input) {
      await reachWebhook(id);
      return memory.deliveries(id, input);
    },
    async replayDelivery(id, deliveryId) {
      await reachWebhook(id);
      return memory.replayDelivery(id, deliveryId);
    },
  };

  async function reachWebhook(id: string): Promise<void> {
    need('admin');
    if (access.namespaces !== null) inside((await memory.webhook(id)).namespace, 'webhook');
  }
}
