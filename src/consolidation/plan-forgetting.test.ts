import { beforeEach, describe, expect, it } from 'vitest';
import { makeClaim, makeDerived, makeEntityId, makeNote, makeScope, may8, remembered } from '../../test/builders.ts';
import { newAnalyzer } from '../encoding/analyzer.ts';
import type { Change } from '../memory/change.ts';
import { fsrs, reinforced } from '../memory/forgetting.ts';
import type { Note } from '../memory/note.ts';
import { defaultPolicy, type Policy } from '../memory/policy.ts';
import { type InMemoryStore, openInMemoryStore } from '../store/in-memory.ts';
import { planForgetting } from './plan-forgetting.ts';

const dayMs = 86_400_000;
const analyzer = newAnalyzer();
const scope = makeScope();
const inAYear = may8 + 365 * dayMs;
const forgetting: Policy = { ...defaultPolicy, isForgetting: true };

let store: InMemoryStore;

beforeEach(() => {
  store = openInMemoryStore({ clock: () => may8 });
});

describe('the forgetting pass', () => {
  it('archives what nobody used for a year, and nothing before it is faint', async () => {
    const note = await add('The bus was late.');
    expect(await plan(may8 + 200 * dayMs)).toEqual([]);
    expect(await plan(inAYear)).toEqual([
      {
        kind: 'note-state-set',
        noteId: note.id,
        state: 'archived',
        reason: 'forgotten: retrievability below 0.5',
        at: inAYear,
      },
    ]);
  });

  it('archives nothing unless it is asked to, but for what expires', async () => {
    await add('The bus was late.');
    const coupon = await add('The coupon is 1234.', { expiresAt: may8 + dayMs });
    expect(await ids(plan(inAYear, defaultPolicy))).toEqual([coupon.id]);
    expect(await ids(plan(may8 + dayMs - 1, defaultPolicy))).toEqual([]);
  });

  it('keeps what was used once a month after it was made, by FSRS; MemoryBank forgets it', async () => {
    const note = await add('The bus was late.');
    await use(note, may8 + 30 * dayMs);
    expect(await plan(inAYear)).toEqual([]);
    expect(await ids(plan(inAYear, { ...forgetting, curve: 'exponential' }))).toEqual([note.id]);
  });

  it('lets nothing fade without a curve, and takes by importance alone what is over the capacity', async () => {
    const plain = await add('The bus was late.', {}, 0.3);
    await add('I am allergic to peanuts.', {}, 0.8);
    const none: Policy = { ...forgetting, curve: 'none' };
    expect(await plan(inAYear, none)).toEqual([]);
    expect(await ids(plan(inAYear, { ...none, capacity: 1 }))).toEqual([plain.id]);
  });

  it('keeps for longer what passes found important', async () => {
    const plain = await add('The bus was late.', {}, 0.3);
    await add('I will move to Porto in June.', {}, 0.8);
    expect(await ids(plan(may8 + 200 * dayMs))).toEqual([plain.id]);
  });

  it('keeps what a claim rests on while it is held, and is quicker once it was replaced', async () => {
    const note = await add('I live in Porto.');
    const claim = makeNote({ claim: makeClaim(), origin: 'derived', sources: note.sources });
    await store.apply(scope, [{ kind: 'note-added', note: claim, keys: keysOf(claim) }]);
    expect(await plan(inAYear)).toEqual([]);
    const at = may8 + 30 * dayMs;
    await store.apply(scope, [
      { kind: 'note-superseded', noteId: claim.id, by: null, invalidAt: at, at },
      { kind: 'note-state-set', noteId: claim.id, state: 'invalidated', reason: 'superseded', at },
    ]);
    expect(await ids(plan(may8 + 90 * dayMs))).toEqual([note.id]);
  });

  it('keeps the last note of an entity', async () => {
    const [first, last] = [await add('Minka slept.', {}, 0.3), await add('Minka ate and slept.', {}, 0.5)];
    const entity = { id: makeEntityId(), scope, kind: 'thing' as const, name: 'Minka' };
    for (const { id } of [first, last]) {
      await store.apply(scope, [{ kind: 'entities-set', noteId: id, mentions: [{ entity, start: 0, end: 5 }] }]);
    }
    const changes = await plan(inAYear);
    expect(await ids(Promise.resolve(changes))).toEqual([first.id]);
    await store.apply(scope, changes);
    expect(await plan(inAYear + 1_000 * dayMs)).toEqual([]);
  });

  it('leaves what a person took back until they ask for forgetting', async () => {
    const note = await add('The bus was late.');
    const parts = { store, policy: forgetting, now: inAYear, takenBackAt: inAYear - dayMs, breathe };
    expect(await planForgetting(scope, { ...parts, isAsked: false })).toEqual([]);
    expect(await ids(planForgetting(scope, { ...parts, isAsked: true }))).toEqual([note.id]);
  });

  it('plans nothing more after it was applied, and restoring all of it gives back what was', async () => {
    for (const text of ['The bus was late.', 'We had soup.', 'It rained.']) await add(text);
    const before = await store.workingRows({ ...scope, subtree: false }, 0, 10);
    const changes = await plan(inAYear);
    expect(changes).toHaveLength(3);
    await store.apply(scope, changes);
    expect(await plan(inAYear)).toEqual([]);
    await store.apply(
      scope,
      changes.flatMap((change): Change[] =>
        change.kind === 'note-state-set' ? [{ ...change, state: 'active', reason: null }] : [],
      ),
    );
    expect(await store.workingRows({ ...scope, subtree: false }, 0, 10)).toEqual(before);
  });
});

async function add(text: string, overrides: Partial<Note> = {}, importance = 0.5): Promise<Note> {
  const { note: plain, episode } = remembered(scope, text);
  const note: Note = { ...plain, ...overrides };
  await store.apply(scope, [
    { kind: 'episode-added', episode },
    { kind: 'note-added', note, keys: keysOf(note) },
    {
      kind: 'note-derived',
      noteId: note.id,
      expectedVersion: 1,
      expectedDerivation: 0,
      derived: makeDerived({ importance }),
      keys: keysOf(note),
      isEmbeddedAnew: false,
      cause: 'notes',
      at: may8,
    },
  ]);
  return note;
}

async function use(note: Note, at: number): Promise<void> {
  const retention = reinforced(fsrs, note.retention, at, 'good');
  await store.apply(scope, [{ kind: 'note-used', noteId: note.id, retention, use: { at, grade: 'good' } }]);
}

function plan(now: number, policy: Policy = forgetting): Promise<readonly Change[]> {
  return planForgetting(scope, { store, policy, now, isAsked: true, takenBackAt: null, breathe });
}

const breathe = (): Promise<void> => Promise.resolve();

async function ids(changes: Promise<readonly Change[]>): Promise<readonly string[]> {
  return (await changes).flatMap((change) => (change.kind === 'note-state-set' ? [change.noteId] : []));
}

function keysOf({ text }: Pick<Note, 'text'>) {
  return analyzer.keys({ text, context: null, place: null, eventAt: may8 });
}
