import { newApp } from './api/app.ts';
import { newAuditTrail } from './api/audit-trail.ts';
import { ensureFirstKey } from './api/first-key.ts';
import { type Listening, listen } from './api/listen.ts';
import type { Log } from './api/log.ts';
import { type Metrics, newMetrics } from './api/metrics.ts';
import type { Config } from './config.ts';
import { concernsConsolidation, dispatchCursor } from './consolidation/dispatcher.ts';
import { newAnalyzer } from './encoding/analyzer.ts';
import { newMeasured } from './measured.ts';
import type { GuardedEmbedder } from './memory/embedder.ts';
import { EcphoryError } from './memory/errors.ts';
import { fsrs } from './memory/forgetting.ts';
import { type Clock, newIdSource } from './memory/ids.ts';
import type { Store } from './memory/store.ts';
import { openEmbedder } from './models/open-embedder.ts';
import { openReranker } from './models/open-reranker.ts';
import { newRecall } from './retrieval/search.ts';
import { newWorkingSets, type WorkingSets } from './retrieval/working-sets.ts';
import { type Consolidation, type Ecphory, newEcphory } from './service.ts';
import { type ApproximateVectorSearch, openVectorSearch } from './store/hnsw/vector-search.ts';
import { openSnapshotFolder } from './store/snapshot-files.ts';
import { openSqliteStore } from './store/sqlite/open.ts';
import { version } from './version.ts';
import { startDeliverer } from './webhooks/deliver.ts';
import { newPost } from './webhooks/post.ts';
import type { MainSide } from './worker-messages.ts';
import { startConsolidationThread } from './worker-thread.ts';

export interface RunningServer {
  readonly url: string;
  /** The API key made at the very first start; null ever after. */
  readonly firstKey: string | null;
  /** Lets requests under way finish, then closes everything. Idempotent. */
  close(): Promise<void>;
}

export interface ServerParts {
  readonly log: Log;
  readonly clock?: Clock;
}

/**
 * Opens the database, puts the parts together and listens.
 *
 * @throws EcphoryError `unavailable` when the file is in use (see `isLockedByAnother`) or the address is;
 *   `invalid` for settings that cannot work.
 */
export async function startServer(config: Config, parts: ServerParts): Promise<RunningServer> {
  const { log, clock = Date.now } = parts;
  warnOfRisks(config, log);
  const metrics = newMetrics({ ofProcess: config.metrics !== 'off' });
  const opened = await openMemory(config, { log, clock, metrics });
  const { store } = opened;
  const trail = newAuditTrail({
    audit: store.audit,
    clock,
    onFailure: (err) => log.error({ err }, 'the audit log could not be written; it is tried again'),
  });
  metrics.watch({
    health: () => store.health(),
    jobs: () => store.jobs.counts(),
    nextJobAt: () => store.jobs.nextAt(),
    cursor: () => store.cursor(dispatchCursor),
    workingSetBytes: opened.workingSetBytes,
    isVectorSearchDegraded: opened.isVectorSearchDegraded,
    auditLost: trail.lost,
    clock,
  });
  let isDraining = false;
  let listening: Listening;
  let firstKey: string | null;
  try {
    firstKey = await ensureFirstKey({ keys: store.keys, clock }, config.apiKey);
    const app = newApp({
      memoryFor: opened.ecphory.forTenant,
      keys: store.keys,
      health: () => store.health(),
      isDraining: () => isDraining,
      version: version(),
      clock,
      log,
      openMcp: () => openMcp(config, log),
      compat: config.compat,
      rateLimit: config.rateLimit,
      ...(config.audit === 'on' && { audit: { store: store.audit, trail } }),
      metrics,
      metricsAccess: config.metrics,
    });
    listening = await listenOrExplain(app, config);
  } catch (error) {
    await opened.close();
    throw error;
  }
  let closing: Promise<void> | null = null;
  return {
    url: listening.url,
    firstKey,
    close() {
      isDraining = true;
      closing ??= listening
        .close()
        .then(() => trail.close())
        .then(() => opened.close());
      return closing;
    },
  };
}

/** Loaded when it is first asked for. */
async function openMcp(config: Config, log: Log) {
  const { newMcpEndpoint } = await import('./integrations/mcp/endpoint.ts');
  return newMcpEndpoint({
    hosts: [...hostNamesOf(config.host), ...config.allowedHosts],
    version: version(),
    onFailure: (err) => log.error({ err }, 'an MCP request failed'),
  });
}

/** What a request may call the address that is listened on; every address has no name. */
function hostNamesOf(address: string): readonly string[] {
  if (address === '0.0.0.0' || address === '::') return [];
  return [address.includes(':') ? `[${address}]` : address];
}

