import { median } from '../statistics.ts';
import { countSyncs } from './count-syncs.ts';
import { type Bench, withServer } from './host.ts';
import { addBodies, batchBody, noteItems, notesPerBatch, send, type Timings } from './load.ts';
import { emptyRow, type Measures, type Row } from './measures.ts';
import { newTextSource } from './text.ts';

const clients = 32;

/**
 * What durability costs under load: 32 clients adding at once, with every add on disk before it is answered, against
 * the same run that does not wait for the disk. Runs alternate, each on a new database; medians count.
 */
export async function measureDurability(bench: Bench): Promise<Measures> {
  const rounds = bench.isQuick ? 1 : 5;
  const addsPerRun = clients * (bench.isQuick ? 20 : 100);
  const durable: Timings[] = [];
  const unsynced: Timings[] = [];
  bench.progress.start('Adding with 32 clients', 2 * rounds + 1);
  for (let round = 0; round < rounds; round += 1) {
    durable.push(await addAtOnce(bench, addsPerRun, {}));
    bench.progress.advance();
    unsynced.push(await addAtOnce(bench, addsPerRun, { ECPHORY_SYNCHRONOUS: 'off' }));
    bench.progress.advance();
  }
  const addsPerSync = await measureAddsPerSync(bench, addsPerRun);
  bench.progress.finish();
  return {
    rows: [rowOf('32 clients, durable', addsPerRun, durable), rowOf('32 clients, not synced', addsPerRun, unsynced)],
    figures: {
      // Of each pair of neighbouring runs: what else the machine does changes more slowly than that.
      adds_32_clients_durable_over_unsynced: median(
        durable.map(({ perSecond }, round) => perSecond / (unsynced[round]?.perSecond ?? Number.NaN)),
      ),
      adds_per_fdatasync: addsPerSync,
    },
  };
}

async function addAtOnce(bench: Bench, adds: number, environment: Readonly<Record<string, string>>): Promise<Timings> {
  return withServer(
    bench,
    async (host) => {
      await send(host, '/v1/memories', interleaved(bench, 'warm', bench.isQuick ? 320 : 960), clients);
      return send(host, '/v1/memories', interleaved(bench, 'bench', adds), clients);
    },
    environment,
  );
}

/** Every client writes to a scope of its own, as different users would. */
function interleaved(bench: Bench, root: string, adds: number): readonly Buffer[] {
  const sources = Array.from({ length: clients }, (_, index) => newTextSource(bench.language, 100 + index));
  return Array.from({ length: adds / clients }, () =>
    sources.flatMap((source, index) => addBodies(`${root}/client-${index}`, source, 1)),
  ).flat();
}

/** A run of its own: being watched slows the server. Null where strace is missing or may not attach. */
async function measureAddsPerSync(bench: Bench, adds: number): Promise<number | null> {
  return withServer(bench, async (host) => {
    await send(host, '/v1/memories', interleaved(bench, 'warm', bench.isQuick ? 320 : 960), clients);
    const bodies = interleaved(bench, 'bench', adds);
    const syncs = await countSyncs(host.pid, () => send(host, '/v1/memories', bodies, clients));
    return syncs === null || syncs === 0 ? null : adds / syncs;
  });
}

function rowOf(name: string, adds: number, runs: readonly Timings[]): Row {
  return {
    ...emptyRow,
    case: name,
    notes: adds,
    scopes: clients,
    adds_per_s: median(runs.map((run) => run.perSecond)),
    add_p50_ms: median(runs.map((run) => run.p50)),
    add_p95_ms: median(runs.map((run) => run.p95)),
    add_processor_ms: medianOf(runs),
  };
}

/** Notes a second through `POST /v1/memories/batch`, 100 in each, one client. The median of the runs counts. */
export async function measureBatch(bench: Bench): Promise<Measures> {
  const batches = bench.isQuick ? 10 : 50;
  const runs = bench.isQuick ? 1 : 3;
  return withServer(bench, async (host) => {
    const bodies = (namespace: string, count: number, seed: number) => {
      const source = newTextSource(bench.language, seed);
      return Array.from({ length: count }, () => batchBody(noteItems(namespace, source, notesPerBatch)));
    };
    await send(host, '/v1/memories/batch', bodies('warm', 10, 1));
    const timings: Timings[] = [];
    for (let run = 0; run < runs; run += 1) {
      timings.push(await send(host, '/v1/memories/batch', bodies(`bench/run-${run}`, batches, 200 + run)));
    }
    const notesPerSecond = notesPerBatch * median(timings.map((timing) => timing.perSecond));
    const row = {
      ...emptyRow,
      case: 'batches of 100',
      notes: batches * notesPerBatch * runs,
      scopes: runs,
      adds_per_s: notesPerSecond,
      add_p50_ms: median(timings.map((timing) => timing.p50)),
      add_p95_ms: median(timings.map((timing) => timing.p95)),
      add_processor_ms: medianOf(timings),
    };
    return { rows: [row], figures: { batch_notes_per_s: notesPerSecond } };
  });
}

function medianOf(runs: readonly Timings[]): number | null {
  const known = runs.map((run) => run.processorMs).filter((value) => value !== null);
  return known.length === 0 ? null : median(known);
}
