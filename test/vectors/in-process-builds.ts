import type { Namespace, Tenant } from '../../src/memory/scope.ts';
import { buildIndex } from '../../src/store/hnsw/build-index.ts';
import type { BuildQueue } from '../../src/store/hnsw/build-queue.ts';
import { loadHnswLibrary } from '../../src/store/hnsw/hnsw-library.ts';
import { indexFiles } from '../../src/store/hnsw/index-files.ts';
import { openFileVectorSource } from './file-vector-source.mjs';

/** Builds as the child process does, in this one: a process takes longer to start than a small index to build. */
export function newInProcessBuilds(): BuildQueue {
  let last: Promise<void> = Promise.resolve();
  return {
    build(job) {
      last = last
        .catch(() => undefined)
        .then(async () => {
          const library = await loadHnswLibrary('cosine');
          const scope = { tenant: job.tenant as Tenant, namespace: job.namespace as Namespace };
          await buildIndex(
            { scope, embedder: job.embedder },
            {
              source: openFileVectorSource(job.databasePath),
              library,
              files: indexFiles(job.folder, library),
              breathe: () => new Promise((resolve) => setImmediate(resolve)),
            },
          );
        });
      return last;
    },
    cancel: () => last.catch(() => undefined),
    close: () => last.catch(() => undefined),
  };
}
