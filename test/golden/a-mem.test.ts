import { beforeEach, describe, expect, test } from 'vitest';
import { newProposer } from '../../src/consolidation/model/proposer.ts';
import { planClaims } from '../../src/consolidation/plan-claims.ts';
import { planEvolution } from '../../src/consolidation/plan-evolution.ts';
import { planLinks } from '../../src/consolidation/plan-links.ts';
import { planNotes } from '../../src/consolidation/plan-notes.ts';
import type { NoteId } from '../../src/memory/ids.ts';
import { embeddingText } from '../../src/memory/note-text.ts';
import { readScope } from '../../src/memory/scope.ts';
import type { StoredNote } from '../../src/memory/store.ts';
import { guard } from '../../src/models/embed.ts';
import { hashedEmbedder } from '../../src/models/hashed-embedder.ts';
import { newScriptedLanguageModel, type ScriptedTurn } from '../../src/models/scripted-language-model.ts';
import { makeScope } from '../builders.ts';
import { type ConsolidationBench, openConsolidationBench } from '../consolidation-bench.ts';

const scope = makeScope();
const read = readScope(scope);
const embedder = guard(hashedEmbedder());
const planners = { notes: planNotes, links: planLinks, evolution: planEvolution, claims: planClaims };

const texts = [
  'I adopted a grey cat called Minka.',
  'Minka hides under the sofa whenever it thunders.',
  'I work as a baker at Blue Oven.',
  'My flat in Lyon has a small balcony.',
  'The bakery opens at 5 every morning.',
  'Minka was diagnosed with diabetes, so the grey cat needs insulin twice a day.',
];

/** What the model makes of the first five notes, in two calls, and of the sixth. */
const script: readonly ScriptedTurn[] = [
  {
    expects: texts.slice(0, 4).map((text, index) => shownAs(`n${index + 1}`, text)),
    answer: {
      operations: [
        constructed('n1', ['grey cat', 'Minka'], ['pets'], 'adopting a cat'),
        constructed('n2', ['Minka', 'thunder'], ['pets', 'fear'], 'Minka is afraid of thunder'),
        constructed('n3', ['baker', 'Blue Oven'], ['work'], 'what the speaker does for a living'),
        constructed('n4', ['flat', 'Lyon'], ['home'], 'where the speaker lives'),
      ],
    },
  },
  {
    expects: [shownAs('n1', texts[4]!)],
    answer: { operations: [constructed('n1', ['bakery'], ['work'], 'early hours at work')] },
  },
  {
    expects: [shownAs('n1', texts[5]!), shownAs('n3', texts[0]!, false)],
    answer: {
      operations: [
        constructed('n1', ['diabetes', 'insulin', 'Minka'], ['pets', 'health'], 'the cat fell ill and needs care'),
        { op: 'link', from: 'n1', to: 'n3', type: 'related', reason: 'both about the cat Minka' },
        {
          op: 'evolve',
          handle: 'n3',
          because: 'n1',
          context: 'adopting a cat that later had diabetes',
          tags: ['pets', 'health'],
          keywords: null,
        },
      ],
    },
  },
];

let bench: ConsolidationBench;

beforeEach(() => {
  bench = openConsolidationBench();
});

/** Stores and consolidates the first five together, then the sixth. */
async function insertAll(): Promise<{ readonly before: readonly StoredNote[]; readonly after: readonly StoredNote[] }> {
  const model = newScriptedLanguageModel(script);
  const { propose } = newProposer({ model, runs: bench.store.runs, clock: bench.now });
  for (const text of texts.slice(0, 5)) await bench.add(scope, text);
  await consolidate(propose);
  const before = await allNotes();
  await bench.add(scope, texts[5]!);
  await consolidate(propose);
  expect(bench.notices).toEqual([]);
  expect(model.remaining()).toBe(0);
  return { before, after: await allNotes() };
}

async function consolidate(propose: ReturnType<typeof newProposer>['propose']): Promise<void> {
  const worker = bench.open({ planners, propose, embedder });
  // Not `drained`, which waits for jobs that failed: time stands still.
  await worker.idle();
  await worker.close();
}

