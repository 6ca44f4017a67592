import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseConsolidation } from '../../src/api/knowledge-schemas.ts';
import { parseAdd, parseSearch } from '../../src/api/schemas.ts';
import { newAnalyzer } from '../../src/encoding/analyzer.ts';
import type { Json } from '../../src/memory/episode.ts';
import { fsrs } from '../../src/memory/forgetting.ts';
import { newIdSource } from '../../src/memory/ids.ts';
import { parseTenant } from '../../src/memory/scope.ts';
import type { MemoryService } from '../../src/memory/service.ts';
import type { StoredNote } from '../../src/memory/store.ts';
import { type EmbedderSettings, openEmbedder } from '../../src/models/open-embedder.ts';
import { newRecall } from '../../src/retrieval/search.ts';
import type { SignalWeights } from '../../src/retrieval/weights.ts';
import { newWorkingSets } from '../../src/retrieval/working-sets.ts';
import { toWire } from '../../src/sdk/wire.ts';
import { type Ecphory, newEcphory } from '../../src/service.ts';
import { openVectorSearch } from '../../src/store/hnsw/vector-search.ts';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import { newConsolidation } from '../../src/worker-passes.ts';
import type { ServerClient } from '../server/client.ts';

/** One memory that is asked under many weightings: what a server would be, without the socket. */
export interface InProcessMemory {
  /** The shipped weights when none are given. Answers as `POST /v1/memories` and `POST /v1/search` do. */
  readonly client: (weights?: SignalWeights) => ServerClient;
  /** Resolves when no memory waits for its vector or for a background pass. */
  readonly drained: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/**
 * The parts of `src/server.ts`, put together alike, over a database in a temporary folder. Only the disk is not waited for.
 * `in-process.test.ts` holds it to the rankings of the real server.
 */
export async function openInProcessMemory(settings: EmbedderSettings): Promise<InProcessMemory> {
  const directory = await mkdtemp(join(tmpdir(), 'ecphory-ablation-'));
  const clock = Date.now;
  const embedder = await openEmbedder(settings);
  const store = await openSqliteStore({ path: join(directory, 'ecphory.db'), clock, synchronous: 'off' });
  const vectors = await openVectorSearch({
    source: store,
    databasePath: store.path,
    indexFolder: join(directory, 'vectors'),
    onNotice: () => undefined,
  });
  const analyzer = newAnalyzer();
  const workingSets = newWorkingSets({ store, analyzer, snapshots: null });
  const kept = new Map<string, StoredNote>();
  const tenant = parseTenant('eval');
  const parts = { analyzer, curve: fsrs, ids: newIdSource(clock), clock, onNotice: () => undefined };
  const worker = newConsolidation({ store, embedder, model: null, tokensPerDay: 0, clock, onNotice: () => undefined });
  const writer = ecphoryWith(undefined, embedder !== null);
  const opened: Ecphory[] = [writer];

  return {
    client(weights) {
      if (weights === undefined) return clientOf(writer.forTenant(tenant));
      const ecphory = ecphoryWith(weights, false);
      opened.push(ecphory);
      return clientOf(ecphory.forTenant(tenant));
    },
    async drained() {
      await worker.drained();
      await writer.backfill?.drained();
    },
    async close() {
      await worker.close();
      for (const ecphory of opened) await ecphory.close();
      await workingSets.settled();
      await vectors.close();
      await store.close();
      await embedder?.close();
      await rm(directory, { recursive: true, force: true });
    },
  };

  /** Only the one that writes needs the embedder as a service; recall has it in any case. */
  function ecphoryWith(weights: SignalWeights | undefined, isWriter: boolean): Ecphory {
    const recall = newRecall({
      store: {
        matching: store.matching,
        claims: store.claims,
        links: store.links,
        notes: (owner, ids) => readOnce(owner, ids),
      },
      vectors,
      embedder,
      analyzer,
      workingSets,
      clock,
      ...(weights !== undefined && { weights }),
    });
    return newEcphory({ ...parts, store, recall, consolidation: worker, embedder: isWriter ? embedder : null });
  }

  /** Nothing changes while questions are asked, and every weighting returns much the same notes. */
  async function readOnce(...[owner, ids]: Parameters<typeof store.notes>): Promise<readonly StoredNote[]> {
    const missing = ids.filter((id) => !kept.has(id));
    for (const one of missing.length === 0 ? [] : await store.notes(owner, missing)) kept.set(one.note.id, one);
    return ids.flatMap((id) => kept.get(id) ?? []);
  }
}

/** The routes that an evaluation takes, with the parsing of the real ones. */
function clientOf(memory: MemoryService): ServerClient {
  return {
    async post(path, body) {
      const startedAt = performance.now();
      const json = JSON.parse(Buffer.isBuffer(body) ? body.toString() : JSON.stringify(body)) as Json;
      const result =
        path === '/v1/memories'
          ? await memory.add(parseAdd(json))
          : path === '/v1/search'
            ? await memory.search(parseSearch(json))
            : path === '/v1/consolidations'
              ? await memory.consolidate(parseConsolidation(json))
              : await Promise.reject(new RangeError(`There is no ${path} in process.`));
      return { body: toWire(result), elapsedMs: performance.now() - startedAt };
    },
    async get(path) {
      const startedAt = performance.now();
      const id = /^\/v1\/operations\/(\w+)$/.exec(path)?.[1];
      if (id === undefined) throw new RangeError(`There is no ${path} in process.`);
      return { body: toWire(await memory.operation(id)), elapsedMs: performance.now() - startedAt };
    },
    close: () => undefined,
  };
}
