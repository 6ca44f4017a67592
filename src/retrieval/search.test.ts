import { beforeEach, describe, expect, test } from 'vitest';
import { makeScope, may8, remembered } from '../../test/builders.ts';
import { newAnalyzer } from '../encoding/analyzer.ts';
import type { GuardedEmbedder } from '../memory/embedder.ts';
import type { NoteId } from '../memory/ids.ts';
import type { RecallQuery } from '../memory/recall.ts';
import { readScope } from '../memory/scope.ts';
import type { VectorSearch } from '../memory/store.ts';
import { type InMemoryStore, openInMemoryStore } from '../store/in-memory.ts';
import { newRecall, type RecallParts } from './search.ts';
import { newWorkingSets } from './working-sets.ts';

const analyzer = newAnalyzer();
const scope = makeScope();
const read = readScope(scope);
const clock = (): number => may8;

let store: InMemoryStore;

beforeEach(() => {
  store = openInMemoryStore({ clock });
});

async function remember(text: string): Promise<NoteId> {
  const { note, episode } = remembered(scope, text);
  const keys = analyzer.keys({ text, context: null, place: null, eventAt: episode.eventAt });
  await store.apply(scope, [
    { kind: 'episode-added', episode },
    { kind: 'note-added', note, keys },
  ]);
  return note.id;
}

function recallWith(parts: Partial<RecallParts> = {}) {
  const workingSets = newWorkingSets({ store, analyzer, snapshots: null });
  return newRecall({ store, vectors: null, embedder: null, analyzer, workingSets, clock, ...parts });
}

const asking = (text: string, overrides: Partial<RecallQuery> = {}): RecallQuery => ({
  text,
  limit: 10,
  filter: null,
  asOf: null,
  queryAt: may8,
  explain: false,
  answerOrder: false,
  includeArchived: false,
  ...overrides,
});

function embedderOf(kind: GuardedEmbedder['class'], embed: GuardedEmbedder['embed']): GuardedEmbedder {
  return { id: 'test-2', class: kind, dimensions: 2, embed, close: async () => {} };
}

const nothingNear: Pick<VectorSearch, 'nearest'> = {
  nearest: async () => ({ hits: [], exact: true, degraded: null }),
};

