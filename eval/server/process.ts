import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { limits } from '../../src/memory/limits.ts';
import type { ServerAddress } from './client.ts';

/** The real server, as a user starts it, in a process of its own. */
export interface ServerProcess extends ServerAddress {
  readonly pid: number;
  /** SIGTERM, and SIGKILL when that does not end it in time. Idempotent. */
  readonly stop: () => Promise<void>;
}

export interface ServerOptions {
  /** A folder for the database file and everything beside it. */
  readonly directory: string;
  /** The whole environment of the server; ours if left out, so that a user's settings are what is measured. */
  readonly environment?: Readonly<Record<string, string>>;
  /** The key from the first start on this database: it is not printed again. */
  readonly apiKey?: string;
  /** The compiled command; the one of this build if left out. */
  readonly entry?: string;
  readonly startWithinMs?: number;
}

/** What `serve --json` prints when it is ready. */
const readySchema = z.object({ url: z.url(), api_key: z.string().nullish() });

/** Resolves when the server takes requests. @throws Error with the end of its stderr when it does not. */
export async function startServer(options: ServerOptions): Promise<ServerProcess> {
  const entry = options.entry ?? fileURLToPath(new URL('../../src/cli/main.js', import.meta.url));
  const database = databaseIn(options.directory);
  const child = spawn(process.execPath, [entry, 'serve', '--port', '0', '--database', database, '--json'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    // Nothing of ours is passed on when an environment is given. The rate of a key is not what is measured.
    env: options.environment === undefined ? { ECPHORY_RATE_LIMIT: 'off', ...process.env } : { ...options.environment },
  });
  const complaints = lastLines(child);
  try {
    const ready = await firstAnswer(child, options.startWithinMs ?? 30_000);
    const apiKey = ready.api_key ?? options.apiKey;
    if (apiKey === undefined) throw new Error('It printed no api_key, and none is known for this database.');
    return { url: ready.url, apiKey, pid: child.pid ?? 0, stop: () => stop(child) };
  } catch (cause) {
    await stop(child);
    throw new Error(`The server did not start. ${complaints().join('\n')}`, { cause });
  }
}

/** Where the server of a folder keeps its memory. */
export function databaseIn(directory: string): string {
  return join(directory, 'ecphory.db');
}

function lastLines(child: ChildProcess, linesMax = 20): () => readonly string[] {
  const lines: string[] = [];
  if (child.stderr !== null) {
    createInterface({ input: child.stderr }).on('line', (line) => {
      lines.push(line);
      if (lines.length > linesMax) lines.shift();
    });
  }
  return () => lines;
}

async function firstAnswer(child: ChildProcess, withinMs: number): Promise<z.infer<typeof readySchema>> {
  if (child.stdout === null) throw new Error('The server has no stdout.');
  const lines = createInterface({ input: child.stdout });
  const deadline = AbortSignal.timeout(withinMs);
  const line = await Promise.race([
    once(lines, 'line', { signal: deadline }).then(([text]) => String(text)),
    once(child, 'exit', { signal: deadline }).then(([code]) => {
      throw new Error(`It ended with code ${code}.`);
    }),
  ]);
  // Whatever else it prints is read and dropped, so that it never waits for us.
  lines.on('line', () => undefined);
  return readySchema.parse(JSON.parse(line));
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const kill = setTimeout(() => child.kill('SIGKILL'), limits.drainMs + 5_000);
  await ended;
  clearTimeout(kill);
}
