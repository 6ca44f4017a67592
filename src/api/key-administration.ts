import { type Access, type KeyScope, keyScopes } from '../memory/access.ts';
import type { AuditQuery, AuditStore } from '../memory/audit.ts';
import { EcphoryError } from '../memory/errors.ts';
import type { ApiKeyId, Clock } from '../memory/ids.ts';
import { limits } from '../memory/limits.ts';
import { parseNamespace } from '../memory/scope.ts';
import type { ApiKey, ApiKeyStore } from '../memory/store.ts';
import { createApiKey } from './api-key.ts';

/** The keys of one tenant and what was done with them, for a key with scope `admin` that reaches every namespace. */
export interface KeyAdministration {
  list(): Promise<readonly KeyView[]>;
  create(input: KeyInput): Promise<ShownKey>;
  /** A new key that may do the same, beside the old one for a while. */
  rotate(id: string, input?: RotateInput): Promise<ShownKey>;
  /** Works no more within a second, everywhere. */
  revoke(id: string): Promise<KeyView>;
  /** Newest first. */
  audit(query: AuditInput): Promise<{ readonly data: readonly AuditView[]; readonly nextCursor: string | null }>;
}

export interface KeyInput {
  readonly name: string;
  /** `read` and `write` if left out. */
  readonly scopes?: readonly KeyScope[];
  /** Every namespace if left out. */
  readonly namespaces?: readonly string[] | null;
  readonly expiresInSeconds?: number;
}

export interface RotateInput {
  /** How long both work; 0 ends the old one at once, a day if left out. */
  readonly overlapSeconds?: number;
  /** Of the new key; as long as the old one was made for if left out. */
  readonly expiresInSeconds?: number;
}

export interface KeyView {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly KeyScope[];
  readonly namespaces: readonly string[] | null;
  readonly state: 'in_force' | 'expired' | 'revoked';
  readonly createdAt: string;
  readonly expiresAt: string | null;
  readonly revokedAt: string | null;
}

/** The only time that the text of a key is known. */
export interface ShownKey {
  readonly key: KeyView;
  readonly secret: string;
}

export interface AuditInput {
  readonly limit?: number;
  readonly cursor?: string;
  readonly keyId?: string;
  readonly from?: number;
  readonly until?: number;
}

export interface AuditView {
  readonly at: string;
  readonly keyId: string;
  readonly method: string;
  readonly route: string;
  readonly status: number;
  readonly requestId: string;
  readonly namespaces: readonly string[];
  readonly memories: number;
  readonly memoryIds: readonly string[];
}

export interface KeyAdministrationParts {
  readonly keys: ApiKeyStore;
  readonly audit: AuditStore | null;
  /** Waits until what is asked for was written. */
  readonly flushAudit: () => Promise<void>;
  readonly clock: Clock;
  /** The key was changed: nobody may go on with what was known of it. */
  readonly onChanged: (id: ApiKeyId) => void;
}

