import { beforeEach, describe, expect, test } from 'vitest';
import { makeScope, may8, remembered } from '../../test/builders.ts';
import { newFakeClock } from '../../test/fake-clock.ts';
import { newAnalyzer } from '../encoding/analyzer.ts';
import type { NoteId } from '../memory/ids.ts';
import { limits } from '../memory/limits.ts';
import type { RecallQuery } from '../memory/recall.ts';
import type { Reranker } from '../memory/reranker.ts';
import { readScope } from '../memory/scope.ts';
import { guardReranker } from '../models/rerank-guard.ts';
import { type InMemoryStore, openInMemoryStore } from '../store/in-memory.ts';
import { newRecall } from './search.ts';
import { newWorkingSets } from './working-sets.ts';

const analyzer = newAnalyzer();
const scope = makeScope();
const read = readScope(scope);
const clock = (): number => may8;

let store: InMemoryStore;
beforeEach(() => {
  store = openInMemoryStore({ clock });
});

async function remember(text: string, speaker: string | null = null): Promise<NoteId> {
  const { note, episode } = remembered(scope, text, { episode: { speaker } });
  const keys = analyzer.keys({ text, context: null, place: null, eventAt: episode.eventAt });
  await store.apply(scope, [
    { kind: 'episode-added', episode },
    { kind: 'note-added', note, keys },
  ]);
  return note.id;
}

function recallWith(score: Reranker['score'] | null, options: Parameters<typeof guardReranker>[1] = {}) {
  const workingSets = newWorkingSets({ store, analyzer, snapshots: null });
  const reranker = score === null ? null : guardReranker({ id: 'scripted', pairsMax: 8, score }, options);
  return newRecall({ store, vectors: null, embedder: null, reranker, analyzer, workingSets, clock });
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

/** Sure of texts that hold this word, and that no other answers. */
const likes =
  (word: string): Reranker['score'] =>
  async (_query, texts) =>
    texts.map((text) => (text.includes(word) ? 1 : 0));

describe('a search with a reranker', () => {
  test('puts first what the reranker is sure of, and says so', async () => {
    await remember('A grey cat sat on the wall.');
    const minka = await remember('The grey cat is called Minka.');
    const { hits, degraded } = await recallWith(likes('Minka')).search(read, asking('grey cat', { explain: true }));
    expect(degraded).toEqual([]);
    expect(hits[0]?.stored.note.id).toBe(minka);
    expect(hits[0]?.explanation?.steps).toContainEqual({
      step: 'rerank',
      factor: 2,
      detail: 'scripted gives it 1.000 of 1',
    });
    for (const { score, explanation } of hits) {
      const sum = explanation?.channels.reduce((total, { contribution }) => total + contribution, 0) ?? 0;
      const factors = explanation?.steps.reduce((product, { factor }) => product * factor, 1) ?? 0;
      expect(sum * factors).toBeCloseTo(score, 9);
    }
  });

  test('shows it the cue and who said what', async () => {
    const asked: unknown[] = [];
    await remember('The grey cat is called Minka.', 'Ana');
    const recall = recallWith(async (query, texts) => {
      asked.push([query, texts]);
      return texts.map(() => 0);
    });
    await recall.search(read, asking('grey cat'));
    expect(asked).toEqual([['grey cat', ['Ana: The grey cat is called Minka.']]]);
  });

  test('brings up what stood below the limit, and returns no more than was asked for', async () => {
    for (let index = 0; index < 20; index += 1) await remember(`The grey cat slept in house number ${index}.`);
    const plain = await recallWith(null).search(read, asking('grey cat', { limit: 20 }));
    const last = plain.hits.at(-1)?.stored.note;
    const { hits } = await recallWith(likes(last?.text ?? '')).search(read, asking('grey cat', { limit: 3 }));
    expect(hits).toHaveLength(3);
    expect(hits[0]?.stored.note.id).toBe(last?.id);
  });

  test('shows it no more than its share of a long list, whose end keeps its order', async () => {
    for (let index = 0; index < limits.rerankNotes + 10; index += 1) await remember(`The cat slept in house ${index}.`);
    let shown = 0;
    const reversing: Reranker['score'] = async (_query, texts) =>
      texts.map(() => {
        shown += 1;
        return shown / 100;
      });
    const wanted = asking('cat', { limit: limits.rerankNotes + 10 });
    const plain = await recallWith(null).search(read, wanted);
    const { hits } = await recallWith(reversing).search(read, wanted);
    expect(shown).toBe(limits.rerankNotes);
    expect(hits).toHaveLength(limits.rerankNotes + 10);
    expect(hits.slice(limits.rerankNotes)).toEqual(plain.hits.slice(limits.rerankNotes));
    expect(hits[0]?.stored.note.id).toBe(plain.hits[limits.rerankNotes - 1]?.stored.note.id);
  });

  test.each([
    ['fails', () => Promise.reject(new TypeError('broken')), 'rerank: Reranker scripted failed: TypeError.'],
    [
      'answers wrongly',
      async () => [],
      'rerank: Reranker scripted gave a wrong answer: expected 2 scores for 2 texts, got 0 scores.',
    ],
  ])('answers without one that %s, and says so', async (_, score, degraded) => {
    await remember('A grey cat sat on the wall.');
    await remember('The grey cat is called Minka.');
    const plain = await recallWith(null).search(read, asking('grey cat'));
    expect(await recallWith(score).search(read, asking('grey cat'))).toEqual({ ...plain, degraded: [degraded] });
    expect(plain.hits).toHaveLength(2);
  });

  test('waits for one that hangs until the deadline, then answers without', async () => {
    await remember('A grey cat sat on the wall.');
    const time = newFakeClock();
    let asked: () => void = () => {};
    const wasAsked = new Promise<void>((resolve) => {
      asked = resolve;
    });
    const hanging: Reranker['score'] = () => {
      asked();
      return new Promise(() => {});
    };
    const searching = recallWith(hanging, { clock: time }).search(read, asking('grey cat'));
    await wasAsked;
    await time.advance(limits.rerankDeadlineMs);
    const { hits, degraded } = await searching;
    expect(hits).toHaveLength(1);
    expect(degraded).toEqual([`rerank: Reranker scripted did not answer within ${limits.rerankDeadlineMs} ms.`]);
  });

  test('does not give what was erased while the reranker was reading', async () => {
    const wall = await remember('A grey cat sat on the wall.');
    const minka = await remember('The grey cat is called Minka.');
    const recall = recallWith(async (_query, texts) => {
      await store.apply(scope, [{ kind: 'erased', noteIds: [minka] }]);
      return texts.map(() => 1);
    });
    const { hits } = await recall.search(read, asking('grey cat'));
    expect(hits.map(({ stored }) => stored.note.id)).toEqual([wall]);
  });

  test('asks nothing where nothing was found', async () => {
    await remember('A grey cat sat on the wall.');
    const recall = recallWith(() => Promise.reject(new Error('asked')));
    expect(await recall.search(read, asking('submarine'))).toMatchObject({ hits: [], degraded: [] });
  });
});
