// The program of the child process that builds one index and ends: what is heavy and what may crash stays out of the
// server. It takes one `BuildJob` as a message and answers with one `BuildOutcome`.
import type { Namespace, Tenant } from '../../memory/scope.ts';
import { buildIndex } from './build-index.ts';
import type { BuildJob, BuildOutcome, SourceModule } from './build-job.ts';
import { loadHnswLibrary } from './hnsw-library.ts';
import { indexFiles } from './index-files.ts';
import { indexParameters } from './index-parameters.ts';

// The server went away: nobody waits for this index.
process.once('disconnect', () => process.exit(1));
process.once('message', (job: BuildJob) => {
  build(job)
    .then((): BuildOutcome => ({ kind: 'built' }))
    .catch((error: unknown): BuildOutcome => ({ kind: 'failed', reason: String(error) }))
    .then((outcome) => process.send?.(outcome, () => process.exit(outcome.kind === 'built' ? 0 : 1)));
});

async function build(job: BuildJob): Promise<void> {
  const { openReadOnlyVectorSource }: SourceModule = await import(job.sourceModule);
  const library = await loadHnswLibrary(indexParameters.space);
  const source = await openReadOnlyVectorSource(job.databasePath);
  try {
    const scope = { tenant: job.tenant as Tenant, namespace: job.namespace as Namespace };
    const files = indexFiles(job.folder, library);
    await buildIndex(
      { scope, embedder: job.embedder },
      { source, library, files, breathe: () => new Promise((resolve) => setImmediate(resolve)) },
    );
  } finally {
    await source.close();
  }
}
