import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeScope, may8, remembered } from '../../test/builders.ts';
import { newAnalyzer } from '../encoding/analyzer.ts';
import { fsrs } from '../memory/forgetting.ts';
import { type NoteId, newIdSource } from '../memory/ids.ts';
import { limits } from '../memory/limits.ts';
import type { Note } from '../memory/note.ts';
import { readScope } from '../memory/scope.ts';
import { openInMemoryStore } from '../store/in-memory.ts';
import { planSummaries, type SummaryParts } from './plan-summaries.ts';

const minuteMs = 60_000;
const dayMs = 86_400_000;
const bread = [
  'The dough needs flour and time.',
  'My dough rises with fresh yeast.',
  'Flour and yeast make the dough rise.',
];
const bikes = [
  'The chain fell off my bicycle.',
  'I oil the chain of the bicycle.',
  'The bicycle brakes squeak on the chain side.',
];
const twoTopics = [...bread, ...bread, ...bread, ...bikes, ...bikes, ...bikes];

describe('summaries', () => {
  it('are made of a session and of its segments, every sentence with its source', async () => {
    const { say, summarise, summaries, episodes } = memory();
    await say('s1', twoTopics);
    await summarise();
    const made = await summaries();
    expect(made.map(({ summary }) => summary?.level)).toEqual(['segment', 'segment', 'session']);
    expect(made.map(({ summary }) => summary?.key.split(' ')[0])).toEqual(['s1', 's1', 's1']);
    expect(made.at(-1)).toMatchObject({
      kind: 'summary',
      origin: 'derived',
      summary: { key: 's1', by: 'rules-1', from: may8, until: may8 + 17 * minuteMs },
    });
    expect(made.at(-1)?.sources).toHaveLength(18);
    for (const { summary } of made) {
      for (const sentence of summary?.sentences ?? []) {
        expect(sentence.episodes.every((id) => episodes().get(id)?.includes(sentence.text))).toBe(true);
      }
    }
  });

  it('are planned once: a second run plans nothing', async () => {
    const { say, summarise } = memory();
    await say('s1', twoTopics);
    await say('s2', bread.concat('It all tasted of fresh bread.'));
    expect((await summarise()).length).toBeGreaterThan(0);
    expect(await summarise()).toEqual([]);
  });

  it('wait until a session has ended, unless someone asks', async () => {
    const { say, summarise, summaries } = memory();
    await say('s1', [...bread, ...bread]);
    expect(await summarise({ now: may8 + 20 * minuteMs })).toEqual([]);
    expect(await summarise({ now: may8 + 20 * minuteMs, isAsked: true })).not.toEqual([]);
    expect(await summaries()).toHaveLength(1);
  });

  it('that a person took back are not made again until something new is said, or someone asks', async () => {
    const { say, summarise } = memory();
    await say('s1', [...bread, ...bread]);
    const takenBackAt = may8 + dayMs;
    expect(await summarise({ takenBackAt })).toEqual([]);
    expect(await summarise({ takenBackAt, isAsked: true })).not.toEqual([]);
    await say('s2', [...bikes, ...bikes]);
    expect(await summarise({ takenBackAt: may8 + 6 * minuteMs })).not.toEqual([]);
  });

  it('leave alone what is as short as its summary would be', async () => {
    const { say, summarise } = memory();
    await say('s1', bread);
    expect(await summarise()).toEqual([]);
  });

  it('of a day are made when it had more than one session', async () => {
    const { say, summarise, summaries } = memory();
    await say('s1', [...bread, ...bread]);
    await say('s2', [...bikes, ...bikes]);
    await summarise();
    expect((await summaries()).map(({ summary }) => `${summary?.level} ${summary?.key}`)).toEqual([
      'session s1',
      'session s2',
      'day 2024-05-08',
    ]);
  });

  it('are made anew when a turn is erased, without its words', async () => {
    const { say, summarise, summaries, store, scope } = memory();
    const secret = 'The dough of flour and yeast is for the Nightingale party.';
    const ids = await say('s1', [...bread, secret, ...bread]);
    await summarise();
    await store.apply(scope, [{ kind: 'erased', noteIds: [ids[3]!] }]);
    expect(await summaries()).toEqual([]);
    await summarise();
    const made = await summaries();
    expect(made.at(-1)?.sources).toHaveLength(6);
    expect(JSON.stringify(made)).not.toContain('Nightingale');
    expect(await summarise()).toEqual([]);
  });

  it('are made anew when a turn is revised, and show nothing that was taken back', async () => {
    const { say, summarise, summaries, store, scope } = memory();
    const ids = await say('s1', [...bread, 'The dough of flour and yeast weighs nine kilos.', ...bread]);
    await summarise();
    const before = await summaries();
    const text = 'The dough of flour and yeast weighs one kilo.';
    const keys = newAnalyzer().keys({ text, context: null, place: null, eventAt: null });
    const revised = { kind: 'note-revised', noteId: ids[3]!, expectedVersion: 1, revision: { text }, keys } as const;
    await store.apply(scope, [{ ...revised, cause: 'updated', at: may8 + dayMs }]);
    await summarise();
    const after = await summaries();
    expect(after).toHaveLength(before.length);
    expect(after.some(({ id }) => before.some((other) => other.id === id))).toBe(false);
    expect(JSON.stringify(after.map((note) => note.text))).not.toMatch(/nine kilos/);
    expect((await store.note(scope.tenant, before[0]!.id))?.note).toMatchObject({
      state: 'invalidated',
      stateReason: 'made anew',
    });
  });

  it('keep what forgetting archives, and drop what is no longer true', async () => {
    const { say, summarise, summaries, store, scope } = memory();
    const ids = await say('s1', [...bread, ...bread]);
    await summarise();
    const set = (state: 'archived' | 'invalidated') =>
      store.apply(
        scope,
        ids.map((noteId) => ({ kind: 'note-state-set', noteId, state, reason: null, at: may8 + dayMs })),
      );
    await set('archived');
    expect(await summarise()).toEqual([]);
    await set('invalidated');
    expect(await summarise()).toHaveLength(1);
    expect(await summaries()).toEqual([]);
    expect(await summarise()).toEqual([]);
  });

  it('are as trusted as the least trusted turn', async () => {
    const { say, summarise, summaries } = memory();
    await say('s1', bread);
    await say('s1', bread, 0);
    await summarise();
    expect((await summaries()).map(({ trust }) => trust)).toEqual([0]);
  });

  it('quote every sentence word for word from the episode it names, whatever was said', async () => {
    const words = fc.constantFrom(
      'dough',
      'flour',
      'Dr. Wu',
      'e.g. rye',
      '3.5 kg',
      'yes!',
      'why?',
      'bread.\n',
      '1. loaf',
      'oven',
      '"hot"',
      'Ça va',
    );
    const texts = fc.array(fc.array(words, { minLength: 1, maxLength: 12 }), { minLength: 1, maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(texts, async (said) => {
        const { say, summarise, summaries, episodes } = memory();
        await say(
          's1',
          said.map((one) => one.join(' ')),
        );
        await summarise();
        for (const { summary, sources, text } of await summaries()) {
          for (const sentence of summary?.sentences ?? []) {
            expect(text).toContain(sentence.text);
            expect(sentence.episodes).toHaveLength(1);
            expect(sources).toContain(sentence.episodes[0]);
            expect(episodes().get(sentence.episodes[0]!)).toContain(sentence.text);
          }
        }
        expect(await summarise()).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });

  it('of a model are taken for sessions and days, and the rules do the rest', async () => {
    const { say, summarise, summaries } = memory();
    await say('s1', twoTopics);
    await summarise({
      write: async ({ turns }) => ({
        sentences: [{ text: 'Bread, then bicycles.', episodes: turns.flatMap(({ note }) => note.sources) }],
        by: 'model:test',
      }),
    });
    expect((await summaries()).map(({ summary }) => summary?.by)).toEqual(['rules-1', 'rules-1', 'model:test']);
  });
});

function memory() {
  const scope = makeScope();
  const store = openInMemoryStore({ clock: () => may8 });
  const spoken = new Map<string, string>();
  let said = 0;
  const parts = {
    store,
    analyzer: newAnalyzer(),
    ids: newIdSource(() => may8),
    curve: fsrs,
    now: may8 + 2 * dayMs + limits.summaryIdleMs,
    isAsked: false,
    takenBackAt: null,
    breathe: async () => undefined,
  };
  return {
    scope,
    store,
    episodes: (): ReadonlyMap<string, string> => spoken,
    async say(sessionId: string, texts: readonly string[], trust: 0 | 2 = 2): Promise<readonly NoteId[]> {
      const ids: NoteId[] = [];
      for (const text of texts) {
        const eventAt = may8 + said * minuteMs;
        said += 1;
        const { changes, note, episode } = remembered(scope, text, {
          episode: { sessionId, eventAt, recordedAt: eventAt, trust },
        });
        await store.apply(scope, changes);
        spoken.set(episode.id, text);
        ids.push(note.id);
      }
      return ids;
    },
    async summarise(options: Partial<SummaryParts> = {}) {
      const changes = await planSummaries(scope, { ...parts, ...options });
      await store.apply(scope, changes);
      return changes;
    },
    async summaries(): Promise<readonly Note[]> {
      const order = ['segment', 'session', 'day'];
      const found = (await store.summaries(readScope(scope), { limit: 100 })).map(({ note }) => note);
      return found.sort(
        (one, other) => order.indexOf(one.summary?.level ?? '') - order.indexOf(other.summary?.level ?? ''),
      );
    },
  };
}
