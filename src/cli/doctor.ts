import type { Command } from 'commander';
import { type Config, loadConfig } from '../config.ts';
import { type DatabaseFlags, withDatabase } from './database-file.ts';
import { databaseChecks } from './doctor-database.ts';
import { nativeCheck, nodeCheck } from './doctor-machine.ts';
import { embedderCheck, modelCheck } from './doctor-models.ts';
import { serverChecks } from './doctor-server.ts';
import { exitCodes, SilentEnd } from './exit-code.ts';
import { newScreen, type Screen } from './screen.ts';
import type { CommandWorld } from './world.ts';

/** One line of the doctor's. */
export interface Check {
  readonly name: string;
  readonly status: 'ok' | 'warn' | 'fail';
  /** What was found. */
  readonly detail: string;
  /** What to do; null when nothing is to be done. */
  readonly advice: string | null;
}

export interface DoctorFlags extends DatabaseFlags {
  readonly url?: string;
  readonly key?: string;
  readonly deep?: boolean;
}

/** `ecphory doctor`. */
export function addDoctorCommand(program: Command, world: CommandWorld): void {
  const command = program
    .command('doctor')
    .description('check everything that Ecphory needs, and say what to do; changes nothing');
  withDatabase(command, 'one JSON object for each check')
    .option('--url <address>', 'of the server (ECPHORY_URL, http://127.0.0.1:8787)')
    .option('--key <key>', 'API key (ECPHORY_API_KEY)')
    .option('--deep', 'compare every index of the database with its table: minutes for a large one')
    .addHelpText('after', examples)
    .action((flags: DoctorFlags) => examine(flags, world));
}

const examples = `
Ends with 1 when something fails; a warning fails nothing.

Examples:
  ecphory doctor
  ecphory doctor --database /srv/memory.db --deep
  ecphory doctor --json | jq 'select(.status != "ok")'`;

async function examine(flags: DoctorFlags, world: CommandWorld): Promise<void> {
  const config = configOf(flags, world);
  const screen = newScreen(flags, world);
  let failures = 0;
  for (const checks of [
    async () => [nodeCheck(process.versions.node)],
    async () => [await nativeCheck()],
    () => databaseChecks(config, flags.deep === true),
    async () => [await embedderCheck(config)],
    async () => [await modelCheck(config)],
    () => serverChecks(flags, world),
  ]) {
    for (const check of await checks()) {
      if (check.status === 'fail') failures += 1;
      screen.one(check, () => checkText(check, screen));
    }
  }
  if (failures > 0) throw new SilentEnd(exitCodes.failed);
}

/** A key that is not in the right form is the server check's to report, as are flags of its own. */
function configOf(flags: DoctorFlags, world: CommandWorld): Config {
  return loadConfig(flags.database === undefined ? {} : { database: flags.database }, world.environment);
}

function checkText({ name, status, detail, advice }: Check, { paint }: Screen): string {
  const mark = { ok: paint.green('ok  '), warn: paint.yellow('warn'), fail: paint.red('fail') }[status];
  return `${mark}  ${name.padEnd(12)}  ${detail}${advice === null ? '' : `\n${' '.repeat(20)}${advice}`}`;
}
