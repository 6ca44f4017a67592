import type { NoteId } from '../../memory/ids.ts';
import { limits } from '../../memory/limits.ts';
import { type ReadScope, readScope } from '../../memory/scope.ts';
import type { VectorAnswer, VectorQuery } from '../../memory/store.ts';
import type { VectorSource } from '../sqlite/vector-source.ts';
import type { BuildJob } from './build-job.ts';
import type { BuildQueue } from './build-queue.ts';
import { historyProblem } from './history.ts';
import type { HnswLibrary } from './hnsw-library.ts';
import type { IndexFiles, UsableIndex } from './index-files.ts';
import { indexParameters } from './index-parameters.ts';
import { type LoadedIndex, loadIndex } from './loaded-index.ts';
import type { IndexIdentity, Manifest } from './manifest.ts';
import { merged } from './merged-hits.ts';
import { newTail, type Tail, unit } from './tail.ts';

/** The approximate index of one scope and embedder: read, followed, renewed, dropped. */
export interface ScopeIndex {
  readonly identity: IndexIdentity;
  /** Memory held. */
  readonly bytes: number;
  /** Why it is being made again, or null: nothing is wrong with a first one. */
  readonly degraded: string | null;
  /** Null while no index can be used: the caller answers exactly, and one is being made in the background. */
  nearest(query: VectorQuery): Promise<VectorAnswer | null>;
  /** Starts reading or building it, unless it is there. */
  prepare(): void;
  /** Drops it, from memory and disk, when something in it was erased. */
  forgetErased(): Promise<void>;
  /** Gives its memory back; it is read again when it is asked. Does nothing while work is under way. */
  release(): void;
  /** Resolves when the index is as new as the store, or cannot be had. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

export interface ScopeIndexParts {
  readonly source: VectorSource;
  readonly library: HnswLibrary;
  readonly files: IndexFiles;
  readonly queue: BuildQueue;
  readonly job: BuildJob;
  readonly onNotice: (message: string, cause: unknown) => void;
  /** It has come to hold more memory. */
  readonly onGrown: () => void;
  /** Why an earlier index of this scope could not be used, if so. */
  readonly degraded: string | null;
  /** Of an index found on disk; null when there is none. */
  readonly known: Pick<Manifest, 'erasedUntil' | 'position'> | null;
}

