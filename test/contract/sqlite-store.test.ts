import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import { storeContract } from './store.ts';

storeContract({
  name: 'sqlite',
  open: async ({ clock }) => {
    const folder = mkdtempSync(join(tmpdir(), 'ecphory-sqlite-'));
    const path = join(folder, 'memory.db');
    let store = await openSqliteStore({ path, clock });
    return {
      store,
      reopen: async () => {
        await store.close();
        store = await openSqliteStore({ path, clock });
        return store;
      },
      search: {
        nearest: (read, query) => store.exactNearest(read, query),
        settled: async () => {},
        close: async () => {},
      },
      cleanup: async () => {
        await store.close();
        rmSync(folder, { recursive: true, force: true });
      },
    };
  },
});
