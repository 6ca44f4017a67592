import { createApiKey } from '../../src/api/api-key.ts';
import { type AppParts, newApp } from '../../src/api/app.ts';
import { listen } from '../../src/api/listen.ts';
import { newAnalyzer } from '../../src/encoding/analyzer.ts';
import { fsrs } from '../../src/memory/forgetting.ts';
import { newIdSource } from '../../src/memory/ids.ts';
import type { Recall } from '../../src/memory/recall.ts';
import { parseTenant } from '../../src/memory/scope.ts';
import { type Consolidation, newEcphory } from '../../src/service.ts';
import type { Redaction } from '../../src/service-redaction.ts';
import { type InMemoryStore, openInMemoryStore } from '../../src/store/in-memory.ts';

export interface HttpServer {
  readonly url: string;
  /** API keys of two tenants of one store. */
  readonly key: string;
  readonly strangerKey: string;
  /** A key of any tenant, that may do everything. */
  keyOf(tenant: string): Promise<string>;
  readonly store: InMemoryStore;
  /** What was logged at `error`. */
  readonly failures: object[];
  setDraining(): void;
  close(): Promise<void>;
}

/** The real app and service on a real socket, over the in-memory store; searches find nothing. */
export async function openHttpServer(
  options: {
    readonly clock?: () => number;
    readonly consolidation?: Consolidation;
    readonly redaction?: Redaction;
    /** More of the app, given the store that it is over. */
    readonly app?: (store: InMemoryStore) => Partial<AppParts>;
  } = {},
): Promise<HttpServer> {
  const clock = options.clock ?? Date.now;
  const store = openInMemoryStore({ clock });
  const ecphory = newEcphory({
    store,
    recall: nothingFound,
    analyzer: newAnalyzer(),
    embedder: null,
    curve: fsrs,
    ids: newIdSource(clock),
    clock,
    consolidation: options.consolidation ?? null,
    redaction: options.redaction ?? null,
    onNotice: () => {},
  });
  const failures: object[] = [];
  let isDraining = false;
  const quiet = () => {};
  const app = newApp({
    memoryFor: ecphory.forTenant,
    keys: store.keys,
    health: () => store.health(),
    isDraining: () => isDraining,
    clock,
    log: { debug: quiet, info: quiet, warn: quiet, error: (fields) => failures.push(fields) },
    ...options.app?.(store),
  });
  const server = await listen(app, { host: '127.0.0.1', port: 0 });
  return {
    url: server.url,
    key: await keyFor('ours'),
    strangerKey: await keyFor('theirs'),
    keyOf: keyFor,
    store,
    failures,
    setDraining: () => {
      isDraining = true;
    },
    async close() {
      isDraining = true;
      await server.close();
      await ecphory.close();
      await store.close();
    },
  };

  async function keyFor(tenant: string): Promise<string> {
    const wanted = { tenant: parseTenant(tenant), name: tenant, expiresAt: null };
    return (await createApiKey({ keys: store.keys, clock }, wanted)).text;
  }
}

const nothingFound: Recall = {
  search: async () => ({ hits: [], confidence: 0, sequence: null, facts: null, archived: [], degraded: [] }),
  need: async () => ({ isNeeded: true, because: 'self' }),
};
