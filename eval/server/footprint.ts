import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

export interface Resident {
  readonly nowMb: number;
  /** The most it ever was. */
  readonly peakMb: number;
}

/** Resident memory of a process in megabytes (10^6 bytes), from /proc; null where there is none (not Linux). */
export async function residentMemory(pid: number): Promise<Resident | null> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => null);
  if (status === null) return null;
  return { nowMb: field(status, 'VmRSS'), peakMb: field(status, 'VmHWM') };
}

function field(status: string, name: string): number {
  const kibibytes = new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1];
  return (Number(kibibytes) * 1_024) / 1e6;
}

/** What the files of a folder take together, megabytes (10^6 bytes): database, journal, indexes, all of it. */
export async function diskMegabytes(directory: string): Promise<number> {
  const entries = await readdir(directory, { withFileTypes: true, recursive: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  // A file may go away between the two looks: a checkpoint takes its journal with it.
  const sizes = await Promise.all(
    files.map((file) =>
      stat(file).then(
        (found) => found.size,
        () => 0,
      ),
    ),
  );
  return sizes.reduce((sum, size) => sum + size, 0) / 1e6;
}

/**
 * Processor time that a process's threads and its children have used, milliseconds; null where there is no /proc. What
 * a request costs, also on a machine that is busy with other things. A thread that ends takes its time with it.
 */
export async function processorTimeMs(pid: number): Promise<number | null> {
  const threads = await readdir(`/proc/${pid}/task`).catch(() => null);
  if (threads === null) return null;
  // Nanoseconds on a processor stand first, see proc_pid_schedstat(5).
  const lines = await Promise.all(
    threads.map((thread) => readFile(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').catch(() => '0')),
  );
  const own = lines.reduce((sum, line) => sum + Number(line.split(' ')[0]) / 1e6, 0);
  const children = await Promise.all((await childrenOf(pid)).map(processorTimeMs));
  return children.reduce<number>((sum, ms) => sum + (ms ?? 0), own);
}

async function childrenOf(pid: number): Promise<readonly number[]> {
  const threads = await readdir(`/proc/${pid}/task`).catch(() => []);
  const lists = await Promise.all(
    threads.map((thread) => readFile(`/proc/${pid}/task/${thread}/children`, 'utf8').catch(() => '')),
  );
  return lists.join(' ').split(/\s+/).filter(Boolean).map(Number);
}

/**
 * Waits until the process has no children and, for two seconds together, nearly nothing to do: indexes built, backlog
 * done. Gives false when it was still at work after `withinMs`.
 */
export async function settled(pid: number, withinMs = 400_000): Promise<boolean> {
  const deadline = performance.now() + withinMs;
  let quietSeconds = 0;
  let before = await processorTimeMs(pid);
  while (quietSeconds < 2 && performance.now() < deadline) {
    await delay(1_000);
    const after = await processorTimeMs(pid);
    if (before === null || after === null) return true;
    const isQuiet = after - before <= 50 && (await childrenOf(pid)).length === 0;
    quietSeconds = isQuiet ? quietSeconds + 1 : 0;
    before = after;
  }
  return quietSeconds >= 2;
}
