import type { Access } from '../memory/access.ts';
import { EcphoryError } from '../memory/errors.ts';
import type { ApiKeyId, Clock } from '../memory/ids.ts';
import { limits } from '../memory/limits.ts';
import type { ApiKey, ApiKeyStore } from '../memory/store.ts';
import { isSameHash, parseApiKey, secretHash } from './api-key.ts';

/** Who is asking, from the key alone. Nothing else in a request can name a tenant. */
export interface Auth {
  /** @throws EcphoryError `unauthenticated`, in the same words whatever is wrong with the key. */
  accessOf(authorization: string | undefined): Promise<Access>;
  /** Whether a key still opens anything, for answers that go on for long. */
  isInForce(id: ApiKeyId): Promise<boolean>;
  /** The key was changed here: what is known of it is read anew. */
  forget(id: ApiKeyId): void;
}

export function newAuth(parts: { readonly keys: ApiKeyStore; readonly clock: Clock }): Auth {
  /** Records, never secrets: every request's secret is hashed and compared. */
  const recent = new Map<ApiKeyId, { readonly key: ApiKey; readonly until: number }>();
  let pepper: Promise<string> | null = null;

  return {
    async accessOf(authorization) {
      const text = /^Bearer +([^\s]+)$/i.exec(authorization ?? '')?.[1];
      const given = text === undefined ? null : parseApiKey(text);
      if (given === null) throw unauthenticated();
      const key = await find(given.id);
      pepper ??= parts.keys.pepper();
      const hash = secretHash(await pepper, given.secret);
      // An unknown id is hashed and compared too, so that it takes as long as a wrong secret.
      const isRight = isSameHash(hash, key?.secretHash ?? '0'.repeat(hash.length));
      if (key === null || !isRight || !opens(key)) throw unauthenticated();
      const { id: keyId, tenant, scopes, namespaces } = key;
      return { keyId, tenant, scopes, namespaces };
    },

    async isInForce(id) {
      const key = await find(id);
      return key !== null && opens(key);
    },

    forget(id) {
      recent.delete(id);
    },
  };

  async function find(id: ApiKeyId): Promise<ApiKey | null> {
    const now = parts.clock();
    const known = recent.get(id);
    if (known !== undefined && now < known.until) return known.key;
    const key = await parts.keys.find(id);
    if (recent.size >= limits.keyCacheEntries) recent.clear();
    if (key === null) recent.delete(id);
    else recent.set(id, { key, until: now + limits.keyCacheMs });
    return key;
  }

  function opens(key: ApiKey): boolean {
    return key.revokedAt === null && (key.expiresAt === null || parts.clock() < key.expiresAt);
  }
}

function unauthenticated(): EcphoryError {
  return new EcphoryError(
    'unauthenticated',
    'Send a valid API key: "Authorization: Bearer ecphory_...". The server prints one when it first starts.',
  );
}