/** Everything behind the service, from the file up. Closed in the opposite order. */
export async function openMemory(
  config: Config,
  { log, clock, metrics = newMetrics() }: { readonly log: Log; readonly clock: Clock; readonly metrics?: Metrics },
) {
  const onNotice = (message: string, cause: unknown) => log.warn({ err: cause }, message);
  const closers: (() => Promise<void>)[] = [];
  const close = async () => {
    for (const closeOne of closers.splice(0).reverse()) await closeOne();
  };
  try {
    const measured = newMeasured(metrics);
    const openedEmbedder = await openEmbedder(config.embedder);
    if (openedEmbedder !== null) closers.push(() => openedEmbedder.close());
    const embedder = openedEmbedder === null ? null : measured.embedder(openedEmbedder);
    const openedReranker = await openReranker(config.reranker);
    if (openedReranker !== null) closers.push(() => openedReranker.close());
    const reranker = openedReranker === null ? null : measured.reranker(openedReranker);
    const store = await openSqliteStore({
      path: config.database,
      clock,
      synchronous: config.synchronous,
      onNotice: (text) => log.warn({}, text),
    });
    closers.push(() => store.close());
    const vectors = await openVectorSearch({
      source: store,
      databasePath: store.path,
      indexFolder: `${store.path}.vectors`,
      onNotice,
    });
    closers.push(() => vectors.close());
    const analyzer = newAnalyzer();
    const workingSets = newWorkingSets({
      store,
      analyzer,
      snapshots: await openSnapshotFolder(`${store.path}.snapshots`),
      onSnapshotFailure: (cause) => onNotice('a snapshot of a working set could not be used', cause),
    });
    closers.push(() => workingSets.settled());
    const recall = newRecall({
      store: measured.notes(store),
      vectors: measured.vectors(vectors),
      embedder,
      reranker,
      analyzer,
      workingSets: measured.workingSets(workingSets),
      clock,
    });
    const written = erasingCaches(store, { workingSets, vectors, onNotice });
    let ecphory: Ecphory | null = null;
    const thread =
      config.consolidation === 'off'
        ? null
        : startConsolidationThread({
            settings: {
              databasePath: store.path,
              model: config.model,
              embedder: embedder === null ? null : { id: embedder.id },
              sleep: config.sleep,
            },
            main: {
              ...mainSide(written, embedder, () => ecphory?.backfill?.wake()),
              runs: measured.runs(store.runs, config.model.kind === 'off' ? null : config.model.prices),
            },
            clock,
            onNotice,
          });
    if (thread !== null) closers.push(() => thread.close());
    const ids = newIdSource(clock);
    const isPrivateAllowed = config.isWebhookPrivateAllowed;
    const deliverer = startDeliverer({ store, ids, clock, post: newPost({ isPrivateAllowed }), onNotice });
    closers.push(deliverer.close);
    ecphory = newEcphory({
      store: thread === null ? written : waking(written, thread),
      recall,
      analyzer,
      embedder,
      curve: fsrs,
      ids,
      clock,
      consolidation: thread,
      webhooks: { isPrivateAllowed, wake: deliverer.wake },
      redaction: config.redaction === null ? null : { ...config.redaction, onFound: metrics.redacted },
      onNotice,
    });
    closers.push(ecphory.close);
    const { isVectorSearchDegraded } = measured;
    return { store, ecphory, workingSetBytes: workingSets.bytes, isVectorSearchDegraded, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** What the worker's thread may do here. A vector that it could not make, the backfill makes. */
function mainSide(store: Store, embedder: GuardedEmbedder | null, wakeBackfill: () => void): MainSide {
  return {
    async apply(scope, changes, options) {
      const applied = await store.apply(scope, changes, options);
      if (changes.some((change) => change.kind === 'note-derived' && change.isEmbeddedAnew)) wakeBackfill();
      return applied;
    },
    embed: async (texts, purpose, deadlineMs) => embedder?.embed(texts, purpose, deadlineMs) ?? [],
    jobs: store.jobs,
    runs: store.runs,
  };
}

/** The store, whose writes tell the worker that there is something to look at. */
function waking(store: Store, consolidation: Consolidation): Store {
  return {
    ...store,
    async apply(scope, changes, options) {
      const applied = await store.apply(scope, changes, options);
      if (changes.some(({ kind }) => concernsConsolidation(kind))) consolidation.wake();
      return applied;
    },
  };
}

interface Caches {
  readonly workingSets: WorkingSets;
  readonly vectors: ApproximateVectorSearch;
  readonly onNotice: (message: string, cause: unknown) => void;
}

/**
 * The store, whose erasures also reach the files that are made from it: snapshots are removed before, because a
 * crash in between must not leave one, and index files are rid of what is gone after.
 */
function erasingCaches(store: Store, { workingSets, vectors, onNotice }: Caches): Store {
  return {
    ...store,
    async apply(scope, changes, options) {
      if (!changes.some((change) => change.kind === 'erased')) return store.apply(scope, changes, options);
      const applied = await workingSets.whileErasing(scope, () => store.apply(scope, changes, options));
      // What fails here is tried again by the index's own sweep.
      await vectors.forgetErased().catch((error: unknown) => onNotice('an index file keeps what was erased', error));
      return applied;
    },
  };
}

function warnOfRisks(config: Config, log: Log): void {
  if (config.synchronous === 'off') {
    log.warn({}, 'ECPHORY_SYNCHRONOUS=off: a power cut loses acknowledged memories. For benchmarks only.');
  }
  if (!['127.0.0.1', '::1', 'localhost'].includes(config.host)) {
    log.warn(
      { host: config.host },
      'listening beyond this machine in plain HTTP: put a proxy with TLS in front, or keys can be read on the way',
    );
  }
}

async function listenOrExplain(app: Parameters<typeof listen>[0], config: Config): Promise<Listening> {
  try {
    return await listen(app, config);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    const why =
      code === 'EADDRINUSE' ? 'it is in use; choose another port with --port, or 0 for any' : `the system says ${code}`;
    throw new EcphoryError('unavailable', `Cannot listen on ${config.host}:${config.port}: ${why}.`, { cause: error });
  }
}
