import fc from 'fast-check';
import { expect, test } from 'vitest';
import { makeScope, may8, remembered } from '../../../test/builders.ts';
import { hostileOperation, hostileWords } from '../../../test/hostile-operations.ts';
import { newAnalyzer } from '../../encoding/analyzer.ts';
import { fsrs } from '../../memory/forgetting.ts';
import { type JobId, newIdSource, type RunId } from '../../memory/ids.ts';
import { limits } from '../../memory/limits.ts';
import { readScope } from '../../memory/scope.ts';
import type { StoredNote } from '../../memory/store.ts';
import { newScriptedLanguageModel } from '../../models/scripted-language-model.ts';
import { type InMemoryStore, openInMemoryStore } from '../../store/in-memory.ts';
import { planBatch } from '../plan-batch.ts';
import { planClaims } from '../plan-claims.ts';
import { planEvolution } from '../plan-evolution.ts';
import { planLinks } from '../plan-links.ts';
import { planNotes } from '../plan-notes.ts';
import { newScopeView } from '../scope-view.ts';
import { newProposer } from './proposer.ts';

const scope = makeScope();
const analyzer = newAnalyzer();
const clock = () => may8;
const planners = { notes: planNotes, links: planLinks, evolution: planEvolution, claims: planClaims };
const passes = ['notes', 'links', 'evolution', 'claims'] as const;

/** The new notes come last; the one about cats in Paris is not trusted. */
const before = ['I adopted a grey cat called Minka.', 'I live in Rome with a cat.'];
const untrusted = 'Ann sells cats at https://cats.example/buy in Paris.';
const fresh = ['I moved to Oslo yesterday with the cat Minka, for 1,200 kroner.', 'I no longer work at Initech.'];

test('whatever a model answers, no text, tag, trust, state or other scope is touched, nothing is lost, and no word of it is made up', async () => {
  let applied = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(hostileOperation, { minLength: 1, maxLength: 14 }), async (operations) => {
      const { store, consolidate } = await openStore();
      await consolidate(before.length + 1, []);
      for (const text of fresh) await store.apply(scope, remembered(scope, text, { note: { tags: ['mine'] } }).changes);
      const earlier = await notesOf(store);
      await consolidate(fresh.length, operations);
      const later = await notesOf(store);

      expect(later.map(owned)).toEqual(earlier.map(owned));
      const low = (notes: readonly StoredNote[]) => notes.find(({ note }) => note.text === untrusted)?.note.derived;
      expect(low(later)).toEqual(low(earlier));
      const modelled = later.filter(({ note }) => note.derived?.by.startsWith('model:'));
      for (const { note } of modelled) {
        expect(
          [note.derived?.context ?? '', ...(note.derived?.keywords ?? []), ...(note.derived?.tags ?? [])].join(' '),
        ).not.toMatch(hostileWords);
      }
      expect(modelled.length).toBeLessThanOrEqual(fresh.length + 1);
      const ids = new Set(later.map(({ note }) => note.id));
      for (const link of await store.links(scope.tenant, [...ids])) {
        expect(link.reason ?? '').not.toMatch(hostileWords);
        expect(link.from).not.toBe(link.to);
      }
      const claims = await store.claims(readScope(scope), {
        limit: limits.pageLimit,
        states: ['active', 'invalidated', 'archived'],
      });
      for (const { note } of claims) expect(note.text).not.toMatch(hostileWords);
      applied += modelled.length;
    }),
    { numRuns: 100 },
  );
  // A check that lets nothing pass would be easy.
  expect(applied).toBeGreaterThan(5);
});

async function openStore() {
  const store = openInMemoryStore({ clock });
  const ids = newIdSource(clock);
  const view = newScopeView(scope, analyzer);
  for (const text of before) await store.apply(scope, remembered(scope, text).changes);
  await store.apply(scope, remembered(scope, untrusted, { episode: { trust: 0, origin: 'web' } }).changes);
  let runs = 0;

  return {
    store,
    async consolidate(count: number, operations: readonly unknown[]): Promise<void> {
      const due = await store.notes(scope.tenant, await store.underived(readScope(scope), 10));
      expect(due).toHaveLength(count);
      for (const stored of due) view.add(stored);
      runs += 1;
      const runId = `run_${runs}` as RunId;
      const jobId = `job_${runs}` as JobId;
      await store.runs.begin({
        id: runId,
        scope,
        jobId,
        state: 'running',
        startedAt: may8,
        finishedAt: null,
        summary: null,
      });
      const answer = { expects: [], answer: { operations } };
      const model = newScriptedLanguageModel([answer, answer]);
      const { propose } = newProposer({ model, runs: store.runs, clock });
      const parts = { store, view, analyzer, ids, curve: fsrs };
      const proposals = await propose(runId, { due }, parts);
      const batch = { scope, due, planned: [], proposals, now: may8 };
      const changes = await planBatch(batch, passes, { ...parts, planners });
      expect(changes.filter(({ kind }) => kind === 'erased' || kind === 'note-revised')).toEqual([]);
      await store.apply(scope, changes, { run: runId });
      view.apply(changes);
    },
  };
}

async function notesOf(store: InMemoryStore): Promise<readonly StoredNote[]> {
  const rows = await store.workingRows(readScope(scope), 0, 100);
  return store.notes(
    scope.tenant,
    rows.map(({ id }) => id),
  );
}

/** What no pass may touch. */
function owned({ note, episode }: StoredNote): unknown {
  const { derived: _derived, derivation: _derivation, ...rest } = note;
  return { rest, episode };
}