describe('search', () => {
  test('what was just stored is found by its words', async () => {
    const recall = recallWith();
    const minka = await remember('Minka is a grey cat.');
    await remember('The train to Bern was late.');
    const { hits, degraded } = await recall.search(read, asking('the grey cat'));
    expect(hits.map(({ stored }) => stored.note.id)).toEqual([minka]);
    expect(degraded).toEqual([]);
  });

  test('what says the same is one hit with how many more there are, and does not take the place of others', async () => {
    const recall = recallWith();
    for (const text of ['I have a grey cat.', 'i have a grey cat', 'I have a GREY cat!']) await remember(text);
    const other = await remember('The cat of my neighbour is black.');
    await remember('The train to Bern was late.');
    const { hits } = await recall.search(read, asking('Who has a grey cat?', { limit: 2 }));
    expect(hits.map(({ copies }) => copies)).toEqual([2, undefined]);
    expect(hits[1]?.stored.note.id).toBe(other);
  });

  test('what was erased is not', async () => {
    const recall = recallWith();
    const minka = await remember('Minka is a grey cat.');
    await recall.search(read, asking('cat'));
    await store.apply(scope, [{ kind: 'erased', noteIds: [minka] }]);
    expect((await recall.search(read, asking('cat'))).hits).toEqual([]);
  });

  test('an explanation recomputes to the score', async () => {
    const recall = recallWith();
    await remember('Minka is a grey cat.');
    await remember('Another grey cat sat on the wall.');
    const { hits } = await recall.search(read, asking('Who is the grey cat called Minka?', { explain: true }));
    expect(hits).toHaveLength(2);
    for (const { score, explanation } of hits) {
      const sum = explanation?.channels.reduce((total, { contribution }) => total + contribution, 0) ?? 0;
      const factors = explanation?.steps.reduce((product, { factor }) => product * factor, 1) ?? 0;
      expect(sum * factors).toBeCloseTo(score, 9);
      for (const { weight, score: own, contribution } of explanation?.channels ?? []) {
        expect(weight * own).toBeCloseTo(contribution, 9);
      }
    }
  });

  test('a question about order is answered beside the hits, and only when that is wanted', async () => {
    const recall = recallWith();
    const minka = await remember('I adopted a grey cat called Minka.');
    const vase = await remember('Minka broke the blue vase.');
    const cue = 'Which came first, adopting the grey cat or the broken blue vase?';
    expect((await recall.search(read, asking(cue))).sequence).toBeNull();
    const { hits, sequence } = await recall.search(read, asking(cue, { answerOrder: true }));
    expect(hits).toHaveLength(2);
    expect(sequence).toMatchObject({ kind: 'which_first', answer: 'first', elapsedMs: null, abstained: null });
    expect(sequence?.episodes.map(({ noteId }) => noteId)).toEqual([minka, vase]);
  });

  test('an order is not told from a memory that the store no longer gives', async () => {
    await remember('I adopted a grey cat called Minka.');
    const vase = await remember('Minka broke the blue vase.');
    const forgetful: RecallParts['store'] = {
      claims: store.claims,
      links: store.links,
      matching: store.matching,
      notes: async (owner, ids) => (await store.notes(owner, ids)).filter(({ note }) => note.id !== vase),
    };
    const cue = 'Which came first, adopting the grey cat or the broken blue vase?';
    const { sequence } = await recallWith({ store: forgetful }).search(read, asking(cue, { answerOrder: true }));
    expect(sequence).toEqual({
      kind: 'which_first',
      episodes: [],
      answer: null,
      elapsedMs: null,
      abstained: 'not_recognised',
    });
  });

  test('confidence is low where nobody told, and leaves the hits as they are', async () => {
    const recall = recallWith();
    for (let day = 1; day <= 10; day += 1) await remember(`On day ${day} the grey cat sleeps by the stove.`);
    await remember('The train to Bern was late.');
    const told = await recall.search(read, asking('Where does the grey cat sleep?'));
    const untold = await recall.search(read, asking('Which dentist did Olga recommend on the train?'));
    expect(told.confidence).toBeGreaterThan(0.7);
    expect(told.confidence).toBeLessThanOrEqual(1);
    expect(untold.confidence).toBeLessThan(0.3);
    expect(untold.hits).toHaveLength(1);
  });

  test('a filter leaves out what does not pass', async () => {
    const recall = recallWith();
    const minka = await remember('Minka is a grey cat.');
    await remember('Another grey cat.');
    const filter = { kind: 'compare', field: { kind: 'field', name: 'id' }, comparison: 'eq', value: minka } as const;
    const { hits } = await recall.search(read, asking('grey cat', { filter }));
    expect(hits.map(({ stored }) => stored.note.id)).toEqual([minka]);
  });

  test('vectors that fail are named, and words answer', async () => {
    const embedder = embedderOf('sentence', async () => {
      throw new Error('the model is out');
    });
    const recall = recallWith({ embedder, vectors: nothingNear });
    await remember('Minka is a grey cat.');
    const { hits, degraded } = await recall.search(read, asking('grey cat'));
    expect(hits).toHaveLength(1);
    expect(degraded).toEqual(['vectors: the model is out']);
  });

  test('vectors find what shares no word', async () => {
    const minka = await remember('Minka is a grey cat.');
    const embedder = embedderOf('sentence', async () => [Float32Array.of(1, 0)]);
    const vectors: Pick<VectorSearch, 'nearest'> = {
      nearest: async () => ({ hits: [{ noteId: minka, similarity: 0.8 }], exact: true, degraded: null }),
    };
    const { hits } = await recallWith({ embedder, vectors }).search(read, asking('feline'));
    expect(hits.map(({ stored }) => stored.note.id)).toEqual([minka]);
  });

  test('letters find a misspelt name, but only what is really alike', async () => {
    const embedder = embedderOf('lexical', async () => [Float32Array.of(1, 0)]);
    const minka = await remember('Minka is a grey cat.');
    const other = await remember('The stove is warm.');
    const vectors: Pick<VectorSearch, 'nearest'> = {
      nearest: async () => ({
        hits: [
          { noteId: minka, similarity: 0.4 },
          { noteId: other, similarity: 0.05 },
        ],
        exact: true,
        degraded: null,
      }),
    };
    const { hits } = await recallWith({ embedder, vectors }).search(read, asking('Mincka?', { explain: true }));
    expect(hits.map(({ stored }) => stored.note.id)).toEqual([minka]);
    expect(hits[0]?.explanation?.channels.map(({ channel }) => channel)).toContain('vectors');
  });

  test('letters are not asked where words know', async () => {
    let calls = 0;
    const embedder = embedderOf('lexical', async () => {
      calls += 1;
      return [Float32Array.of(1, 0)];
    });
    const recall = recallWith({ embedder, vectors: nothingNear });
    await remember('Minka is a grey cat.');
    await recall.search(read, asking('grey cat'));
    expect(calls).toBe(0);
  });
});
