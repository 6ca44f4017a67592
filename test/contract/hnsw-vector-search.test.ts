import { newInProcessBuilds } from '../vectors/in-process-builds.ts';
import { openVectorBench } from '../vectors/open-bench.ts';
import { openSqliteBench } from '../vectors/open-sqlite-bench.ts';
import { type OpenedVectorSearch, vectorSearchContract } from './vector-search.ts';

vectorSearchContract({ name: 'a small scope by the hnsw', isExact: true, open: () => open(1_000) });
vectorSearchContract({ name: 'a large scope by the hnsw', isExact: false, open: () => open(1) });
vectorSearchContract({
  name: 'a small scope of SQLite by the hnsw',
  isExact: true,
  open: () => openSqliteBench({ thresholdVectors: 1_000 }),
});
vectorSearchContract({
  name: 'a large scope of SQLite by the hnsw',
  isExact: false,
  open: () => openSqliteBench({ thresholdVectors: 1 }),
});

async function open(thresholdVectors: number): Promise<OpenedVectorSearch> {
  const bench = await openVectorBench({ thresholdVectors, builds: newInProcessBuilds() });
  return {
    search: bench.search,
    put: async (...vector) => void bench.source.put(...vector),
    drop: async (scope, noteId) => bench.source.drop(scope, noteId),
    erase: async (scope, noteId) => bench.source.erase(scope, noteId),
    cleanup: () => bench.cleanup(),
  };
}
