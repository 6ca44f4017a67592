import { beforeEach, describe, expect, test } from 'vitest';
import { makeNote, makeScope, may8, noteAdded, remembered } from '../../test/builders.ts';
import { newAnalyzer } from '../encoding/analyzer.ts';
import { readScope } from '../memory/scope.ts';
import { type InMemoryStore, openInMemoryStore } from '../store/in-memory.ts';
import { newRecall } from './search.ts';
import { signalWeights } from './weights.ts';
import { newWorkingSets } from './working-sets.ts';

const analyzer = newAnalyzer();
const scope = makeScope();
const read = readScope(scope);
const clock = (): number => may8;
const hourMs = 3_600_000;

let store: InMemoryStore;

beforeEach(() => {
  store = openInMemoryStore({ clock });
});

/** A turn of Robin's and the claim that a pass made from it. */
async function said(text: string, value: string, eventAt: number) {
  const { note, episode } = remembered(scope, text, { episode: { eventAt, role: 'user', speaker: 'Robin' } });
  const keys = analyzer.keys({ text, context: null, place: null, eventAt });
  const claim = { subject: 'Robin', attribute: 'residence', value, polarity: 'positive', isSingle: true } as const;
  const sources = [episode.id];
  const held = makeNote({
    scope,
    text: `Robin lives in ${value}.`,
    claim,
    origin: 'derived',
    sources,
    validAt: eventAt,
  });
  await store.apply(scope, [{ kind: 'episode-added', episode }, { kind: 'note-added', note, keys }, noteAdded(held)]);
  return { note, held };
}

async function movedHome() {
  const old = await said('My home is a flat in Paris, where I live with a view.', 'Paris', may8 - 48 * hourMs);
  const now = await said('Packing done: I live in Bern.', 'Bern', may8 - 24 * hourMs);
  const invalidAt = now.held.validAt;
  await store.apply(scope, [{ kind: 'note-superseded', noteId: old.held.id, by: now.held.id, invalidAt, at: may8 }]);
  return { old, now };
}

function ask(text: string, weights = signalWeights) {
  const workingSets = newWorkingSets({ store, analyzer, snapshots: null });
  const recall = newRecall({ store, vectors: null, embedder: null, analyzer, workingSets, clock, weights });
  return recall.search(read, {
    text,
    limit: 10,
    filter: null,
    asOf: null,
    queryAt: may8,
    explain: true,
    answerOrder: false,
    includeArchived: false,
  });
}

describe('search', () => {
  test('gives the fact that is asked for beside the hits, and claims are no hits themselves', async () => {
    const { now } = await movedHome();
    const { hits, facts } = await ask('Where do I live, with a view of my home?');
    expect(facts?.answers.map(({ path }) => path[0]?.note.id)).toEqual([now.held.id]);
    expect(facts?.answers[0]?.earlier.map(({ note }) => note.claim?.value)).toEqual(['Paris']);
    expect(hits.every(({ stored }) => stored.note.origin !== 'derived')).toBe(true);
  });

  test('puts the turn of the newer claim above that of the one it superseded, unless that is switched off', async () => {
    const { old, now } = await movedHome();
    const cue = 'Where do I live, with a view of my home?';
    const idsOf = ({ hits }: Awaited<ReturnType<typeof ask>>) => hits.map(({ stored }) => stored.note.id);
    expect(idsOf(await ask(cue, { ...signalWeights, newest: 0 }))).toEqual([old.note.id, now.note.id]);
    const { hits } = await ask(cue);
    expect(hits.map(({ stored }) => stored.note.id)).toEqual([now.note.id, old.note.id]);
    const explanation = hits[0]?.explanation;
    const fused = explanation?.channels.reduce((sum, { contribution }) => sum + contribution, 0) ?? 0;
    const recomputed = explanation?.steps.reduce((product, { factor }) => product * factor, fused);
    expect(recomputed).toBeCloseTo(hits[0]?.score ?? 0, 9);
  });

  test('leaves the order as it is for a question about what was', async () => {
    const { old, now } = await movedHome();
    const { hits, facts } = await ask('Where did I live originally, with a view of my home?');
    expect(hits.map(({ stored }) => stored.note.id)).toEqual([old.note.id, now.note.id]);
    expect(facts?.answers[0]?.path[0]?.note.id).toBe(old.held.id);
  });

  test('tells no fact whose turn was erased', async () => {
    const { now } = await movedHome();
    await store.apply(scope, [{ kind: 'erased', noteIds: [now.note.id] }]);
    const { facts } = await ask('Where do I live now?');
    expect(facts?.answers.some(({ path }) => path[0]?.note.id === now.held.id) ?? false).toBe(false);
  });
});
