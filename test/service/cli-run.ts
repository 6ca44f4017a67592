import { runCommand } from '../../src/cli/command.ts';
import type { Terminal } from '../../src/cli/world.ts';

export interface CliRun {
  readonly code: number;
  /** Standard output and standard error. */
  readonly out: string;
  readonly errors: string;
}

export interface CliOptions {
  readonly environment?: Readonly<Record<string, string>>;
  /** What comes in on standard input. */
  readonly input?: string | Uint8Array;
  readonly terminal?: Terminal;
  readonly stopRequested?: Promise<void>;
}

/** One command line in this process, with the streams in memory and an empty environment. */
export async function runCli(args: readonly string[], options: CliOptions = {}): Promise<CliRun> {
  let out = '';
  let errors = '';
  const { environment = {}, input, terminal, stopRequested = new Promise<void>(() => {}) } = options;
  const code = await runCommand(args, {
    write: (text) => {
      out += text;
    },
    writeError: (text) => {
      errors += text;
    },
    stopRequested,
    environment,
    ...(input !== undefined && { input: streamOf(input) }),
    ...(terminal !== undefined && { terminal }),
  });
  return { code, out, errors };
}

/** The lines of an NDJSON output. */
export function jsonLines<Item>(out: string): readonly Item[] {
  return out
    .trimEnd()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Item);
}

async function* streamOf(input: string | Uint8Array): AsyncGenerator<Uint8Array> {
  const bytes = typeof input === 'string' ? new TextEncoder().encode(input) : input;
  // In pieces, as a pipe gives it: characters may be cut in two.
  for (let start = 0; start < bytes.length; start += 3) yield bytes.subarray(start, start + 3);
}
