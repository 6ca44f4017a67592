import { randomBytes } from 'node:crypto';
import { EcphoryError } from '../../memory/errors.ts';
import type { ApiKeyId } from '../../memory/ids.ts';
import type { ApiKey, ApiKeyStore } from '../../memory/store.ts';
import type { Connection } from './driver.ts';

interface ApiKeyRow {
  readonly id: ApiKeyId;
  readonly tenant: ApiKey['tenant'];
  readonly name: string;
  readonly secret_hash: string;
  /** JSON. */
  readonly scopes: string;
  readonly namespaces: string | null;
  readonly created_at: number;
  readonly expires_at: number | null;
  readonly revoked_at: number | null;
}

export interface ApiKeyStoreParts {
  readonly read: <Answer>(work: () => Answer) => Promise<Answer>;
  readonly write: <Answer>(work: () => Answer) => Promise<Answer>;
}

export function newApiKeyStore(connection: Connection, { read, write }: ApiKeyStoreParts): ApiKeyStore {
  const columns =
    'SELECT id, tenant, name, secret_hash, scopes, namespaces, created_at, expires_at, revoked_at FROM api_keys';
  const statement = {
    pepper: connection.prepare<[], string>(`SELECT value FROM properties WHERE name = 'pepper'`).pluck(),
    makePepper: connection.prepare(`INSERT INTO properties (name, value) VALUES ('pepper', ?)`),
    add: connection.prepare(
      `INSERT INTO api_keys (id, tenant, name, secret_hash, scopes, namespaces, created_at, expires_at, revoked_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    find: connection.prepare<[string], ApiKeyRow>(`${columns} WHERE id = ?`),
    list: connection.prepare<[], ApiKeyRow>(`${columns} ORDER BY created_at, id`),
    ofTenant: connection.prepare<[string], ApiKeyRow>(`${columns} WHERE tenant = ? ORDER BY created_at, id`),
    revoke: connection.prepare('UPDATE api_keys SET revoked_at = ? WHERE id = ?'),
    expire: connection.prepare('UPDATE api_keys SET expires_at = min(coalesce(expires_at, ?), ?) WHERE id = ?'),
  };

  return {
    async pepper() {
      const kept = await read(() => statement.pepper.get());
      if (kept !== undefined) return kept;
      return write(() => {
        // Another caller may have made it while this one waited for its turn.
        const earlier = statement.pepper.get();
        if (earlier !== undefined) return earlier;
        const made = randomBytes(32).toString('hex');
        statement.makePepper.run(made);
        return made;
      });
    },
    add: (key) => write(() => insert(key)),
    find: (id) =>
      read(() => {
        const row = statement.find.get(id);
        return row === undefined ? null : apiKeyOf(row);
      }),
    list: (tenant) =>
      read(() => (tenant === undefined ? statement.list.all() : statement.ofTenant.all(tenant)).map(apiKeyOf)),
    revoke: (id, at) =>
      write(() => {
        if (statement.revoke.run(at, id).changes === 0) {
          throw new EcphoryError('not_found', `There is no key ${id}.`);
        }
      }),
    rotate: (id, successor, expiresAt) =>
      write(() => {
        if (statement.expire.run(expiresAt, expiresAt, id).changes === 0) {
          throw new EcphoryError('not_found', `There is no key ${id}.`);
        }
        insert(successor);
      }),
  };

  function insert(key: ApiKey): void {
    if (statement.find.get(key.id) !== undefined) {
      throw new EcphoryError('conflict', `There is already a key ${key.id}.`);
    }
    const { id, tenant, name, secretHash, createdAt, expiresAt, revokedAt } = key;
    const namespaces = key.namespaces === null ? null : JSON.stringify(key.namespaces);
    const scopes = JSON.stringify(key.scopes);
    statement.add.run(id, tenant, name, secretHash, scopes, namespaces, createdAt, expiresAt, revokedAt);
  }
}

function apiKeyOf(row: ApiKeyRow): ApiKey {
  return {
    id: row.id,
    tenant: row.tenant,
    name: row.name,
    secretHash: row.secret_hash,
    scopes: JSON.parse(row.scopes) as ApiKey['scopes'],
    namespaces: row.namespaces === null ? null : (JSON.parse(row.namespaces) as ApiKey['namespaces']),
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    revokedAt: row.revoked_at,
  };
}
