import { createHash } from 'node:crypto';
import { EcphoryError } from './memory/errors.ts';
import type { Clock } from './memory/ids.ts';
import { limits } from './memory/limits.ts';
import type { Tenant } from './memory/scope.ts';
import type { WriteOptions } from './memory/service.ts';
import type { Receipt, Store } from './memory/store.ts';

/** What makes the receipt of a result; null when the caller gave no idempotency key. */
export type ReceiptOf<Result> = ((result: Result) => Receipt) | null;

export interface Write {
  readonly tenant: Tenant;
  /** Keys of different routes do not meet. */
  readonly route: string;
  readonly input: unknown;
  readonly options: WriteOptions | undefined;
}

export type CarryOutOnce = <Result>(
  write: Write,
  carryOut: (receiptOf: ReceiptOf<Result>) => Promise<Result>,
) => Promise<Result>;

/**
 * Carries a write out at most once per idempotency key. The receipt is written in the same transaction as
 * the write's effects, so a crash between the two cannot happen; a repeat meanwhile is a `conflict`.
 */
export function newIdempotency(parts: { readonly store: Pick<Store, 'receipt'>; readonly clock: Clock }): CarryOutOnce {
  /** Requests with an idempotency key that are being carried out. */
  const underWay = new Set<string>();

  return async <Result>(write: Write, carryOut: (receiptOf: ReceiptOf<Result>) => Promise<Result>) => {
    const { tenant, route, input } = write;
    const givenKey = write.options?.idempotencyKey;
    if (givenKey === undefined) return carryOut(null);
    if (givenKey === '' || givenKey.length > limits.idempotencyKeyCharacters || !givenKey.isWellFormed()) {
      throw new EcphoryError('invalid', `An idempotency key is 1 to ${limits.idempotencyKeyCharacters} characters.`);
    }
    const key = `${route}:${givenKey}`;
    const fingerprint = createHash('sha256').update(JSON.stringify(input)).digest('hex');
    const flight = `${tenant}\n${key}`;
    if (underWay.has(flight)) {
      throw new EcphoryError('conflict', 'A request with this idempotency key is being carried out right now.', {
        retryAfterMs: 1_000,
      });
    }
    underWay.add(flight);
    try {
      const kept = await parts.store.receipt(tenant, key);
      if (kept !== null) {
        if (kept.fingerprint !== fingerprint) {
          throw new EcphoryError('key_reused', 'This idempotency key was used for another request.');
        }
        return JSON.parse(kept.answer) as Result;
      }
      const expiresAt = parts.clock() + limits.idempotencyKeptMs;
      return await carryOut((result) => ({ key, fingerprint, answer: JSON.stringify(result), expiresAt }));
    } finally {
      underWay.delete(flight);
    }
  };
}
