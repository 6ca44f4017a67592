import { describe, expect, it } from 'vitest';
import { makeScope, may8, remembered } from '../../test/builders.ts';
import { newAnalyzer } from '../encoding/analyzer.ts';
import { fsrs } from '../memory/forgetting.ts';
import { newIdSource } from '../memory/ids.ts';
import type { Note } from '../memory/note.ts';
import { readScope } from '../memory/scope.ts';
import { openInMemoryStore } from '../store/in-memory.ts';
import { factChanges, factClaim } from './fact-changes.ts';
import { planClaims, resettleOrphans } from './plan-claims.ts';
import { newScopeView } from './scope-view.ts';

const dayMs = 86_400_000;

describe('planClaims', () => {
  it('makes a claim of what was said, resting on its episode', async () => {
    const { say, claims } = memory();
    const episode = await say('I live in Paris.', 0);
    expect(await claims()).toMatchObject([
      {
        kind: 'semantic',
        origin: 'derived',
        trust: 2,
        text: 'The user lives in Paris.',
        sources: [episode.id],
        validAt: may8,
      },
    ]);
  });

  it('counts the same said again as evidence, and supersedes by what is said later', async () => {
    const { say, claims } = memory();
    await say('I live in Paris.', 0);
    await say('I live in Paris.', 1);
    await say('I moved to Rome.', 2);
    const [paris, rome] = await claims();
    expect(paris?.sources).toHaveLength(2);
    expect(paris).toMatchObject({ supersededBy: rome?.id, invalidAt: may8 + 2 * dayMs });
    expect(rome).toMatchObject({ supersededBy: null, invalidAt: null, validAt: may8 + 2 * dayMs });
  });

  it('comes to the same whether notes are planned one by one, together, or in another order', async () => {
    const texts = ['I live in Paris.', 'I moved to Rome.', 'I live in Paris.', 'I no longer live in Paris.'];
    const states = [];
    for (const order of [
      [0, 1, 2, 3],
      [3, 1, 0, 2],
      [2, 0, 3, 1],
    ]) {
      for (const together of [true, false]) {
        const { say, plan, claims } = memory();
        for (const day of order) await say(texts[day] ?? '', day, !together);
        if (together) await plan();
        states.push((await claims()).map(spanOf).sort());
      }
    }
    for (const state of states) expect(state).toEqual(states[0]);
    expect(states[0]).toContain('Paris positive 2-3');
  });

  it('plans nothing when the same note is planned again', async () => {
    const { say, plan } = memory();
    await say('I live in Paris. My daily quota is 1,200.', 0);
    expect(await plan()).toEqual([]);
  });

  it('lets what held before hold again when its successor is gone', async () => {
    const { store, scope, say, claims, resettle } = memory();
    await say('I live in Paris.', 0);
    await say('I moved to Rome.', 1);
    const rome = (await claims()).find(({ claim }) => claim?.value === 'Rome');
    await store.apply(scope, [{ kind: 'erased', noteIds: rome === undefined ? [] : [rome.id] }]);
    await resettle();
    expect((await claims()).map(spanOf)).toEqual(['Paris positive 0-']);
  });
});

describe('factChanges', () => {
  it('settles a given fact against those found in conversations', async () => {
    const { say, give } = memory();
    await say('I live in Paris.', 0);
    expect((await give('Rome', 1)).outcome).toBe('superseded');
    expect((await give('Rome', 2)).outcome).toBe('corroborated');
    expect((await give('Oslo', 3)).outcome).toBe('superseded');
    expect((await give('Bergen', 3)).outcome).toBe('superseded');
  });
});

function memory() {
  let now = may8;
  const store = openInMemoryStore({ clock: () => now });
  const scope = makeScope();
  const analyzer = newAnalyzer();
  const parts = { store, analyzer, curve: fsrs, ids: newIdSource(() => now), view: newScopeView(scope, analyzer) };
  const said: ReturnType<typeof remembered>[] = [];
  const plan = async (due = said) => {
    const stored = due.map(({ note, episode }) => ({ note, episode }));
    const changes = await planClaims({ scope, due: stored, planned: [], proposals: null, now }, parts);
    await store.apply(scope, changes);
    return changes;
  };
  const claims = async (): Promise<readonly Note[]> =>
    (await store.claims(readScope(scope), { limit: 100 })).map(({ note }) => note);
  return {
    store,
    scope,
    claims,
    plan,
    async say(text: string, day: number, isPlanned = true) {
      now += 1_000;
      const one = remembered(scope, text, { episode: { eventAt: may8 + day * dayMs, sessionId: `day ${day}` } });
      said.push(one);
      await store.apply(scope, one.changes);
      if (isPlanned) await plan([one]);
      return one.episode;
    },
    async resettle() {
      await store.apply(scope, await resettleOrphans(scope, parts, now));
    },
    async give(value: string, day: number) {
      now += 1_000;
      const input = {
        namespace: 'users/alice',
        subject: 'user',
        attribute: 'residence',
        value,
        validAt: new Date(may8 + day * dayMs).toISOString(),
      };
      const { subject, attribute } = factClaim(input);
      const existing = await store.claims(readScope(scope), {
        subjects: [subject],
        attributes: [attribute],
        limit: 100,
      });
      const result = factChanges({ scope, input, existing, parts: { ...parts, now } });
      await store.apply(scope, result.changes);
      return result;
    },
  };
}

function spanOf({ claim, validAt, invalidAt }: Note): string {
  const day = (at: number | null): string => (at === null ? '' : String(Math.round((at - may8) / dayMs)));
  return `${claim?.value} ${claim?.polarity} ${day(validAt)}-${day(invalidAt)}`;
}
