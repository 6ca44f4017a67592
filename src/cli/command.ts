import { createRequire } from 'node:module';
import { Command, CommanderError } from 'commander';
import { ConfigError } from '../config.ts';
import { isEcphoryError } from '../memory/errors.ts';
import { isLockedByAnother } from '../store/file-lock.ts';
import { createKey, listKeys, revokeKey } from './keys.ts';
import { serve } from './serve.ts';
import { work } from './worker.ts';

/** The world as the command line sees it. */
export interface CommandWorld {
  /** To standard output. */
  write(text: string): void;
  /** To standard error. */
  writeError(text: string): void;
  /** Resolves when the command is to finish what it does and end. */
  readonly stopRequested: Promise<void>;
  /** The process's own when left out. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

/**
 * Runs one `ecphory` command to its end.
 *
 * @returns the exit code: 0 done, 2 wrong usage or settings, 3 another process has the database, 1 anything else.
 */
export async function runCommand(args: readonly string[], world: CommandWorld): Promise<number> {
  try {
    await newProgram(world).parseAsync([...args], { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    world.writeError(`ecphory: ${messageOf(error)}\n`);
    if (isLockedByAnother(error)) return 3;
    return error instanceof ConfigError || (isEcphoryError(error) && error.code === 'invalid') ? 2 : 1;
  }
}

function newProgram(world: CommandWorld): Command {
  const program = new Command('ecphory')
    .description('Long-term memory for AI agents: one process, one file.')
    .version(version())
    .exitOverride()
    .configureOutput({ writeOut: (text) => world.write(text), writeErr: (text) => world.writeError(text) })
    .addHelpText('after', examples);

  program
    .command('serve')
    .description('serve memories over REST until stopped')
    .option('--host <address>', 'where to listen (ECPHORY_HOST, 127.0.0.1)')
    .option('--port <number>', 'which port, 0 for any (ECPHORY_PORT, 8787)')
    .option('--database <file>', 'where memories are kept (ECPHORY_DATABASE, ./data/ecphory.db)')
    .option('--json', 'say where and with which key as one line of JSON')
    .action((flags) => serve(flags, world));

  program
    .command('worker')
    .description('do the background work without serving; the server must not be running: it does that itself')
    .option('--once', 'end when nothing can be done now')
    .option('--database <file>', 'where memories are kept (ECPHORY_DATABASE, ./data/ecphory.db)')
    .option('--json', 'say what was done as one line of JSON')
    .action((flags) => work(flags, world));

  const keys = program.command('keys').description('make, list and revoke API keys; the server must not be running');
  keys
    .command('create')
    .description('make a key and print it: the only time it is shown')
    .option('--tenant <name>', 'whose memories it opens', 'default')
    .option('--name <text>', 'what it is for', 'unnamed')
    .option('--expires-in-days <number>', 'how long it works (for ever if left out)')
    .option('--database <file>', 'the database (ECPHORY_DATABASE, ./data/ecphory.db)')
    .action((flags) => createKey(flags, world));
  keys
    .command('list')
    .description('list keys, without their secrets')
    .option('--database <file>', 'the database (ECPHORY_DATABASE, ./data/ecphory.db)')
    .option('--json', 'as one JSON array')
    .action((flags) => listKeys(flags, world));
  keys
    .command('revoke <id>')
    .description('make a key useless for ever')
    .option('--database <file>', 'the database (ECPHORY_DATABASE, ./data/ecphory.db)')
    .action((id, flags) => revokeKey(id, flags, world));
  return program;
}

const examples = `
Examples:
  ecphory serve                              on http://127.0.0.1:8787, in ./data/ecphory.db
  ecphory serve --port 0 --json              on any free port, for programs
  ecphory serve --database /srv/memory.db
  ecphory worker --once --json               consolidate what is owed, with no server running
  ecphory keys create --tenant acme --name "staging agent" --expires-in-days 90
  ecphory keys revoke 0aB3dE5fG7hJ

Exit codes: 0 done, 1 failed, 2 wrong usage or settings, 3 another process has the database.`;

/** Our own errors explain themselves; of others the stack is needed to find them. */
function messageOf(error: unknown): string {
  if (error instanceof ConfigError || isEcphoryError(error)) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

function version(): string {
  const packageFile: unknown = createRequire(import.meta.url)('ecphory/package.json');
  const isRecord = typeof packageFile === 'object' && packageFile !== null && 'version' in packageFile;
  return isRecord ? String(packageFile.version) : 'unknown';
}
