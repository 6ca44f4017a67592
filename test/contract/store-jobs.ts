import { describe, expect, it } from 'vitest';
import type { Job, LeasedJob } from '../../src/memory/job.ts';
import { readScope } from '../../src/memory/scope.ts';
import { makeJob, makeScope, may8, remembered } from '../builders.ts';
import { benchOf, expectFailure, type StoreUnderTest } from './open-store.ts';

const scope = makeScope();
const { tenant } = scope;
const minute = 60_000;

export function jobContract(subject: StoreUnderTest): void {
  describe('jobs', () => {
    const bench = benchOf(subject);
    const lease = (now = may8) => bench.store.jobs.lease({ now, leaseUntil: now + minute });
    const enqueue = async (...jobs: Job[]) => {
      for (const job of jobs) await bench.store.jobs.enqueue(job);
    };
    const fenceOf = (job: LeasedJob | null) => ({ jobId: job!.id, token: job!.token });
    const elsewhere = (name: string, tenantName = 'acme') => makeScope(tenantName, `users/${name}`);

    it('are given back as they were queued, and an id only once', async () => {
      const job = makeJob({ origin: 'request', isDryRun: true, passes: ['claims'], progress: { done: 1, total: 2.5 } });
      expect(await bench.store.jobs.enqueue(job)).toEqual(job);
      expect(await bench.store.jobs.job(tenant, job.id)).toEqual(job);
      expect(await bench.store.jobs.job(makeScope('rival').tenant, job.id)).toBeNull();
      await expectFailure(bench.store.jobs.enqueue(job), 'conflict');
    });

    it('of the feed are one per scope while they are queued, with the passes of both', async () => {
      const first = makeJob({ passes: ['claims'] });
      await enqueue(first);
      const both = await bench.store.jobs.enqueue(makeJob({ passes: ['notes'], updatedAt: may8 + 1 }));
      expect(both).toEqual({ ...first, passes: ['notes', 'claims'], updatedAt: may8 + 1 });
      await enqueue(makeJob({ origin: 'request' }), makeJob({ scope: elsewhere('bob') }));
      expect((await bench.store.jobs.counts()).queued).toBe(3);
      await lease();
      // The one that is running may have looked already.
      const next = makeJob();
      expect(await bench.store.jobs.enqueue(next)).toEqual(next);
    });

    it('are leased when their time has come, one of a scope at a time', async () => {
      const [first, second] = [makeJob({ runAfter: may8 + 10 }), makeJob({ origin: 'request', runAfter: may8 + 20 })];
      await enqueue(first, second);
      expect(await lease(may8 + 9)).toBeNull();
      const leased = await lease(may8 + 30);
      expect(leased).toEqual({ ...first, state: 'running', attempts: 1, updatedAt: may8 + 30, token: 1 });
      expect(await lease(may8 + 30)).toBeNull();
      await bench.store.jobs.settle(fenceOf(leased), { state: 'done', now: may8 + 40, result: '{}' });
      expect((await lease(may8 + 40))?.id).toBe(second.id);
    });

    it('go to whoever comes next when a lease runs out, and the one who lost it can do nothing', async () => {
      const job = makeJob();
      await enqueue(job, makeJob({ origin: 'request', runAfter: may8 - 1_000, scope: elsewhere('later') }));
      await lease();
      const lost = await lease();
      expect(lost?.id).toBe(job.id);
      const again = await lease(may8 + minute + 1);
      const held = [again, await lease(may8 + minute + 1)].find((each) => each?.id === job.id) ?? null;
      expect(held).toMatchObject({ attempts: 2, token: 2 });
      const { jobs } = bench.store;
      const progress = { done: 3, total: 9 };
      const now = may8 + minute + 2;
      await expectFailure(jobs.extend(fenceOf(lost), { leaseUntil: now + minute, progress, now }), 'stale');
      await expectFailure(jobs.settle(fenceOf(lost), { state: 'done', now }), 'stale');
      await jobs.extend(fenceOf(held), { leaseUntil: now + 5 * minute, progress, now });
      expect(await jobs.job(tenant, job.id)).toMatchObject({ progress, updatedAt: now });
    });

    it('are fenced: a write under a lost lease is stale, alone, and changes nothing', async () => {
      await enqueue(makeJob());
      const lost = fenceOf(await lease());
      const held = fenceOf(await lease(may8 + 2 * minute));
      const [one, two, three] = ['one', 'two', 'three'].map((text) => remembered(scope, text));
      const outcomes = await Promise.allSettled([
        bench.store.apply(scope, one!.changes, { fence: held }),
        bench.store.apply(scope, two!.changes, { fence: lost }),
        bench.store.apply(scope, three!.changes),
      ]);
      expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
      await expectFailure(bench.store.apply(scope, two!.changes, { fence: lost }), 'stale');
      expect(await bench.store.workingRows(readScope(scope), 0, 10)).toHaveLength(2);
      await bench.store.jobs.settle(held, { state: 'done', now: may8 });
      await expectFailure(bench.store.apply(scope, two!.changes, { fence: held }), 'stale');
    });

    it('are fair between tenants: who was served longest ago is next, then the earliest', async () => {
      const many = Array.from({ length: 4 }, (_, index) => makeJob({ scope: elsewhere(`a${index}`), runAfter: index }));
      const rare = makeJob({ scope: elsewhere('b', 'rival'), runAfter: 50 });
      await enqueue(...many.toReversed(), rare);
      const served = [await lease(), await lease(), await lease()].map((job) => job?.id);
      expect(served).toEqual([many[0]!.id, rare.id, many[1]!.id]);
    });

    it('wait for a next try, are given up, and are tried again from the start', async () => {
      const job = makeJob();
      const { jobs } = bench.store;
      await enqueue(job);
      const error = 'The model is down.';
      const progress = { done: 1, total: 2 };
      await jobs.settle(fenceOf(await lease()), { state: 'queued', now: may8, runAfter: may8 + 99, error, progress });
      expect(await jobs.job(tenant, job.id)).toMatchObject({
        state: 'queued',
        attempts: 1,
        runAfter: may8 + 99,
        error,
        progress,
      });
      await jobs.settle(fenceOf(await lease(may8 + 99)), { state: 'dead', now: may8 + 100, error });
      await expectFailure(jobs.cancel(tenant, job.id, may8), 'conflict');
      await expectFailure(jobs.retry(makeScope('rival').tenant, job.id, may8), 'not_found');
      expect(await jobs.retry(tenant, job.id, may8 + 200)).toMatchObject({
        state: 'queued',
        attempts: 0,
        runAfter: may8 + 200,
      });
      await expectFailure(jobs.retry(tenant, job.id, may8), 'conflict');
    });

    it('that are cancelled lose their lease', async () => {
      const job = makeJob();
      await enqueue(job);
      const held = fenceOf(await lease());
      expect((await bench.store.jobs.cancel(tenant, job.id, may8 + 1)).state).toBe('cancelled');
      await expectFailure(bench.store.jobs.settle(held, { state: 'done', now: may8 + 2 }), 'stale');
      await expectFailure(bench.store.jobs.cancel(tenant, job.id, may8), 'conflict');
      await expectFailure(bench.store.jobs.cancel(tenant, makeJob().id, may8), 'not_found');
    });

    it('say when there is something to do next', async () => {
      expect(await bench.store.jobs.nextAt()).toBeNull();
      await enqueue(makeJob({ runAfter: may8 + 5 }), makeJob({ origin: 'request', runAfter: may8 + 7 }));
      expect(await bench.store.jobs.nextAt()).toBe(may8 + 5);
      const held = fenceOf(await lease(may8 + 6));
      // What waits for the one that is running is not due before that one is over.
      expect(await bench.store.jobs.nextAt()).toBe(may8 + 6 + minute);
      await bench.store.jobs.settle(held, { state: 'done', now: may8 + 8 });
      expect(await bench.store.jobs.nextAt()).toBe(may8 + 7);
    });

    it('are listed newest first, by state', async () => {
      const jobs = [3, 1, 2].map((at) => makeJob({ createdAt: may8 + at, scope: elsewhere(`u${at}`) }));
      await enqueue(...jobs, makeJob({ scope: elsewhere('b', 'rival') }));
      await lease();
      const listed = async (query: Parameters<typeof bench.store.jobs.list>[1]) =>
        (await bench.store.jobs.list(tenant, query)).map(({ createdAt }) => createdAt - may8);
      expect(await listed({ limit: 10 })).toEqual([3, 2, 1]);
      expect(await listed({ limit: 1 })).toEqual([3]);
      expect(await listed({ states: ['queued'], limit: 10 })).toHaveLength(2);
      expect(await bench.store.jobs.counts()).toEqual({ queued: 3, running: 1, done: 0, dead: 0, cancelled: 0 });
    });
  });
}
