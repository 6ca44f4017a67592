import { describe, expect, it } from 'vitest';
import type { Change } from '../../src/memory/change.ts';
import { mayBecome } from '../../src/memory/lifecycle.ts';
import { type NoteState, noteStates } from '../../src/memory/note.ts';
import { defaultPolicy, type Policy } from '../../src/memory/policy.ts';
import { readScope } from '../../src/memory/scope.ts';
import {
  goodUse,
  makeClaim,
  makeDerived,
  makeEntity,
  makeEpisode,
  makeLink,
  makeNote,
  makeRun,
  makeScope,
  makeSummary,
  may8,
  noteAdded,
  noteDerived,
  remembered,
  subtreeOf,
} from '../builders.ts';
import { benchOf, expectFailure, type StoreUnderTest } from './open-store.ts';

const scope = makeScope();
const { tenant } = scope;
const read = readScope(scope);
const dayMs = 86_400_000;

export function lifecycleContract(subject: StoreUnderTest): void {
  describe('note-state-set', () => {
    const bench = benchOf(subject);

    const setTo = (note: { readonly id: ReturnType<typeof makeNote>['id'] }, state: NoteState, reason = 'asked') =>
      bench.store.apply(scope, [{ kind: 'note-state-set', noteId: note.id, state, reason, at: may8 }]);

    it.each(noteStates.flatMap((from) => noteStates.map((to) => [from, to] as const)))(
      'from %s to %s goes by the table',
      async (from, to) => {
        const note = makeNote({ state: from, stateReason: 'before' });
        await bench.store.apply(scope, [noteAdded(note)]);
        const head = await bench.store.head(read);
        if (mayBecome(from, to)) await setTo(note, to);
        else await expectFailure(setTo(note, to), 'conflict');
        const isMoved = from !== to && mayBecome(from, to);
        const now = (await bench.store.note(tenant, note.id))?.note;
        expect(now).toEqual(isMoved ? { ...note, state: to, stateReason: 'asked' } : note);
        // Staying changes nothing, so the feed tells nothing.
        expect(await bench.store.head(read)).toBe(isMoved ? head + 1 : head);
      },
    );
  });

  describe('note-marked', () => {
    const bench = benchOf(subject);

    it('pins and sets a time, leaves what is left out, and tells the feed of what is new alone', async () => {
      const note = makeNote();
      await bench.store.apply(scope, [noteAdded(note)]);
      const head = await bench.store.head(read);
      const mark = (marks: { isPinned?: boolean; expiresAt?: number | null }) =>
        bench.store.apply(scope, [{ kind: 'note-marked', noteId: note.id, at: may8, ...marks }]);
      await mark({ isPinned: true });
      await mark({ expiresAt: may8 + 0.5 });
      expect((await bench.store.note(tenant, note.id))?.note).toEqual({
        ...note,
        isPinned: true,
        expiresAt: may8 + 0.5,
      });
      expect(await bench.store.workingRowsOf(read, [note.id])).toMatchObject([
        { isPinned: true, expiresAt: may8 + 0.5, accesses: null },
      ]);
      await mark({ isPinned: true });
      await mark({});
      expect((await bench.store.feed(read, head, 9)).map(({ kind }) => kind)).toEqual(['note-marked', 'note-marked']);
      await mark({ isPinned: false, expiresAt: null });
      expect((await bench.store.note(tenant, note.id))?.note).toEqual(note);
    });

    it('is put back with the run that did it, and so are the state and the uses', async () => {
      const note = makeNote({ isPinned: true, expiresAt: 5 });
      await bench.store.apply(scope, [noteAdded(note)]);
      const run = makeRun();
      await bench.store.runs.begin(run);
      const changes: readonly Change[] = [
        { kind: 'note-marked', noteId: note.id, isPinned: false, expiresAt: 9, at: may8 },
        { kind: 'note-state-set', noteId: note.id, state: 'archived', reason: 'forgotten', at: may8 },
        { kind: 'note-used', noteId: note.id, retention: { ...note.retention, uses: 1 }, use: goodUse },
      ];
      await bench.store.apply(scope, changes, { run: run.id });
      await bench.store.apply(scope, [{ kind: 'run-reverted', runId: run.id, rowsMax: 10 }]);
      expect((await bench.store.note(tenant, note.id))?.note).toEqual(note);
      expect((await bench.store.uses(tenant, [note.id])).size).toBe(0);
    });
  });

  describe('uses', () => {
    const bench = benchOf(subject);

    it('are the last sixteen, newest first, and make the access log of the working row', async () => {
      const [note, never] = [makeNote(), makeNote()];
      await bench.store.apply(scope, [note, never].map(noteAdded));
      for (let use = 1; use <= 20; use += 1) {
        const retention = { ...note.retention, uses: use };
        const grade = use === 20 ? 'easy' : 'good';
        const change = { kind: 'note-used', noteId: note.id, retention, use: { at: may8 + use, grade } } as const;
        await bench.store.apply(scope, [change]);
        if (use > 1) continue;
        expect(await bench.store.workingRowsOf(read, [note.id])).toMatchObject([
          { accesses: { firstAt: may8, count: 2, recent: [may8 + 1, may8] } },
        ]);
      }
      const uses = await bench.store.uses(tenant, [never.id, note.id]);
      expect([...uses.keys()]).toEqual([note.id]);
      expect(uses.get(note.id)).toEqual(
        Array.from({ length: 16 }, (_, index) => ({ at: may8 + 20 - index, grade: index === 0 ? 'easy' : 'good' })),
      );
      const [row] = await bench.store.workingRowsOf(read, [note.id]);
      expect(row?.accesses).toMatchObject({ firstAt: may8, count: 21 });
      expect(row?.accesses?.recent).toHaveLength(16);
      expect((await bench.store.uses(makeScope('rival').tenant, [note.id])).size).toBe(0);
    });
  });

  describe('summaries', () => {
    const bench = benchOf(subject);

    it('are kept with their note, found by level and key, and go with an episode that they rest on', async () => {
      const [one, two] = [remembered(scope, 'I live in Porto.'), remembered(scope, 'I have a cat.')];
      const sources = [one.episode.id, two.episode.id];
      const sentences = [{ text: 'I live in Porto.', episodes: [one.episode.id] }];
      const summaryOf = (level: 'segment' | 'session' | 'profile', key: string) =>
        makeNote({
          kind: 'summary',
          origin: 'derived',
          sources,
          summary: makeSummary({ level, key, sentences }),
        });
      const [profile, session, segment, archived] = [
        summaryOf('profile', ''),
        summaryOf('session', 's1'),
        summaryOf('segment', 's1 2'),
        { ...summaryOf('session', 's0'), state: 'archived' as const },
      ];
      await bench.store.apply(scope, [
        ...one.changes,
        ...two.changes,
        noteDerived(two.note),
        ...[profile, session, segment, archived].map(noteAdded),
      ]);
      const idsOf = async (query: Partial<Parameters<typeof bench.store.summaries>[1]>) =>
        (await bench.store.summaries(read, { limit: 10, ...query })).map(({ note }) => note);
      expect(await idsOf({})).toEqual([segment, session, profile]);
      expect(await idsOf({ levels: ['session', 'profile'] })).toEqual([session, profile]);
      expect(await idsOf({ keys: ['s1'] })).toEqual([session]);
      expect(await idsOf({ limit: 1 })).toEqual([segment]);
      expect(await bench.store.workingRows(read, 0, 10)).toHaveLength(2);
      await expectFailure(bench.store.apply(scope, [noteAdded(makeNote({ summary: makeSummary() }))]), 'invalid');
      await bench.store.apply(scope, [{ kind: 'erased', noteIds: [one.note.id] }]);
      expect(await idsOf({})).toEqual([]);
      // They are made anew from what is left; nobody is owed a look for that.
      expect((await bench.store.note(tenant, two.note.id))?.note.derived).toEqual(makeDerived());
    });
  });

  describe('expired', () => {
    const bench = benchOf(subject);

    it('gives active notes of every tenant whose time has run out, but none that is pinned', async () => {
      const rival = makeScope('rival');
      const late = makeNote({ expiresAt: 20 });
      const early = makeNote({ expiresAt: 10, scope: rival });
      const others = [
        makeNote({ expiresAt: 21 }),
        makeNote({ expiresAt: 5, isPinned: true }),
        makeNote({ expiresAt: 5, state: 'archived' }),
        makeNote(),
      ];
      await bench.store.apply(scope, [late, ...others].map(noteAdded));
      await bench.store.apply(rival, [noteAdded(early)]);
      expect((await bench.store.expired(20, 10)).map(({ note }) => note)).toEqual([early, late]);
      expect((await bench.store.expired(20, 1)).map(({ note }) => note)).toEqual([early]);
    });
  });

  describe('scopes, stats and policies', () => {
    const bench = benchOf(subject);

    it('names every scope that was written to', async () => {
      const [below, rival] = [makeScope('acme', 'users/alice/work'), makeScope('rival')];
      for (const each of [scope, below, rival]) await bench.store.apply(each, [noteAdded(makeNote({ scope: each }))]);
      const found = await bench.store.scopes();
      expect(found).toHaveLength(3);
      expect(found).toEqual(expect.arrayContaining([scope, below, rival]));
    });

    it('counts what is there', async () => {
      const below = makeScope('acme', 'users/alice/work');
      const said = remembered(scope, 'I live in Porto.', { note: { createdAt: may8 - dayMs } });
      const [porto, faro, braga] = ['Porto', 'Faro', 'Braga'].map((value) => makeNote({ claim: makeClaim({ value }) }));
      const derived = makeNote({
        origin: 'derived',
        claim: makeClaim({ value: 'Lagos' }),
        createdAt: may8 - 9 * dayMs,
      });
      const archived = makeNote({ state: 'archived' });
      const elsewhere = makeNote({ scope: below, isPinned: true });
      const [ann, lisbon] = [makeEntity('Ann'), makeEntity('Lisbon')];
      await bench.store.apply(scope, [
        ...said.changes,
        ...[porto!, faro!, braga!, derived, archived].map(noteAdded),
        noteDerived(said.note),
        { kind: 'note-used', noteId: said.note.id, retention: { ...said.note.retention, uses: 1 }, use: goodUse },
        { kind: 'note-superseded', noteId: porto!.id, by: faro!.id, invalidAt: may8, at: may8 },
        { kind: 'link-set', link: makeLink(faro!.id, braga!.id, { type: 'contradicts' }) },
        {
          kind: 'entities-set',
          noteId: said.note.id,
          mentions: [ann, lisbon, ann].map((entity, index) => ({ entity, start: index, end: index + 1 })),
        },
      ]);
      await bench.store.apply(below, [noteAdded(elsewhere)]);
      const day = may8 - (may8 % dayMs);
      expect(await bench.store.stats(read)).toEqual({
        states: { active: 4, archived: 1, invalidated: 0, quarantined: 0 },
        kinds: { episodic: 1, semantic: 4, summary: 0, procedural: 0 },
        pinned: 0,
        entities: 2,
        links: 1,
        facts: { current: 3, superseded: 1, disputed: 2 },
        neverUsed: 3,
        underived: 3,
        growth: [
          { day: day - dayMs, added: 1 },
          { day, added: 4 },
        ],
      });
      const both = await bench.store.stats(subtreeOf(scope));
      expect(both).toMatchObject({ states: { active: 5 }, pinned: 1, neverUsed: 4 });
      expect(both.growth.at(-1)).toEqual({ day, added: 5 });
      expect((await bench.store.stats(readScope(makeScope('rival')))).growth).toEqual([]);
    });

    it('have a policy of their own, else that of the nearest namespace above, else the one by default', async () => {
      const { policies } = bench.store;
      const [above, below] = [makeScope('acme', 'users'), makeScope('acme', 'users/alice/work')];
      const strict: Policy = { ...defaultPolicy, isForgetting: true, capacity: 100 };
      const own: Policy = { ...defaultPolicy, curve: 'none', keptDays: 30 };
      expect(await policies.effective(below)).toEqual(defaultPolicy);
      await policies.set(above, strict);
      await policies.set(scope, own);
      expect(await policies.effective(below)).toEqual(own);
      expect(await policies.effective(makeScope('acme', 'users/bob'))).toEqual(strict);
      expect(await policies.effective(makeScope('acme', 'usersx'))).toEqual(defaultPolicy);
      expect(await policies.effective(makeScope('rival', 'users'))).toEqual(defaultPolicy);
      await policies.set(scope, null);
      expect(await policies.effective(below)).toEqual(strict);
    });
  });

  describe('what was derived with words of another note', () => {
    const bench = benchOf(subject);

    const quoting = async () => {
      const [quoted, other] = [remembered(scope, 'The locker code is 4417.'), remembered(scope, 'Thanks!')];
      await bench.store.apply(scope, [
        ...quoted.changes,
        ...other.changes,
        noteDerived(other.note, { derived: makeDerived({ context: 'after "4417"', basis: [quoted.note.id] }) }),
      ]);
      return { quoted: quoted.note, other: other.note };
    };

    it('goes with that note, from the present form and from those before', async () => {
      const { quoted, other } = await quoting();
      await bench.store.apply(scope, [noteDerived({ ...other, derivation: 1 })]);
      await bench.store.apply(scope, [
        noteDerived({ ...other, derivation: 2 }, { derived: makeDerived({ basis: [quoted.id] }) }),
      ]);
      const head = await bench.store.head(read);
      await bench.store.apply(scope, [{ kind: 'erased', noteIds: [quoted.id] }]);
      expect((await bench.store.note(tenant, other.id))?.note).toMatchObject({ derived: null, derivation: 3 });
      const history = await bench.store.history(tenant, other.id);
      expect(history.map(({ derivation, derived }) => [derivation, derived])).toEqual([
        [0, null],
        [2, makeDerived()],
        [3, null],
      ]);
      const told = (await bench.store.feed(read, head, 9)).filter(({ kind }) => kind === 'note-derived');
      expect(told.map(({ noteId }) => noteId)).toEqual([other.id]);
      expect(await bench.store.underived(read, 9)).toEqual([other.id]);
    });

    it('does not come back with the reverting of a run', async () => {
      const { quoted, other } = await quoting();
      const run = makeRun();
      await bench.store.runs.begin(run);
      await bench.store.apply(scope, [noteDerived({ ...other, derivation: 1 })], { run: run.id });
      await bench.store.apply(scope, [{ kind: 'erased', noteIds: [quoted.id] }]);
      await bench.store.apply(scope, [{ kind: 'run-reverted', runId: run.id, rowsMax: 9 }]);
      expect((await bench.store.note(tenant, other.id))?.note).toMatchObject({ derived: makeDerived(), derivation: 2 });
    });

    it('is refused when that note is gone meanwhile', async () => {
      const { quoted, other } = await quoting();
      await bench.store.apply(scope, [{ kind: 'erased', noteIds: [quoted.id] }]);
      const late = noteDerived({ ...other, derivation: 1 }, { derived: makeDerived({ basis: [quoted.id] }) });
      await expectFailure(bench.store.apply(scope, [late]), 'not_found');
    });
  });

  describe('the reverting of a run in pieces', () => {
    const bench = benchOf(subject);

    it('goes on where it stopped, and what was taken back is left alone until it is revised or asked for', async () => {
      const notes = [1, 2, 3].map((nth) => remembered(scope, `${nth}`, { episode: makeEpisode({ text: `${nth}` }) }));
      await bench.store.apply(
        scope,
        notes.flatMap(({ changes }) => changes),
      );
      const run = makeRun();
      await bench.store.runs.begin(run);
      for (const { note } of notes) await bench.store.apply(scope, [noteDerived(note)], { run: run.id });
      await bench.store.runs.finish(run.id, { state: 'done', at: may8, summary: '{}' });
      const revert = (rowsMax: number) => bench.store.apply(scope, [{ kind: 'run-reverted', runId: run.id, rowsMax }]);
      const ids = notes.map(({ note }) => note.id);
      const derivations = async () => (await bench.store.notes(tenant, ids)).map(({ note }) => note.derivation);
      await expectFailure(revert(0), 'invalid');
      await revert(2);
      expect(await derivations()).toEqual([1, 0, 0]);
      expect((await bench.store.runs.run(tenant, run.id))?.state).toBe('done');
      await revert(2);
      expect(await derivations()).toEqual([0, 0, 0]);
      expect((await bench.store.runs.run(tenant, run.id))?.state).toBe('reverted');
      await expectFailure(revert(2), 'conflict');
      expect(await bench.store.underived(read, 9)).toEqual([]);
      expect(await bench.store.underived(read, 9, { includeReverted: true })).toEqual(ids);
      const revision: Change = {
        kind: 'note-revised',
        noteId: ids[1]!,
        expectedVersion: 1,
        revision: { text: 'other' },
        keys: { analyzer: 't', passages: [], context: [], words: 0, question: false },
        cause: 'updated',
        at: may8,
      };
      await bench.store.apply(scope, [revision]);
      expect(await bench.store.underived(read, 9)).toEqual([ids[1]]);
    });
  });
}
