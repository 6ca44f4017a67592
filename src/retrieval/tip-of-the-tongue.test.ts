import { beforeEach, describe, expect, test } from 'vitest';
import { makeScope, may8, remembered } from '../../test/builders.ts';
import { newAnalyzer } from '../encoding/analyzer.ts';
import type { NoteId } from '../memory/ids.ts';
import type { RecallQuery } from '../memory/recall.ts';
import { readScope } from '../memory/scope.ts';
import { type InMemoryStore, openInMemoryStore } from '../store/in-memory.ts';
import { newRecall } from './search.ts';
import { newWorkingSets } from './working-sets.ts';

const analyzer = newAnalyzer();
const scope = makeScope();
const clock = (): number => may8;

let store: InMemoryStore;

beforeEach(async () => {
  store = openInMemoryStore({ clock });
  for (const text of ordinary) await remember(text);
});

const ordinary = [
  'The train to Bern was late.',
  'We had soup for lunch.',
  'The printer is out of toner.',
  'My sister called about the garden.',
  'The meeting moved to Thursday.',
  'It rained all afternoon.',
  'The bike needs a new chain.',
  'I watered the plants.',
];
const minka = 'I adopted a grey cat called Minka.';
const cue = 'What is the grey cat Minka called?';

describe('the tip of the tongue', () => {
  test('offers the id of what was forgotten, and no hit, when what is active answers badly', async () => {
    const forgotten = await remember(minka);
    await archive(forgotten, 'forgotten: retrievability below 0.5');
    const { hits, archived } = await search();
    expect(archived[0]).toBe(forgotten);
    expect(hits.map(({ stored }) => stored.note.id)).not.toContain(forgotten);
  });

  test('is silent while an active memory answers', async () => {
    const forgotten = await remember(minka);
    await remember('My grey cat is called Minka, I adopted her.');
    await archive(forgotten, 'forgotten: retrievability below 0.5');
    expect((await search()).archived).toEqual([]);
  });

  test.each(['deleted', 'expired', 'merged into note_1', null])(
    'says nothing of what was archived as %s',
    async (reason) => {
      await archive(await remember(minka), reason);
      expect((await search()).archived).toEqual([]);
    },
  );

  test('says nothing of what a filter leaves out, nor when archived memories or the past are asked for', async () => {
    await archive(await remember(minka), 'forgotten: over the capacity of 8');
    const kind = { kind: 'field', name: 'kind' } as const;
    const filter = { kind: 'compare', field: kind, comparison: 'eq', value: 'semantic' } as const;
    expect((await search({ filter })).archived).toEqual([]);
    expect((await search({ includeArchived: true })).archived).toEqual([]);
    expect((await search({ asOf: may8 + 1 })).archived).toEqual([]);
  });
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

async function archive(noteId: NoteId, reason: string | null): Promise<void> {
  await store.apply(scope, [{ kind: 'note-state-set', noteId, state: 'archived', reason, at: may8 }]);
}

function search(overrides: Partial<RecallQuery> = {}) {
  const workingSets = newWorkingSets({ store, analyzer, snapshots: null });
  const recall = newRecall({ store, vectors: null, embedder: null, analyzer, workingSets, clock });
  return recall.search(readScope(scope), {
    text: cue,
    limit: 10,
    filter: null,
    asOf: null,
    queryAt: may8,
    explain: false,
    answerOrder: false,
    includeArchived: false,
    ...overrides,
  });
}
