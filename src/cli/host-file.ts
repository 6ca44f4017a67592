import { randomUUID } from 'node:crypto';
import { lstat, mkdir, open, readFile, realpath, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ConfigError } from '../config.ts';
import type { HostEntry } from './mcp-hosts.ts';

export interface Merged {
  /** As it is to be. */
  readonly text: string;
  /** As it is; null when there is none. */
  readonly before: string | null;
  /** Where a link at the path leads. */
  readonly path: string;
}

/**
 * The file with our server in it, all else as it was.
 *
 * @throws ConfigError when it cannot be merged without guessing: it holds comments, or what it holds is no object
 */
export async function mergedHostFile(path: string, entry: HostEntry): Promise<Merged> {
  const target = await targetOf(path);
  const before = await textOf(target);
  const unmarked = before?.replace(/^\uFEFF/, '') ?? '';
  const whole = unmarked.trim() === '' ? {} : objectOf(parsed(unmarked, path), path, 'it');
  const servers = objectOf(whole[entry.field] ?? {}, path, `"${entry.field}"`);
  const merged: Record<string, unknown> = { ...whole, [entry.field]: { ...servers, ecphory: entry.server } };
  if (entry.inputs.length > 0) merged.inputs = withInputs(whole.inputs ?? [], entry.inputs, path);
  const indent = /^([ \t]+)"/m.exec(unmarked)?.[1] ?? '  ';
  const text = `${JSON.stringify(merged, null, indent)}\n`;
  const isSame = before !== null && unmarked.trim() !== '' && JSON.stringify(whole) === JSON.stringify(merged);
  return { text: isSame ? before : text, before, path: target };
}

/**
 * Replaces the file in one step, after its old text was kept beside it.
 *
 * @returns the path of the backup, null when there was nothing to keep
 */
export async function replaceHostFile({ path, text, before }: Merged, isSecret: boolean): Promise<string | null> {
  await mkdir(dirname(path), { recursive: true });
  const mode = isSecret ? 0o600 : before === null ? 0o644 : (await stat(path)).mode & 0o777;
  const backup = before === null ? null : `${path}.backup-${new Date().toISOString().replace(/[:.]/g, '-')}`;
  // What the host may have written while we thought must not be lost.
  if ((await textOf(path)) !== before) throw new ConfigError(`${path} has just changed; try again.`);
  if (backup !== null && before !== null) await write(backup, before, mode);
  const next = `${path}.${randomUUID()}`;
  try {
    await write(next, text, mode);
    await rename(next, path);
  } catch (error) {
    await rm(next, { force: true });
    throw error;
  }
  return backup;
}

/** People keep such files elsewhere and link to them: the link stays one. */
async function targetOf(path: string): Promise<string> {
  const isLink = await lstat(path).then(
    (entry) => entry.isSymbolicLink(),
    () => false,
  );
  return isLink ? realpath(path) : path;
}

async function textOf(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}

function parsed(text: string, path: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new ConfigError(`${path} is not plain JSON (comments?): put in by hand what --print shows.`);
  }
}

function objectOf(value: unknown, path: string, what: string): Readonly<Record<string, unknown>> {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    throw new ConfigError(`${path}: ${what} is not an object; put in by hand what --print shows.`);
  }
  return value as Readonly<Record<string, unknown>>;
}

function withInputs(held: unknown, ours: HostEntry['inputs'], path: string): readonly unknown[] {
  if (!Array.isArray(held))
    throw new ConfigError(`${path}: "inputs" is not a list; put in by hand what --print shows.`);
  const ids = new Set(held.map((input: unknown) => objectOf(input, path, 'an input').id));
  return [...held, ...ours.filter((input) => !ids.has(input.id))];
}

async function write(path: string, text: string, mode: number): Promise<void> {
  const file = await open(path, 'wx', mode);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}
