import type { AuditStore } from '../memory/audit.ts';
import { frozenCopy, type State } from './in-memory-state.ts';

/** The audit log of the in-memory store. `assertOpen` throws once that is closed. */
export function newAuditStore(state: State, assertOpen: () => void): AuditStore {
  return {
    async append(entries, { entriesMax, since }) {
      assertOpen();
      for (const entry of entries) {
        const kept = state.audit.get(entry.tenant) ?? [];
        const number = (kept.at(-1)?.number ?? 0) + 1;
        const all = [...kept, frozenCopy({ ...entry, number })];
        // What is too old goes up to the first that is not: an entry never outlives a later one.
        const firstKept = all.findIndex(({ at }) => at >= since);
        const young = firstKept === -1 ? all : all.slice(firstKept);
        state.audit.set(entry.tenant, young.slice(-entriesMax));
      }
    },

    async list(tenant, { limit, before = Number.POSITIVE_INFINITY, keyId, from = -Infinity, until = Infinity }) {
      assertOpen();
      return (state.audit.get(tenant) ?? [])
        .filter((entry) => entry.number < before && entry.at >= from && entry.at < until)
        .filter((entry) => keyId === undefined || entry.keyId === keyId)
        .toReversed()
        .slice(0, limit);
    },
  };
}
