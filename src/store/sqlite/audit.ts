import type { AuditEntry, AuditStore, KeptAuditEntry } from '../../memory/audit.ts';
import type { Tenant } from '../../memory/scope.ts';
import type { ApiKeyStoreParts } from './api-keys.ts';
import type { Connection } from './driver.ts';

interface AuditRow {
  readonly tenant: Tenant;
  readonly number: number;
  readonly at: number;
  readonly key_id: AuditEntry['keyId'];
  readonly method: string;
  readonly route: string;
  readonly status: number;
  readonly request_id: string;
  readonly namespaces: string;
  readonly memories: number;
  readonly memory_ids: string;
}

export function newAuditStore(connection: Connection, { read, write }: ApiKeyStoreParts): AuditStore {
  const statement = {
    last: connection.prepare<[string], number>('SELECT coalesce(max(number), 0) FROM audit WHERE tenant = ?').pluck(),
    add: connection.prepare('INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)'),
    forgetUpTo: connection.prepare('DELETE FROM audit WHERE tenant = ? AND number <= ?'),
    // Reads only what is too old and one entry more.
    forgetBefore: connection.prepare(
      `DELETE FROM audit WHERE tenant = ? AND number <
         (SELECT number FROM audit WHERE tenant = ? AND at >= ? ORDER BY number LIMIT 1)`,
    ),
    list: connection.prepare<[object], AuditRow>(
      `SELECT * FROM audit
        WHERE tenant = @tenant AND number < @before AND at >= @from AND at < @until
          AND (@keyId IS NULL OR key_id = @keyId)
        ORDER BY number DESC LIMIT @limit`,
    ),
  };

  return {
    append: (entries, { entriesMax, since }) =>
      write(() => {
        const numbers = new Map<Tenant, number>();
        for (const entry of entries) {
          const { tenant } = entry;
          const number = (numbers.get(tenant) ?? statement.last.get(tenant) ?? 0) + 1;
          numbers.set(tenant, number);
          statement.add.run(...valuesOf(entry, number));
        }
        for (const [tenant, last] of numbers) {
          statement.forgetUpTo.run(tenant, last - entriesMax);
          statement.forgetBefore.run(tenant, tenant, since);
        }
      }),
    list: (tenant, { limit, before, keyId, from, until }) =>
      read(() =>
        statement.list
          .all({
            tenant,
            limit,
            before: before ?? Number.MAX_SAFE_INTEGER,
            keyId: keyId ?? null,
            from: from ?? Number.NEGATIVE_INFINITY,
            until: until ?? Number.POSITIVE_INFINITY,
          })
          .map(entryOf),
      ),
  };
}

function valuesOf(entry: AuditEntry, number: number): readonly (string | number)[] {
  const { tenant, at, keyId, method, route, status, requestId, namespaces, memories, memoryIds } = entry;
  const lists = [JSON.stringify(namespaces), memories, JSON.stringify(memoryIds)];
  return [tenant, number, at, keyId, method, route, status, requestId, ...lists];
}

function entryOf(row: AuditRow): KeptAuditEntry {
  return {
    number: row.number,
    at: row.at,
    tenant: row.tenant,
    keyId: row.key_id,
    method: row.method,
    route: row.route,
    status: row.status,
    requestId: row.request_id,
    namespaces: JSON.parse(row.namespaces) as string[],
    memories: row.memories,
    memoryIds: JSON.parse(row.memory_ids) as string[],
  };
}
