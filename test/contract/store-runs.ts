import { describe, expect, it } from 'vitest';
import type { Change } from '../../src/memory/change.ts';
import type { NoteId } from '../../src/memory/ids.ts';
import type { Run } from '../../src/memory/job.ts';
import type { Note } from '../../src/memory/note.ts';
import { readScope } from '../../src/memory/scope.ts';
import {
  goodUse,
  makeClaim,
  makeDerived,
  makeEntity,
  makeKeys,
  makeLink,
  makeModelRecord,
  makeNote,
  makeRun,
  makeScope,
  may8,
  noteAdded,
  noteDerived,
  remembered,
} from '../builders.ts';
import { benchOf, expectFailure, type StoreUnderTest } from './open-store.ts';

const scope = makeScope();
const { tenant } = scope;
const read = readScope(scope);

export function runContract(subject: StoreUnderTest): void {
  describe('runs', () => {
    const bench = benchOf(subject);

    it('begin once, end once, and are listed newest first', async () => {
      const { runs } = bench.store;
      const other = makeScope('acme', 'users/bob');
      const [old, fresh] = [makeRun({ startedAt: may8 - 1 }), makeRun({ scope: other })];
      for (const run of [fresh, old, makeRun({ scope: makeScope('rival') })]) await runs.begin(run);
      await expectFailure(runs.begin(old), 'conflict');
      await runs.finish(old.id, { state: 'done', at: may8, summary: '{"note-derived":3}' });
      const done: Run = { ...old, state: 'done', finishedAt: may8, summary: '{"note-derived":3}' };
      expect(await runs.run(tenant, old.id)).toEqual(done);
      expect(await runs.run(makeScope('rival').tenant, old.id)).toBeNull();
      expect(await runs.list(tenant, { limit: 10 })).toEqual([fresh, done]);
      expect(await runs.list(tenant, { limit: 1 })).toEqual([fresh]);
      expect(await runs.list(tenant, { scope, limit: 10 })).toEqual([done]);
      await expectFailure(runs.finish(old.id, { state: 'failed', at: may8, summary: '{}' }), 'conflict');
      await expectFailure(runs.finish(makeRun().id, { state: 'failed', at: may8, summary: '{}' }), 'not_found');
    });

    it('keep what a model said, in order, until a note that it was shown is erased', async () => {
      const { runs } = bench.store;
      const [run, [one, two]] = [makeRun(), [makeNote(), makeNote()] as const];
      await bench.store.apply(scope, [one, two].map(noteAdded));
      await runs.begin(run);
      const first = makeModelRecord(run, 0, { shown: [two.id, one.id], at: may8 - 5 });
      const second = makeModelRecord(run, 1, { shown: [two.id] });
      for (const record of [second, first]) await runs.record(record);
      expect(await runs.records(tenant, run.id)).toEqual([first, second]);
      expect(await runs.records(makeScope('rival').tenant, run.id)).toEqual([]);
      expect(await runs.tokensSince(tenant, may8 - 5)).toBe(240);
      expect(await runs.tokensSince(tenant, may8)).toBe(120);
      expect(await runs.tokensSince(makeScope('rival').tenant, 0)).toBe(0);
      await expectFailure(runs.record(second), 'conflict');
      await expectFailure(runs.record(makeModelRecord(makeRun(), 0)), 'not_found');
      await bench.store.apply(scope, [{ kind: 'erased', noteIds: [one.id] }]);
      expect(await runs.records(tenant, run.id)).toEqual([second]);
      // It was erased while the model was thinking.
      await expectFailure(runs.record(makeModelRecord(run, 2, { shown: [one.id] })), 'not_found');
    });
  });

  describe('run-reverted', () => {
    const bench = benchOf(subject);

    async function begun(): Promise<Run> {
      const run = makeRun();
      await bench.store.runs.begin(run);
      return run;
    }

    const revert = (run: Run) => bench.store.apply(scope, [{ kind: 'run-reverted', runId: run.id, rowsMax: 1_000 }]);
    const state = async (ids: readonly NoteId[]) => ({
      notes: await bench.store.notes(tenant, ids),
      histories: await Promise.all(ids.map((id) => bench.store.history(tenant, id))),
      mentions: await Promise.all(ids.map((id) => bench.store.mentions(tenant, id))),
      links: await bench.store.links(tenant, ids),
      rows: await bench.store.workingRows(read, 0, 100),
      claims: await bench.store.claims(read, { limit: 100 }),
      underived: await bench.store.underived(read, 100, { includeReverted: true }),
    });

    it('puts back notes, history, links and mentions, and takes away what was added', async () => {
      const [one, two] = [remembered(scope, 'I live in Porto.'), remembered(scope, 'I moved to Faro.')];
      const old = makeNote({ origin: 'derived', claim: makeClaim(), sources: [one.episode.id] });
      const kept = makeLink(one.note.id, two.note.id, { weight: 0.2, reason: 'words' });
      const gone = makeLink(two.note.id, one.note.id);
      const minka = makeEntity('Minka');
      await bench.store.apply(scope, [
        ...one.changes,
        ...two.changes,
        noteAdded(old),
        noteDerived(one.note),
        { kind: 'link-set', link: kept },
        { kind: 'link-set', link: gone },
        { kind: 'entities-set', noteId: one.note.id, mentions: [{ entity: minka, start: 0, end: 1 }] },
      ]);
      const ids = [one.note.id, two.note.id, old.id];
      const before = await state(ids);
      const run = await begun();
      const fresh = makeNote({ origin: 'derived', claim: makeClaim({ value: 'Faro' }), sources: [two.episode.id] });
      const under = { run: run.id };
      await bench.store.apply(
        scope,
        [
          noteDerived({ ...one.note, derivation: 1 }, { keys: makeKeys('other'), cause: 'evolution' }),
          noteDerived(two.note),
          noteAdded(fresh),
          { kind: 'note-superseded', noteId: old.id, by: fresh.id, invalidAt: may8, at: may8 },
          { kind: 'note-supported', noteId: old.id, sources: [two.episode.id], at: may8 },
        ],
        under,
      );
      await bench.store.apply(
        scope,
        [
          noteDerived({ ...one.note, derivation: 2 }),
          { kind: 'link-set', link: makeLink(kept.from, kept.to, { weight: 0.9 }) },
          { kind: 'link-set', link: makeLink(fresh.id, one.note.id) },
          { kind: 'link-removed', linkId: gone.id },
          { kind: 'entities-set', noteId: one.note.id, mentions: [{ entity: makeEntity('x'), start: 3, end: 4 }] },
        ],
        under,
      );
      const head = await bench.store.head(read);
      await revert(run);
      expect(await state(ids)).toEqual(before);
      expect(await bench.store.note(tenant, fresh.id)).toBeNull();
      expect((await bench.store.runs.run(tenant, run.id))?.state).toBe('reverted');
      const told = await bench.store.feed(read, head, 100);
      expect(told.every(({ kind }) => kind === 'run-reverted')).toBe(true);
      expect(new Set(told.flatMap(({ noteId }) => noteId ?? []))).toEqual(new Set([...ids, fresh.id]));
      await expectFailure(revert(run), 'conflict');
    });

    it('leaves what someone else has changed since, and what they used stays used', async () => {
      const [one, two, three] = [makeNote(), makeNote(), makeNote()];
      const link = makeLink(one.id, two.id);
      await bench.store.apply(scope, [one, two, three].map(noteAdded));
      const run = await begun();
      await bench.store.apply(
        scope,
        [...[one, two, three].map((note) => noteDerived(note)), { kind: 'link-set', link }],
        {
          run: run.id,
        },
      );
      const retention = { ...two.retention, uses: 7 };
      const after: readonly Change[] = [
        { kind: 'note-state-set', noteId: one.id, state: 'archived', reason: null, at: may8 },
        { kind: 'note-used', noteId: two.id, retention, use: goodUse },
        { kind: 'link-set', link: { ...link, weight: 0.9 } },
      ];
      await bench.store.apply(scope, after);
      await revert(run);
      const [first, second, third] = await bench.store.notes(tenant, [one.id, two.id, three.id]);
      expect(first?.note).toMatchObject({ derivation: 1, state: 'archived' });
      expect(second?.note).toEqual({ ...two, retention });
      expect(third?.note).toEqual(three);
      expect(await bench.store.links(tenant, [one.id])).toEqual([{ ...link, weight: 0.9 }]);
    });

    it('takes back only what a run did after someone else had changed the note between two of its batches', async () => {
      const note = makeNote();
      await bench.store.apply(scope, [noteAdded(note)]);
      const run = await begun();
      await bench.store.apply(scope, [noteDerived(note)], { run: run.id });
      await bench.store.apply(scope, [
        {
          kind: 'note-revised',
          noteId: note.id,
          expectedVersion: 1,
          revision: { text: 'Theirs.' },
          keys: makeKeys('Theirs.'),
          cause: 'updated',
          at: may8,
        },
      ]);
      const before = await state([note.id]);
      await bench.store.apply(scope, [noteDerived({ ...note, version: 2, derivation: 1 })], { run: run.id });
      await revert(run);
      expect(await state([note.id])).toEqual(before);
    });

    it('drops the vector of a text that is another one then, and no other', async () => {
      const [rules, model] = [makeNote(), makeNote()];
      const vector = new Float32Array([1, 0]);
      const embedded = (note: Note): Change => ({
        kind: 'note-embedded',
        noteId: note.id,
        version: 1,
        derivation: 1,
        embedder: 'a',
        vector,
      });
      await bench.store.apply(scope, [rules, model].map(noteAdded));
      const run = await begun();
      const derived = makeDerived({ by: 'model:m' });
      await bench.store.apply(
        scope,
        [noteDerived(rules), noteDerived(model, { derived, isEmbeddedAnew: true }), embedded(rules), embedded(model)],
        { run: run.id },
      );
      expect(await bench.store.unembedded('a', 10)).toEqual([]);
      await revert(run);
      expect((await bench.store.unembedded('a', 10)).map(({ note }) => note.id)).toEqual([model.id]);
    });

    it('puts nothing back of what was erased since', async () => {
      const { note, episode, changes } = remembered(scope, 'I live in Porto.');
      const other = makeNote();
      await bench.store.apply(scope, [...changes, noteAdded(other), noteDerived(note)]);
      const run = await begun();
      const claim = makeNote({ origin: 'derived', claim: makeClaim(), sources: [episode.id] });
      await bench.store.apply(
        scope,
        [
          noteDerived({ ...note, derivation: 1 }),
          noteAdded(claim),
          { kind: 'note-superseded', noteId: other.id, by: claim.id, invalidAt: may8, at: may8 },
          { kind: 'link-set', link: makeLink(note.id, other.id) },
        ],
        { run: run.id },
      );
      await bench.store.apply(scope, [{ kind: 'erased', noteIds: [note.id] }]);
      await revert(run);
      expect(await bench.store.notes(tenant, [note.id, claim.id, other.id])).toEqual([{ note: other, episode: null }]);
      expect(await bench.store.links(tenant, [other.id])).toEqual([]);
    });

    it('is of a run of the scope; a run that is over changes nothing more, and none erases', async () => {
      const note = makeNote();
      await bench.store.apply(scope, [noteAdded(note)]);
      const [run, foreign] = [await begun(), makeRun({ scope: makeScope('rival') })];
      await bench.store.runs.begin(foreign);
      await expectFailure(revert(foreign), 'not_found');
      await expectFailure(revert(makeRun()), 'not_found');
      const under = { run: run.id };
      await expectFailure(bench.store.apply(scope, [{ kind: 'erased', noteIds: [note.id] }], under), 'invalid');
      await expectFailure(
        bench.store.apply(scope, [{ kind: 'run-reverted', runId: run.id, rowsMax: 1_000 }], under),
        'invalid',
      );
      await expectFailure(bench.store.apply(scope, [noteDerived(note)], { run: makeRun().id }), 'not_found');
      await bench.store.runs.finish(run.id, { state: 'done', at: may8, summary: '{}' });
      await expectFailure(bench.store.apply(scope, [noteDerived(note)], under), 'conflict');
      await revert(run);
      await expectFailure(bench.store.apply(scope, [noteDerived(note)], under), 'conflict');
    });
  });
}
