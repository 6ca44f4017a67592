import { constants, existsSync } from 'node:fs';
import { access, readdir, stat, statfs } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Config } from '../config.ts';
import { isEcphoryError } from '../memory/errors.ts';
import { type Inspection, inspectDatabase } from '../store/sqlite/inspect.ts';
import { databaseHolder } from '../store/sqlite/native-packages.ts';
import { snapshotFolder, vectorFolder } from '../store/sqlite/replace.ts';
import type { Check } from './doctor.ts';

/** The folder, the file, who has it, and what is made from it. */
export async function databaseChecks(config: Config, isThorough: boolean): Promise<readonly Check[]> {
  const path = resolve(config.database);
  const folder = await folderCheck(dirname(path));
  if (!existsSync(path)) {
    const advice = '"ecphory serve" makes one; another is named with --database or ECPHORY_DATABASE.';
    return [folder, { name: 'database', status: 'warn', detail: `there is none at ${path} yet`, advice }];
  }
  return [
    folder,
    await permissionCheck(path),
    await holderCheck(path),
    ...(await contentChecks(path, isThorough, config)),
    await indexCheck(path),
  ];
}

const lowBytes = 1_073_741_824;
const noBytes = 104_857_600;

/** Of the folder, or the nearest one above that is there. */
async function folderCheck(folder: string): Promise<Check> {
  const name = 'disk';
  let there = folder;
  while (!existsSync(there) && dirname(there) !== there) there = dirname(there);
  const isWritable = await access(there, constants.W_OK).then(
    () => true,
    () => false,
  );
  const { bavail, bsize } = await statfs(there);
  const free = bavail * bsize;
  const detail = `${(free / 1e9).toFixed(1)} GB free in ${there}`;
  if (!isWritable) {
    return {
      name,
      status: 'fail',
      detail: `${there} cannot be written`,
      advice: 'Give its owner to who runs Ecphory.',
    };
  }
  if (free < noBytes) return { name, status: 'fail', detail, advice: 'Make room: writes are about to fail.' };
  return { name, status: free < lowBytes ? 'warn' : 'ok', detail, advice: free < lowBytes ? 'Make room soon.' : null };
}

/** Others on the machine must not read the memories of everybody. */
async function permissionCheck(path: string): Promise<Check> {
  const name = 'permissions';
  const { mode } = await stat(path);
  const shown = (mode & 0o777).toString(8);
  const isOpen = process.platform !== 'win32' && (mode & 0o077) !== 0;
  if (!isOpen) return { name, status: 'ok', detail: `${path} (${shown})`, advice: null };
  return { name, status: 'warn', detail: `${path} is open to others (${shown})`, advice: `Run: chmod 600 ${path}` };
}

async function holderCheck(path: string): Promise<Check> {
  const name = 'lock';
  try {
    const holder = await databaseHolder(path);
    if (holder === 'free') return { name, status: 'ok', detail: 'no process has the database', advice: null };
    const who =
      holder === null
        ? 'another process'
        : `process ${holder.pid} on ${holder.host} since ${new Date(holder.since).toISOString()}`;
    return { name, status: 'ok', detail: `${who} has the database`, advice: null };
  } catch (error) {
    return {
      name,
      status: 'warn',
      detail: `${path}.lock cannot be read: ${messageOf(error)}`,
      advice: 'Look at its owner.',
    };
  }
}

async function contentChecks(path: string, isThorough: boolean, { embedder }: Config): Promise<readonly Check[]> {
  const name = 'database';
  let found: Inspection;
  try {
    found = await inspectDatabase(path, isThorough);
  } catch (error) {
    const advice = 'Restore a backup with "ecphory restore-backup", or use the version that wrote it.';
    return [{ name, status: 'fail', detail: messageOf(error), advice }];
  }
  const { problems, notes, migrations } = found;
  const integrity: Check =
    problems.length === 0
      ? {
          name,
          status: 'ok',
          detail: `${notes} notes, sound${isThorough ? '' : ' as far as a quick look tells'}`,
          advice: null,
        }
      : {
          name,
          status: 'fail',
          detail: `damaged: ${problems.slice(0, 3).join('; ')}`,
          advice: 'Stop the server, keep the file, and restore a backup with "ecphory restore-backup".',
        };
  const isCurrent = migrations.pending.length === 0;
  const schema: Check = {
    name: 'migrations',
    status: isCurrent ? 'ok' : 'warn',
    detail: isCurrent ? `all ${migrations.applied.length} applied` : `missing: ${migrations.pending.join(', ')}`,
    advice: isCurrent ? null : 'The next "ecphory serve" applies them, and keeps a copy from before.',
  };
  return [integrity, schema, ...(embedder.kind === 'off' ? [] : [vectorCheck(found)])];
}

/** Whichever embedder it is: one that is being changed has fewer than there are memories. */
function vectorCheck({ embeddable, embedders }: Inspection): Check {
  const name = 'vectors';
  const most = Math.max(0, ...embedders.map(({ vectors }) => vectors));
  const detail = embedders.map((one) => `${one.vectors} of ${embeddable} by ${one.name}`).join(', ') || 'none yet';
  if (most >= embeddable && embedders.length <= 1) return { name, status: 'ok', detail, advice: null };
  const advice =
    embedders.length > 1
      ? 'More than one embedder was used: "ecphory reembed --forget-others" keeps the present one\'s alone.'
      : 'A running server makes what is missing by itself; without one: ecphory reembed';
  return { name, status: 'warn', detail, advice };
}

async function indexCheck(path: string): Promise<Check> {
  const folders = [vectorFolder(path), snapshotFolder(path)];
  const sizes = await Promise.all(folders.map(bytesOf));
  const leftovers = sizes.reduce((sum, { unfinished }) => sum + unfinished, 0);
  const files = sizes.reduce((sum, one) => sum + one.files, 0);
  const bytes = sizes.reduce((sum, one) => sum + one.bytes, 0);
  const detail = files === 0 ? 'none needed yet' : `${files} files, ${(bytes / 1e6).toFixed(1)} MB`;
  const isClean = leftovers === 0;
  const advice = isClean ? null : 'The server was killed while it wrote; the next start removes what it left.';
  return { name: 'indexes', status: isClean ? 'ok' : 'warn', detail, advice };
}

async function bytesOf(folder: string): Promise<{ files: number; bytes: number; unfinished: number }> {
  const names = await readdir(folder).catch(() => []);
  const sizes = await Promise.all(
    names.map((name) =>
      stat(join(folder, name)).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  );
  return {
    files: names.length,
    bytes: sizes.reduce((sum, size) => sum + size, 0),
    unfinished: names.filter((name) => /\.(?:unfinished|draft)$/.test(name)).length,
  };
}

function messageOf(error: unknown): string {
  if (isEcphoryError(error)) return error.message;
  return error instanceof Error ? error.message : String(error);
}
