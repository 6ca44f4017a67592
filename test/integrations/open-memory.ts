import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '../../src/config.ts';
import { newAnalyzer } from '../../src/encoding/analyzer.ts';
import { fsrs } from '../../src/memory/forgetting.ts';
import { newIdSource } from '../../src/memory/ids.ts';
import { parseTenant } from '../../src/memory/scope.ts';
import type { MemoryService } from '../../src/memory/service.ts';
import { guard } from '../../src/models/embed.ts';
import { hashedEmbedder } from '../../src/models/hashed-embedder.ts';
import { newRecall } from '../../src/retrieval/search.ts';
import { newWorkingSets } from '../../src/retrieval/working-sets.ts';
import { newClient } from '../../src/sdk/client.ts';
import { startServer } from '../../src/server.ts';
import { newEcphory } from '../../src/service.ts';
import { openInMemoryStore, openInMemoryVectorSearch } from '../../src/store/in-memory.ts';

export interface OpenMemory {
  readonly memory: MemoryService;
  close(): Promise<void>;
}

/** No socket, no file. */
export async function openMemoryInProcess(): Promise<OpenMemory> {
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
    async close() {
      await ecphory.close();
      await store.close();
    },
  };
}

/** The whole way: the client, a socket, the server as it ships, and a database file. */
export async function openMemoryOverHttp(): Promise<OpenMemory> {
  const { url, apiKey, close } = await openServer();
  return { memory: newClient({ baseUrl: url, apiKey }), close };
}

export interface OpenServer {
  readonly url: string;
  readonly apiKey: string;
  close(): Promise<void>;
}

export async function openServer(): Promise<OpenServer> {
  const folder = await mkdtemp(join(tmpdir(), 'ecphory-adapters-'));
  const quiet = () => {};
  const server = await startServer(loadConfig({ port: '0', database: join(folder, 'memory.db') }, {}), {
    log: { debug: quiet, info: quiet, warn: quiet, error: console.error },
  });
  if (server.firstKey === null) throw new Error('A new database makes a key.');
  return {
    url: server.url,
    apiKey: server.firstKey,
    async close() {
      await server.close();
      await rm(folder, { recursive: true });
    },
  };
}
