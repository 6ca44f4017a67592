import type { EventType, MemoryEvent } from './event.ts';
import type { DeliveryId, WebhookId } from './ids.ts';
import type { ReadScope, Tenant } from './scope.ts';

/** Somebody's address that is told of events. */
export interface Webhook {
  readonly id: WebhookId;
  /** What it is told of. */
  readonly scope: ReadScope;
  readonly url: string;
  /** Null for all. */
  readonly types: readonly EventType[] | null;
  readonly description: string | null;
  /** `whsec_` and base64, newest first: each signs, so that a receiver can change over. Kept readable: signing needs it. */
  readonly secrets: readonly WebhookSecret[];
  readonly isEnabled: boolean;
  /** Why it is not. */
  readonly disabledReason: string | null;
  /** The last sequence of the feed that was turned into deliveries. */
  readonly cursor: number;
  /** Since when nothing was delivered, milliseconds since 1970; null while all is well. */
  readonly failingSince: number | null;
  readonly createdAt: number;
  readonly updatedAt: number;
}

export interface WebhookSecret {
  readonly text: string;
  /** Signs until then; null for the present one. */
  readonly until: number | null;
}

export const deliveryStates = ['pending', 'delivered', 'failed'] as const;
export type DeliveryState = (typeof deliveryStates)[number];

/** One event on its way to one webhook. `failed`: given up; it can be replayed. */
export interface Delivery {
  readonly id: DeliveryId;
  readonly webhookId: WebhookId;
  readonly event: MemoryEvent;
  readonly state: DeliveryState;
  readonly attempts: number;
  /** Not before; null when it is over. */
  readonly nextAt: number | null;
  /** Of the last try: what was answered, or null when nothing was. */
  readonly status: number | null;
  readonly error: string | null;
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** All writes are durable when they resolve. */
export interface WebhookStore {
  /** @throws `conflict` an id that is already there. */
  add(webhook: Webhook): Promise<void>;
  find(tenant: Tenant, id: WebhookId): Promise<Webhook | null>;
  /** Oldest first. */
  list(tenant: Tenant): Promise<readonly Webhook[]>;
  /** Of every tenant, oldest first. For the process's own deliverer. */
  enabled(): Promise<readonly Webhook[]>;
  /** What is left out stays as it is. @throws `not_found` */
  change(tenant: Tenant, id: WebhookId, change: WebhookChange): Promise<Webhook>;
  /** With its deliveries. @throws `not_found` */
  remove(tenant: Tenant, id: WebhookId): Promise<void>;
  /** Adds deliveries and moves the cursor on, together or not at all. @throws `stale` when the cursor is not at `from`. */
  queue(
    id: WebhookId,
    step: { readonly from: number; readonly to: number; readonly deliveries: readonly Delivery[] },
  ): Promise<void>;
  /** Pending ones of a webhook whose time has come, ordered by (nextAt, id). */
  due(id: WebhookId, now: number, limit: number): Promise<readonly Delivery[]>;
  /** When the next one of an enabled webhook is due; null when none waits. */
  nextAt(): Promise<number | null>;
  /** How many wait. */
  pending(id: WebhookId): Promise<number>;
  /**
   * How a try went. Marks since when its webhook fails, or that it does not; then what is over and beyond `keep` is dropped
   * from the log of the webhook, oldest first. Nothing when the delivery is gone.
   */
  settle(id: DeliveryId, outcome: DeliveryOutcome, keep: number): Promise<void>;
  delivery(tenant: Tenant, webhook: WebhookId, id: DeliveryId): Promise<Delivery | null>;
  /** Newest first. `before` is the id of the last one of an earlier page. */
  deliveries(
    tenant: Tenant,
    webhook: WebhookId,
    query: { readonly limit: number; readonly before: DeliveryId | null; readonly state?: DeliveryState },
  ): Promise<readonly Delivery[]>;
  /** Sends it once more, with no tries counted. @throws `not_found` */
  replay(tenant: Tenant, webhook: WebhookId, id: DeliveryId, now: number): Promise<Delivery>;
}

export interface WebhookChange extends Partial<Pick<Webhook, 'url' | 'types' | 'description' | 'secrets'>> {
  readonly isEnabled?: boolean;
  readonly disabledReason?: string | null;
  readonly at: number;
}

export interface DeliveryOutcome {
  readonly state: DeliveryState;
  readonly nextAt: number | null;
  readonly status: number | null;
  readonly error: string | null;
  readonly now: number;
}

/** A webhook as callers see it. The secret is shown when it is made, and never again. */
export interface WebhookView {
  readonly id: string;
  readonly namespace: string;
  readonly url: string;
  readonly types: readonly EventType[] | null;
  readonly description: string | null;
  readonly enabled: boolean;
  readonly disabledReason: string | null;
  readonly failingSince: string | null;
  readonly createdAt: string;
  readonly updatedAt: string;
}

export interface WebhookWithSecret extends WebhookView {
  readonly secret: string;
}

export interface WebhookInput {
  readonly namespace: string;
  readonly url: string;
  readonly types?: readonly EventType[] | null;
  readonly description?: string | null;
}

export interface WebhookUpdate {
  readonly url?: string;
  readonly types?: readonly EventType[] | null;
  readonly description?: string | null;
  /** One that was disabled goes on where it stopped. */
  readonly enabled?: boolean;
}

export interface DeliveriesInput {
  readonly limit?: number;
  readonly cursor?: string;
  readonly state?: DeliveryState;
}

export interface DeliveryView {
  readonly id: string;
  readonly webhookId: string;
  readonly event: MemoryEvent;
  readonly state: DeliveryState;
  readonly attempts: number;
  readonly nextTryAt: string | null;
  readonly status: number | null;
  readonly error: string | null;
  readonly createdAt: string;
  readonly updatedAt: string;
}
