import type { Config } from './config.ts';
import type { ConsolidationWorker, WorkerParts } from './consolidation/worker.ts';
import type { Clock } from './memory/ids.ts';
import type { JobState } from './memory/job.ts';
import { openEmbedder } from './models/open-embedder.ts';
import { openLanguageModel } from './models/open-language-model.ts';
import { openSqliteStore } from './store/sqlite/open.ts';
import { newConsolidation } from './worker-passes.ts';

export interface WorkerAlone extends ConsolidationWorker {
  /** Jobs of every tenant by state. */
  counts(): Promise<Readonly<Record<JobState, number>>>;
}

export interface WorkerAloneParts extends Pick<WorkerParts, 'onNotice' | 'onJob'> {
  readonly clock?: Clock;
}

/**
 * The worker over a database that no server has open, in this thread.
 *
 * @throws EcphoryError `unavailable` when the file is in use, see `isLockedByAnother`.
 */
export async function openWorkerAlone(config: Config, parts: WorkerAloneParts): Promise<WorkerAlone> {
  const { clock = Date.now } = parts;
  const closers: (() => Promise<void>)[] = [];
  const close = async () => {
    for (const closeOne of closers.splice(0).reverse()) await closeOne();
  };
  try {
    const embedder = await openEmbedder(config.embedder);
    if (embedder !== null) closers.push(() => embedder.close());
    const model = await openLanguageModel(config.model);
    if (model !== null) closers.push(() => model.close());
    const { database: path, synchronous } = config;
    const store = await openSqliteStore({ path, clock, synchronous, onNotice: (text) => parts.onNotice(text, null) });
    closers.push(() => store.close());
    const tokensPerDay = config.model.kind === 'off' ? 0 : config.model.tokensPerDay;
    const worker = newConsolidation({ ...parts, store, embedder, model, tokensPerDay, sleep: config.sleep, clock });
    closers.push(() => worker.close());
    return { ...worker, counts: () => store.jobs.counts(), close };
  } catch (error) {
    await close();
    throw error;
  }
}
