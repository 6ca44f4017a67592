import { EcphoryError } from '../memory/errors.ts';
import type { ApiKey, ApiKeyStore } from '../memory/store.ts';
import { compareText, frozenCopy, type State } from './in-memory-state.ts';

/** The keys of the in-memory store. `assertOpen` throws once that is closed. */
export function apiKeyStore(state: State, pepper: string, assertOpen: () => void): ApiKeyStore {
  return {
    async pepper() {
      assertOpen();
      return pepper;
    },
    async add(key) {
      assertOpen();
      if (state.apiKeys.has(key.id)) throw new EcphoryError('conflict', `There is already a key ${key.id}.`);
      state.apiKeys.set(key.id, frozenCopy(key));
    },
    async find(id) {
      assertOpen();
      return state.apiKeys.get(id) ?? null;
    },
    async list(tenant) {
      assertOpen();
      return [...state.apiKeys.values()]
        .filter((key) => tenant === undefined || key.tenant === tenant)
        .sort((left: ApiKey, right: ApiKey) => left.createdAt - right.createdAt || compareText(left.id, right.id));
    },
    async revoke(id, at) {
      assertOpen();
      const key = state.apiKeys.get(id);
      if (key === undefined) throw new EcphoryError('not_found', `There is no key ${id}.`);
      state.apiKeys.set(id, frozenCopy({ ...key, revokedAt: at }));
    },
    async rotate(id, successor, expiresAt) {
      assertOpen();
      const key = state.apiKeys.get(id);
      if (key === undefined) throw new EcphoryError('not_found', `There is no key ${id}.`);
      if (state.apiKeys.has(successor.id)) {
        throw new EcphoryError('conflict', `There is already a key ${successor.id}.`);
      }
      state.apiKeys.set(id, frozenCopy({ ...key, expiresAt: Math.min(key.expiresAt ?? expiresAt, expiresAt) }));
      state.apiKeys.set(successor.id, frozenCopy(successor));
    },
  };
}
