import { EcphoryError } from '../../memory/errors.ts';
import type { MemoryEvent } from '../../memory/event.ts';
import type { DeliveryId, WebhookId } from '../../memory/ids.ts';
import type { Namespace, Tenant } from '../../memory/scope.ts';
import type { Delivery, DeliveryState, Webhook, WebhookStore } from '../../memory/webhook.ts';
import type { Connection } from './driver.ts';
import { conflict, notFound } from './write-notes.ts';

export interface WebhookStoreParts {
  readonly read: <Answer>(work: () => Answer) => Promise<Answer>;
  readonly write: <Answer>(work: () => Answer) => Promise<Answer>;
}

interface WebhookRow {
  readonly position: number;
  readonly id: WebhookId;
  readonly tenant: Tenant;
  readonly namespace: Namespace;
  readonly subtree: number;
  readonly url: string;
  readonly types: string | null;
  readonly description: string | null;
  readonly secrets: string;
  readonly is_enabled: number;
  readonly disabled_reason: string | null;
  readonly cursor: number;
  readonly failing_since: number | null;
  readonly created_at: number;
  readonly updated_at: number;
}

interface DeliveryRow {
  readonly position: number;
  readonly id: DeliveryId;
  readonly webhook: number;
  readonly webhook_id: WebhookId;
  readonly event: string;
  readonly state: DeliveryState;
  readonly attempts: number;
  readonly next_at: number | null;
  readonly status: number | null;
  readonly error: string | null;
  readonly created_at: number;
  readonly updated_at: number;
}

