import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import type { ServerClient } from '../server/client.ts';
import { percentile } from '../statistics.ts';
import { type Bench, type Host, withServer } from './host.ts';
import { addBodies } from './load.ts';
import { emptyRow, type Measures, type Row } from './measures.ts';
import { remembered } from './nightly-memory.ts';
import { newTextSource } from './text.ts';

const namespace = 'bench/one';

/**
 * How long all nightly passes take over the memory of one tenant, run by the server's own schedule, and what writers and
 * everyone else notice of it: adds one after another beside it, and requests that do nothing, which wait for nothing but the
 * event loop.
 *
 * The memory is put into the database before the server starts (`nightly-memory.ts`): what is measured is the night, not the
 * days before it. No vectors are kept; no nightly pass reads one.
 */
export async function measureNightly(bench: Bench): Promise<Measures> {
  const notes = bench.isQuick ? 2_000 : 100_000;
  return withServer(
    bench,
    async (host) => {
      bench.progress.start('A night', 1);
      const beside = await besideTheNight(bench, host);
      const after = await asLong(bench, host, beside.addsMs.length);
      bench.progress.advance();
      bench.progress.finish();
      return {
        rows: [rowOf('adds, beside a night', beside.addsMs), rowOf('adds, after it', after.addsMs)],
        figures: {
          notes,
          nightly_seconds: beside.seconds,
          nightly_changes: beside.changes,
          write_p50_ms_nightly: percentile(beside.addsMs, 0.5),
          write_p99_ms_nightly: percentile(beside.addsMs, 0.99),
          write_p50_ms_after: percentile(after.addsMs, 0.5),
          write_p99_ms_after: percentile(after.addsMs, 0.99),
          event_loop_delay_p99_ms_nightly: percentile(beside.nothingMs, 0.99),
          event_loop_delay_max_ms_nightly: Math.max(...beside.nothingMs),
          event_loop_delay_p99_ms_after: percentile(after.nothingMs, 0.99),
        },
      };
    },
    // Its hour has passed: the night begins with the server.
    { ECPHORY_EMBEDDER: 'off', ECPHORY_SCHEDULE: '00:00' },
    (database) => remembered(database, { namespace, notes, language: bench.language, progress: bench.progress }),
  );
}

const operationsSchema = z.object({
  data: z.array(
    z.object({
      namespace: z.string(),
      state: z.string(),
      passes: z.array(z.string()),
      created_at: z.string(),
      updated_at: z.string(),
      error: z.string().nullish(),
      result: z.object({ changes: z.record(z.string(), z.number()) }).nullish(),
    }),
  ),
});

async function besideTheNight(bench: Bench, host: Host) {
  let night: { readonly seconds: number; readonly changes: number } | null = null;
  const timings = await timedWhile(bench, host, 11, async () => {
    night = await nightIn(host.client);
    return night === null;
  });
  const { seconds, changes } = night ?? { seconds: Number.NaN, changes: 0 };
  return { seconds, changes, ...timings };
}

async function asLong(bench: Bench, host: Host, adds: number) {
  let left = Math.min(adds, 1_000);
  return timedWhile(bench, host, 12, async () => {
    left -= addsPerLook;
    return left > 0;
  });
}

/** Null while it goes on. @throws Error when it was given up. */
async function nightIn(client: ServerClient): Promise<{ readonly seconds: number; readonly changes: number } | null> {
  const { data } = operationsSchema.parse((await client.get('/v1/operations')).body);
  const job = data.find((one) => one.namespace === namespace && one.passes.includes('forgetting'));
  if (job?.state === 'dead') throw new Error(`The night was given up: ${job.error ?? ''}`);
  if (job?.state !== 'done') return null;
  const changes = Object.values(job.result?.changes ?? {}).reduce((sum, count) => sum + count, 0);
  return { seconds: (Date.parse(job.updated_at) - Date.parse(job.created_at)) / 1_000, changes };
}

const addsPerLook = 20;

/** Adds and does nothing, in turns, until told to stop. Adds go to the namespace that is seen to and to another one. */
async function timedWhile(bench: Bench, { client }: Host, seed: number, isGoingOn: () => Promise<boolean>) {
  const addsMs: number[] = [];
  const nothingMs: number[] = [];
  let isOver = false;
  const source = newTextSource(bench.language, seed);
  const adding = async () => {
    do {
      for (const target of [namespace, 'bench/two']) {
        for (const body of addBodies(target, source, addsPerLook / 2)) {
          addsMs.push((await client.post('/v1/memories', body)).elapsedMs);
          await delay(2);
        }
      }
    } while (await isGoingOn());
    isOver = true;
  };
  const doingNothing = async () => {
    while (!isOver) {
      nothingMs.push((await client.get('/livez')).elapsedMs);
      await delay(2);
    }
  };
  await Promise.all([adding(), doingNothing()]);
  return { addsMs, nothingMs };
}

function rowOf(name: string, elapsedMs: readonly number[]): Row {
  return {
    ...emptyRow,
    case: name,
    notes: elapsedMs.length,
    scopes: 2,
    add_p50_ms: percentile(elapsedMs, 0.5),
    add_p95_ms: percentile(elapsedMs, 0.95),
  };
}
