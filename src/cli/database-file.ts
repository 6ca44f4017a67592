import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { type Config, ConfigError, type ConfigFlags, loadConfig } from '../config.ts';
import { EcphoryError } from '../memory/errors.ts';
import { isLockedByAnother } from '../store/file-lock.ts';
import { Interrupted } from './exit-code.ts';
import type { ScreenFlags } from './screen.ts';
import type { CommandWorld } from './world.ts';

/** Flags of commands that open the database themselves. */
export interface DatabaseFlags extends ScreenFlags, Pick<ConfigFlags, 'database'> {}

export function withDatabase(command: Command, json: string): Command {
  return command
    .option('--database <file>', 'where memories are kept (ECPHORY_DATABASE, ./data/ecphory.db)')
    .option('--json', json);
}

/** @throws ConfigError when it is not there: a typing error in the path must not make a new, empty database */
export function existingDatabase(flags: DatabaseFlags, world: CommandWorld): { config: Config; path: string } {
  const config = loadConfig(flags, world.environment);
  const path = resolve(config.database);
  if (!existsSync(path)) throw new ConfigError(`There is no database at ${path}; "ecphory serve" makes one.`);
  return { config, path };
}

/** Runs what needs the database for itself; when another process has it, says what to do. */
export async function alone<Result>(work: () => Promise<Result>, advice: string): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (!isLockedByAnother(error)) throw error;
    throw new EcphoryError(error.code, `${error.message} ${advice}`, { cause: error.cause });
  }
}

/** @throws Interrupted when somebody stops the command before */
export async function stoppable<Result>(world: CommandWorld, work: Promise<Result>): Promise<Result> {
  const stopped = world.stopRequested.then(() => {
    throw new Interrupted();
  });
  return Promise.race([work, stopped]);
}

export function secondsSince(startedAt: number): number {
  return Math.round(performance.now() - startedAt) / 1_000;
}
