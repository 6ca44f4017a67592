import type { Analyzer } from './memory/analyzer.ts';
import type { GuardedEmbedder } from './memory/embedder.ts';
import { EcphoryError } from './memory/errors.ts';
import type { ForgettingCurve } from './memory/forgetting.ts';
import type { Clock, IdSource, NoteId } from './memory/ids.ts';
import type { Recall } from './memory/recall.ts';
import type { Tenant } from './memory/scope.ts';
import type { Store, StoredNote } from './memory/store.ts';
import type { LoadTokenCounter } from './memory/tokens.ts';
import type { Redaction } from './service-redaction.ts';

/** What the service is made of. */
export interface ServiceParts {
  readonly store: Store;
  readonly recall: Recall;
  readonly analyzer: Analyzer;
  /** Null when no vectors are kept. */
  readonly embedder: GuardedEmbedder | null;
  readonly curve: ForgettingCurve;
  readonly ids: IdSource;
  readonly clock: Clock;
  /** Who runs the background passes. Left out or null, jobs wait until somebody does. */
  readonly consolidation?: Consolidation | null;
  /** Who delivers to webhooks. Left out or null, what they are to be told waits in the feed. */
  readonly webhooks?: WebhookParts | null;
  /** What becomes of secrets and personal data; null or left out, every text is kept as it came. */
  readonly redaction?: Redaction | null;
  /** For contexts; `o200k_base` when left out. */
  readonly loadTokenCounter?: LoadTokenCounter;
  /** Told of failures that no caller waits for. */
  readonly onNotice: (message: string, cause: unknown) => void;
}

/** What the service needs of the worker. */
export interface Consolidation {
  /** Says that there may be a job. Returns at once. */
  wake(): void;
}

/** What the service needs to know of webhooks. */
export interface WebhookParts {
  /** Whether addresses of this machine and its network may be named. */
  readonly isPrivateAllowed: boolean;
  /** Says that a webhook was changed. Returns at once. */
  wake(): void;
}

/** Vectors of texts that are about to be stored; null when the embedder did not answer in time, or there is none. */
export type EmbedPassages = (texts: readonly string[]) => Promise<readonly Float32Array[] | null>;

/**
 * @throws EcphoryError `not_found`, in the same words for an id that never was and one of another tenant; `stale` when
 *   it is at another version than `ifVersion`.
 */
export async function loadMemory(
  store: Pick<Store, 'note'>,
  tenant: Tenant,
  id: string,
  ifVersion?: number,
): Promise<StoredNote> {
  const stored = await store.note(tenant, id as NoteId);
  if (stored === null) throw notThere('memory');
  if (ifVersion !== undefined && stored.note.version !== ifVersion) {
    throw new EcphoryError('stale', `The memory is at version ${stored.note.version}, not ${ifVersion}.`);
  }
  return stored;
}

export function notThere(what: 'memory' | 'entity' | 'operation' | 'run'): EcphoryError {
  return new EcphoryError('not_found', `There is no ${what} with this id.`);
}
