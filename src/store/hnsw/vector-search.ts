import { EcphoryError } from '../../memory/errors.ts';
import { limits } from '../../memory/limits.ts';
import { type ReadScope, readScope, type Scope } from '../../memory/scope.ts';
import type { VectorAnswer, VectorQuery, VectorSearch } from '../../memory/store.ts';
import type { VectorSource } from '../sqlite/vector-source.ts';
import { compiledModule } from './build-job.ts';
import { type BuildQueue, newBuildQueue } from './build-queue.ts';
import { type HnswLibrary, type LoadHnswLibrary, loadHnswLibrary } from './hnsw-library.ts';
import { indexFiles } from './index-files.ts';
import { indexParameters } from './index-parameters.ts';
import { type IndexIdentity, identityOf, type Manifest, prefixOf } from './manifest.ts';
import { bestHits } from './merged-hits.ts';
import { newScopeIndex, type ScopeIndex } from './scope-index.ts';

export interface VectorSearchOptions {
  readonly source: VectorSource;
  /** Where a child process opens the source read-only. */
  readonly databasePath: string;
  /** Its own folder, which may be removed at any time: everything in it can be made again. */
  readonly indexFolder: string;
  /** Vectors in one scope from which an approximate index answers. */
  readonly thresholdVectors?: number;
  /** All indexes in memory together, bytes. */
  readonly bytesMax?: number;
  /** Told of what went wrong and was mended; no caller waits for it. */
  readonly onNotice?: (message: string, cause: unknown) => void;
  readonly loadLibrary?: LoadHnswLibrary;
  /** Who builds; a child process if left out. Closed with the search. */
  readonly builds?: BuildQueue;
  /** URL of the JavaScript that a child process opens the source with (`build-job.ts`). */
  readonly sourceModule?: string;
}

export interface ApproximateVectorSearch extends VectorSearch {
  /** Has the index of a large scope read or built before anybody searches. Cheap when there is nothing to do. */
  prepare(read: ReadScope, embedder: string): Promise<void>;
  /**
   * Looks through all indexes, in memory and on disk, and removes those that hold something erased. Runs by
   * itself every `limits.vectorSweepMs`; awaited after an erasure, the index files are free of it.
   */
  forgetErased(): Promise<void>;
}

/**
 * Exact while a scope is small; from `thresholdVectors` on by an index of that scope alone, built by a child process
 * from the store and kept in files that may vanish or rot: whatever cannot be vouched for is made again, and
 * meanwhile the answer is exact. Without `hnswlib-node` it stays exact.
 */
