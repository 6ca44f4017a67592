import { describe, expect, test } from 'vitest';
import { makeScope } from '../../test/builders.ts';
import {
  beginsWithinMs,
  type ConsolidationBench,
  openConsolidationBench,
  plainPlanners,
} from '../../test/consolidation-bench.ts';
import type { Change } from '../memory/change.ts';
import { EcphoryError } from '../memory/errors.ts';
import type { Job } from '../memory/job.ts';
import { limits } from '../memory/limits.ts';
import { readScope, type Scope } from '../memory/scope.ts';
import type { JobResult } from './consolidate.ts';
import { newFeedJob } from './dispatcher.ts';

const scope = makeScope();
const read = readScope(scope);

describe('the consolidation worker', () => {
  test('looks at everything that was written, in the order in which it was added', async () => {
    const bench = openConsolidationBench();
    await addTexts(bench, scope, 70);
    const worker = bench.open();

    await worker.drained();

    expect(await bench.store.underived(read, 10)).toEqual([]);
    expect(resultOf(bench).memories).toBe(70);
    expect(resultOf(bench).changes).toEqual({ 'note-derived': 70, 'link-set': 69 });
    expect(bench.ended.map(({ job }) => job.origin)).toEqual(['feed']);
    await worker.close();
  });

  test('sees writes that follow each other together', async () => {
    const bench = openConsolidationBench();
    const worker = bench.open();
    await worker.drained();
    for (const text of ['One.', 'Two.', 'Three.']) {
      await bench.add(scope, text);
      worker.wake();
    }

    await bench.pass(beginsWithinMs);

    expect(bench.ended.map(({ outcome }) => JSON.parse(outcome.result ?? '').memories)).toEqual([3]);
    await worker.close();
  });

  test('leaves alone what a person took back, until a person asks for it', async () => {
    const bench = openConsolidationBench();
    await addTexts(bench, scope, 3);
    const worker = bench.open();
    await worker.drained();
    const runId = resultOf(bench).run_id;
    if (runId === null) expect.fail('nothing was recorded');
    await bench.store.apply(scope, [{ kind: 'run-reverted', runId, rowsMax: 1_000 }]);
    await bench.add(scope, 'One more.');
    await worker.drained();
    expect(resultOf(bench).memories).toBe(1);
    expect(await bench.store.underived(read, 10, { includeReverted: true })).toHaveLength(3);

    await bench.store.jobs.enqueue(requestOf(bench));
    await worker.drained();

    expect(resultOf(bench).memories).toBe(3);
    expect(await bench.store.underived(read, 10, { includeReverted: true })).toEqual([]);
    await worker.close();
  });

  test('has nothing to do in a second run', async () => {
    const bench = openConsolidationBench();
    await addTexts(bench, scope, 40);
    const worker = bench.open();
    await worker.drained();
    const before = await bench.store.head(read);

    await bench.store.jobs.enqueue(requestOf(bench));
    await worker.drained();

    expect(resultOf(bench)).toEqual({ memories: 0, changes: {}, run_id: null });
    const since = await bench.store.feed(read, before, 10);
    expect(since.map(({ kind }) => kind)).toEqual(['job-done']);
    expect(await bench.store.runs.list(scope.tenant, { limit: 10 })).toHaveLength(1);
    await worker.close();
  });

  test('does what the passes of a request name, and no more', async () => {
    const bench = openConsolidationBench();
    await addTexts(bench, scope, 3);
    await bench.store.jobs.enqueue({ ...requestOf(bench), passes: ['links'] });
    const worker = bench.open();
    await worker.drained();

    const { outcome } = bench.ended.find(({ job }) => job.origin === 'request') ?? {};
    expect(JSON.parse(outcome?.result ?? '').changes).toEqual({ 'link-set': 2 });
    await worker.close();
  });

  test('says in a dry run what it then does', async () => {
    const bench = openConsolidationBench();
    await addTexts(bench, scope, 70);
    await bench.store.jobs.enqueue({ ...requestOf(bench), isDryRun: true });
    const worker = bench.open();
    await worker.drained();

    const [dry, real] = [true, false].map((isDryRun) => {
      const found = bench.ended.find(({ job }) => job.isDryRun === isDryRun);
      return JSON.parse(found?.outcome.result ?? '') as JobResult;
    });
    expect(dry).toEqual({ memories: 70, changes: { 'note-derived': 70, 'link-set': 69 }, run_id: null });
    expect(real).toMatchObject({ memories: 70, changes: dry?.changes });
    await worker.close();
  });

  test('plans a step anew when a caller changed one of its notes meanwhile', async () => {
    const bench = openConsolidationBench();
    await addTexts(bench, scope, 3);
    const [first] = await bench.store.underived(read, 1);
    if (first === undefined) expect.fail('nothing is owed');
    let plans = 0;
    const worker = bench.open({
      planners: {
        ...plainPlanners,
        async links(batch, parts) {
          plans += 1;
          if (plans === 1) {
            const { keys } = (await bench.store.workingRowsOf(read, [first]))[0] ?? expect.fail();
            const revision = { text: 'Changed meanwhile.' };
            const at = bench.now();
            await bench.store.apply(scope, [
              { kind: 'note-revised', noteId: first, expectedVersion: 1, revision, keys, cause: 'updated', at },
            ]);
          }
          return plainPlanners.links(batch, parts);
        },
      },
    });

    await worker.drained();

    const stored = await bench.store.note(scope.tenant, first);
    expect(stored?.note).toMatchObject({ version: 2, derived: { keywords: ['Changed', 'meanwhile.'] } });
    expect(bench.ended.map(({ outcome }) => outcome.state)).toContain('done');
    expect(bench.notices).toEqual([]);
    await worker.close();
  });

  test('plans more than one transaction should hold in halves', async () => {
    const bench = openConsolidationBench();
    await addTexts(bench, scope, 32);
    const sizes: number[] = [];
    const worker = bench.open({
      planners: {
        ...plainPlanners,
        async notes(batch, parts) {
          sizes.push(batch.due.length);
          const plan = await plainPlanners.notes(batch, parts);
          return plan.flatMap((change) => {
            if (change.kind !== 'note-derived') return [];
            const { noteId } = change;
            const again: Change = { kind: 'entities-set', noteId, mentions: [] };
            return [change, ...Array.from({ length: 39 }, () => again)];
          });
        },
      },
    });

    await worker.drained();

    // 40 changes a note and a link: 512 hold twelve.
    expect(sizes).toEqual([32, 16, 8, 8, 16, 8, 8]);
    expect(resultOf(bench).memories).toBe(32);
    await worker.close();
  });

  test('tries a job that fails again, later each time, and gives it up after eight tries with its error', async () => {
    const bench = openConsolidationBench();
    await addTexts(bench, scope, 1);
    const worker = bench.open({
      planners: { ...plainPlanners, claims: () => Promise.reject(new TypeError('What a user said in confidence.')) },
    });

    await bench.pass(3_600_000);
    await worker.idle();

    const pauses = bench.ended.map(({ outcome }) => (outcome.runAfter ?? outcome.now) - outcome.now);
    expect(pauses).toEqual([2_000, 4_000, 8_000, 16_000, 32_000, 64_000, 128_000, 0]);
    const [job] = await bench.store.jobs.list(scope.tenant, { limit: 1 });
    expect(job).toMatchObject({ state: 'dead', attempts: 8, error: 'internal: TypeError' });
    expect(await bench.store.underived(read, 10)).toHaveLength(1);
    expect(
      (await bench.store.runs.list(scope.tenant, { limit: 20 })).filter(({ state }) => state === 'running'),
    ).toEqual([]);
    await worker.close();
  });

  test('does a job that was given up when someone asks for another try', async () => {
    const bench = openConsolidationBench();
    await addTexts(bench, scope, 1);
    let isBroken = true;
    const worker = bench.open({
      planners: {
        ...plainPlanners,
        claims: () => (isBroken ? Promise.reject(new EcphoryError('internal', 'It is broken.')) : Promise.resolve([])),
      },
    });
    await bench.pass(3_600_000);
    const [dead] = await bench.store.jobs.list(scope.tenant, { states: ['dead'], limit: 1 });
    if (dead === undefined) expect.fail('no job was given up');
    isBroken = false;

    await bench.store.jobs.retry(scope.tenant, dead.id, bench.now());
    await worker.drained();

    expect(await bench.store.jobs.job(scope.tenant, dead.id)).toMatchObject({ state: 'done', attempts: 1 });
    expect(await bench.store.underived(read, 10)).toEqual([]);
    await worker.close();
  });

  test('waits for a model that is down as long as it takes, and applies nothing in its place', async () => {
    const bench = openConsolidationBench();
    await addTexts(bench, scope, 5);
    let isDown = true;
    const worker = bench.open({
      propose: () => (isDown ? Promise.reject(new EcphoryError('unavailable', 'It is down.')) : Promise.resolve(null)),
    });
    const drained = worker.drained();

    await bench.pass(4 * 3_600_000);
    expect(bench.ended.length).toBeGreaterThan(limits.jobTries);
    expect(await bench.store.jobs.counts()).toMatchObject({ queued: 1, dead: 0 });
    expect(await bench.store.underived(read, 10)).toHaveLength(5);
    isDown = false;
    await bench.pass(limits.jobBackoffMaxMs);
    await drained;

    expect(await bench.store.underived(read, 10)).toEqual([]);
    await worker.close();
  });

  test('comes back no sooner than an endpoint asks', async () => {
    const bench = openConsolidationBench();
    await addTexts(bench, scope, 1);
    const worker = bench.open({
      propose: () => Promise.reject(new EcphoryError('rate_limited', 'Too fast.', { retryAfterMs: 777_000 })),
    });

    await worker.idle();

    const [first] = bench.ended;
    expect((first?.outcome.runAfter ?? 0) - (first?.outcome.now ?? 0)).toBe(777_000);
    await worker.close();
  });

  test('holds a job for as long as a slow model takes', async () => {
    const bench = openConsolidationBench();
    await addTexts(bench, scope, 1);
    const slow = slowModel();
    const worker = bench.open({ propose: slow.propose });
    await slow.asked;

    for (let minute = 0; minute < 10; minute += 1) await bench.pass(60_000);
    const now = bench.now();
    expect(await bench.store.jobs.lease({ now, leaseUntil: now + 60_000 })).toBeNull();
    slow.answer();
    await worker.drained();

    expect(await bench.store.underived(read, 10)).toEqual([]);
    await worker.close();
  });

  test('applies nothing under a lease that it lost', async () => {
    const bench = openConsolidationBench();
    await addTexts(bench, scope, 3);
    const slow = slowModel();
    const worker = bench.open({
      propose: slow.propose,
      // Its heart does not beat: the process was held up, say.
      schedule: (run, delayMs) => {
        const handle = delayMs === 0 ? setImmediate(run) : null;
        return { cancel: () => handle !== null && clearImmediate(handle) };
      },
    });
    await slow.asked;
    const now = bench.now() + limits.jobLeaseMs;
    const taken = await bench.store.jobs.lease({ now, leaseUntil: now + limits.jobLeaseMs });

    slow.answer();
    await bench.pass(1_000);
    await worker.close();

    expect(taken?.attempts).toBe(2);
    expect(await bench.store.underived(read, 10)).toHaveLength(3);
    expect(bench.ended).toEqual([]);
    expect(await bench.store.runs.list(scope.tenant, { limit: 10 })).toMatchObject([{ state: 'failed' }]);
  });

  test('lets a small tenant have its turn beside one with a thousand notes', async () => {
    const bench = openConsolidationBench();
    const big = makeScope('big', 'users/one');
    const alsoBig = makeScope('big', 'users/two');
    await addTexts(bench, big, 600);
    await addTexts(bench, alsoBig, 600);
    await addTexts(bench, makeScope('small', 'users/one'), 3);
    const worker = bench.open();
    await worker.drained();

    const order = bench.ended.map(({ job }) => job.scope.tenant);
    expect(order.indexOf('small' as never)).toBeLessThanOrEqual(1);
    expect(order.filter((tenant) => tenant === 'big')).toHaveLength(4);
    await worker.close();
  });

  test('puts what it was at back into the queue when it is closed, and another goes on from there', async () => {
    const bench = openConsolidationBench();
    await addTexts(bench, scope, 100);
    const first = bench.open({
      planners: {
        ...plainPlanners,
        async claims() {
          closing ??= first.close();
          return [];
        },
      },
    });
    let closing: Promise<void> | null = null;
    await bench.pass(1_000);
    await closing;
    expect(await bench.store.underived(read, 100)).toHaveLength(100 - limits.consolidationNotes);
    expect(await bench.store.jobs.counts()).toMatchObject({ queued: 1, running: 0 });

    const second = bench.open();
    await second.drained();

    expect(await bench.store.underived(read, 100)).toEqual([]);
    await second.close();
  });

  test('gives notes whose text to embed changed their new vectors in the same step', async () => {
    const bench = openConsolidationBench();
    await bench.add(scope, 'Minka sleeps.');
    const texts: string[] = [];
    const worker = bench.open({
      embedder: {
        id: 'fake',
        embed: async (given) => {
          texts.push(...given);
          return given.map(() => new Float32Array([1, 0]));
        },
      },
      planners: {
        ...plainPlanners,
        async notes(batch, parts) {
          return (await plainPlanners.notes(batch, parts)).map((change) =>
            change.kind === 'note-derived'
              ? {
                  ...change,
                  isEmbeddedAnew: true,
                  derived: { ...change.derived, context: 'About a cat.', by: 'model:x' },
                }
              : change,
          );
        },
      },
    });

    await worker.drained();

    expect(texts).toEqual(['About a cat.\nMinka, sleeps.\nMinka sleeps.']);
    expect(await bench.store.unembedded('fake', 10)).toEqual([]);
    await worker.close();
  });

  test('drops the old vector when the embedder is down: the backfill makes the new one', async () => {
    const bench = openConsolidationBench();
    await bench.add(scope, 'Minka sleeps.');
    const [noteId] = await bench.store.underived(read, 1);
    if (noteId === undefined) expect.fail();
    const vector = new Float32Array([1, 0]);
    await bench.store.apply(scope, [
      { kind: 'note-embedded', noteId, version: 1, derivation: 0, embedder: 'fake', vector },
    ]);
    const worker = bench.open({
      embedder: { id: 'fake', embed: () => Promise.reject(new EcphoryError('timeout', 'It is slow.')) },
      planners: {
        ...plainPlanners,
        notes: async (batch, parts) =>
          (await plainPlanners.notes(batch, parts)).map((change) =>
            change.kind === 'note-derived' ? { ...change, isEmbeddedAnew: true } : change,
          ),
      },
    });

    await worker.drained();

    expect((await bench.store.unembedded('fake', 10)).map(({ note }) => note.id)).toEqual([noteId]);
    await worker.close();
  });
});

async function addTexts(bench: ConsolidationBench, to: Scope, count: number): Promise<void> {
  for (let number = 1; number <= count; number += 1) await bench.add(to, `Number ${number} was said.`);
}

function requestOf(bench: ConsolidationBench): Job {
  return { ...newFeedJob(scope, { ids: bench.ids, clock: bench.now }), origin: 'request' };
}

function resultOf(bench: ConsolidationBench): JobResult {
  return JSON.parse(bench.ended.at(-1)?.outcome.result ?? '') as JobResult;
}

function slowModel() {
  let answer: () => void = () => undefined;
  let say: () => void = () => undefined;
  const asked = new Promise<void>((resolve) => {
    say = resolve;
  });
  const answered = new Promise<null>((resolve) => {
    answer = () => resolve(null);
  });
  return {
    asked,
    answer: () => answer(),
    propose: () => {
      say();
      return answered;
    },
  };
}
