import { Command } from 'commander';
import { version } from '../version.ts';
import { addAddCommand } from './add.ts';
import { addBackupCommands } from './backup.ts';
import { addChangingCommands } from './changing.ts';
import { addCompletionCommand } from './completion.ts';
import { addConsolidateCommand } from './consolidate.ts';
import { addDoctorCommand } from './doctor.ts';
import { addEvaluateCommands } from './evaluate.ts';
import { complaintOf, exitCodeOf, exitCodes } from './exit-code.ts';
import { addExportCommand } from './export.ts';
import { addImportCommand } from './import.ts';
import { addKeyCommands } from './keys.ts';
import { addKnowledgeCommands } from './knowledge.ts';
import { addMcpCommands } from './mcp.ts';
import { addOverviewCommands } from './overview.ts';
import { addReadingCommands } from './reading.ts';
import { addRebuildIndexCommand } from './rebuild-index.ts';
import { addRecallCommands } from './recall.ts';
import { addReembedCommand } from './reembed.ts';
import type { CommandWorld } from './world.ts';

export type { CommandWorld } from './world.ts';

/** Runs one `ecphory` command to its end, and gives its exit code (`exitCodes`). */
export async function runCommand(args: readonly string[], world: CommandWorld): Promise<number> {
  let isStopped = false;
  void world.stopRequested.then(() => {
    isStopped = true;
  });
  try {
    await newProgram(world).parseAsync([...args], { from: 'user' });
    return exitCodes.done;
  } catch (error) {
    const complaint = complaintOf(error);
    if (complaint !== null) world.writeError(`ecphory: ${complaint}\n`);
    return exitCodeOf(error, isStopped);
  }
}

function newProgram(world: CommandWorld): Command {
  const program = new Command('ecphory')
    .description('Long-term memory for AI agents: one process, one file.')
    .version(version())
    .exitOverride()
    .configureOutput({
      writeOut: (text) => world.write(text),
      writeErr: (text) => world.writeError(text),
      getOutHelpWidth: () => world.terminal?.columns ?? 100,
      getErrHelpWidth: () => world.terminal?.columns ?? 100,
    })
    .addHelpText('after', examples);

  program.commandsGroup('Running:');
  program
    .command('serve')
    .description('serve memories over REST until stopped')
    .option('--host <address>', 'where to listen (ECPHORY_HOST, 127.0.0.1)')
    .option('--port <number>', 'which port, 0 for any (ECPHORY_PORT, 8787)')
    .option('--database <file>', 'where memories are kept (ECPHORY_DATABASE, ./data/ecphory.db)')
    .option('--compat <name>', 'mem0: also serve the addresses of mem0 (ECPHORY_COMPAT)')
    .option('--json', 'say where and with which key as one line of JSON')
    .addHelpText('after', serveExamples)
    // Loaded here alone: a search that an agent waits for must not wait for all that a server needs.
    .action(async (flags) => (await import('./serve.ts')).serve(flags, world));

  program
    .command('worker')
    .description('do the background work without serving; the server must not be running: it does that itself')
    .option('--once', 'end when nothing can be done now')
    .option('--database <file>', 'where memories are kept (ECPHORY_DATABASE, ./data/ecphory.db)')
    .option('--json', 'say what was done as one line of JSON')
    .addHelpText('after', workerExamples)
    .action(async (flags) => (await import('./worker.ts')).work(flags, world));
  addMcpCommands(program, world);

  program.commandsGroup('Memories, of a running server:');
  addAddCommand(program, world);
  addRecallCommands(program, world);
  addReadingCommands(program, world);
  addChangingCommands(program, world);
  program.commandsGroup('What is known, of a running server:');
  addKnowledgeCommands(program, world);
  addOverviewCommands(program, world);
  addConsolidateCommand(program, world);
  program.commandsGroup('Keeping:');
  addImportCommand(program, world);
  addExportCommand(program, world);
  addBackupCommands(program, world);
  addRebuildIndexCommand(program, world);
  addReembedCommand(program, world);

  addKeyCommands(program, world);

  program.commandsGroup('Looking after it:');
  addDoctorCommand(program, world);
  addEvaluateCommands(program, world);
  addCompletionCommand(program, world);
  return program;
}

const examples = `
Commands that need memories talk to a running server: ECPHORY_URL (http://127.0.0.1:8787), ECPHORY_API_KEY, ECPHORY_NAMESPACE.
A flag wins over the environment. Results go to standard output, all else to standard error; NO_COLOR is heeded.

Examples:
  ecphory serve
  ecphory add "Alice is allergic to peanuts." --namespace users/alice
  ecphory search "What is Alice allergic to?" --namespace users/alice
  ecphory keys create --tenant acme --name "staging agent" --expires 90d
  ecphory mcp install claude-code --url http://127.0.0.1:8787
  ecphory doctor

Exit codes: 0 done, 1 failed, 2 wrong usage or settings, 3 not found, 4 no valid key or not allowed, 5 conflict,
6 unavailable (no server, or another process has the database), 130 interrupted.`;

const serveExamples = `
Examples:
  ecphory serve                              on http://127.0.0.1:8787, in ./data/ecphory.db
  ecphory serve --port 0 --json              on any free port, for programs
  ecphory serve --database /srv/memory.db`;

const workerExamples = `
Example:
  ecphory worker --once --json               consolidate what is owed, with no server running`;
