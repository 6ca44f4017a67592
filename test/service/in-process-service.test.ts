import { newAnalyzer } from '../../src/encoding/analyzer.ts';
import { fsrs } from '../../src/memory/forgetting.ts';
import { newIdSource } from '../../src/memory/ids.ts';
import { parseTenant } from '../../src/memory/scope.ts';
import { guard } from '../../src/models/embed.ts';
import { hashedEmbedder } from '../../src/models/hashed-embedder.ts';
import { newRecall } from '../../src/retrieval/search.ts';
import { newWorkingSets } from '../../src/retrieval/working-sets.ts';
import { newEcphory } from '../../src/service.ts';
import { openInMemoryStore, openInMemoryVectorSearch } from '../../src/store/in-memory.ts';
import { serviceContract } from '../contract/service.ts';

/** No socket, no file: the same service over the in-memory reference store. */
serviceContract({
  name: 'in process, in memory',
  async open() {
    const clock = Date.now;
    const store = openInMemoryStore({ clock });
    const vectors = openInMemoryVectorSearch(store);
    const embedder = guard(hashedEmbedder());
    const analyzer = newAnalyzer();
    const workingSets = newWorkingSets({ store, analyzer, snapshots: null });
    const ecphory = newEcphory({
      store,
      recall: newRecall({ store, vectors, embedder, analyzer, workingSets, clock }),
      analyzer,
      embedder,
      curve: fsrs,
      ids: newIdSource(clock),
      clock,
      onNotice: (message, cause) => {
        throw new Error(message, { cause });
      },
    });
    return {
      memory: ecphory.forTenant(parseTenant('ours')),
      stranger: ecphory.forTenant(parseTenant('theirs')),
      async close() {
        await ecphory.close();
        await store.close();
      },
    };
  },
});
