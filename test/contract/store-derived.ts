import { describe, expect, it } from 'vitest';
import type { Change } from '../../src/memory/change.ts';
import { readScope } from '../../src/memory/scope.ts';
import {
  makeClaim,
  makeDerived,
  makeEpisodeId,
  makeKeys,
  makeNote,
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
const later = may8 + 60_000;
const vector = new Float32Array([1, 0]);

export function derivedContract(subject: StoreUnderTest): void {
  describe('note-derived', () => {
    const bench = benchOf(subject);
    const isEmbedded = async () => (await bench.store.unembedded('a', 10)).length === 0;

    it('sets what was derived beside the text, counts it, and keeps the form before', async () => {
      const { note, episode, changes } = remembered(scope, 'Minka came home.', { note: { tags: ['mine'] } });
      const derived = makeDerived({ times: [{ text: 'today', from: may8, until: later }] });
      const keys = makeKeys(note.text, { context: ['pets'] });
      await bench.store.apply(scope, changes);
      await bench.store.apply(scope, [noteDerived(note, { derived, keys, cause: 'notes: first look', at: later })]);
      const now = { ...note, derived, derivation: 1 };
      expect(await bench.store.note(tenant, note.id)).toEqual({ note: now, episode });
      const { text, tags, metadata } = note;
      const form = { version: 1, text, tags, metadata };
      expect(await bench.store.history(tenant, note.id)).toEqual([
        { ...form, derivation: 0, derived: null, at: may8, cause: 'added' },
        { ...form, derivation: 1, derived, at: later, cause: 'notes: first look' },
      ]);
      const [row] = await bench.store.workingRows(read, 0, 10);
      expect(row?.keys).toEqual(keys);
      expect(row?.importance).toBe(derived.importance);
    });

    it('is stale when the note has another form by now', async () => {
      const note = makeNote();
      await bench.store.apply(scope, [noteAdded(note), noteDerived(note)]);
      await expectFailure(bench.store.apply(scope, [noteDerived(note)]), 'stale');
      await expectFailure(bench.store.apply(scope, [noteDerived({ ...note, derivation: 1, version: 2 })]), 'stale');
      await bench.store.apply(scope, [noteDerived({ ...note, derivation: 1 })]);
      expect((await bench.store.note(tenant, note.id))?.note.derivation).toBe(2);
    });

    it('drops the vector only when there is another text to embed, and a vector of the form before comes too late', async () => {
      const note = makeNote();
      const embedded = (derivation: number): Change => ({
        kind: 'note-embedded',
        noteId: note.id,
        version: 1,
        derivation,
        embedder: 'a',
        vector,
      });
      await bench.store.apply(scope, [noteAdded(note), embedded(0), noteDerived(note)]);
      expect(await isEmbedded()).toBe(true);
      await bench.store.apply(scope, [noteDerived({ ...note, derivation: 1 }, { isEmbeddedAnew: true })]);
      expect(await isEmbedded()).toBe(false);
      await bench.store.apply(scope, [embedded(1)]);
      expect(await isEmbedded()).toBe(false);
      await bench.store.apply(scope, [embedded(2)]);
      expect(await isEmbedded()).toBe(true);
    });

    it('is owed again after a revision, which keeps the count', async () => {
      const note = makeNote();
      await bench.store.apply(scope, [noteAdded(note)]);
      expect(await bench.store.underived(read, 10)).toEqual([note.id]);
      await bench.store.apply(scope, [noteDerived(note)]);
      expect(await bench.store.underived(read, 10)).toEqual([]);
      await bench.store.apply(scope, [
        {
          kind: 'note-revised',
          noteId: note.id,
          expectedVersion: 1,
          revision: { tags: ['new'] },
          keys: makeKeys(note.text),
          cause: 'updated',
          at: later,
        },
      ]);
      expect((await bench.store.note(tenant, note.id))?.note).toMatchObject({
        derived: null,
        derivation: 1,
        version: 2,
      });
      expect(await bench.store.underived(read, 10)).toEqual([note.id]);
      expect(
        (await bench.store.history(tenant, note.id)).map(({ version, derivation }) => [version, derivation]),
      ).toEqual([
        [1, 0],
        [1, 1],
        [2, 1],
      ]);
    });
  });

  describe('underived', () => {
    const bench = benchOf(subject);

    it('names active notes that are not derived themselves, in the order they were added', async () => {
      const notes = [1, 2, 3].map(() => makeNote());
      const others = [
        makeNote({ state: 'archived' }),
        makeNote({ origin: 'derived' }),
        makeNote({ derived: makeDerived() }),
      ];
      await bench.store.apply(scope, [...others, ...notes].map(noteAdded));
      expect(await bench.store.underived(read, 10)).toEqual(notes.map(({ id }) => id));
      expect(await bench.store.underived(read, 2)).toEqual(notes.slice(0, 2).map(({ id }) => id));
      expect(await bench.store.underived(readScope(makeScope('rival')), 10)).toEqual([]);
    });
  });

  describe('a note of origin derived', () => {
    const bench = benchOf(subject);

    it('is in no working set and wants no vector, but is found by what it rests on', async () => {
      const { note, episode, changes } = remembered(scope, 'I live in Porto.');
      const claim = makeNote({ origin: 'derived', sources: [episode.id], claim: makeClaim() });
      await bench.store.apply(scope, [...changes, noteAdded(claim)]);
      expect((await bench.store.workingRows(read, 0, 10)).map(({ id }) => id)).toEqual([note.id]);
      expect(await bench.store.workingRowsOf(read, [claim.id])).toEqual([]);
      expect((await bench.store.unembedded('a', 10)).map((stored) => stored.note.id)).toEqual([note.id]);
      expect(await bench.store.derivedFrom(tenant, [episode.id])).toEqual([{ note: claim, episode: null }]);
      expect(await bench.store.derivedFrom(tenant, [makeEpisodeId()])).toEqual([]);
      expect(await bench.store.derivedFrom(makeScope('rival').tenant, [episode.id])).toEqual([]);
    });
  });

  describe('note-supported', () => {
    const bench = benchOf(subject);

    it('adds the episodes that are new to it, in order, and tells nothing when none is', async () => {
      const [one, two, three] = [remembered(scope, 'one'), remembered(scope, 'two'), remembered(scope, 'three')];
      const note = makeNote({ sources: [two.episode.id] });
      await bench.store.apply(scope, [...one.changes, ...two.changes, ...three.changes, noteAdded(note)]);
      const sources = [three.episode.id, two.episode.id, one.episode.id];
      const supported: Change = { kind: 'note-supported', noteId: note.id, sources, at: later };
      await bench.store.apply(scope, [supported]);
      const now = { ...note, sources: [two.episode.id, three.episode.id, one.episode.id] };
      expect((await bench.store.note(tenant, note.id))?.note).toEqual(now);
      const head = await bench.store.head(read);
      await bench.store.apply(scope, [supported]);
      expect(await bench.store.head(read)).toBe(head);
    });

    it('refuses an episodic note, and an episode that is not there', async () => {
      const { note, episode, changes } = remembered(scope, 'one');
      const summary = makeNote();
      await bench.store.apply(scope, [...changes, noteAdded(summary)]);
      const supported = { kind: 'note-supported', at: later } as const;
      await expectFailure(
        bench.store.apply(scope, [{ ...supported, noteId: note.id, sources: [episode.id] }]),
        'invalid',
      );
      await expectFailure(
        bench.store.apply(scope, [{ ...supported, noteId: summary.id, sources: [makeEpisodeId()] }]),
        'not_found',
      );
    });
  });

  describe('note-superseded by nothing', () => {
    const bench = benchOf(subject);

    it('takes back that it was', async () => {
      const [note, other] = [makeNote(), makeNote()];
      const superseded = { kind: 'note-superseded', noteId: note.id, at: later } as const;
      await bench.store.apply(scope, [
        noteAdded(note),
        noteAdded(other),
        { ...superseded, by: other.id, invalidAt: may8 },
        { ...superseded, by: null, invalidAt: null },
      ]);
      expect((await bench.store.note(tenant, note.id))?.note).toEqual(note);
    });
  });

  describe('erasing one of several sources of a derived note', () => {
    const bench = benchOf(subject);

    it('takes the derived note, and has the notes over the other sources looked at anew', async () => {
      const [one, two, three] = [
        remembered(scope, 'I live in Porto.'),
        remembered(scope, 'Porto!'),
        remembered(scope, 'x'),
      ];
      const claim = makeNote({
        origin: 'derived',
        claim: makeClaim(),
        sources: [one.episode.id, two.episode.id],
      });
      await bench.store.apply(scope, [
        ...[one, two, three].flatMap(({ changes, note }) => [...changes, noteDerived(note)]),
        noteAdded(claim),
      ]);
      const head = await bench.store.head(read);
      await bench.store.apply(scope, [{ kind: 'erased', noteIds: [one.note.id] }]);
      expect(await bench.store.note(tenant, claim.id)).toBeNull();
      expect(await bench.store.underived(read, 10)).toEqual([two.note.id]);
      expect((await bench.store.note(tenant, two.note.id))?.note.derivation).toBe(1);
      const told = (await bench.store.feed(read, head, 10)).filter(({ kind }) => kind === 'note-derived');
      expect(told.map(({ noteId }) => noteId)).toEqual([two.note.id]);
    });

    it('is not done by erasing the derived note for itself, which would come back', async () => {
      const { note, episode, changes } = remembered(scope, 'I live in Porto.');
      const claim = makeNote({ origin: 'derived', claim: makeClaim(), sources: [episode.id] });
      await bench.store.apply(scope, [...changes, noteDerived(note), noteAdded(claim)]);
      await bench.store.apply(scope, [{ kind: 'erased', noteIds: [claim.id] }]);
      expect(await bench.store.underived(read, 10)).toEqual([]);
    });

    it('also drops the vector of what a model had put beside the text', async () => {
      const [one, two] = [remembered(scope, 'I live in Porto.'), remembered(scope, 'Porto!')];
      const sources = [one.episode.id, two.episode.id];
      const claim = makeNote({ origin: 'derived', claim: makeClaim(), sources });
      await bench.store.apply(scope, [
        ...one.changes,
        ...two.changes,
        noteDerived(two.note, {
          derived: makeDerived({ by: 'model:m' }),
          keys: makeKeys('x', { context: ['secret'] }),
        }),
        { kind: 'note-embedded', noteId: two.note.id, version: 1, derivation: 1, embedder: 'a', vector },
        noteAdded(claim),
      ]);
      await bench.store.apply(scope, [{ kind: 'erased', noteIds: [one.note.id] }]);
      expect((await bench.store.unembedded('a', 10)).map(({ note }) => note.id)).toEqual([two.note.id]);
      expect((await bench.store.workingRows(read, 0, 10))[0]?.keys).toMatchObject({ analyzer: '', context: [] });
    });
  });
}