/** In the order of `texts`. */
async function allNotes(): Promise<readonly StoredNote[]> {
  const rows = await bench.store.workingRows(read, 0, 100);
  return bench.store.notes(
    scope.tenant,
    rows.map(({ id }) => id),
  );
}

async function similarityTo(id: NoteId, { note, episode }: StoredNote): Promise<number> {
  const [vector] = await embedder.embed([embeddingText(note, episode)], 'passage', 1_000);
  const { hits } = await bench.store.nearest(read, { embedder: embedder.id, vector: vector!, limit: 10 });
  return hits.find(({ noteId }) => noteId === id)?.similarity ?? 0;
}

describe('A-MEM’s insert, kept', () => {
  test('the new note has the keywords, tags and context that the model gave it', async () => {
    const { after } = await insertAll();
    expect(after[5]?.note.derived).toMatchObject({
      keywords: ['diabetes', 'insulin', 'Minka'],
      tags: ['pets', 'health'],
      context: 'the cat fell ill and needs care',
      by: 'model:scripted@nowhere construct-notes/1',
    });
  });

  test('its link leads to the note that was meant, with the reason', async () => {
    const { after } = await insertAll();
    const links = await bench.store.links(scope.tenant, [after[5]!.note.id]);
    expect(links).toContainEqual(
      expect.objectContaining({
        from: after[5]?.note.id,
        to: after[0]?.note.id,
        type: 'related',
        reason: expect.stringContaining('both about the cat Minka'),
      }),
    );
    const ids = new Set(after.map(({ note }) => note.id));
    expect(links.every(({ from, to }) => ids.has(from) && ids.has(to))).toBe(true);
  });

  test('the neighbour’s context and tags are new, its text and version are not, and its history tells why', async () => {
    const { before, after } = await insertAll();
    expect(after[0]?.note).toMatchObject({
      text: texts[0],
      tags: [],
      version: 1,
      derivation: 2,
      derived: {
        keywords: ['grey cat', 'Minka'],
        tags: ['pets', 'health'],
        context: 'adopting a cat that later had diabetes',
      },
    });
    const history = await bench.store.history(scope.tenant, after[0]!.note.id);
    expect(history.map(({ derivation, derived }) => [derivation, derived?.context ?? null])).toEqual([
      [0, null],
      [1, 'adopting a cat'],
      [2, 'adopting a cat that later had diabetes'],
    ]);
    expect(history.at(-1)?.cause).toContain(after[5]!.note.id);
    // Nothing else was touched.
    for (const index of [2, 3, 4]) expect(after[index]?.note.derived).toEqual(before[index]?.note.derived);
  });

  test('the neighbour’s vector is that of what it now says, made in the same run', async () => {
    const { before, after } = await insertAll();
    const { id } = after[0]!.note;
    expect(await similarityTo(id, after[0]!)).toBeCloseTo(1, 5);
    expect(await similarityTo(id, before[0]!)).toBeLessThan(0.99);
    expect(await bench.store.unembedded(embedder.id, 10)).toEqual([]);
  });

  test('the model’s words were kept before they were applied, and the run can be taken back', async () => {
    const { before, after } = await insertAll();
    const [run] = await bench.store.runs.list(scope.tenant, { limit: 1 });
    const records = await bench.store.runs.records(scope.tenant, run!.id);
    expect(records.map(({ prompt, answer }) => [prompt, JSON.parse(answer)])).toEqual([
      ['construct-notes/1', script[2]?.answer],
    ]);
    await bench.store.apply(scope, [{ kind: 'run-reverted', runId: run!.id, rowsMax: 1_000 }]);
    const reverted = await allNotes();
    expect(reverted.slice(0, 5)).toEqual(before);
    expect(reverted[5]?.note.derived).toBeNull();
    expect(await bench.store.links(scope.tenant, [after[5]!.note.id])).toEqual([]);
  });
});

/** How the line of a note begins. */
function shownAs(handle: string, text: string, isNew = true): string {
  return JSON.stringify({ handle, new: isNew, text }).slice(0, -1);
}

function constructed(handle: string, keywords: readonly string[], tags: readonly string[], context: string): object {
  return { op: 'construct', handle, keywords, tags, context, importance: 0.6 };
}