export function newKeyAdministration(parts: KeyAdministrationParts): (access: Access) => KeyAdministration {
  const { keys, audit, clock } = parts;

  return (access) => ({
    async list() {
      const found = await allowed(access).list(access.tenant);
      return found.map(view);
    },

    async create(input) {
      const store = allowed(access);
      const scopes = input.scopes ?? ['read', 'write'];
      giveNoMore(access, scopes);
      await assertRoom(access);
      const expiresAt = input.expiresInSeconds === undefined ? null : clock() + input.expiresInSeconds * 1_000;
      const { key, text } = await createApiKey(
        { keys: store, clock },
        { tenant: access.tenant, name: input.name, expiresAt, scopes, namespaces: namespacesOf(input.namespaces) },
      );
      return { key: view(key), secret: text };
    },

    async rotate(id, { overlapSeconds = limits.keyOverlapSeconds, expiresInSeconds } = {}) {
      const store = allowed(access);
      const old = await keyOf(access, id);
      giveNoMore(access, old.scopes);
      const now = clock();
      if (stateOf(old, now) !== 'in_force') {
        throw new EcphoryError('conflict', 'Only a key that is in force can be rotated; make a new one instead.');
      }
      await assertRoom(access);
      const lifeMs = expiresInSeconds !== undefined ? expiresInSeconds * 1_000 : lifeOf(old);
      const expiresAt = lifeMs === null ? null : now + lifeMs;
      const { tenant, name, scopes, namespaces } = old;
      const successor = { tenant, name, expiresAt, scopes, namespaces };
      const { key, text } = await createApiKey({ keys: store, clock }, successor, (made) =>
        store.rotate(old.id, made, now + overlapSeconds * 1_000),
      );
      parts.onChanged(old.id);
      return { key: view(key), secret: text };
    },

    async revoke(id) {
      const store = allowed(access);
      const key = await keyOf(access, id);
      const revokedAt = key.revokedAt ?? clock();
      if (key.revokedAt === null) await store.revoke(key.id, revokedAt);
      parts.onChanged(key.id);
      return view({ ...key, revokedAt });
    },

    async audit({ limit = limits.pageLimitDefault, cursor, ...query }) {
      allowed(access);
      if (audit === null) return { data: [], nextCursor: null };
      if (!Number.isInteger(limit) || limit < 1 || limit > limits.pageLimit) {
        throw new EcphoryError('invalid', `The limit is a whole number from 1 to ${limits.pageLimit}.`, {
          pointer: '/limit',
        });
      }
      await parts.flushAudit();
      const asked: AuditQuery = {
        ...query,
        limit: limit + 1,
        ...(cursor !== undefined && { before: numberOf(cursor) }),
      };
      const entries = await audit.list(access.tenant, asked);
      const page = entries.slice(0, limit);
      const nextCursor = entries.length > limit ? String(page.at(-1)?.number ?? '') : null;
      return {
        data: page.map(({ tenant: _, number: __, at, ...entry }) => ({ at: iso(at), ...entry })),
        nextCursor,
      };
    },
  });

  /** The store of keys, for whom it is open. A key of some namespaces could otherwise make itself one of all. */
  function allowed(access: Access): ApiKeyStore {
    if (!access.scopes.includes('admin')) {
      throw new EcphoryError('forbidden', 'This API key has no scope "admin", which this needs.');
    }
    if (access.namespaces !== null) {
      throw new EcphoryError('forbidden', 'A key that was given only some namespaces does not manage keys.');
    }
    return keys;
  }

  async function keyOf(access: Access, id: string): Promise<ApiKey> {
    const key = await keys.find(id as ApiKeyId);
    if (key === null || key.tenant !== access.tenant)
      throw new EcphoryError('not_found', 'There is no key with this id.');
    return key;
  }

  async function assertRoom(access: Access): Promise<void> {
    const now = clock();
    const inForce = (await keys.list(access.tenant)).filter((key) => stateOf(key, now) === 'in_force');
    if (inForce.length >= limits.keysPerTenant) {
      throw new EcphoryError('conflict', `There are ${limits.keysPerTenant} keys in force: revoke one first.`);
    }
  }

  function view(key: ApiKey): KeyView {
    return {
      id: key.id,
      name: key.name,
      scopes: key.scopes,
      namespaces: key.namespaces,
      state: stateOf(key, clock()),
      createdAt: iso(key.createdAt),
      expiresAt: key.expiresAt === null ? null : iso(key.expiresAt),
      revokedAt: key.revokedAt === null ? null : iso(key.revokedAt),
    };
  }
}

/** Nobody hands on what they do not have. */
function giveNoMore(access: Access, scopes: readonly KeyScope[]): void {
  const missing = scopes.find((scope) => !access.scopes.includes(scope));
  if (missing === undefined) return;
  throw new EcphoryError('forbidden', `This API key has no scope "${missing}" to give.`, { pointer: '/scopes' });
}

/** @throws EcphoryError `invalid` */
export function parseScopes(texts: readonly string[]): readonly KeyScope[] {
  return keyScopes.filter((scope) => {
    const unknown = texts.find((text) => !keyScopes.some((known) => known === text));
    if (unknown !== undefined) {
      throw new EcphoryError('invalid', `There is no scope ${JSON.stringify(unknown)}: ${keyScopes.join(', ')}.`, {
        pointer: '/scopes',
      });
    }
    return texts.includes(scope);
  });
}

/** @throws EcphoryError `invalid` */
export function namespacesOf(texts: readonly string[] | null | undefined): ApiKey['namespaces'] {
  if (texts === undefined || texts === null) return null;
  if (texts.length === 0 || texts.length > limits.keyNamespaces) {
    throw new EcphoryError('invalid', `Give 1 to ${limits.keyNamespaces} namespaces, or none for all.`, {
      pointer: '/namespaces',
    });
  }
  return [...new Set(texts.map((text, index) => parseNamespace(text, `/namespaces/${index}`)))];
}

function stateOf(key: ApiKey, now: number): KeyView['state'] {
  if (key.revokedAt !== null) return 'revoked';
  return key.expiresAt !== null && key.expiresAt <= now ? 'expired' : 'in_force';
}

/** How long it was made for, milliseconds; null for ever. */
function lifeOf({ createdAt, expiresAt }: ApiKey): number | null {
  return expiresAt === null ? null : expiresAt - createdAt;
}

function numberOf(cursor: string): number {
  if (!/^\d{1,15}$/.test(cursor)) {
    throw new EcphoryError('invalid', 'Not a cursor that a page gave.', { pointer: '/cursor' });
  }
  return Number(cursor);
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
