import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Progress } from '../progress.ts';
import { newServerClient, type ServerClient } from '../server/client.ts';
import { databaseIn, type ServerProcess, startServer } from '../server/process.ts';
import type { Language } from './text.ts';

/** What every case is given. */
export interface Bench {
  readonly language: Language;
  readonly progress: Progress;
  /** Fewer and smaller runs, to see that all works; the figures are then no evidence. */
  readonly isQuick: boolean;
  /** Where databases are made; durability costs what this disk costs. */
  readonly directory: string;
  /** A file of real conversations for what can use one; null for generated ones. */
  readonly locomo: string | null;
  /** The environment of every measured server: ours, not the shell's, so that figures compare. */
  readonly settings: Readonly<Record<string, string>>;
}

export interface Host {
  readonly client: ServerClient;
  readonly pid: number;
  /** Stops the server and starts it again on the same database, with nothing in its memory. */
  readonly restart: () => Promise<Host>;
}

/** Runs `use` against a real server with an empty database; both are gone afterwards. */
export async function withServer<Result>(
  bench: Bench,
  use: (host: Host) => Promise<Result>,
  environment: Readonly<Record<string, string>> = {},
  /** Given the path of the database before the server is first started. */
  prepare: (database: string) => Promise<void> = async () => undefined,
): Promise<Result> {
  const directory = await mkdtemp(join(bench.directory, 'ecphory-bench-'));
  let running: { readonly server: ServerProcess; readonly client: ServerClient } | null = null;
  const start = async (apiKey?: string): Promise<Host> => {
    const server = await startServer({
      directory,
      environment: { ...bench.settings, ...environment },
      ...(apiKey !== undefined && { apiKey }),
    });
    const client = newServerClient(server, 32);
    running = { server, client };
    return {
      client,
      pid: server.pid,
      async restart() {
        await stop();
        return start(server.apiKey);
      },
    };
  };
  const stop = async (): Promise<void> => {
    running?.client.close();
    await running?.server.stop();
  };
  try {
    await prepare(databaseIn(directory));
    return await use(await start());
  } finally {
    await stop();
    await rm(directory, { recursive: true, force: true });
  }
}
