import { limits } from '../../memory/limits.ts';
import type { Tenant } from '../../memory/scope.ts';
import type { Receipt } from '../../memory/store.ts';
import type { Connection } from './driver.ts';

/** Answers kept under a caller's idempotency keys. */
export interface Receipts {
  /** Null when there is none or it has run out. */
  find(tenant: Tenant, key: string, now: number): Receipt | null;
  keep(tenant: Tenant, receipt: Receipt, now: number): void;
}

interface ReceiptRow {
  readonly key: string;
  readonly fingerprint: string;
  readonly answer: string;
  readonly expires_at: number;
}

export function newReceipts(connection: Connection): Receipts {
  const statement = {
    find: connection.prepare<[string, string, number], ReceiptRow>(
      'SELECT key, fingerprint, answer, expires_at FROM receipts WHERE tenant = ? AND key = ? AND expires_at >= ?',
    ),
    keep: connection.prepare(
      'INSERT OR REPLACE INTO receipts (tenant, key, fingerprint, answer, expires_at) VALUES (?, ?, ?, ?, ?)',
    ),
    // Of every tenant: time passes for all.
    purge: connection.prepare(
      `DELETE FROM receipts WHERE (tenant, key) IN (
         SELECT tenant, key FROM receipts WHERE expires_at < ? ORDER BY expires_at LIMIT ?)`,
    ),
  };

  return {
    find(tenant, key, now) {
      const row = statement.find.get(tenant, key, now);
      if (row === undefined) return null;
      return { key: row.key, fingerprint: row.fingerprint, answer: row.answer, expiresAt: row.expires_at };
    },
    keep(tenant, { key, fingerprint, answer, expiresAt }, now) {
      statement.purge.run(now, limits.receiptsPurged);
      statement.keep.run(tenant, key, fingerprint, answer, expiresAt);
    },
  };
}
