import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { makeJobId, makeScope, may8, remembered } from '../../test/builders.ts';
import { type ConsolidationBench, openConsolidationBench } from '../../test/consolidation-bench.ts';
import type { NoteId } from '../memory/ids.ts';
import type { Job } from '../memory/job.ts';
import { limits } from '../memory/limits.ts';
import { readScope } from '../memory/scope.ts';
import type { JobResult } from './consolidate.ts';
import { newFeedJob } from './dispatcher.ts';
import { planMerges } from './plan-merges.ts';

const scope = makeScope();
const read = readScope(scope);
const day = 86_400_000;

describe('the merges pass', () => {
  test('archives the later of two that say the same, and keeps its text, source and history', async () => {
    const bench = openConsolidationBench();
    const older = await add(bench, 'Ines likes night trains.');
    const newer = await add(bench, 'ines really likes night trains', 9);
    const other = await add(bench, 'Ines does not like night trains.');

    expect((await merge(bench)).changes).toEqual({ 'note-state-set': 1, 'link-set': 1 });

    const [kept, merged, apart] = await bench.store.notes(scope.tenant, [older.id, newer.id, other.id]);
    expect([kept?.note.state, merged?.note.state, apart?.note.state]).toEqual(['active', 'archived', 'active']);
    expect(merged?.note.stateReason).toBe(`merged into ${older.id}`);
    expect(merged?.episode?.text).toBe('ines really likes night trains');
    expect(await bench.store.links(scope.tenant, [older.id])).toMatchObject([
      { type: 'same_as', from: newer.id, to: older.id, weight: 1 },
    ]);
    expect((await bench.store.history(scope.tenant, newer.id)).map(({ text }) => text)).toEqual([
      'ines really likes night trains',
    ]);
  });

  test('adds the sources of a semantic note to those of the one that stays', async () => {
    const bench = openConsolidationBench();
    const [one, two] = [await add(bench, 'The boiler is a Vaillant.'), await add(bench, 'We have a Vaillant boiler.')];
    const fact = (sources: typeof one.sources) =>
      remembered(scope, 'The boiler of the house is a Vaillant.', {
        note: { kind: 'semantic', sources, createdAt: may8 },
      });
    const [older, newer] = [fact(one.sources), fact(two.sources)];
    await bench.store.apply(scope, older.changes.slice(1));
    await bench.store.apply(scope, newer.changes.slice(1));

    await merge(bench);

    const kept = await bench.store.note(scope.tenant, older.note.id);
    expect(kept?.note.sources).toEqual([...one.sources, ...two.sources]);
  });

  test('has nothing to do in a second run', async () => {
    const bench = openConsolidationBench();
    for (let at = 0; at < 5; at += 1) await add(bench, 'Ines likes night trains.', at);
    expect((await merge(bench)).changes).toEqual({ 'note-state-set': 4, 'link-set': 4 });
    expect(await merge(bench)).toMatchObject({ changes: {}, run_id: null });
  });

  test('leaves alone what somebody restored', async () => {
    const bench = openConsolidationBench();
    await add(bench, 'Ines likes night trains.');
    const newer = await add(bench, 'Ines likes night trains!');
    await merge(bench);
    const at = bench.now();
    await bench.store.apply(scope, [{ kind: 'note-state-set', noteId: newer.id, state: 'active', reason: null, at }]);
    expect(await merge(bench)).toMatchObject({ changes: {} });
  });

  test('is taken back whole with its run, and does not come back by itself', async () => {
    const bench = openConsolidationBench();
    await add(bench, 'Ines likes night trains.');
    const newer = await add(bench, 'Ines likes night trains!');
    const before = await bench.store.notes(scope.tenant, [newer.id]);
    const { run_id: runId } = await merge(bench);
    if (runId === null) throw new Error('It changed nothing.');
    await bench.store.apply(scope, [{ kind: 'run-reverted', runId, rowsMax: 100 }]);

    expect(await bench.store.notes(scope.tenant, [newer.id])).toEqual(before);
    expect(await bench.store.links(scope.tenant, [newer.id])).toEqual([]);
    expect(await merge(bench, 'schedule')).toMatchObject({ changes: {} });
    expect((await merge(bench, 'request')).changes).toEqual({ 'note-state-set': 1, 'link-set': 1 });
  });

  test('says in a dry run what it then does', async () => {
    const bench = openConsolidationBench();
    for (let at = 0; at < 5; at += 1) await add(bench, 'Ines likes night trains.', at);
    const head = await bench.store.head(read);
    const planned = await merge(bench, 'request', true);
    expect((await bench.store.feed(read, head, 100)).map(({ kind }) => kind)).not.toContain('note-state-set');
    expect((await merge(bench)).changes).toEqual(planned.changes);
  });

  test('never reaches another scope, speaker or trust', async () => {
    const bench = openConsolidationBench();
    const text = 'Ines likes night trains.';
    const away = makeScope('acme', 'users/bob');
    await bench.store.apply(away, remembered(away, text).changes);
    for (const of of [{}, { speaker: 'Boris' }, { trust: 1 as const, origin: 'import' as const }]) {
      await bench.store.apply(scope, remembered(scope, text, { episode: of }).changes);
    }
    expect(await merge(bench)).toMatchObject({ changes: {} });
  });

  test('applies the same whatever page a row falls in, and leaves no two active notes that it would merge', async () => {
    const texts = [
      'Ines likes night trains.',
      'ines likes NIGHT trains',
      'Ines likes 2 trains.',
      'Ines likes two trains.',
    ];
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom(...texts), { maxLength: 12 }), fc.nat(300), async (said, between) => {
        const bench = openConsolidationBench();
        for (const text of said) await add(bench, text);
        for (let at = 0; at < between % 3; at += 1) await add(bench, `Carla saw ${at} of the ${between} old bridges.`);
        await merge(bench);
        expect(await merge(bench)).toMatchObject({ changes: {} });
        const { data } = await bench.store.list(read, { limit: 50, cursor: null, filter: null, states: ['active'] });
        const active = data.filter(({ note }) => note.text.toLowerCase().startsWith('ines'));
        expect(active.length).toBe(new Set(said.map((text) => texts.indexOf(text) >> 1)).size);
      }),
      { numRuns: 25 },
    );
  });
});

async function add(bench: ConsolidationBench, text: string, days = 0) {
  const eventAt = may8 + days * day;
  const made = remembered(scope, text, { episode: { speaker: 'Alma', sessionId: `on day ${days}`, eventAt } });
  await bench.store.apply(scope, made.changes);
  return { id: made.note.id as NoteId, sources: made.note.sources };
}

async function merge(
  bench: ConsolidationBench,
  origin: Job['origin'] = 'schedule',
  isDryRun = false,
): Promise<JobResult> {
  await bench.pass(limits.consolidationDelayMs);
  const id = makeJobId();
  const job = newFeedJob(scope, { ids: bench.ids, clock: bench.now });
  await bench.store.jobs.enqueue({ ...job, id, passes: ['merges'], origin, isDryRun });
  const worker = bench.open({ planners: {}, scopePasses: { merges: planMerges } });
  await worker.drained();
  await worker.close();
  const ended = bench.ended.find(({ job: { id: of } }) => of === id);
  if (ended?.outcome.state !== 'done') throw new Error(`It ended otherwise: ${ended?.outcome.error}`);
  return JSON.parse(ended.outcome.result ?? '') as JobResult;
}
