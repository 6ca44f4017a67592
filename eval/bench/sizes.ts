import { z } from 'zod';
import { residentMemory, settled } from '../server/footprint.ts';
import { type Bench, type Host, withServer } from './host.ts';
import { addBodies, fill, searchBodies, send } from './load.ts';
import { emptyRow, type Measures, type Row } from './measures.ts';
import { newTextSource } from './text.ts';

/** How cost grows with the notes of one scope: adds, searches and resident memory at 1k, 10k and 100k. */
export async function measureSizes(bench: Bench): Promise<Measures> {
  const sizes = bench.isQuick ? [1_000, 10_000] : [1_000, 10_000, 100_000];
  const rows: Row[] = [];
  let resident: Resident100k = { rss_mb_100k: null, peak_rss_mb_100k: null, rss_mb_100k_restarted: null };
  for (const notes of sizes) {
    await withServer(bench, async (host) => {
      rows.push(await measureSize(bench, host, notes));
      if (notes === 100_000) resident = await residentAt100k(bench, host);
    });
  }
  const p50 = (notes: number) => rows.find((row) => row.notes === notes)?.search_p50_ms ?? null;
  return {
    rows,
    figures: { search_p50_100k_over_10k: ratio(p50(100_000), p50(10_000)), ...resident },
  };
}

async function measureSize(bench: Bench, host: Host, notes: number): Promise<Row> {
  const { client, pid } = host;
  const namespace = 'bench/one';
  const filledPerSecond = await fill({ ...bench, client, namespace, notes, seed: notes });
  const queries = newTextSource(bench.language, 2);
  // The first search of a large scope has its vector index made, in the background.
  await requireVectors(host, namespace, queries.query());
  await settled(pid);
  await send(host, '/v1/search', searchBodies(namespace, queries, 100));
  const search = await send(host, '/v1/search', searchBodies(namespace, queries, bench.isQuick ? 200 : 500));
  const add = await send(host, '/v1/memories', addBodies(namespace, newTextSource(bench.language, 3), 200));
  return {
    ...emptyRow,
    case: 'one scope',
    notes,
    adds_per_s: filledPerSecond,
    add_p50_ms: add.p50,
    add_p95_ms: add.p95,
    add_processor_ms: add.processorMs,
    search_p50_ms: search.p50,
    search_p95_ms: search.p95,
    search_p99_ms: search.p99,
    search_processor_ms: search.processorMs,
  };
}

const explainedSchema = z.object({
  degraded: z.array(z.string()),
  hits: z.array(z.object({ explanation: z.object({ channels: z.array(z.object({ channel: z.string() })) }) })),
});

/** A search by words alone is cheaper, and not what is to be measured. @throws Error when vectors took no part. */
async function requireVectors({ client }: Host, namespace: string, query: string): Promise<void> {
  const { body } = await client.post('/v1/search', { namespace, query, explain: true });
  const { degraded, hits } = explainedSchema.parse(body);
  const isHybrid = hits.some(({ explanation }) => explanation.channels.some(({ channel }) => channel === 'vectors'));
  if (!isHybrid || degraded.length > 0) throw new Error(`Vectors took no part in the search. ${degraded.join(' ')}`);
}

type Resident100k = Record<'rss_mb_100k' | 'peak_rss_mb_100k' | 'rss_mb_100k_restarted', number | null>;

/** After all adds and searches, with nothing left to do; and again after a restart, when only what searching needs is loaded. */
async function residentAt100k(bench: Bench, host: Host): Promise<Resident100k> {
  await settled(host.pid);
  const before = await residentMemory(host.pid);
  const restarted = await host.restart();
  const queries = newTextSource(bench.language, 4);
  await send(restarted, '/v1/search', searchBodies('bench/one', queries, 100));
  await settled(restarted.pid);
  const after = await residentMemory(restarted.pid);
  return {
    rss_mb_100k: before?.nowMb ?? null,
    peak_rss_mb_100k: before?.peakMb ?? null,
    rss_mb_100k_restarted: after?.nowMb ?? null,
  };
}

function ratio(value: number | null, base: number | null): number | null {
  return value === null || base === null ? null : value / base;
}