/** Who is told of events, and the log of how that went. */
export function newWebhookStore(connection: Connection, { read, write }: WebhookStoreParts): WebhookStore {
  const deliveries =
    'SELECT d.*, w.id AS webhook_id FROM webhook_deliveries d JOIN webhooks w ON w.position = d.webhook';
  const statement = {
    byId: connection.prepare<[string], WebhookRow>('SELECT * FROM webhooks WHERE id = ?'),
    ofTenant: connection.prepare<[string], WebhookRow>('SELECT * FROM webhooks WHERE tenant = ? ORDER BY position'),
    enabled: connection.prepare<[], WebhookRow>('SELECT * FROM webhooks WHERE is_enabled = 1 ORDER BY position'),
    add: connection.prepare(
      `INSERT INTO webhooks (id, tenant, namespace, subtree, url, types, description, secrets, is_enabled,
         disabled_reason, cursor, failing_since, created_at, updated_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    change: connection.prepare(
      `UPDATE webhooks SET url = ?, types = ?, description = ?, secrets = ?, is_enabled = ?, disabled_reason = ?,
         failing_since = ?, updated_at = ? WHERE position = ?`,
    ),
    remove: connection.prepare('DELETE FROM webhooks WHERE position = ?'),
    advance: connection.prepare('UPDATE webhooks SET cursor = ? WHERE position = ?'),
    setFailing: connection.prepare('UPDATE webhooks SET failing_since = ? WHERE position = ?'),
    addDelivery: connection.prepare(
      `INSERT INTO webhook_deliveries (id, webhook, event, state, attempts, next_at, status, error, created_at,
         updated_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    due: connection.prepare<[string, number, number], DeliveryRow>(
      `${deliveries} WHERE w.id = ? AND d.state = 'pending' AND d.next_at <= ? ORDER BY d.next_at, d.id LIMIT ?`,
    ),
    nextAt: connection
      .prepare<[], number | null>(
        `SELECT min(d.next_at) FROM webhook_deliveries d JOIN webhooks w ON w.position = d.webhook
         WHERE d.state = 'pending' AND w.is_enabled = 1`,
      )
      .pluck(),
    pending: connection
      .prepare<[string], number>(
        `SELECT count(*) FROM webhook_deliveries
         WHERE webhook = (SELECT position FROM webhooks WHERE id = ?) AND state = 'pending'`,
      )
      .pluck(),
    delivery: connection.prepare<[string], DeliveryRow>(`${deliveries} WHERE d.id = ?`),
    settle: connection.prepare(
      `UPDATE webhook_deliveries SET state = ?, attempts = attempts + 1, next_at = ?, status = ?, error = ?,
         updated_at = ? WHERE position = ?`,
    ),
    replay: connection.prepare(
      `UPDATE webhook_deliveries SET state = 'pending', attempts = 0, next_at = ?, updated_at = ? WHERE position = ?`,
    ),
    // Nothing that still waits is dropped.
    prune: connection.prepare(
      `DELETE FROM webhook_deliveries WHERE webhook = ? AND state IN ('delivered', 'failed') AND position <= (
         SELECT position FROM webhook_deliveries WHERE webhook = ? AND state IN ('delivered', 'failed')
         ORDER BY position DESC LIMIT 1 OFFSET ?)`,
    ),
    page: connection.prepare<[number, string | null, string | null, string | null, number], DeliveryRow>(
      `${deliveries} WHERE d.webhook = ? AND (? IS NULL OR d.state = ?)
         AND d.position < coalesce((SELECT position FROM webhook_deliveries WHERE id = ?), 9e18)
       ORDER BY d.position DESC LIMIT ?`,
    ),
  };

  return {
    add: (webhook) =>
      write(() => {
        if (statement.byId.get(webhook.id) !== undefined) throw conflict('webhook', webhook.id);
        const { tenant, namespace, subtree } = webhook.scope;
        const { id, url, description, disabledReason, cursor, failingSince, createdAt, updatedAt } = webhook;
        const [types, secrets] = [jsonOrNull(webhook.types), JSON.stringify(webhook.secrets)];
        const isEnabled = Number(webhook.isEnabled);
        const place = [id, tenant, namespace, Number(subtree), url, types, description, secrets, isEnabled];
        statement.add.run(...place, disabledReason, cursor, failingSince, createdAt, updatedAt);
      }),
    find: (tenant, id) => read(() => webhookOrNull(rowOf(tenant, id))),
    list: (tenant) => read(() => statement.ofTenant.all(tenant).map(webhookOf)),
    enabled: () => read(() => statement.enabled.all().map(webhookOf)),

    change: (tenant, id, { at, ...change }) =>
      write(() => {
        const row = found(tenant, id);
        const before = webhookOf(row);
        const after = { ...before, ...change };
        const { url, description, isEnabled, disabledReason } = after;
        // Who is enabled again gets all the time there is once more.
        const failingSince = isEnabled && !before.isEnabled ? null : before.failingSince;
        const [types, secrets] = [jsonOrNull(after.types), JSON.stringify(after.secrets)];
        const values = [url, types, description, secrets, Number(isEnabled), disabledReason, failingSince, at];
        statement.change.run(...values, row.position);
        return { ...after, failingSince, updatedAt: at };
      }),

    remove: (tenant, id) => write(() => void statement.remove.run(found(tenant, id).position)),

    queue: (id, { from, to, deliveries: added }) =>
      write(() => {
        const row = statement.byId.get(id);
        if (row === undefined) throw notFound('webhook', id);
        if (row.cursor !== from) throw new EcphoryError('stale', `Webhook ${id} is at ${row.cursor}, not ${from}.`);
        statement.advance.run(to, row.position);
        for (const one of added) {
          const { state, attempts, nextAt, status, error, createdAt, updatedAt } = one;
          const event = JSON.stringify(one.event);
          const values = [event, state, attempts, nextAt, status, error, createdAt, updatedAt];
          statement.addDelivery.run(one.id, row.position, ...values);
        }
      }),
    due: (id, now, limit) => read(() => statement.due.all(id, now, limit).map(deliveryOf)),
    nextAt: () => read(() => statement.nextAt.get() ?? null),
    pending: (id) => read(() => statement.pending.get(id) ?? 0),

    settle: (id, { state, nextAt, status, error, now }, keep) =>
      write(() => {
        const row = statement.delivery.get(id);
        if (row === undefined) return;
        statement.settle.run(state, nextAt, status, error, now, row.position);
        const webhook = statement.byId.get(row.webhook_id);
        const failingSince = state === 'delivered' ? null : (webhook?.failing_since ?? now);
        if (webhook?.failing_since !== failingSince) statement.setFailing.run(failingSince, row.webhook);
        if (state !== 'pending') statement.prune.run(row.webhook, row.webhook, keep);
      }),

    delivery: (tenant, webhook, id) => read(() => deliveryOrNull(deliveryRow(tenant, webhook, id))),
    deliveries: (tenant, webhook, { limit, before, state = null }) =>
      read(() => {
        const row = rowOf(tenant, webhook);
        return row === undefined ? [] : statement.page.all(row.position, state, state, before, limit).map(deliveryOf);
      }),
    replay: (tenant, webhook, id, now) =>
      write(() => {
        const row = deliveryRow(tenant, webhook, id);
        if (row === undefined) throw notFound('delivery', id);
        statement.replay.run(now, now, row.position);
        return { ...deliveryOf(row), state: 'pending', attempts: 0, nextAt: now, updatedAt: now };
      }),
  };

  function rowOf(tenant: Tenant, id: WebhookId): WebhookRow | undefined {
    const row = statement.byId.get(id);
    return row?.tenant === tenant ? row : undefined;
  }

  function found(tenant: Tenant, id: WebhookId): WebhookRow {
    const row = rowOf(tenant, id);
    if (row === undefined) throw notFound('webhook', id);
    return row;
  }

  function deliveryRow(tenant: Tenant, webhook: WebhookId, id: DeliveryId): DeliveryRow | undefined {
    const row = rowOf(tenant, webhook) === undefined ? undefined : statement.delivery.get(id);
    return row?.webhook_id === webhook ? row : undefined;
  }
}

function webhookOrNull(row: WebhookRow | undefined): Webhook | null {
  return row === undefined ? null : webhookOf(row);
}

function webhookOf(row: WebhookRow): Webhook {
  return {
    id: row.id,
    scope: { tenant: row.tenant, namespace: row.namespace, subtree: row.subtree === 1 },
    url: row.url,
    types: row.types === null ? null : (JSON.parse(row.types) as Webhook['types']),
    description: row.description,
    secrets: JSON.parse(row.secrets) as Webhook['secrets'],
    isEnabled: row.is_enabled === 1,
    disabledReason: row.disabled_reason,
    cursor: row.cursor,
    failingSince: row.failing_since,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

function deliveryOrNull(row: DeliveryRow | undefined): Delivery | null {
  return row === undefined ? null : deliveryOf(row);
}

function deliveryOf(row: DeliveryRow): Delivery {
  return {
    id: row.id,
    webhookId: row.webhook_id,
    event: JSON.parse(row.event) as MemoryEvent,
    state: row.state,
    attempts: row.attempts,
    nextAt: row.next_at,
    status: row.status,
    error: row.error,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

function jsonOrNull(value: object | null): string | null {
  return value === null ? null : JSON.stringify(value);
}
