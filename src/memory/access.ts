import type { ApiKeyId } from './ids.ts';
import type { Namespace, Tenant } from './scope.ts';

/**
 * What a key may do. `read` sees; `write` adds, changes and archives, which can all be taken back; `erase` removes for
 * ever; `admin` manages keys, policies and background work. None holds another: a key that only writes cannot search.
 */
export const keyScopes = ['read', 'write', 'admin', 'erase'] as const;
export type KeyScope = (typeof keyScopes)[number];

/** Who is asking, and what they may do: all of it from the key. */
export interface Access {
  readonly keyId: ApiKeyId;
  readonly tenant: Tenant;
  readonly scopes: readonly KeyScope[];
  /** It reaches these namespaces and what is below them; null for every namespace of the tenant. */
  readonly namespaces: readonly Namespace[] | null;
}

/**
 * Whether a namespace, or with the ending `/**` all of a subtree, is one that the key reaches. By whole labels:
 * `users/al` does not reach `users/alice`. A name that no memory can have is reached or not; who takes it refuses it.
 */
export function reaches(namespaces: Access['namespaces'], namespace: string): boolean {
  if (namespaces === null) return true;
  const named = (namespace.endsWith('/**') ? namespace.slice(0, -3) : namespace).normalize('NFC');
  return namespaces.some((allowed) => named === allowed || named.startsWith(`${allowed}/`));
}
