import { settled } from '../server/footprint.ts';
import { seededRandom } from '../statistics.ts';
import { type Bench, type Host, withServer } from './host.ts';
import { addBodies, batchBody, fill, noteItems, notesPerBatch, searchBodies, send } from './load.ts';
import { emptyRow, type Measures } from './measures.ts';
import { newTextSource } from './text.ts';

/** Many small memories in one file: 10,000 notes over 500 scopes, searched and added to in random order. */
export async function measureScopes(bench: Bench): Promise<Measures> {
  const scopes = bench.isQuick ? 50 : 500;
  const notesPerScope = 20;
  return withServer(bench, async (host) => {
    const { client, pid } = host;
    const names = Array.from({ length: scopes }, (_, index) => `bench/scope-${index}`);
    const perSecond = await fillMany(bench, client, names, notesPerScope);
    await settled(pid);
    const random = seededRandom(5);
    const source = newTextSource(bench.language, 6);
    const inAnyScope = (bodiesOf: typeof searchBodies, count: number) =>
      Array.from({ length: count }, () => bodiesOf(names[Math.floor(random() * scopes)]!, source, 1)).flat();
    await send(host, '/v1/search', inAnyScope(searchBodies, 100));
    const search = await send(host, '/v1/search', inAnyScope(searchBodies, 500));
    const add = await send(host, '/v1/memories', inAnyScope(addBodies, 200));
    const row = {
      ...emptyRow,
      case: 'many scopes',
      notes: scopes * notesPerScope,
      scopes,
      adds_per_s: perSecond,
      add_p50_ms: add.p50,
      add_p95_ms: add.p95,
      add_processor_ms: add.processorMs,
      search_p50_ms: search.p50,
      search_p95_ms: search.p95,
      search_p99_ms: search.p99,
      search_processor_ms: search.processorMs,
    };
    return { rows: [row], figures: {} };
  });
}

/** Whether a search in one scope of 1,000 notes costs more when the file holds 1,000 other scopes. */
export async function measureIsolation(bench: Bench): Promise<Measures> {
  const others = bench.isQuick ? 100 : 1_000;
  const notesPerOther = bench.isQuick ? 20 : 100;
  const namespace = 'bench/one';
  return withServer(bench, (alone) =>
    withServer(bench, async (beside) => {
      for (const { client } of [alone, beside]) {
        await fill({ ...bench, client, namespace, notes: 1_000, seed: 7 });
      }
      const names = Array.from({ length: others }, (_, index) => `bench/other-${index}`);
      await fillMany(bench, beside.client, names, notesPerOther);
      await settled(alone.pid);
      await settled(beside.pid);
      const rounds = await alternate(bench, alone, beside, namespace);
      const row = (index: 0 | 1, scopes: number) => ({
        ...emptyRow,
        case: `1k notes beside ${scopes - 1} scopes`,
        notes: 1_000 + (scopes - 1) * notesPerOther,
        scopes,
        search_p50_ms: rounds[index].p50,
        search_p95_ms: rounds[index].p95,
        search_p99_ms: rounds[index].p99,
        search_processor_ms: rounds[index].processorMs,
      });
      return {
        rows: [row(0, 1), row(1, others + 1)],
        figures: { search_p50_1000_scopes_over_1: bench.isQuick ? null : rounds[1].p50 / rounds[0].p50 },
      };
    }),
  );
}

/** The same searches at both in turns, so that whatever else the machine does falls on both. The middle round counts. */
async function alternate(bench: Bench, alone: Host, beside: Host, namespace: string) {
  const queries = newTextSource(bench.language, 8);
  const bodies = searchBodies(namespace, queries, 200);
  const rounds: (readonly [Awaited<ReturnType<typeof send>>, Awaited<ReturnType<typeof send>>])[] = [];
  for (let round = 0; round < 6; round += 1) {
    rounds.push([await send(alone, '/v1/search', bodies), await send(beside, '/v1/search', bodies)]);
  }
  // The first round warms up.
  const middle = (index: 0 | 1) =>
    rounds
      .slice(1)
      .map((round) => round[index])
      .sort((left, right) => left.p50 - right.p50)[2]!;
  return [middle(0), middle(1)] as const;
}

/** Fills many scopes, a hundred notes a batch, whichever scopes they fall in. Gives notes a second. */
async function fillMany(
  bench: Bench,
  client: Host['client'],
  names: readonly string[],
  notesPerScope: number,
): Promise<number> {
  const { language, progress } = bench;
  const scopesPerBatch = Math.max(1, Math.floor(notesPerBatch / notesPerScope));
  let spentMs = 0;
  progress.start(`Adding to ${names.length} scopes`, names.length);
  for (let first = 0; first < names.length; first += scopesPerBatch) {
    const group = names.slice(first, first + scopesPerBatch);
    const items = group.flatMap((namespace, index) =>
      noteItems(namespace, newTextSource(language, 1_000 + first + index), notesPerScope),
    );
    const reply = await client.post('/v1/memories/batch', batchBody(items));
    spentMs += reply.elapsedMs;
    progress.advance(group.length);
  }
  progress.finish();
  return (1_000 * names.length * notesPerScope) / spentMs;
}
