import { describe, expect, test } from 'vitest';
import { makeScope, may8 } from '../../test/builders.ts';
import { type ConsolidationBench, openConsolidationBench } from '../../test/consolidation-bench.ts';
import { limits } from '../memory/limits.ts';
import { defaultPolicy } from '../memory/policy.ts';
import type { Scope } from '../memory/scope.ts';
import type { ScopePass } from './plan.ts';
import { inTurns } from './sleep-schedule.ts';

const hour = 3_600_000;
const day = 24 * hour;
/** Three in the morning; `may8` is 13:56. */
const sleep = { nightAtMs: 3 * hour };
const alice = makeScope();
const idle = ['merges', 'summaries'];

describe('the sleep schedule', () => {
  test('sees to a conversation once it has ended, and not before', async () => {
    const { bench, ran, worker } = await begun();
    await say(bench, worker, alice, 'Ines likes trains.');
    await bench.pass(limits.sleepIdleMs / 2);
    await say(bench, worker, alice, 'Ines likes boats too.');
    await bench.pass(limits.sleepIdleMs * 0.9);
    expect(ran).toEqual([]);
    await bench.pass(limits.sleepIdleMs * 0.2);
    expect(ran).toEqual(idle.map((pass) => `${pass} ${alice.namespace}`));
    await bench.pass(2 * limits.sleepIdleMs);
    expect(ran).toHaveLength(2);
    await worker.close();
  });

  test('sees to a scope that is never idle as well', async () => {
    const { bench, ran, worker } = await begun();
    for (let at = 0; at < limits.sleepIdleMsMax; at += limits.sleepIdleMs / 2) {
      await say(bench, worker, alice, `Minute ${at}.`);
      await bench.pass(limits.sleepIdleMs / 2);
    }
    expect(ran).toContain(`merges ${alice.namespace}`);
    await worker.close();
  });

  test('runs every pass over whole scopes once a night, and a quiet scope not again', async () => {
    const { bench, ran, worker } = await begun();
    await say(bench, worker, alice, 'Ines likes trains.');
    await bench.pass(2 * limits.sleepIdleMs);
    ran.length = 0;
    await bench.pass(day);
    expect(ran).toEqual(['merges', 'summaries', 'forgetting'].map((pass) => `${pass} ${alice.namespace}`));
    const jobs = await bench.store.jobs.list(alice.tenant, { limit: 10 });
    expect(jobs[0]).toMatchObject({ origin: 'schedule', state: 'done' });
    ran.length = 0;
    // The second night still sees what was written since the first one began; after it there is one a week.
    await bench.pass(day);
    ran.length = 0;
    await bench.pass(7 * day);
    expect(ran.filter((line) => line.startsWith('forgetting'))).toHaveLength(1);
    await worker.close();
  });

  test('goes on looking where a namespace forgets, since time alone changes what is to be done', async () => {
    const { bench, ran, worker } = await begun();
    await say(bench, worker, alice, 'Ines likes trains.');
    await bench.store.policies.set(alice, { ...defaultPolicy, isForgetting: true });
    await bench.pass(10 * day);
    expect(ran.filter((line) => line.startsWith('forgetting')).length).toBeGreaterThanOrEqual(9);
    await worker.close();
  });

  test('makes up for nights that were missed once, however many they were', async () => {
    const { bench, worker } = await begun();
    await say(bench, worker, alice, 'Ines likes trains.');
    await bench.pass(day);
    await worker.close();
    await bench.pass(9 * day);

    const { ran, worker: next } = open(bench);
    await bench.add(alice, 'Ines likes boats.');
    await bench.pass(limits.consolidationDelayMs * 4);
    expect(ran.filter((line) => line.startsWith('forgetting'))).toHaveLength(1);
    await next.close();
  });

  test('does not begin with a night in a new store', async () => {
    const { bench, ran, worker } = await begun();
    await say(bench, worker, alice, 'Ines likes trains.');
    await bench.pass(limits.consolidationDelayMs * 4);
    expect(ran).toEqual([]);
    await worker.close();
  });

  test('has one job under way at a time, and gives tenants their turns', async () => {
    const { bench, ran, worker } = await begun();
    const scopes = [makeScope('acme', 'a'), makeScope('acme', 'b'), makeScope('acme', 'c'), makeScope('small', 'z')];
    for (const scope of scopes) await bench.add(scope, 'Ines likes trains.');
    worker.wake();
    await bench.pass(2 * limits.sleepIdleMs);
    const order = ran.filter((line) => line.startsWith('merges')).map((line) => line.split(' ')[1]);
    expect(order).toEqual(['a', 'z', 'b', 'c']);
    await worker.close();
  });

  test('is off unless it is told when', async () => {
    const bench = openConsolidationBench();
    const { ran, worker } = open(bench, null);
    await bench.add(alice, 'Ines likes trains.');
    await bench.pass(3 * day);
    expect(ran).toEqual([]);
    await worker.close();
  });

  test('takes scopes of tenants in turns', () => {
    const scopes = [
      makeScope('a', '1'),
      makeScope('a', '2'),
      makeScope('a', '3'),
      makeScope('b', '1'),
      makeScope('b', '2'),
    ];
    expect(inTurns(scopes).map(({ tenant, namespace }) => tenant + namespace)).toEqual(['a1', 'b1', 'a2', 'b2', 'a3']);
  });
});

async function begun() {
  const bench = openConsolidationBench();
  expect(bench.now()).toBe(may8);
  const opened = open(bench);
  await opened.worker.drained();
  return { bench, ...opened };
}

/** A worker whose passes over whole scopes only say that they ran. */
function open(bench: ConsolidationBench, settings: typeof sleep | null = sleep) {
  const ran: string[] = [];
  const says =
    (pass: string): ScopePass =>
    async (scope) => {
      ran.push(`${pass} ${scope.namespace}`);
      return [];
    };
  const scopePasses = { merges: says('merges'), summaries: says('summaries'), forgetting: says('forgetting') };
  return { ran, worker: bench.open({ sleep: settings, scopePasses }) };
}

async function say(bench: ConsolidationBench, worker: { wake(): void }, scope: Scope, text: string): Promise<void> {
  await bench.add(scope, text);
  worker.wake();
  await bench.pass(limits.consolidationDelayMs);
}
