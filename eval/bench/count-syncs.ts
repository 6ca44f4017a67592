import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/**
 * How often a process asks the disk to keep what it wrote (fsync and fdatasync, all threads) while `work` runs,
 * counted by strace. Null where strace is missing or may not attach; `work` runs all the same.
 */
export async function countSyncs(pid: number, work: () => Promise<unknown>): Promise<number | null> {
  const strace = spawn('strace', ['-f', '-e', 'trace=fsync,fdatasync', '-p', String(pid)], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const tracer = watch(strace);
  const isAttached = await tracer.attached;
  await work();
  if (!isAttached) return null;
  strace.kill('SIGINT');
  await once(strace, 'close');
  return tracer.calls();
}

function watch(strace: ChildProcess): { readonly attached: Promise<boolean>; readonly calls: () => number } {
  let calls = 0;
  const attached = new Promise<boolean>((resolve) => {
    strace.once('error', () => resolve(false));
    strace.once('exit', () => resolve(false));
    if (strace.stderr === null) return;
    createInterface({ input: strace.stderr }).on('line', (line) => {
      if (/attached/.test(line)) resolve(true);
      // A call that another thread's line cut in two is counted at its beginning.
      if (/\bf(data)?sync\(/.test(line)) calls += 1;
    });
  });
  return { attached, calls: () => calls };
}
