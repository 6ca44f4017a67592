import type { Command } from 'commander';

/** Runs a command line; what goes wrong is said on stderr, cause by cause, and exits with 1. */
export async function runProgram(program: Command): Promise<void> {
  try {
    await program.parseAsync();
  } catch (error) {
    process.stderr.write(`${causes(error).join('\n  because: ')}\n`);
    process.exitCode = 1;
  }
}

function causes(error: unknown): readonly string[] {
  if (!(error instanceof Error)) return [String(error)];
  return error.cause === undefined ? [error.message] : [error.message, ...causes(error.cause)];
}
