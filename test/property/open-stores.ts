import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { VectorSearch } from '../../src/memory/store.ts';
import { openInMemoryStore, openInMemoryVectorSearch } from '../../src/store/in-memory.ts';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import type { StoreUnderTest } from '../contract/open-store.ts';

export const openInMemory: StoreUnderTest['open'] = async (options) => {
  const store = openInMemoryStore(options);
  return { store, search: openInMemoryVectorSearch(store), cleanup: () => store.close() };
};

/** In a folder of its own that `cleanup` removes. */
export const openSqlite: StoreUnderTest['open'] = async ({ clock }) => {
  const folder = await mkdtemp(join(tmpdir(), 'ecphory-model-'));
  const path = join(folder, 'model.db');
  // A power cut is no part of these laws, and waiting for the disk would take most of the time.
  const open = () => openSqliteStore({ path, clock, synchronous: 'off' });
  let store = await open();
  const search: VectorSearch = {
    nearest: (read, query) => store.exactNearest(read, query),
    settled: async () => {},
    close: async () => {},
  };
  return {
    store,
    search,
    async reopen() {
      await store.close();
      store = await open();
      return store;
    },
    async cleanup() {
      await store.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
};
