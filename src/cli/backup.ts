import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { ConfigError, loadConfig } from '../config.ts';
import { EcphoryError } from '../memory/errors.ts';
import { copyDatabase } from '../store/sqlite/copy.ts';
import { type Inspection, inspectDatabase } from '../store/sqlite/inspect.ts';
import { replaceDatabase, timeName } from '../store/sqlite/replace.ts';
import { confirmed } from './confirm.ts';
import { alone, type DatabaseFlags, existingDatabase, withDatabase } from './database-file.ts';
import { newProgress } from './progress.ts';
import { newScreen } from './screen.ts';
import type { CommandWorld } from './world.ts';

interface RestoreFlags extends DatabaseFlags {
  readonly yes?: boolean;
  readonly dryRun?: boolean;
}

/** `ecphory backup` and `ecphory restore-backup`. */
export function addBackupCommands(program: Command, world: CommandWorld): void {
  const backup = program
    .command('backup')
    .description('copy the whole database to one file and check the copy; the server may be running')
    .argument('[file]', 'where to; beside the database, named by the time, if left out');
  withDatabase(backup, 'say what was made as one line of JSON')
    .addHelpText('after', backupExamples)
    .action((file: string | undefined, flags: DatabaseFlags) => backUp(file, flags, world));

  const restore = program
    .command('restore-backup')
    .description('put a backup in the place of the database, which is kept beside it; the server must not be running')
    .argument('<file>', 'what "ecphory backup" made');
  withDatabase(restore, 'say what was done as one line of JSON')
    .option('-y, --yes', 'do not ask when there is a database in that place')
    .option('--dry-run', 'only check the backup')
    .addHelpText('after', restoreExamples)
    .action((file: string, flags: RestoreFlags) => restoreBackup(file, flags, world));
}

const backupExamples = `
A backup holds everything: the texts of every tenant, and the hashes of their keys. It also keeps what is erased later.

Examples:
  ecphory backup
  ecphory backup /srv/backups/memory-monday.db --database /srv/memory.db --json`;

const restoreExamples = `
Examples:
  ecphory restore-backup memory-monday.db --dry-run
  ecphory restore-backup memory-monday.db --database /srv/memory.db --yes`;

async function backUp(file: string | undefined, flags: DatabaseFlags, world: CommandWorld): Promise<void> {
  const { path } = existingDatabase(flags, world);
  const target = resolve(file ?? `${path}.backup-${timeName(Date.now())}`);
  await withProgress('copying pages', world, (copying) => copyDatabase({ from: path, to: target, ...copying }));
  const checked = soundOrThrow(target, await inspectDatabase(target, true));
  const { size: bytes } = statSync(target);
  const { notes } = checked;
  newScreen(flags, world).one(
    { file: target, bytes, notes },
    () => `${target}: ${notes} notes, ${bytes} bytes, checked`,
  );
}

async function restoreBackup(file: string, flags: RestoreFlags, world: CommandWorld): Promise<void> {
  const backup = resolve(file);
  const database = resolve(loadConfig(flags, world.environment).database);
  if (backup === database) throw new ConfigError(`${backup} is the database itself.`);
  const screen = newScreen(flags, world);
  const { notes, migrations } = soundOrThrow(backup, await inspectDatabase(backup, true));
  const facts = { backup, notes, database };
  if (flags.dryRun === true) {
    screen.one({ ...facts, dry_run: true }, () => `${backup} is sound: ${notes} notes. Nothing was done.`);
  } else {
    if (existsSync(database)) await confirmed(`Replace ${database}? It is kept beside it.`, flags, world);
    const former = await alone(
      () =>
        withProgress('copying pages', world, (copying) =>
          replaceDatabase({ backup, database, clock: Date.now, ...copying }),
        ),
      'Nothing was replaced.',
    );
    const kept = former === null ? '' : ` What was there is in ${former}.`;
    screen.one({ ...facts, former, dry_run: false }, () => `${database} holds the ${notes} notes of ${backup}.${kept}`);
  }
  if (migrations.pending.length > 0) screen.note('It is of an older version; "ecphory serve" upgrades it.');
}

/** @throws EcphoryError `conflict` for a file that is damaged */
function soundOrThrow(path: string, inspection: Inspection): Inspection {
  if (inspection.problems.length === 0) return inspection;
  throw new EcphoryError('conflict', `${path} is damaged: ${inspection.problems.slice(0, 3).join('; ')}.`);
}

interface Copying {
  readonly onProgress: (done: number, total: number) => void;
  readonly isStopped: () => boolean;
}

async function withProgress<Result>(
  label: string,
  world: CommandWorld,
  work: (copying: Copying) => Promise<Result>,
): Promise<Result> {
  const progress = newProgress(label, world);
  let isStopped = false;
  void world.stopRequested.then(() => {
    isStopped = true;
  });
  try {
    return await work({ onProgress: progress.at, isStopped: () => isStopped });
  } finally {
    progress.end();
  }
}
