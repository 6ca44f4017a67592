import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { NoteId } from '../../src/memory/ids.ts';
import { type ReadScope, readScope, type Scope } from '../../src/memory/scope.ts';
import type { VectorAnswer, VectorSearch } from '../../src/memory/store.ts';
import { makeNoteId, makeScope, subtreeOf } from '../builders.ts';
import { expectFailure } from './open-store.ts';

/** A vector search with a hand on the vectors it searches. */
export interface OpenedVectorSearch {
  readonly search: VectorSearch;
  put(scope: Scope, embedder: string, noteId: NoteId, vector: Float32Array): Promise<void>;
  /** What a revision does: the note is there, its vectors are gone. */
  drop(scope: Scope, noteId: NoteId): Promise<void>;
  erase(scope: Scope, noteId: NoteId): Promise<void>;
  cleanup(): Promise<void>;
}

export interface VectorSearchUnderTest {
  readonly name: string;
  readonly open: () => Promise<OpenedVectorSearch>;
  /** What `exact` says once all is settled. */
  readonly isExact: boolean;
}

/** What every vector search must do: each sentence of `VectorSearch` in `memory/store.ts` as a test. */
export function vectorSearchContract(subject: VectorSearchUnderTest): void {
  describe(`${subject.name} vector search`, () => {
    const scope = makeScope();
    const read = readScope(scope);
    let opened: OpenedVectorSearch;
    beforeEach(async () => {
      opened = await subject.open();
    });
    afterEach(() => opened.cleanup());

    it('gives the nearest by cosine, best first', async () => {
      const ids = await added([
        [0.6, 0.8, 0],
        [1, 0, 0],
        [0, 1, 0],
        [-1, 0, 0],
      ]);
      const answer = await nearest(read, [2, 0, 0]);
      expect(idsOf(answer)).toEqual([1, 0, 2, 3].map((index) => ids[index]));
      for (const [index, similarity] of [1, 0.6, 0, -1].entries()) {
        expect(answer.hits[index]?.similarity).toBeCloseTo(similarity, 5);
      }
      expect(answer.degraded).toBeNull();
    });

    it('says whether an approximate index answered', async () => {
      await added([
        [1, 0],
        [0, 1],
      ]);
      await nearest(read, [1, 0]);
      await opened.search.settled();
      expect((await nearest(read, [1, 0])).exact).toBe(subject.isExact);
    });

    it('breaks ties by note id, whatever came first', async () => {
      const ids = Array.from({ length: 30 }, makeNoteId);
      for (const id of [...ids].reverse()) await opened.put(scope, 'a', id, new Float32Array([0.6, 0.8]));
      for (const limit of [1, 7, 30])
        expect(idsOf(await nearest(read, [0.6, 0.8], limit))).toEqual(ids.slice(0, limit));
    });

    it('gives at most as many as asked, and as many as there are', async () => {
      const ids = await added([
        [1, 0],
        [0.6, 0.8],
        [0, 1],
      ]);
      expect(idsOf(await nearest(read, [1, 0], 2))).toEqual(ids.slice(0, 2));
      expect(idsOf(await nearest(read, [1, 0], 200))).toEqual(ids);
    });

    it('sees its own scope alone, and with a subtree everything below it', async () => {
      const scopes = {
        mine: scope,
        below: makeScope('acme', 'users/alice/work'),
        beside: makeScope('acme', 'users/alicea'),
        above: makeScope('acme', 'users'),
        rival: makeScope('rival'),
      };
      const ids = new Map<string, NoteId>();
      for (const [name, where] of Object.entries(scopes)) {
        const id = makeNoteId();
        ids.set(name, id);
        await opened.put(where, 'a', id, new Float32Array([1, 0]));
        await opened.put(where, 'a', makeNoteId(), new Float32Array([-1, 0]));
      }
      expect(idsOf(await nearest(read, [1, 0], 1))).toEqual([ids.get('mine')]);
      expect((await nearest(read, [1, 0])).hits).toHaveLength(2);
      const subtree = await nearest(subtreeOf(scope), [1, 0]);
      expect(idsOf(subtree).slice(0, 2)).toEqual([ids.get('mine'), ids.get('below')]);
      expect(subtree.hits).toHaveLength(4);
      expect(idsOf(await nearest(readScope(makeScope('nobody')), [1, 0]))).toEqual([]);
    });

    it('never mixes embedders', async () => {
      const [one, two] = [makeNoteId(), makeNoteId()];
      await opened.put(scope, 'a', one, new Float32Array([1, 0]));
      await opened.put(scope, 'b', two, new Float32Array([1, 0, 0]));
      expect(idsOf(await nearest(read, [1, 0], 10, 'a'))).toEqual([one]);
      expect(idsOf(await nearest(read, [1, 0, 0], 10, 'b'))).toEqual([two]);
      expect(idsOf(await nearest(read, [1, 0], 10, 'c'))).toEqual([]);
    });

    it('follows a note that is embedded again', async () => {
      const [one, two] = await added([
        [1, 0],
        [0.6, 0.8],
      ]);
      await opened.put(scope, 'a', one!, new Float32Array([0, 1]));
      expect(idsOf(await nearest(read, [1, 0]))).toEqual([two, one]);
      expect(idsOf(await nearest(read, [0, 1]))).toEqual([one, two]);
    });

    it('leaves out a note that was revised and has no vector yet', async () => {
      const [one, two] = await added([
        [1, 0],
        [0.6, 0.8],
      ]);
      await opened.drop(scope, one!);
      expect(idsOf(await nearest(read, [1, 0]))).toEqual([two]);
      await opened.put(scope, 'a', one!, new Float32Array([1, 0]));
      expect(idsOf(await nearest(read, [1, 0]))).toEqual([one, two]);
    });

    it('never gives what was erased', async () => {
      const [one, two] = await added([
        [1, 0],
        [0.6, 0.8],
      ]);
      await opened.erase(scope, one!);
      expect(idsOf(await nearest(read, [1, 0]))).toEqual([two]);
      await opened.search.settled();
      expect(idsOf(await nearest(read, [1, 0]))).toEqual([two]);
    });

    it('refuses a query without a direction', async () => {
      await added([[1, 0]]);
      await expectFailure(nearest(read, [Number.NaN, 0]), 'invalid');
      await expectFailure(nearest(read, [Number.POSITIVE_INFINITY, 0]), 'invalid');
    });

    it('closes more than once', async () => {
      await opened.search.close();
      await opened.search.close();
    });

    /** Notes with these vectors, in the order of their ids; searched once, so that an index may come to be. */
    async function added(vectors: readonly (readonly number[])[]): Promise<readonly NoteId[]> {
      const ids = vectors.map(makeNoteId);
      for (const [index, id] of ids.entries()) await opened.put(scope, 'a', id, new Float32Array(vectors[index]!));
      await nearest(read, vectors[0]!);
      await opened.search.settled();
      return ids;
    }

    function nearest(where: ReadScope, vector: readonly number[], limit = 10, embedder = 'a'): Promise<VectorAnswer> {
      return opened.search.nearest(where, { embedder, vector: new Float32Array(vector), limit });
    }
  });
}

function idsOf(answer: VectorAnswer): readonly NoteId[] {
  return answer.hits.map((hit) => hit.noteId);
}
