import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { type KeyScope, keyScopes } from '../memory/access.ts';
import type { ApiKeyId, Clock } from '../memory/ids.ts';
import type { Tenant } from '../memory/scope.ts';
import type { ApiKey, ApiKeyStore } from '../memory/store.ts';

/** An API key as its holder writes it: `ecphory_<id>_<secret>`. The id is public, the secret is shown once. */
export interface ApiKeyParts {
  readonly id: ApiKeyId;
  readonly secret: string;
}

const format = /^ecphory_([0-9A-Za-z]{8,32})_([0-9A-Za-z]{43,128})$/;
const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** Null when it is not the text of a key. 43 characters of base 62 hold 256 bits. */
export function parseApiKey(text: string): ApiKeyParts | null {
  const match = format.exec(text);
  if (match?.[1] === undefined || match[2] === undefined) return null;
  return { id: match[1] as ApiKeyId, secret: match[2] };
}

export interface NewApiKey {
  readonly tenant: Tenant;
  readonly name: string;
  /** Milliseconds since 1970; null for never. */
  readonly expiresAt: number | null;
  /** All if left out. */
  readonly scopes?: readonly KeyScope[];
  /** Every namespace of the tenant if left out or null. */
  readonly namespaces?: ApiKey['namespaces'];
  /** A key made elsewhere; made here when left out. */
  readonly given?: ApiKeyParts;
}

/** Keeps a key, by `keep` where that is more than adding it, and returns its text: the only time it is known. */
export async function createApiKey(
  parts: { readonly keys: ApiKeyStore; readonly clock: Clock },
  wanted: NewApiKey,
  keep: (key: ApiKey) => Promise<void> = (key) => parts.keys.add(key),
): Promise<{ readonly key: ApiKey; readonly text: string }> {
  const { id, secret } = wanted.given ?? { id: base62(9, 12) as ApiKeyId, secret: base62(32, 43) };
  const key: ApiKey = {
    id,
    tenant: wanted.tenant,
    name: wanted.name,
    secretHash: secretHash(await parts.keys.pepper(), secret),
    scopes: wanted.scopes ?? keyScopes,
    namespaces: wanted.namespaces ?? null,
    createdAt: parts.clock(),
    expiresAt: wanted.expiresAt,
    revokedAt: null,
  };
  await keep(key);
  return { key, text: `ecphory_${id}_${secret}` };
}

/**
 * HMAC-SHA-256 under the store's pepper, hex. A slow hash would add nothing to a random secret of 256 bits, and
 * 47 ms of scrypt in every request would be a way to stop the server.
 */
export function secretHash(pepper: string, secret: string): string {
  return createHmac('sha256', Buffer.from(pepper, 'hex')).update(secret).digest('hex');
}

/** In time that does not tell where they differ. */
export function isSameHash(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left, 'hex'), Buffer.from(right, 'hex')];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** So many random bytes as text of a fixed length. */
function base62(bytes: number, characters: number): string {
  let number = BigInt(`0x${randomBytes(bytes).toString('hex')}`);
  let text = '';
  while (text.length < characters) {
    text = alphabet[Number(number % 62n)] + text;
    number /= 62n;
  }
  return text;
}
