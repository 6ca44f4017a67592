import type { ApiKeyId } from './ids.ts';
import type { Tenant } from './scope.ts';

/** One request that a key made: who read or wrote what, and when. Never a word of a memory or of a query. */
export interface AuditEntry {
  readonly at: number;
  readonly tenant: Tenant;
  readonly keyId: ApiKeyId;
  readonly method: string;
  /** The address as it is documented, such as `/v1/memories/:id`. */
  readonly route: string;
  readonly status: number;
  readonly requestId: string;
  /** Every namespace that was named, or that a memory reached by its id lives in; at most `limits.auditNamespaces`. */
  readonly namespaces: readonly string[];
  /** Memories given or changed. */
  readonly memories: number;
  /** The first of their ids, at most `limits.auditIds`. */
  readonly memoryIds: readonly string[];
}

export interface KeptAuditEntry extends AuditEntry {
  /** Counts from 1 within the tenant, in the order in which entries were kept. */
  readonly number: number;
}

/** The log is append-only, but for the oldest entries of a tenant that has more than are kept. */
export interface AuditStore {
  /** All or none of them, each behind the earlier ones of its tenant; then what is over `keep` goes, oldest first. */
  append(
    entries: readonly AuditEntry[],
    keep: { readonly entriesMax: number /** Milliseconds since 1970. */; readonly since: number },
  ): Promise<void>;
  /** Newest first. */
  list(tenant: Tenant, query: AuditQuery): Promise<readonly KeptAuditEntry[]>;
}

export interface AuditQuery {
  readonly limit: number;
  /** Only entries with a lower number. */
  readonly before?: number;
  readonly keyId?: string;
  /** From this time on, and before that one, milliseconds since 1970. */
  readonly from?: number;
  readonly until?: number;
}
