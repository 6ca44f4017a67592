import { type KeyAdministration, newKeyAdministration } from '../api/key-administration.ts';
import { keyScopes } from '../memory/access.ts';
import { EcphoryError } from '../memory/errors.ts';
import type { ApiKeyId } from '../memory/ids.ts';
import type { Tenant } from '../memory/scope.ts';
import type { ApiKeyStore } from '../memory/store.ts';
import type { Send } from '../sdk/send.ts';

/** Keys as a person manages them: in the file of a stopped server, or at a running one. */
export interface KeyDesk extends Pick<KeyAdministration, 'create' | 'rotate' | 'revoke'> {
  /** Oldest first, with whose they are where that is known. */
  list(): Promise<readonly ListedKey[]>;
}

export type ListedKey = Awaited<ReturnType<KeyAdministration['list']>>[number] & { readonly tenant: string | null };

/** Who holds the file may do everything: keys are made for `tenant`, and every tenant's are listed. */
export function newFileDesk(keys: ApiKeyStore, tenant: Tenant): KeyDesk {
  const manage = newKeyAdministration({
    keys,
    audit: null,
    flushAudit: async () => {},
    clock: Date.now,
    onChanged: () => {},
  });
  const of = (owner: Tenant) =>
    manage({ keyId: 'command' as ApiKeyId, tenant: owner, scopes: keyScopes, namespaces: null });

  return {
    async list() {
      const kept = await keys.list();
      const owners = new Map(kept.map((key) => [key.id as string, key.tenant]));
      const views = await Promise.all([...new Set(owners.values())].map((owner) => of(owner).list()));
      const places = new Map(kept.map(({ id }, place) => [id as string, place]));
      return views
        .flat()
        .map((view) => ({ ...view, tenant: owners.get(view.id) ?? null }))
        .sort((left, right) => (places.get(left.id) ?? 0) - (places.get(right.id) ?? 0));
    },
    create: (input) => of(tenant).create(input),
    rotate: async (id, input) => of(await ownerOf(id)).rotate(id, input),
    revoke: async (id) => of(await ownerOf(id)).revoke(id),
  };

  async function ownerOf(id: string): Promise<Tenant> {
    const key = await keys.find(id as ApiKeyId);
    if (key === null) throw new EcphoryError('not_found', `There is no key ${id}.`);
    return key.tenant;
  }
}

/** At a running server, with a key that has scope `admin`: for the tenant of that key. */
export function newServerDesk(send: Send): KeyDesk {
  return {
    async list() {
      const { data } = await send<{ readonly data: readonly Omit<ListedKey, 'tenant'>[] }>({
        method: 'GET',
        path: '/v1/keys',
        isRepeatable: true,
      });
      return data.map((key) => ({ ...key, tenant: null }));
    },
    // A repeat would make a second key, whose text nobody has seen.
    create: (input) => send({ method: 'POST', path: '/v1/keys', body: input, isRepeatable: false }),
    rotate: (id, input = {}) =>
      send({ method: 'POST', path: `/v1/keys/${encodeURIComponent(id)}/rotate`, body: input, isRepeatable: false }),
    revoke: (id) => send({ method: 'DELETE', path: `/v1/keys/${encodeURIComponent(id)}`, isRepeatable: true }),
  };
}
