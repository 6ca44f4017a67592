import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createApiKey } from '../../src/api/api-key.ts';
import { loadConfig } from '../../src/config.ts';
import { parseTenant } from '../../src/memory/scope.ts';
import { newClient } from '../../src/sdk/client.ts';
import { startServer } from '../../src/server.ts';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import { serviceContract } from '../contract/service.ts';

/** The whole way: the client, a socket, the server as it ships, and a database file. */
serviceContract({
  name: 'over HTTP',
  async open() {
    const folder = await mkdtemp(join(tmpdir(), 'ecphory-http-'));
    const database = join(folder, 'memory.db');
    const [key, strangerKey] = await newKeys(database);
    const quiet = () => {};
    // The contract says what is there before any pass has run; see the tests of the worker.
    const server = await startServer(loadConfig({ port: '0', database }, { ECPHORY_CONSOLIDATION: 'off' }), {
      log: { debug: quiet, info: quiet, warn: quiet, error: console.error },
    });
    return {
      memory: newClient({ baseUrl: server.url, apiKey: key }),
      stranger: newClient({ baseUrl: server.url, apiKey: strangerKey }),
      async close() {
        await server.close();
        await rm(folder, { recursive: true });
      },
    };
  },
});

async function newKeys(database: string): Promise<readonly [string, string]> {
  const { keys, close } = await openSqliteStore({ path: database, clock: Date.now });
  const keyOf = async (name: string) => {
    const wanted = { tenant: parseTenant(name), name, expiresAt: null };
    return (await createApiKey({ keys, clock: Date.now }, wanted)).text;
  };
  const made = [await keyOf('ours'), await keyOf('theirs')] as const;
  await close();
  return made;
}
