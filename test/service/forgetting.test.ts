import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ConsolidationWorker } from '../../src/consolidation/worker.ts';
import { newAnalyzer } from '../../src/encoding/analyzer.ts';
import { fsrs } from '../../src/memory/forgetting.ts';
import { newIdSource } from '../../src/memory/ids.ts';
import { parseTenant } from '../../src/memory/scope.ts';
import type { MemoryService } from '../../src/memory/service.ts';
import { newRecall } from '../../src/retrieval/search.ts';
import { newWorkingSets } from '../../src/retrieval/working-sets.ts';
import { newEcphory } from '../../src/service.ts';
import { openInMemoryStore } from '../../src/store/in-memory.ts';
import { newConsolidation } from '../../src/worker-passes.ts';
import { may8 } from '../builders.ts';

const dayMs = 86_400_000;
const namespace = 'users/alice';

let now: number;
let worker: ConsolidationWorker;
let memory: MemoryService;

beforeEach(() => {
  now = may8;
  const clock = () => now;
  const store = openInMemoryStore({ clock });
  const analyzer = newAnalyzer();
  const onNotice = (message: string, cause: unknown) => {
    throw new Error(message, { cause });
  };
  worker = newConsolidation({ store, embedder: null, model: null, tokensPerDay: 0, clock, onNotice });
  const workingSets = newWorkingSets({ store, analyzer, snapshots: null });
  const recall = newRecall({ store, vectors: null, embedder: null, analyzer, workingSets, clock });
  const parts = { store, recall, analyzer, embedder: null, curve: fsrs, ids: newIdSource(clock), clock, onNotice };
  memory = newEcphory({ ...parts, consolidation: worker }).forTenant(parseTenant('acme'));
});

afterEach(() => worker.close());

describe('forgetting, asked for', () => {
  it('is told first, done next, and taken back as one', async () => {
    const { memories } = await memory.add({ namespace, text: 'the bus was rather late again this morning' });
    const id = memories[0]?.id ?? '';
    await worker.drained();
    await memory.setPolicy({ namespace, isForgetting: true });
    now += 365 * dayMs;

    const dry = await forget({ dryRun: true });
    expect(dry.result?.changes).toEqual({ 'note-state-set': 1 });
    expect((await memory.get(id)).state).toBe('active');

    const done = await forget();
    expect((await memory.get(id)).state).toBe('archived');
    expect((await memory.search({ namespace, query: 'bus' })).hits).toEqual([]);

    await memory.revertRun(done.result?.runId ?? '');
    expect((await memory.get(id)).state).toBe('active');
    expect((await memory.search({ namespace, query: 'bus' })).hits).toHaveLength(1);
  });

  it('leaves what was used', async () => {
    const { memories } = await memory.add({ namespace, text: 'the bus was rather late again this morning' });
    const id = memories[0]?.id ?? '';
    await worker.drained();
    await memory.setPolicy({ namespace, isForgetting: true });
    now += 30 * dayMs;
    await memory.feedback({ memories: [{ id, kind: 'used' }] });
    now += 335 * dayMs;
    await forget();
    expect((await memory.get(id)).state).toBe('active');
  });
});

async function forget(how: { readonly dryRun?: boolean } = {}) {
  const { id } = await memory.consolidate({ namespace, passes: ['forgetting'], ...how });
  await worker.drained();
  return memory.operation(id);
}
