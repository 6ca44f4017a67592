import { settled } from '../server/footprint.ts';
import { median } from '../statistics.ts';
import { type Bench, type Host, withServer } from './host.ts';
import { fill, searchBodies, send, type Timings } from './load.ts';
import { emptyRow, type Measures } from './measures.ts';
import { newTextSource, type TextSource } from './text.ts';

/**
 * The first search of a scope after a restart, when nothing of it is in the server's memory, as the client sees it.
 * Other scopes are searched first, some of them cold as well, so that it is the scope that is measured and not the
 * compiler. The file is still in the operating system's cache. The median scope counts.
 */
export async function measureCold(bench: Bench): Promise<Measures> {
  const copies = bench.isQuick ? 2 : 5;
  const scopes = [
    ...names('warm', copies + 1).map((namespace) => ({ namespace, notes: 1_000 })),
    ...names('cold-1k', copies).map((namespace) => ({ namespace, notes: 1_000 })),
    ...names('warm-10k', 1).map((namespace) => ({ namespace, notes: 10_000 })),
    ...names('cold-10k', Math.min(3, copies)).map((namespace) => ({ namespace, notes: 10_000 })),
  ];
  return withServer(bench, async (first) => {
    const queries = newTextSource(bench.language, 9);
    for (const [seed, scope] of scopes.entries()) await fill({ ...bench, client: first.client, ...scope, seed });
    // Searched once in their life, so that what is kept on disk for searching is there.
    await eachFirst(
      first,
      scopes.map(({ namespace }) => namespace),
      queries,
    );
    await settled(first.pid);
    const host = await first.restart();
    await settled(host.pid);
    await send(host, '/v1/search', searchBodies('bench/warm-0', queries, 200));
    await eachFirst(host, [...names('warm', copies + 1), ...names('warm-10k', 1)], queries);
    const at1k = await eachFirst(host, names('cold-1k', copies), queries);
    const at10k = await eachFirst(host, names('cold-10k', Math.min(3, copies)), queries);
    const row = (notes: number, searches: readonly Timings[]) => ({
      ...emptyRow,
      case: 'cold scope, first search',
      notes,
      search_p50_ms: median(searches.map(({ p50 }) => p50)),
      search_p95_ms: Math.max(...searches.map(({ p50 }) => p50)),
      search_processor_ms: median(searches.map(({ processorMs }) => processorMs ?? Number.NaN)),
    });
    const rows = [row(1_000, at1k), row(10_000, at10k)];
    return {
      rows,
      figures: {
        cold_search_ms_1k: rows[0]?.search_p50_ms ?? null,
        cold_search_ms_10k: rows[1]?.search_p50_ms ?? null,
      },
    };
  });
}

async function eachFirst(host: Host, namespaces: readonly string[], queries: TextSource): Promise<readonly Timings[]> {
  const searches: Timings[] = [];
  for (const namespace of namespaces) {
    searches.push(await send(host, '/v1/search', searchBodies(namespace, queries, 1)));
  }
  return searches;
}

function names(stem: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `bench/${stem}-${index}`);
}
