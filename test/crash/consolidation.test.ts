import { expect, test } from 'vitest';
import type { ConsolidationStore } from '../../src/consolidation/consolidate.ts';
import { limits } from '../../src/memory/limits.ts';
import { newConsolidation } from '../../src/worker-passes.ts';
import { makeScope, may8, remembered } from '../builders.ts';
import { stateOf } from '../consolidated-state.ts';
import { openConsolidationBench } from '../consolidation-bench.ts';

const scope = makeScope();

/** Forty turns of two people, about little enough that links, entities and claims come of it. */
const turns = Array.from({ length: 40 }, (_, index) => {
  const place = ['Lisbon', 'Oslo', 'Turin'][index % 3] ?? '';
  const sayings = [
    `I moved to ${place} last month.`,
    `My sister Ines works in ${place} at the museum.`,
    'Yesterday I met Magnus for lunch near the museum.',
    `I no longer live in ${place}.`,
    'My favourite food is ramen.',
  ];
  return { text: sayings[index % sayings.length] ?? '', speaker: index % 2 === 0 ? 'Alma' : 'Boris' };
});

/** The same in every run, so that what a run comes to can be compared. */
const conversation = turns.map(({ text, speaker }, index) => {
  const episode = { sessionId: `session-${Math.floor(index / 14)}`, speaker, eventAt: may8 + index * 3_600_000 };
  return remembered(scope, text, { episode });
});

/**
 * The passes of the house, over a store before whose nth write the process dies; of what it knew after the write before, nothing is
 * left. Whatever the moment, the next process comes to the state of one that never died.
 */
test('a worker that is killed at any write and started again comes to the same state', async () => {
  const whole = await consolidatedWith(null);
  expect(whole.writes).toBeGreaterThan(8);
  expect(whole.state.notes.length).toBeGreaterThan(turns.length);
  expect(whole.state.links.length).toBeGreaterThan(10);

  for (let write = 1; write <= whole.writes; write += 1) {
    const { state } = await consolidatedWith(write);
    expect(state, `killed before write ${write}`).toEqual(whole.state);
  }
}, 120_000);

async function consolidatedWith(killedBefore: number | null) {
  const bench = openConsolidationBench();
  const counted = { writes: 0 };
  for (const { changes } of conversation) await bench.store.apply(scope, changes);
  if (killedBefore !== null) {
    const { store, died } = dyingStore(bench.store, killedBefore);
    const doomed = workerOver(store, bench);
    // Where it looked less often it is done before.
    await Promise.race([died, doomed.drained()]);
    doomed.close().catch(() => undefined);
    // Its lease is over before another may go on.
    await bench.pass(limits.jobLeaseMs);
  }
  const worker = workerOver(countingStore(bench.store, counted), bench);
  const drained = worker.drained();
  await bench.pass(2 * limits.jobLeaseMs);
  await drained;
  await worker.close();
  return { state: await stateOf(bench.store, scope), writes: counted.writes };
}

function workerOver(store: ConsolidationStore, bench: ReturnType<typeof openConsolidationBench>) {
  return bench.openWith((parts) =>
    newConsolidation({ ...parts, store, embedder: null, model: null, tokensPerDay: 0, clock: bench.now }),
  );
}

/** Every write of the worker goes through here, in order. */
function writing(store: ConsolidationStore, around: <Answer>(write: () => Promise<Answer>) => Promise<Answer>) {
  const { jobs, runs } = store;
  return {
    ...store,
    apply: (...args: Parameters<typeof store.apply>) => around(() => store.apply(...args)),
    jobs: {
      ...jobs,
      enqueue: (...args: Parameters<typeof jobs.enqueue>) => around(() => jobs.enqueue(...args)),
      lease: (...args: Parameters<typeof jobs.lease>) => around(() => jobs.lease(...args)),
      extend: (...args: Parameters<typeof jobs.extend>) => around(() => jobs.extend(...args)),
      settle: (...args: Parameters<typeof jobs.settle>) => around(() => jobs.settle(...args)),
    },
    runs: {
      ...runs,
      begin: (...args: Parameters<typeof runs.begin>) => around(() => runs.begin(...args)),
      finish: (...args: Parameters<typeof runs.finish>) => around(() => runs.finish(...args)),
    },
  } satisfies ConsolidationStore;
}

function countingStore(store: ConsolidationStore, counted: { writes: number }): ConsolidationStore {
  return writing(store, (write) => {
    counted.writes += 1;
    return write();
  });
}

/** From the fatal write on nothing reaches the store and nothing is heard of it, as in a process that is no more. */
function dyingStore(store: ConsolidationStore, killedBefore: number) {
  const silence = new Promise<never>(() => undefined);
  let writes = 0;
  let die: () => void = () => undefined;
  const died = new Promise<void>((resolve) => {
    die = resolve;
  });
  const dying = writing(store, async (write) => {
    writes += 1;
    if (writes < killedBefore) return write();
    die();
    return silence;
  });
  return { store: dying, died };
}
