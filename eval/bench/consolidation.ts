import { z } from 'zod';
import { consolidated } from '../consolidated.ts';
import { loadLocomo } from '../datasets/locomo.ts';
import { addRequests } from '../ingest.ts';
import type { ServerClient } from '../server/client.ts';
import { median, percentiles, seededRandom } from '../statistics.ts';
import { type Bench, type Host, withServer } from './host.ts';
import { batchBody, notesPerBatch } from './load.ts';
import { emptyRow, type Measures } from './measures.ts';
import { type Language, newTextSource } from './text.ts';

const scopes = 8;
const turnsPerScope = 260;

/**
 * How long the worker takes over conversations (2,080 turns in 8 scopes, or those of a LoCoMo file), from the last add until
 * nothing is owed, and what writers notice of a worker at work.
 */
export async function measureConsolidation(bench: Bench): Promise<Measures> {
  const { turns, seconds } = await measureBacklog(bench);
  const { ratio, busyMs, offMs, busyShare } = await measureWrites(bench);
  return {
    rows: [
      {
        ...emptyRow,
        case: 'adds, worker off',
        notes: offMs.length,
        add_p50_ms: percentiles(offMs).p50,
        add_p95_ms: percentiles(offMs).p95,
      },
      {
        ...emptyRow,
        case: 'adds, worker busy',
        notes: busyMs.length,
        add_p50_ms: percentiles(busyMs).p50,
        add_p95_ms: percentiles(busyMs).p95,
      },
    ],
    figures: {
      turns,
      consolidation_seconds: seconds,
      write_p50_ratio_busy_worker: ratio,
      worker_busy_share: busyShare,
    },
  };
}

/** Everything is there before the worker looks: what is timed is its work alone, over the restarted server. */
async function measureBacklog(bench: Bench): Promise<{ readonly turns: number; readonly seconds: number }> {
  return withServer(bench, async (host) => {
    const { namespaces, turns } =
      bench.locomo === null ? await addGenerated(bench, host) : await addLocomo(bench.locomo, host);
    const startedAt = performance.now();
    await consolidated(host.client, namespaces, bench.progress);
    return { turns, seconds: (performance.now() - startedAt) / 1_000 };
  });
}

async function addLocomo(path: string, { client }: Host) {
  const { conversations } = await loadLocomo(path);
  const namespaces: string[] = [];
  let turns = 0;
  for (const [position, conversation] of conversations.entries()) {
    const namespace = `bench/${position + 1}`;
    namespaces.push(namespace);
    for (const request of addRequests(conversation, namespace)) {
      await client.post(request.path, request.body);
      turns += request.turns.length;
    }
  }
  return { namespaces, turns };
}

async function addGenerated(bench: Bench, { client }: Host) {
  const namespaces = Array.from({ length: scopes }, (_, index) => `bench/${index + 1}`);
  const count = bench.isQuick ? 40 : turnsPerScope;
  for (const [index, namespace] of namespaces.entries()) {
    await addTurns(client, turnsOf(bench.language, { namespace, seed: 300 + index, count }));
  }
  return { namespaces, turns: scopes * count };
}

/**
 * The same adds, one after another, to a server whose worker has a backlog of other scopes and to one without a worker, in
 * rounds that alternate: what else the machine does changes more slowly than that.
 */
async function measureWrites(bench: Bench) {
  const rounds = bench.isQuick ? 2 : 12;
  const busyMs: number[] = [];
  const offMs: number[] = [];
  const ratios: number[] = [];
  let busyRounds = 0;
  bench.progress.start('Adding beside a busy worker', rounds);
  await withServer(bench, (busy) =>
    withServer(
      bench,
      async (off) => {
        for (let round = 0; round < rounds; round += 1) {
          const first = round % 2 === 0 ? [busy, off] : [off, busy];
          const p50 = new Map<Host, number>();
          for (const host of first) {
            await addBacklog(bench, host, round);
            const elapsed = await timeAdds(bench, host, round);
            if (host === busy && (await isBusy(busy.client))) busyRounds += 1;
            (host === busy ? busyMs : offMs).push(...elapsed);
            p50.set(host, percentiles(elapsed).p50);
          }
          ratios.push((p50.get(busy) ?? Number.NaN) / (p50.get(off) ?? Number.NaN));
          bench.progress.advance();
        }
      },
      { ECPHORY_CONSOLIDATION: 'off' },
    ),
  );
  bench.progress.finish();
  return { ratio: median(ratios), busyMs, offMs, busyShare: busyRounds / rounds };
}

async function addBacklog(bench: Bench, { client }: Host, round: number): Promise<void> {
  const count = bench.isQuick ? 200 : 600;
  for (let part = 0; part < 2; part += 1) {
    const namespace = `backlog/${round}-${part}`;
    await addTurns(client, turnsOf(bench.language, { namespace, seed: 1_000 + 2 * round + part, count }));
  }
}

async function timeAdds(bench: Bench, { client }: Host, round: number): Promise<readonly number[]> {
  const bodies = turnsOf(bench.language, { namespace: `written/${round}`, seed: 500 + round, count: 120 });
  const elapsed: number[] = [];
  for (const body of bodies) elapsed.push((await client.post('/v1/memories', body)).elapsedMs);
  // The first ones find caches cold.
  return elapsed.slice(20);
}

const operationsSchema = z.object({ data: z.array(z.object({ state: z.string() })) });

async function isBusy(client: ServerClient): Promise<boolean> {
  const { body } = await client.get('/v1/operations');
  return operationsSchema.parse(body).data.some(({ state }) => state === 'queued' || state === 'running');
}

async function addTurns(client: ServerClient, items: readonly object[]): Promise<void> {
  for (let start = 0; start < items.length; start += notesPerBatch) {
    await client.post('/v1/memories/batch', batchBody(items.slice(start, start + notesPerBatch)));
  }
}

/** Turns of two people, of which every third says something that passes make a claim, an entity or a time of. */
function turnsOf(
  language: Language,
  { namespace, seed, count }: { readonly namespace: string; readonly seed: number; readonly count: number },
): readonly object[] {
  const source = newTextSource(language, seed);
  const random = seededRandom(seed);
  const pick = (items: readonly string[]) => items[Math.floor(random() * items.length)] ?? '';
  return Array.from({ length: count }, (_, index) => {
    const { text, speaker, timestamp, session } = source.note();
    const said =
      index % 3 === 0 ? `${sayings[index % sayings.length]?.(pick(places), pick(people)) ?? ''} ${text}` : text;
    return { namespace, session_id: `session-${session}`, text: said, name: speaker, timestamp };
  });
}

const places = ['Lisbon', 'Oslo', 'Kyoto', 'Turin', 'Quito', 'Cork', 'Gdansk', 'Perth'];
const people = ['Ines', 'Magnus', 'Yuki', 'Carla', 'Tomas', 'Aoife', 'Piotr', 'Ruth'];
const sayings: readonly ((place: string, person: string) => string)[] = [
  (place) => `I moved to ${place} last month.`,
  (place, person) => `My sister ${person} works in ${place}.`,
  (place) => `I no longer live in ${place}.`,
  (_place, person) => `Yesterday I met ${person} for lunch.`,
  (place, person) => `${person} is married and lives in ${place}.`,
  () => 'My favourite food is ramen.',
  (place) => `Actually, we are flying to ${place} on 12 March.`,
];
