import { describe, expect, it } from 'vitest';
import type { Change } from '../../src/memory/change.ts';
import type { Episode } from '../../src/memory/episode.ts';
import type { Note } from '../../src/memory/note.ts';
import { readScope } from '../../src/memory/scope.ts';
import {
  goodUse,
  makeDerived,
  makeEntity,
  makeEpisode,
  makeEpisodeId,
  makeKeys,
  makeLink,
  makeLinkId,
  makeNote,
  makeNoteId,
  makeScope,
  may8,
  noteAdded,
  remembered,
} from '../builders.ts';
import { benchOf, expectFailure, type StoreUnderTest } from './open-store.ts';

const scope = makeScope();
const { tenant } = scope;
const later = may8 + 60_000;

export function changeContract(subject: StoreUnderTest): void {
  describe('apply', () => {
    const bench = benchOf(subject);

    it('applies nothing of a batch of which one change cannot be', async () => {
      const { note, changes } = remembered(scope, 'Alice moved to Porto.');
      const old = makeNote();
      await bench.store.apply(scope, [noteAdded(old)]);
      const head = await bench.store.head(readScope(scope));
      const impossible: Change = { kind: 'note-used', noteId: makeNoteId(), retention: note.retention, use: goodUse };
      await expectFailure(
        bench.store.apply(scope, [
          ...changes,
          revise(old, 1),
          { kind: 'link-set', link: makeLink(old.id, note.id) },
          { kind: 'cursor-advanced', name: 'worker', from: 0, to: 7 },
          impossible,
        ]),
        'not_found',
      );
      expect(await bench.store.note(tenant, note.id)).toBeNull();
      expect((await bench.store.note(tenant, old.id))?.note).toEqual(old);
      expect(await bench.store.history(tenant, old.id)).toHaveLength(1);
      expect(await bench.store.links(tenant, [old.id])).toEqual([]);
      expect(await bench.store.cursor('worker')).toBe(0);
      expect(await bench.store.head(readScope(scope))).toBe(head);
      expect(await bench.store.workingRows(readScope(scope), 0, 10)).toHaveLength(1);
      // Nothing of the refused batch is in the way when it comes again without its fault.
      await bench.store.apply(scope, changes);
      expect((await bench.store.note(tenant, note.id))?.note).toEqual(note);
    });

    it('lets a call fail without failing the calls beside it', async () => {
      const good = Array.from({ length: 20 }, (_, index) => remembered(scope, `Fact ${index}.`));
      const calls = good.flatMap(({ changes }, index) => [
        bench.store.apply(scope, changes),
        bench.store.apply(
          scope,
          index % 2 === 0 ? [...remembered(scope, 'never').changes, changes[0]!] : [revise(makeNote(), 1)],
        ),
      ]);
      const outcomes = await Promise.allSettled(calls);
      expect(outcomes.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(20);
      const rows = await bench.store.workingRows(readScope(scope), 0, 100);
      expect(rows.map((row) => row.id).sort()).toEqual(good.map(({ note }) => note.id).sort());
    });

    it('shows a write to every read once its promise resolves', async () => {
      const { note, changes } = remembered(scope, 'Alice moved to Porto.');
      const { sequence } = await bench.store.apply(scope, changes);
      expect(await bench.store.notes(tenant, [note.id])).toHaveLength(1);
      expect(await bench.store.head(readScope(scope))).toBe(sequence);
      expect(sequence).toBeGreaterThan(0);
    });

    it('lets a change build on the ones before it in the same batch', async () => {
      const first = remembered(scope, 'The cat is called Minka.');
      const second = remembered(scope, 'The cat is called Luna now.');
      const link = makeLink(second.note.id, first.note.id, { type: 'supersedes' });
      await bench.store.apply(scope, [
        ...first.changes,
        ...second.changes,
        { kind: 'link-set', link },
        revise(first.note, 1),
        revise(first.note, 2),
      ]);
      expect(await bench.store.links(tenant, [first.note.id])).toEqual([link]);
      expect((await bench.store.note(tenant, first.note.id))?.note.version).toBe(3);
    });

    it('answers an empty batch with the head and writes nothing', async () => {
      const { sequence } = await bench.store.apply(scope, remembered(scope, 'one').changes);
      expect(await bench.store.apply(scope, [])).toEqual({ sequence, replayed: null, erased: [] });
      expect(await bench.store.head(readScope(scope))).toBe(sequence);
    });

    it('keeps nothing that the caller can still change', async () => {
      const tags = ['cat'];
      const metadata: { topic: string } = { topic: 'pets' };
      const note = makeNote({ tags, metadata });
      await bench.store.apply(scope, [noteAdded(note)]);
      tags.push('dog');
      metadata.topic = 'cars';
      const kept = (await bench.store.note(tenant, note.id))?.note;
      expect(kept?.tags).toEqual(['cat']);
      expect(kept?.metadata).toEqual({ topic: 'pets' });
    });
  });

  describe('episode-added and note-added', () => {
    const bench = benchOf(subject);

    it('give back every field exactly', async () => {
      const episode: Episode = makeEpisode({
        sessionId: 'session 7/ü',
        role: 'assistant',
        speaker: "Zoë O'Neil",
        text: 'Zoë said: "c++ & SQL; DROP TABLE notes;--" \n\t e\u0301 \u{1f408}\u{10ffff}',
        eventAt: Date.UTC(1969, 6, 20, 20, 17),
        recordedAt: later,
        place: 'Łódź',
        origin: 'tool',
        trust: 0,
        metadata: { a: 1.5, 'b.c': [true, null, { d: 'x' }], 'e"f': -0.1, $g: 1e21, '': '' },
      });
      const note: Note = makeNote({
        kind: 'episodic',
        text: episode.text,
        tags: ['a', 'B', ''],
        derived: makeDerived({
          keywords: ['zoë', "o'neil"],
          context: 'What Zoë said.',
          importance: 0.1 + 0.2,
          times: [{ text: 'yesterday', from: -1.5, until: may8 }],
        }),
        derivation: 3,
        sources: [episode.id],
        state: 'quarantined',
        stateReason: 'from a web page',
        origin: 'tool',
        trust: 0,
        importance: 0.1 + 0.2,
        retention: { stability: 1 / 3, difficulty: 9.999999, lastUsedAt: later, uses: 3 },
        validAt: -62_135_596_800_000,
        invalidAt: 253_402_300_799_999,
        createdAt: later,
        metadata: episode.metadata,
      });
      await bench.store.apply(scope, [{ kind: 'episode-added', episode }, noteAdded(note)]);
      expect(await bench.store.note(tenant, note.id)).toEqual({ note, episode });
    });

    it('give a note of another kind no episode, whatever it rests on, and keep the order of its sources', async () => {
      const [one, two] = [makeEpisode(), makeEpisode()];
      const note = makeNote({ kind: 'summary', sources: [two.id, one.id] });
      await bench.store.apply(scope, [
        { kind: 'episode-added', episode: one },
        { kind: 'episode-added', episode: two },
        noteAdded(note),
      ]);
      expect(await bench.store.note(tenant, note.id)).toEqual({ note, episode: null });
    });

    it('refuse an id that is already there as a conflict', async () => {
      const { episode, note, changes } = remembered(scope, 'one');
      await bench.store.apply(scope, changes);
      await expectFailure(bench.store.apply(scope, [{ kind: 'episode-added', episode }]), 'conflict');
      await expectFailure(bench.store.apply(scope, [noteAdded(makeNote({ id: note.id }))]), 'conflict');
      const twice = makeNote();
      await expectFailure(bench.store.apply(scope, [noteAdded(twice), noteAdded(twice)]), 'conflict');
      expect((await bench.store.note(tenant, note.id))?.note).toEqual(note);
    });

    it('refuse a note whose source is not there', async () => {
      const note = makeNote({ sources: [makeEpisodeId()] });
      await expectFailure(bench.store.apply(scope, [noteAdded(note)]), 'not_found');
    });
  });

  describe('note-revised', () => {
    const bench = benchOf(subject);

    it('changes what is said and nothing else, adds one to the version and keeps the old one', async () => {
      const note = makeNote({ tags: ['cat'], derived: makeDerived(), derivation: 2, validAt: may8, importance: 0.7 });
      await bench.store.apply(scope, [noteAdded(note)]);
      const keys = makeKeys('Alice has two cats?', { context: ['pets'] });
      await bench.store.apply(scope, [
        {
          kind: 'note-revised',
          noteId: note.id,
          expectedVersion: 1,
          revision: { text: 'Alice has two cats?', tags: [], validAt: null, invalidAt: later },
          keys,
          cause: 'updated',
          at: later,
        },
      ]);
      const revised: Note = {
        ...note,
        text: 'Alice has two cats?',
        tags: [],
        derived: null,
        validAt: null,
        invalidAt: later,
        version: 2,
        revisedAt: later,
      };
      expect((await bench.store.note(tenant, note.id))?.note).toEqual(revised);
      expect((await bench.store.workingRows(readScope(scope), 0, 10))[0]?.keys).toEqual(keys);
      const { text, derived, metadata } = note;
      expect(await bench.store.history(tenant, note.id)).toEqual([
        { version: 1, derivation: 2, text, tags: ['cat'], derived, metadata, at: may8, cause: 'added' },
        {
          version: 2,
          derivation: 2,
          text: 'Alice has two cats?',
          tags: [],
          derived: null,
          metadata,
          at: later,
          cause: 'updated',
        },
      ]);
    });

    it('can change importance and metadata alone', async () => {
      const note = makeNote({ metadata: { a: 1 } });
      await bench.store.apply(scope, [noteAdded(note)]);
      const revision = { importance: 0.9, metadata: { b: [2] } };
      await bench.store.apply(scope, [{ ...revise(note, 1), revision }]);
      expect((await bench.store.note(tenant, note.id))?.note).toEqual({
        ...note,
        ...revision,
        version: 2,
        revisedAt: later,
      });
    });

    it('leaves the verbatim episode as it was', async () => {
      const { note, episode, changes } = remembered(scope, 'one');
      await bench.store.apply(scope, changes);
      await bench.store.apply(scope, [revise(note, 1)]);
      expect((await bench.store.note(tenant, note.id))?.episode).toEqual(episode);
    });

    it('is stale when the note is at another version, and not_found when it is nowhere', async () => {
      const note = makeNote();
      await bench.store.apply(scope, [noteAdded(note)]);
      await bench.store.apply(scope, [revise(note, 1)]);
      await expectFailure(bench.store.apply(scope, [revise(note, 1)]), 'stale');
      await expectFailure(bench.store.apply(scope, [revise(note, 3)]), 'stale');
      await expectFailure(bench.store.apply(scope, [revise(makeNote(), 1)]), 'not_found');
      expect((await bench.store.note(tenant, note.id))?.note.version).toBe(2);
    });

    it('lets exactly one of many who saw the same version win', async () => {
      const note = makeNote();
      await bench.store.apply(scope, [noteAdded(note)]);
      const outcomes = await Promise.allSettled(
        Array.from({ length: 8 }, () => bench.store.apply(scope, [revise(note, 1)])),
      );
      expect(outcomes.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(1);
      expect(await bench.store.history(tenant, note.id)).toHaveLength(2);
    });
  });

  describe('note-superseded, note-state-set and note-used', () => {
    const bench = benchOf(subject);

    it('keep a superseded note and say by what and since when, in both times', async () => {
      const [old, fresh] = [makeNote({ text: 'Alice lives in Rome.' }), makeNote({ text: 'Alice lives in Porto.' })];
      await bench.store.apply(scope, [noteAdded(old), noteAdded(fresh)]);
      const invalidAt = may8 - 86_400_000;
      await bench.store.apply(scope, [{ kind: 'note-superseded', noteId: old.id, by: fresh.id, invalidAt, at: later }]);
      expect((await bench.store.note(tenant, old.id))?.note).toEqual({
        ...old,
        invalidAt,
        expiredAt: later,
        supersededBy: fresh.id,
      });
      expect((await bench.store.note(tenant, fresh.id))?.note).toEqual(fresh);
    });

    it('set a state with its reason, and take both back', async () => {
      const note = makeNote();
      await bench.store.apply(scope, [noteAdded(note)]);
      for (const [state, reason] of [
        ['archived', 'asked'],
        ['invalidated', null],
        ['quarantined', 'poison'],
        ['active', null],
      ] as const) {
        await bench.store.apply(scope, [{ kind: 'note-state-set', noteId: note.id, state, reason, at: later }]);
        expect((await bench.store.note(tenant, note.id))?.note).toEqual({ ...note, state, stateReason: reason });
      }
    });

    it('set the retention that a use left', async () => {
      const note = makeNote();
      const retention = { stability: 10.9643, difficulty: 2.111, lastUsedAt: later, uses: 1 };
      await bench.store.apply(scope, [
        noteAdded(note),
        { kind: 'note-used', noteId: note.id, retention, use: goodUse },
      ]);
      expect((await bench.store.note(tenant, note.id))?.note).toEqual({ ...note, retention });
    });

    it('make no new version', async () => {
      const [note, other] = [makeNote(), makeNote()];
      await bench.store.apply(scope, [
        noteAdded(note),
        noteAdded(other),
        { kind: 'note-used', noteId: note.id, retention: { ...note.retention, uses: 1 }, use: goodUse },
        { kind: 'note-superseded', noteId: note.id, by: other.id, invalidAt: may8, at: may8 },
        { kind: 'note-state-set', noteId: note.id, state: 'archived', reason: null, at: may8 },
      ]);
      expect(await bench.store.history(tenant, note.id)).toHaveLength(1);
      // The reviser saw version 1, which still holds.
      await bench.store.apply(scope, [revise(note, 1)]);
    });

    it('are not_found for a note that is nowhere', async () => {
      const note = makeNote();
      await bench.store.apply(scope, [noteAdded(note)]);
      const nobody = makeNoteId();
      const missing: readonly Change[] = [
        { kind: 'note-used', noteId: nobody, retention: note.retention, use: goodUse },
        { kind: 'note-state-set', noteId: nobody, state: 'archived', reason: null, at: may8 },
        { kind: 'note-superseded', noteId: nobody, by: note.id, invalidAt: may8, at: may8 },
        { kind: 'note-superseded', noteId: note.id, by: nobody, invalidAt: may8, at: may8 },
      ];
      for (const change of missing) await expectFailure(bench.store.apply(scope, [change]), 'not_found');
      expect((await bench.store.note(tenant, note.id))?.note).toEqual(note);
    });
  });

  describe('link-set and link-removed', () => {
    const bench = benchOf(subject);

    it('keep one link for each (from, to, type): the one set last', async () => {
      const [one, two] = [makeNote(), makeNote()];
      await bench.store.apply(scope, [noteAdded(one), noteAdded(two)]);
      const first = makeLink(one.id, two.id);
      const again = makeLink(one.id, two.id, { weight: 0.25, reason: 'both about cats', createdAt: later });
      const back = makeLink(two.id, one.id);
      const other = makeLink(one.id, two.id, { type: 'supports' });
      for (const link of [first, again, back, other]) await bench.store.apply(scope, [{ kind: 'link-set', link }]);
      expect(await bench.store.links(tenant, [one.id])).toEqual([again, other, back]);
      await bench.store.apply(scope, [{ kind: 'link-set', link: { ...again, weight: 0.75 } }]);
      expect(await bench.store.links(tenant, [one.id])).toEqual([{ ...again, weight: 0.75 }, other, back]);
      await expectFailure(bench.store.apply(scope, [{ kind: 'link-removed', linkId: first.id }]), 'not_found');
    });

    it('refuse the id of a link between other notes as a conflict', async () => {
      const [one, two] = [makeNote(), makeNote()];
      const link = makeLink(one.id, two.id);
      await bench.store.apply(scope, [noteAdded(one), noteAdded(two), { kind: 'link-set', link }]);
      const stolen = makeLink(two.id, one.id, { id: link.id });
      await expectFailure(bench.store.apply(scope, [{ kind: 'link-set', link: stolen }]), 'conflict');
    });

    it('are not_found for a note or link that is nowhere', async () => {
      const note = makeNote();
      await bench.store.apply(scope, [noteAdded(note)]);
      for (const link of [makeLink(note.id, makeNoteId()), makeLink(makeNoteId(), note.id)]) {
        await expectFailure(bench.store.apply(scope, [{ kind: 'link-set', link }]), 'not_found');
      }
      await expectFailure(bench.store.apply(scope, [{ kind: 'link-removed', linkId: makeLinkId() }]), 'not_found');
    });

    it('forget a removed link', async () => {
      const [one, two] = [makeNote(), makeNote()];
      const link = makeLink(one.id, two.id);
      await bench.store.apply(scope, [noteAdded(one), noteAdded(two), { kind: 'link-set', link }]);
      await bench.store.apply(scope, [{ kind: 'link-removed', linkId: link.id }]);
      expect(await bench.store.links(tenant, [one.id, two.id])).toEqual([]);
      await expectFailure(bench.store.apply(scope, [{ kind: 'link-removed', linkId: link.id }]), 'not_found');
    });
  });

  describe('entities-set', () => {
    const bench = benchOf(subject);

    it('replaces all mentions of the note', async () => {
      const note = makeNote({ text: 'Zoë met Ann in Porto; Ann left.' });
      const [zoe, ann, porto] = [makeEntity('Zoë'), makeEntity('Ann'), makeEntity('Porto', { kind: 'place' })];
      await bench.store.apply(scope, [noteAdded(note)]);
      await bench.store.apply(scope, [
        { kind: 'entities-set', noteId: note.id, mentions: [{ entity: zoe, start: 0, end: 3 }] },
      ]);
      const mentions = [
        { entity: porto, start: 15, end: 20 },
        { entity: ann, start: 22, end: 25 },
        { entity: ann, start: 8, end: 11 },
      ];
      await bench.store.apply(scope, [{ kind: 'entities-set', noteId: note.id, mentions }]);
      expect(await bench.store.mentions(tenant, note.id)).toEqual([mentions[2], mentions[0], mentions[1]]);
      await bench.store.apply(scope, [{ kind: 'entities-set', noteId: note.id, mentions: [] }]);
      expect(await bench.store.mentions(tenant, note.id)).toEqual([]);
    });

    it('orders mentions at one place by entity id', async () => {
      const note = makeNote({ text: 'Paris' });
      const [person, place] = [makeEntity('Paris'), makeEntity('Paris', { kind: 'place' })];
      const mentions = [place, person].map((entity) => ({ entity, start: 0, end: 5 }));
      await bench.store.apply(scope, [noteAdded(note), { kind: 'entities-set', noteId: note.id, mentions }]);
      const found = await bench.store.mentions(tenant, note.id);
      expect(found.map((mention) => mention.entity)).toEqual([person, place]);
    });

    it('is not_found for a note that is nowhere', async () => {
      const change: Change = { kind: 'entities-set', noteId: makeNoteId(), mentions: [] };
      await expectFailure(bench.store.apply(scope, [change]), 'not_found');
    });
  });
}

function revise(note: Note, expectedVersion: number): Extract<Change, { kind: 'note-revised' }> {
  const text = `${note.text} Really.`;
  return {
    kind: 'note-revised',
    noteId: note.id,
    expectedVersion,
    revision: { text },
    keys: makeKeys(text),
    cause: 'updated',
    at: later,
  };
}
