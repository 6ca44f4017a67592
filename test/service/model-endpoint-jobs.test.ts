import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { newProposer } from '../../src/consolidation/model/proposer.ts';
import { planClaims } from '../../src/consolidation/plan-claims.ts';
import { planEvolution } from '../../src/consolidation/plan-evolution.ts';
import { planLinks } from '../../src/consolidation/plan-links.ts';
import { planNotes } from '../../src/consolidation/plan-notes.ts';
import type { ConsolidationWorker } from '../../src/consolidation/worker.ts';
import { readScope } from '../../src/memory/scope.ts';
import type { StoredNote } from '../../src/memory/store.ts';
import { newCircuitBreaker } from '../../src/models/circuit-breaker.ts';
import { guardLanguageModel } from '../../src/models/language-model-guard.ts';
import { openOpenAiLanguageModel } from '../../src/models/openai-language-model.ts';
import { makeScope } from '../builders.ts';
import { beginsWithinMs, type ConsolidationBench, openConsolidationBench } from '../consolidation-bench.ts';
import {
  breaksOff,
  type EndpointMode,
  floods,
  hangs,
  type ModelEndpoint,
  openModelEndpoint,
  says,
  sends,
} from './model-endpoint.ts';

const scope = makeScope();
const planners = { notes: planNotes, links: planLinks, evolution: planEvolution, claims: planClaims };
const construct = (handle: string) => ({
  op: 'construct',
  handle,
  keywords: ['cat'],
  tags: ['pets'],
  context: '',
  importance: 0.5,
});
const good = says(JSON.stringify({ operations: ['n1', 'n2', 'n3', 'n4'].map(construct) }));

let endpoint: ModelEndpoint;
let bench: ConsolidationBench;
let worker: ConsolidationWorker;

beforeEach(async () => {
  endpoint = await openModelEndpoint();
  bench = openConsolidationBench();
  const model = guardLanguageModel(
    await openOpenAiLanguageModel({ baseUrl: endpoint.baseUrl, model: 'tiny', timeoutMs: 300 }),
    { breaker: newCircuitBreaker({ now: bench.now }) },
  );
  const { propose } = newProposer({ model, runs: bench.store.runs, clock: bench.now });
  worker = bench.open({ planners, propose });
});

afterEach(async () => {
  await worker.close();
  await endpoint.close();
});

describe('a job whose model endpoint', () => {
  test.each<[string, EndpointMode]>([
    ['breaks off', breaksOff],
    ['is slow', hangs],
    ['is over its rate', sends(429, {}, { 'retry-after': '2' })],
    ['answers with garbage', sends(200, '\u0001\u0002 not JSON')],
    ['answers with a page', sends(502, '<html>')],
    ['answers with 50 MB', floods(50_000_000, () => undefined)],
  ])('%s waits, holds up no write, and is done once the endpoint is well', async (_name, broken) => {
    endpoint.play(broken);
    await bench.add(scope, 'I adopted a grey cat.');
    await bench.add(scope, 'The cat hides under the sofa.');
    worker.wake();
    await bench.pass(beginsWithinMs);
    await vi.waitFor(() => expect(bench.ended.map(({ outcome }) => outcome.state)).toEqual(['queued']), 5_000);
    expect(await bench.store.underived(readScope(scope), 10)).toHaveLength(2);

    await bench.add(scope, 'My cat purrs.');
    endpoint.play(good);
    await vi.waitFor(async () => {
      await bench.pass(60_000);
      expect(await bench.store.underived(readScope(scope), 10)).toEqual([]);
    }, 10_000);

    for (const { note } of await allNotes()) {
      expect(note).toMatchObject({ version: 1, derivation: 1, derived: { keywords: ['cat'], tags: ['pets'] } });
      expect(note.derived?.by).toMatch(/^model:tiny@/);
    }
  });

  test.each<[string, EndpointMode]>([
    ['another shape', says('{"notes":[]}')],
    ['no JSON', says('As a language model, I…')],
  ])('answers twice with %s is done by the rules', async (_name, wrong) => {
    endpoint.play(wrong);
    await bench.add(scope, 'I adopted a grey cat.');
    worker.wake();
    await bench.pass(beginsWithinMs);
    await vi.waitFor(() => expect(bench.ended.map(({ outcome }) => outcome.state)).toEqual(['done']), 5_000);
    expect((await allNotes()).map(({ note }) => note.derived?.by)).toEqual(['rules-1']);
    expect(endpoint.seen).toHaveLength(2);
  });
});

async function allNotes(): Promise<readonly StoredNote[]> {
  const rows = await bench.store.workingRows(readScope(scope), 0, 100);
  return bench.store.notes(
    scope.tenant,
    rows.map(({ id }) => id),
  );
}
