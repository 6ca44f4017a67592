import { describe, it } from 'vitest';
import { openInMemory, openSqlite } from './open-stores.ts';
import { compareStores } from './store-model.ts';

describe('whatever is done to two stores, they answer alike', () => {
  it('in-memory and SQLite', async () => {
    await compareStores(openInMemory, openSqlite, 25);
  }, 120_000);
});
