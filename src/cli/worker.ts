import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { ConfigError, type ConfigFlags, loadConfig } from '../config.ts';
import { EcphoryError } from '../memory/errors.ts';
import type { JobOutcome, LeasedJob } from '../memory/job.ts';
import { isLockedByAnother } from '../store/file-lock.ts';
import { openWorkerAlone } from '../worker-alone.ts';
import type { CommandWorld } from './command.ts';
import { Interrupted } from './exit-code.ts';
import { openLog } from './open-log.ts';

export interface WorkerFlags extends ConfigFlags {
  readonly once?: boolean;
  readonly json?: boolean;
}

/** What `--json` prints. */
interface WorkerSummary {
  /** Done by this command. */
  readonly jobs: number;
  readonly memories: number;
  /** Made, by kind. */
  readonly changes: Readonly<Record<string, number>>;
  /** Jobs that wait for their next try, and such as were given up, whoever tried them. */
  readonly waiting: number;
  readonly dead: number;
  readonly seconds: number;
}

/** Consolidates without a server: with `--once` until nothing can be done now, otherwise until stopped. */
export async function work(flags: WorkerFlags, world: CommandWorld): Promise<void> {
  const config = loadConfig(flags, world.environment);
  const path = resolve(config.database);
  // A typing error in the path must not make a new, empty database.
  if (!existsSync(path)) throw new ConfigError(`There is no database at ${path}; "ecphory serve" makes one.`);
  const log = openLog(config, world);
  const startedAt = performance.now();
  const tally = newTally();
  const worker = await openWorkerAlone(config, {
    onNotice: (message, cause) => log.warn({ ...(cause !== null && { err: cause }) }, message),
    onJob(job, outcome) {
      tally.add(outcome);
      world.writeError(`${lineOf(job, outcome)}\n`);
    },
  }).catch((error: unknown) => {
    if (!isLockedByAnother(error)) throw error;
    const message = `${error.message} A server does this work itself, unless ECPHORY_CONSOLIDATION=off.`;
    throw new EcphoryError(error.code, message, { cause: error.cause });
  });
  // Waiting for the next thing to do is no reason to end.
  const alive = setInterval(() => undefined, 60_000);
  try {
    const stopped = world.stopRequested.then(() => false);
    const isDone =
      flags.once === true ? await Promise.race([worker.idle().then(() => true), stopped]) : !(await stopped);
    const { queued, dead } = await worker.counts();
    const seconds = Math.round(performance.now() - startedAt) / 1_000;
    const summary: WorkerSummary = { ...tally.sums(), waiting: queued, dead, seconds };
    world.write(flags.json === true ? `${JSON.stringify(summary)}\n` : textOf(summary));
    if (!isDone) throw new Interrupted('Stopped before everything was done; repeat it to go on.');
  } finally {
    clearInterval(alive);
    await worker.close();
  }
}

function newTally() {
  const changes = new Map<string, number>();
  let jobs = 0;
  let memories = 0;
  return {
    add({ state, result }: JobOutcome): void {
      if (state !== 'done' || result == null) return;
      const done = JSON.parse(result) as Pick<WorkerSummary, 'memories' | 'changes'>;
      jobs += 1;
      memories += done.memories;
      for (const [kind, count] of Object.entries(done.changes)) changes.set(kind, (changes.get(kind) ?? 0) + count);
    },
    sums: () => ({ jobs, memories, changes: Object.fromEntries(changes) }),
  };
}

function lineOf(job: LeasedJob, { state, now, runAfter = now, error, progress }: JobOutcome): string {
  const who = `${job.scope.tenant}: ${job.scope.namespace}`;
  if (state === 'done') return `${who}: done, ${progress?.done ?? 0} memories`;
  if (state === 'dead') return `${who}: given up after ${job.attempts} tries: ${error ?? ''}`;
  return `${who}: try ${job.attempts} failed, the next one in ${Math.ceil((runAfter - now) / 1_000)} s: ${error ?? ''}`;
}

function textOf({ jobs, memories, changes, waiting, dead, seconds }: WorkerSummary): string {
  const made = Object.entries(changes).map(([kind, count]) => `${count} ${kind}`);
  return (
    `${jobs} jobs, ${memories} memories looked at in ${seconds} s` +
    `${made.length === 0 ? '' : `: ${made.join(', ')}`}. ${waiting} jobs wait, ${dead} were given up.\n`
  );
}