export async function openVectorSearch(options: VectorSearchOptions): Promise<ApproximateVectorSearch> {
  const { source, databasePath, indexFolder } = options;
  const threshold = options.thresholdVectors ?? limits.approximateVectors;
  const bytesMax = options.bytesMax ?? limits.vectorIndexBytes;
  const onNotice = options.onNotice ?? (() => undefined);
  const sourceModule = options.sourceModule ?? compiledModule('sqlite/open-vector-source.js');
  const library = await libraryOrNull();
  const files = library === null ? null : indexFiles(indexFolder, library);
  const queue = options.builds ?? newBuildQueue();
  /** Least recently used first. */
  const indexes = new Map<string, ScopeIndex>();
  const strays = new Set<string>();
  let isClosed = false;
  let sweeping: Promise<void> | null = null;

  await adopt();
  const timer = setInterval(() => void forgetErased().catch(() => undefined), limits.vectorSweepMs);
  timer.unref();

  return {
    async nearest(read, query) {
      if (isClosed) throw new EcphoryError('unavailable', 'The vector search is closed.');
      if (library === null) return source.exactNearest(read, query);
      assertQuery(query);
      const vectors = await source.vectorCount(read, query.embedder);
      if (vectors < threshold) return source.exactNearest(read, query);
      return read.subtree ? nearestInSubtree(read, query) : nearestInScope(read, query);
    },
    async prepare(read, embedder) {
      if (isClosed || library === null || read.subtree) return;
      if ((await source.vectorCount(read, embedder)) < threshold) return;
      indexOf({ scope: scopeOf(read), embedder })?.prepare();
    },
    forgetErased,
    async settled() {
      for (const index of [...indexes.values()]) await index.settled();
    },
    async close() {
      if (isClosed) return;
      isClosed = true;
      clearInterval(timer);
      await sweeping;
      const closing = [...indexes.values()].map((index) => index.close());
      await queue.close();
      await Promise.all(closing);
      indexes.clear();
    },
  };

  async function nearestInScope(read: ReadScope, query: VectorQuery): Promise<VectorAnswer> {
    const index = indexOf({ scope: scopeOf(read), embedder: query.embedder });
    if (index === null) return source.exactNearest(read, query);
    const answer = await index.nearest(query);
    if (answer !== null) return answer;
    const exact = await source.exactNearest(read, query);
    const { degraded } = index;
    return degraded === null ? exact : { ...exact, degraded: `The vector index is being built again: ${degraded}.` };
  }

  /** Each scope of the subtree from where it is answered best, one after the other, then the best of all. */
  async function nearestInSubtree(read: ReadScope, query: VectorQuery): Promise<VectorAnswer> {
    const parts = await source.vectorScopes(read, query.embedder);
    if (!parts.some(({ vectors }) => vectors >= threshold)) return source.exactNearest(read, query);
    const answers: VectorAnswer[] = [];
    for (const { scope, vectors } of parts) {
      const own = readScope(scope);
      answers.push(vectors < threshold ? await source.exactNearest(own, query) : await nearestInScope(own, query));
      await new Promise((resolve) => setImmediate(resolve));
    }
    const reasons = new Set(answers.flatMap(({ degraded }) => degraded ?? []));
    return {
      hits: bestHits(
        answers.flatMap(({ hits }) => hits),
        query.limit,
      ),
      exact: answers.every(({ exact }) => exact),
      degraded: reasons.size === 0 ? null : [...reasons].join(' '),
    };
  }

  function indexOf(identity: IndexIdentity, known: Manifest | null = null): ScopeIndex | null {
    if (library === null || files === null) return null;
    const key = prefixOf(identity);
    let index = indexes.get(key);
    if (index === undefined) {
      const { scope, embedder } = identity;
      index = newScopeIndex(identity, {
        source,
        library,
        files,
        queue,
        job: { folder: indexFolder, databasePath, sourceModule, ...scope, embedder },
        onNotice,
        onGrown: () => makeRoom(key),
        degraded: strays.delete(key) ? 'its manifest is damaged' : null,
        known,
      });
    }
    indexes.delete(key);
    indexes.set(key, index);
    return index;
  }

  /** Gives the least recently used memory back until all fits, but never what was just asked for. */
  function makeRoom(usedKey: string): void {
    let bytes = 0;
    for (const index of indexes.values()) bytes += index.bytes;
    for (const [key, index] of indexes) {
      if (bytes <= bytesMax) return;
      if (key === usedKey) continue;
      bytes -= index.bytes;
      index.release();
    }
  }

  function forgetErased(): Promise<void> {
    sweeping ??= sweep().finally(() => {
      sweeping = null;
    });
    return sweeping;
  }

  async function sweep(): Promise<void> {
    for (const index of [...indexes.values()]) {
      if (isClosed) return;
      await index.forgetErased();
    }
  }

  /** Takes charge of what an earlier process left, so that an erasure reaches indexes that nobody asks for. */
  async function adopt(): Promise<void> {
    if (files === null) return;
    try {
      const { manifests, strayPrefixes } = await files.list();
      for (const prefix of strayPrefixes) {
        strays.add(prefix);
        await files.removePrefix(prefix);
      }
      for (const manifest of manifests) indexOf(identityOf(manifest), manifest);
      await sweep();
    } catch (error) {
      onNotice('The folder of vector indexes cannot be looked through.', error);
    }
  }

  async function libraryOrNull(): Promise<HnswLibrary | null> {
    try {
      return await (options.loadLibrary ?? (() => loadHnswLibrary(indexParameters.space)))();
    } catch (error) {
      onNotice('hnswlib-node is not installed: search by vectors stays exact.', error);
      return null;
    }
  }
}

function scopeOf({ tenant, namespace }: ReadScope): Scope {
  return { tenant, namespace };
}

function assertQuery({ vector, limit }: VectorQuery): void {
  if (!Number.isInteger(limit) || limit < 0) throw new EcphoryError('invalid', 'A limit is a whole number.');
  if (!vector.every(Number.isFinite)) throw new EcphoryError('invalid', 'A query vector is made of finite numbers.');
}
