import { openInMemoryStore, openInMemoryVectorSearch } from '../../src/store/in-memory.ts';
import { storeContract } from './store.ts';

storeContract({
  name: 'in-memory',
  open: async (options) => {
    const store = openInMemoryStore(options);
    return { store, search: openInMemoryVectorSearch(store), cleanup: () => store.close() };
  },
});
