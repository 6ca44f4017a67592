import { describe, expect, it } from 'vitest';
import type { Change } from '../../src/memory/change.ts';
import type { NoteId } from '../../src/memory/ids.ts';
import type { Note } from '../../src/memory/note.ts';
import { type ReadScope, readScope } from '../../src/memory/scope.ts';
import type { VectorSearch } from '../../src/memory/store.ts';
import { makeKeys, makeNote, makeNoteId, makeScope, may8, noteAdded, remembered, subtreeOf } from '../builders.ts';
import { benchOf, expectFailure, type StoreUnderTest } from './open-store.ts';

const scope = makeScope();
const read = readScope(scope);

export function vectorContract(subject: StoreUnderTest): void {
  describe('note-embedded and unembedded', () => {
    const bench = benchOf(subject);
    const unembedded = async (embedder: string, limit = 100) =>
      (await bench.store.unembedded(embedder, limit)).map(({ note }) => note.id);

    it('name the notes without a vector of the embedder, oldest first, of every tenant', async () => {
      const rival = makeScope('rival');
      const all = [scope, rival, scope, rival].map((where, index) => {
        const at = may8 + index;
        return remembered(where, `Fact ${index}.`, { episode: { recordedAt: at } });
      });
      for (const { note, changes } of all) await bench.store.apply(note.scope, changes);
      const ids = all.map(({ note }) => note.id);
      expect(await unembedded('a')).toEqual(ids);
      expect(await unembedded('a', 2)).toEqual(ids.slice(0, 2));
      await bench.store.apply(scope, [embedded(all[2]!.note, [1, 0])]);
      expect(await unembedded('a')).toEqual([ids[0], ids[1], ids[3]]);
      expect((await bench.store.unembedded('a', 1))[0]).toEqual({ note: all[0]!.note, episode: all[0]!.episode });
    });

    it('keep the vectors of two embedders apart', async () => {
      const note = makeNote();
      await bench.store.apply(scope, [noteAdded(note), embedded(note, [1, 0], { embedder: 'a' })]);
      expect(await unembedded('b')).toEqual([note.id]);
      await bench.store.apply(scope, [embedded(note, [1, 0, 0], { embedder: 'b' })]);
      expect(await unembedded('a')).toEqual([]);
      expect(await unembedded('b')).toEqual([]);
    });

    it('drop the vector of a text that was revised, and ignore one that comes for the old text', async () => {
      const note = makeNote();
      await bench.store.apply(scope, [noteAdded(note), embedded(note, [1, 0]), revised(note)]);
      expect(await unembedded('a')).toEqual([note.id]);
      await bench.store.apply(scope, [embedded(note, [1, 0], { version: 1 })]);
      expect(await unembedded('a')).toEqual([note.id]);
      await bench.store.apply(scope, [embedded(note, [0, 1], { version: 2 })]);
      expect(await unembedded('a')).toEqual([]);
    });

    it('are not_found for a note that is nowhere', async () => {
      await expectFailure(bench.store.apply(scope, [embedded({ id: makeNoteId() }, [1, 0])]), 'not_found');
    });
  });

  describe('nearest', () => {
    const bench = benchOf(subject);
    const nearest = async (where: ReadScope, vector: readonly number[], limit = 10, embedder = 'a') => {
      const search = bench.opened.search as VectorSearch;
      return search.nearest(where, { embedder, vector: new Float32Array(vector), limit });
    };
    const idsOf = (answer: { readonly hits: readonly { readonly noteId: NoteId }[] }) =>
      answer.hits.map((hit) => hit.noteId);

    it('gives the nearest by cosine, best first, ties by id', async ({ skip }) => {
      skip(bench.opened.search === undefined);
      const notes = Array.from({ length: 5 }, () => makeNote());
      const vectors = [
        [0.6, 0.8, 0],
        [1, 0, 0],
        [0, 1, 0],
        [1, 0, 0],
        [-1, 0, 0],
      ];
      await bench.store.apply(scope, [
        ...notes.map(noteAdded),
        ...notes.map((note, index) => embedded(note, vectors[index]!)),
      ]);
      const answer = await nearest(read, [1, 0, 0]);
      expect(idsOf(answer)).toEqual([1, 3, 0, 2, 4].map((index) => notes[index]!.id));
      for (const [index, similarity] of [1, 1, 0.6, 0, -1].entries()) {
        expect(answer.hits[index]?.similarity).toBeCloseTo(similarity, 5);
      }
      expect(answer.exact).toBe(true);
      expect(answer.degraded).toBeNull();
      expect(idsOf(await nearest(read, [1, 0, 0], 3))).toEqual([1, 3, 0].map((index) => notes[index]!.id));
    });

    it('sees notes of every state, of its own scope and embedder alone', async ({ skip }) => {
      skip(bench.opened.search === undefined);
      const below = makeScope('acme', 'users/alice/work');
      const [mine, archived, foreign] = [makeNote(), makeNote({ state: 'archived' }), makeNote()];
      const under = makeNote({ scope: below });
      const elsewhere = ['users/alicea', 'users'].map((namespace) => makeNote({ scope: makeScope('acme', namespace) }));
      const rival = makeNote({ scope: makeScope('rival') });
      await bench.store.apply(scope, [
        ...[mine, archived, foreign].map(noteAdded),
        embedded(mine, [1, 0]),
        embedded(archived, [0.6, 0.8]),
        embedded(foreign, [1, 0], { embedder: 'b' }),
      ]);
      for (const note of [under, rival, ...elsewhere]) {
        await bench.store.apply(note.scope, [noteAdded(note), embedded(note, [1, 0])]);
      }
      expect(idsOf(await nearest(read, [1, 0]))).toEqual([mine.id, archived.id]);
      expect(idsOf(await nearest(subtreeOf(scope), [1, 0]))).toEqual([mine.id, under.id, archived.id]);
      expect(idsOf(await nearest(read, [1, 0], 10, 'b'))).toEqual([foreign.id]);
      expect(idsOf(await nearest(read, [1, 0], 10, 'c'))).toEqual([]);
      expect(idsOf(await nearest(readScope(makeScope('nobody')), [1, 0]))).toEqual([]);
    });

    it('forgets what is erased or revised, and follows what is embedded again', async ({ skip }) => {
      skip(bench.opened.search === undefined);
      const [one, two] = [makeNote(), makeNote()];
      await bench.store.apply(scope, [...[one, two].map(noteAdded), embedded(one, [1, 0]), embedded(two, [0.6, 0.8])]);
      expect(idsOf(await nearest(read, [1, 0]))).toEqual([one.id, two.id]);
      await bench.store.apply(scope, [embedded(one, [-1, 0])]);
      expect(idsOf(await nearest(read, [1, 0]))).toEqual([two.id, one.id]);
      await bench.store.apply(scope, [revised(one), { kind: 'erased', noteIds: [two.id] }]);
      expect(idsOf(await nearest(read, [1, 0]))).toEqual([]);
    });

    it('is not affected when the caller uses its array again', async ({ skip }) => {
      skip(bench.opened.search === undefined);
      const note = makeNote();
      const vector = new Float32Array([1, 0]);
      await bench.store.apply(scope, [
        noteAdded(note),
        { kind: 'note-embedded', noteId: note.id, version: 1, derivation: 0, embedder: 'a', vector },
      ]);
      vector.set([-1, 0]);
      expect((await nearest(read, [1, 0])).hits[0]?.similarity).toBeCloseTo(1, 5);
    });
  });
}

function embedded(
  note: Pick<Note, 'id'>,
  vector: readonly number[],
  { version = 1, embedder = 'a' }: { readonly version?: number; readonly embedder?: string } = {},
): Change {
  return { kind: 'note-embedded', noteId: note.id, version, derivation: 0, embedder, vector: new Float32Array(vector) };
}

function revised(note: Note): Change {
  return {
    kind: 'note-revised',
    noteId: note.id,
    expectedVersion: 1,
    revision: { text: 'Other words.' },
    keys: makeKeys('Other words.'),
    cause: 'updated',
    at: may8,
  };
}