export function newScopeIndex(identity: IndexIdentity, parts: ScopeIndexParts): ScopeIndex {
  const { source, library, files, queue, job } = parts;
  const read: ReadScope = readScope(identity.scope);
  let current: { readonly index: LoadedIndex; readonly tail: Tail } | null = null;
  let degraded = parts.degraded;
  /** Up to here in the feed nothing was erased that the index still holds; null when there is no index. */
  let cleanUntil = parts.known?.erasedUntil ?? null;
  let indexedUntil = parts.known?.position ?? 0;
  /** Reading, building or dropping: one at a time. */
  let work: Promise<void> | null = null;
  let dropping: Promise<void> | null = null;
  let failures = 0;
  let retryAtMs = 0;
  let isClosed = false;

  return {
    identity,
    get bytes() {
      return current === null ? 0 : current.index.bytes + current.tail.bytes;
    },
    get degraded() {
      return degraded;
    },
    async nearest(query) {
      await forgetErased();
      const used = current;
      if (used === null) {
        start();
        return null;
      }
      if (query.vector.length !== used.index.manifest.dimensions) return null;
      if (!(await followed(used))) return null;
      // Others may have dropped or replaced it while this one waited.
      return used === current ? answer(used, query) : null;
    },
    prepare: start,
    forgetErased,
    release() {
      if (work === null) letGo();
    },
    async settled() {
      while (work !== null) await work;
      if (current === null || isClosed) return;
      const used = current;
      for (let before = -1; used === current && before < used.tail.position; ) {
        before = used.tail.position;
        if (await followed(used)) break;
        while (work !== null) await work;
      }
      while (work !== null) await work;
    },
    async close() {
      isClosed = true;
      await dropping;
      await work;
      letGo();
    },
  };

  async function answer(used: NonNullable<typeof current>, query: VectorQuery): Promise<VectorAnswer | null> {
    const { index, tail } = used;
    const limit = Math.min(query.limit, limits.exactVectorHits, index.manifest.notes + tail.notes);
    const newer = tail.nearest(unit(query.vector), limit + slack);
    // Some of what the graph finds has a newer vector or none: if too much of it, look further, then give up.
    for (let labels = limit + slack; ; labels *= 4) {
      const older: NoteId[] = [];
      try {
        for (const noteIds of index.nearest(query.vector, labels)) {
          for (const id of noteIds) if (!tail.has(id)) older.push(id);
          if (older.length >= labels) break;
        }
      } catch (error) {
        await drop('it gave an impossible answer', error);
        return null;
      }
      // The vectors as they are now: what was dropped or erased falls out, similarities are exact, ties are ties.
      const hits = merged(await source.vectorsOf(read, query.embedder, [...newer, ...older]), query.vector, limit);
      if (hits.length >= limit) return { hits, exact: false, degraded: null };
      if (labels >= index.manifest.labels || labels > labelsMax) return null;
      if (used !== current) return null;
    }
  }

  /** Brings the tail up to date. False when too much is missing to wait for, or to hold. */
  async function followed(used: NonNullable<typeof current>): Promise<boolean> {
    const { tail, index } = used;
    for (let page = 0; page < pagesPerSearch; page += 1) {
      if (tail.bytes > limits.vectorTailBytes) {
        renew();
        return false;
      }
      const rows = await source.vectorsAfter(read, identity.embedder, tail.position, limits.vectorPage);
      try {
        tail.add(rows);
      } catch (error) {
        await drop('a vector came that does not fit it', error);
        return false;
      }
      if (rows.length < limits.vectorPage) {
        const share = indexParameters.tailShareMax * index.manifest.notes;
        if (tail.notes > Math.max(limits.vectorTailVectors, share)) renew();
        return true;
      }
      await new Promise((resolve) => setImmediate(resolve));
    }
    return false;
  }

  /** Has the next index built, while this one goes on answering. */
  function renew(): void {
    if (work === null) start();
  }

  function start(): void {
    if (work !== null || dropping !== null || isClosed || Date.now() < retryAtMs) return;
    work = (current === null ? open() : build())
      .then(() => {
        failures = 0;
        parts.onGrown();
      })
      .catch((error: unknown) => {
        if (isClosed) return;
        failures += 1;
        const pauseMs = Math.min(limits.vectorBuildBackoffMs * 2 ** (failures - 1), limits.vectorBuildBackoffMaxMs);
        retryAtMs = Date.now() + pauseMs;
        if (current === null) degraded ??= 'it could not be built';
        parts.onNotice(`The vector index of a scope could not be built; exact search goes on.`, error);
      })
      .finally(() => {
        work = null;
      });
  }

  async function open(): Promise<void> {
    const found = await files.find(identity);
    if (found.kind === 'usable') {
      const problem = await historyProblem(source, found.manifest);
      const failure = problem ?? (await load(found).then(() => null, String));
      if (failure === null) return;
      await discard(failure);
    } else if (found.kind === 'bad') {
      await discard(found.reason);
    }
    await build();
  }

  async function build(): Promise<void> {
    await queue.build(job);
    const found = await files.find(identity);
    if (found.kind !== 'usable')
      throw new Error(found.kind === 'bad' ? `It was built, but ${found.reason}.` : 'It is gone.');
    await load(found);
  }

  /** Puts the index that is on disk in the place of the one in memory, if any. */
  async function load(found: UsableIndex): Promise<void> {
    const tail = current?.tail ?? newTail(found.manifest.dimensions, found.manifest.position);
    // Two at once would need twice the memory: for the moment it takes to read, searches are exact.
    letGo();
    const index = await loadIndex(library, found);
    tail.forgetUntil(found.manifest.position);
    cleanUntil = found.manifest.erasedUntil;
    indexedUntil = found.manifest.position;
    degraded = null;
    current = { index, tail };
  }

  async function forgetErased(): Promise<void> {
    if (cleanUntil === null) return;
    const before = cleanUntil;
    const followedUntil = current?.tail.position ?? indexedUntil;
    if (await source.erasedSince(identity.scope, before)) return drop('something in it was erased', null);
    // What was followed before the question lies before the answer: next time only what came later is looked at.
    if (cleanUntil === before) cleanUntil = Math.max(before, followedUntil);
  }

  function letGo(): void {
    current?.index.release();
    current = null;
  }

  function drop(reason: string, cause: unknown): Promise<void> {
    dropping ??= dropNow(reason, cause).finally(() => {
      dropping = null;
    });
    return dropping;
  }

  async function dropNow(reason: string, cause: unknown): Promise<void> {
    letGo();
    await queue.cancel(job);
    while (work !== null) await work;
    // What was being read meanwhile may have come into use.
    letGo();
    await discard(reason, cause);
    retryAtMs = 0;
  }

  async function discard(reason: string, cause: unknown = null): Promise<void> {
    degraded = reason;
    parts.onNotice(`The vector index of a scope is made again: ${reason}.`, cause);
    try {
      await files.remove(identity);
      cleanUntil = null;
    } catch (error) {
      // As long as they are there they are asked about, and the next sweep tries again.
      parts.onNotice('The files of a vector index could not be removed.', error);
    }
  }
}

/** Asked for beyond the limit: neighbours that turn out to be dropped or to be behind an equal one. */
const slack = 10;
/** Pages a search reads itself; a longer tail is read by the searches after it, and this one is exact. */
const pagesPerSearch = 8;
/** Wider than this, an exact search is cheaper. */
const labelsMax = 4_096;
