import type { Json } from './episode.ts';
import type { EventsInput, MemoryEvent } from './event.ts';
import type { WriteOptions } from './service.ts';
import type { Page } from './store.ts';
import type {
  DeliveriesInput,
  DeliveryView,
  WebhookInput,
  WebhookUpdate,
  WebhookView,
  WebhookWithSecret,
} from './webhook.ts';

/** The part of `MemoryService` for what leaves a server, comes into it, and goes in bulk. */
export interface ExchangeService {
  /** As `delete` of one, for all that a filter means. Only counts, unless `dryRun` is false. */
  deleteWhere(input: DeleteWhereInput, options?: WriteOptions): Promise<DeleteWhereResult>;

  /**
   * What happens to memories, in order, each event once, without end. Throws at once for an input that is wrong. Whoever goes
   * on `after` the last event that he has misses nothing.
   */
  events(input: EventsInput): AsyncIterable<MemoryEvent>;
  /** Everything of a namespace as lines that `import` takes. */
  export(input: ExportInput): AsyncIterable<string>;
  /**
   * What was exported, as it was: ids, times, versions. What is there already stays as it is, so that an import that failed half
   * way is made again.
   */
  import(lines: ExportLines, options?: ImportOptions): Promise<ImportResult>;

  /** Has an address told of events. The secret is shown here alone. */
  createWebhook(input: WebhookInput, options?: WriteOptions): Promise<WebhookWithSecret>;
  /** Oldest first. */
  webhooks(): Promise<readonly WebhookView[]>;
  webhook(id: string): Promise<WebhookView>;
  updateWebhook(id: string, input: WebhookUpdate): Promise<WebhookView>;
  deleteWebhook(id: string): Promise<{ readonly id: string }>;
  /** A new secret; the old one signs beside it for a day. */
  rotateWebhookSecret(id: string, options?: WriteOptions): Promise<WebhookWithSecret>;
  /** What was sent and how that went, newest first. */
  deliveries(id: string, input?: DeliveriesInput): Promise<Page<DeliveryView>>;
  replayDelivery(id: string, deliveryId: string): Promise<DeliveryView>;
}

export interface ExportInput {
  /** `users/alice`, or `users/**` for it and everything below. */
  readonly namespace: string;
}

export interface ImportOptions {
  /** Only these namespaces and what is below them may be named; null or left out for every one of the tenant. */
  readonly within?: readonly string[] | null;
}

export interface ImportResult {
  readonly namespaces: readonly string[];
  /** Memories that came in. */
  readonly memories: number;
  /** That were there already, and were left as they are. */
  readonly skipped: number;
  readonly links: number;
}

/** Lines of an export, without their line ends. */
export type ExportLines = AsyncIterable<string> | Iterable<string>;

export interface DeleteWhereInput {
  /** `users/alice`, or `users/**` for it and everything below. */
  readonly namespace: string;
  /** `{}` means every memory of the namespace. See `memory/filter.ts`. */
  readonly filter: Json;
  /** Only counts, unless this is false. */
  readonly dryRun?: boolean;
  /** Erases: gone from every byte, with what rests on it. Otherwise they are archived and can be restored. */
  readonly hard?: boolean;
}

export interface DeleteWhereResult {
  readonly dryRun: boolean;
  /** How many the filter means. */
  readonly matched: number;
  /** Some of their ids. */
  readonly sample: readonly string[];
  /** How many were archived or erased, notes derived from them included; 0 for a dry run. */
  readonly deleted: number;
}
