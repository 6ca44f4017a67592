import { describe, expect, it } from 'vitest';
import { makeScope, may8, remembered } from '../../test/builders.ts';
import { newAnalyzer } from '../encoding/analyzer.ts';
import { fsrs } from '../memory/forgetting.ts';
import { newIdSource } from '../memory/ids.ts';
import type { Note } from '../memory/note.ts';
import { readScope } from '../memory/scope.ts';
import type { StoredNote } from '../memory/store.ts';
import { openInMemoryStore } from '../store/in-memory.ts';
import { factChanges, factClaim } from './fact-changes.ts';
import type { Proposals } from './plan.ts';
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

  it('settles what a model proposes as it settles what rules find', async () => {
    const { say, plan, claims, last } = memory();
    await say('I live in Paris.', 0);
    await say('The moving van is unpacked, and Rome it is.', 2, false);
    const claim = { ...residence, value: 'Rome' };
    const proposed = { noteId: last().note.id, claim, validAt: may8 + dayMs };
    await plan([last()], { ...noProposals, claims: [proposed] });
    expect((await claims()).map(spanOf).sort()).toEqual(['Paris positive 0-1', 'Rome positive 1-']);
    expect(await plan([last()], { ...noProposals, claims: [proposed] })).toEqual([]);
  });

  it('dates what a model proposes without a time by when it was said', async () => {
    const { say, plan, claims, last } = memory();
    await say('Rome it is.', 3, false);
    await plan([last()], {
      ...noProposals,
      claims: [{ noteId: last().note.id, claim: { ...residence, value: 'Rome' }, validAt: null }],
    });
    expect((await claims()).map(spanOf)).toEqual(['Rome positive 3-']);
  });

  it('takes back what a revised text no longer says, and what it had ended holds again', async () => {
    const { say, revise, claims } = memory();
    await say('I live in Paris.', 0);
    await say('I moved to Rome.', 1);
    await revise('I moved the sofa.');
    expect((await claims()).map(spanOf)).toEqual(['Paris positive 0-']);
  });

  it('keeps what a revised text still says', async () => {
    const { say, revise, claims } = memory();
    await say('I moved to Rome.', 1);
    const before = await claims();
    await revise('I moved to Rome, at last!');
    expect(await claims()).toEqual(before);
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

describe('a fact given while the worker settles the same topic', () => {
  it('ends with one current value, once the worker has looked at it', async () => {
    const { say, give, plan, claims, store, scope } = memory();
    // Neither sees what the other is about to write.
    await give('Rome', 2, () => say('I live in Paris.', 1));
    const current = async () =>
      (await claims()).filter(({ supersededBy }) => supersededBy === null).map(({ claim }) => claim?.value);
    expect(await current()).toEqual(['Rome', 'Paris']);
    const due = await store.notes(scope.tenant, await store.underived(readScope(scope), 10));
    expect(due.map(({ note }) => note.claim?.value ?? null)).toEqual([null, 'Rome']);
    await plan(due);
    expect(await current()).toEqual(['Rome']);
    // Settled is settled.
    expect(await plan(due)).toEqual([]);
  });
});

function memory() {
  let now = may8;
  const store = openInMemoryStore({ clock: () => now });
  const scope = makeScope();
  const analyzer = newAnalyzer();
  const parts = { store, analyzer, curve: fsrs, ids: newIdSource(() => now), view: newScopeView(scope, analyzer) };
  const said: ReturnType<typeof remembered>[] = [];
  const plan = async (due: readonly StoredNote[] = said, proposals: Proposals | null = null) => {
    const stored = due.map(({ note, episode }) => ({ note, episode }));
    const changes = await planClaims({ scope, due: stored, planned: [], proposals, now }, parts);
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
    last() {
      const one = said.at(-1);
      if (one === undefined) throw new Error('Nothing was said.');
      return one;
    },
    /** Gives the last note another text. */
    async revise(text: string) {
      now += 1_000;
      const { note, episode } = said.at(-1) ?? {};
      if (note === undefined || episode === undefined) throw new Error('Nothing was said.');
      const keys = analyzer.keys({ text, context: null, place: null, eventAt: null });
      await store.apply(scope, [
        {
          kind: 'note-revised',
          noteId: note.id,
          expectedVersion: note.version,
          revision: { text },
          keys,
          cause: 'the caller',
          at: now,
        },
      ]);
      const revised = await store.note(scope.tenant, note.id);
      if (revised !== null) await plan([revised]);
    },
    async resettle() {
      await store.apply(scope, await resettleOrphans(scope, parts, now));
    },
    async give(value: string, day: number, meanwhile: () => Promise<unknown> = async () => undefined) {
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
      await meanwhile();
      await store.apply(scope, result.changes);
      return result;
    },
  };
}

const residence = { subject: 'user', attribute: 'residence', polarity: 'positive', isSingle: true } as const;
const noProposals: Proposals = { by: 'model:test', notes: new Map(), links: [], evolutions: [], claims: [] };

function spanOf({ claim, validAt, invalidAt }: Note): string {
  const day = (at: number | null): string => (at === null ? '' : String(Math.round((at - may8) / dayMs)));
  return `${claim?.value} ${claim?.polarity} ${day(validAt)}-${day(invalidAt)}`;
}
