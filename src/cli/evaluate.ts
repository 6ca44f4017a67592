import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { EcphoryError } from '../memory/errors.ts';
import { exitCodes, SilentEnd } from './exit-code.ts';
import type { CommandWorld } from './world.ts';

/** `ecphory eval` and `ecphory bench`: programs of their own, which only a checkout of the project has. */
export function addEvaluateCommands(program: Command, world: CommandWorld): void {
  const add = (name: string, description: string, script: string) =>
    program
      .command(name)
      .description(description)
      .argument('[arguments...]', `see "ecphory ${name} --help"`)
      // Everything is the program's own, --help included.
      .allowUnknownOption()
      .helpOption(false)
      .action((args: readonly string[]) => runScript(script, args, world));
  add('eval', 'measure how much of the evidence a search brings back, on public data sets', 'run.js');
  add('bench', 'measure how fast it is, on this machine', join('bench', 'run.js'));
}

async function runScript(script: string, args: readonly string[], world: CommandWorld): Promise<void> {
  const path = compiledScript(script);
  if (path === null) {
    throw new EcphoryError(
      'not_found',
      'The evaluation is not part of the installed package; it runs from a built checkout of the project.',
    );
  }
  const child = spawn(process.execPath, [path, ...args], { stdio: 'inherit' });
  void world.stopRequested.then(() => child.kill('SIGTERM'));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', resolve);
  });
  if (code !== 0) throw new SilentEnd(code ?? exitCodes.interrupted);
}

/** The built program beside the built source, or null. */
function compiledScript(script: string): string | null {
  const source = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
  // From source (tests) the build is under dist; when built, this file already is.
  const candidates = [join(source, 'eval', script), join(source, 'dist', 'eval', script)];
  return candidates.find((candidate) => existsSync(candidate)) ?? null;
}
