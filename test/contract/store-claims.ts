import { describe, expect, it } from 'vitest';
import type { Change } from '../../src/memory/change.ts';
import type { Claim } from '../../src/memory/claim.ts';
import type { Note } from '../../src/memory/note.ts';
import { readScope } from '../../src/memory/scope.ts';
import type { ClaimQuery } from '../../src/memory/store.ts';
import { makeClaim, makeEntity, makeNote, makeScope, may8, noteAdded, remembered, subtreeOf } from '../builders.ts';
import { benchOf, expectFailure, type StoreUnderTest } from './open-store.ts';

const scope = makeScope();
const { tenant } = scope;
const read = readScope(scope);

export function claimContract(subject: StoreUnderTest): void {
  describe('claims', () => {
    const bench = benchOf(subject);
    const found = async (query: Omit<ClaimQuery, 'limit'>, limit = 100) =>
      (await bench.store.claims(read, { ...query, limit })).map(({ note }) => note.id);

    it('give back the claim as it was spelt, and belong to semantic notes alone', async () => {
      const claim: Claim = makeClaim({ subject: "Zoë's  Café", polarity: 'negative', isSingle: false });
      const note = makeNote({ claim });
      await bench.store.apply(scope, [noteAdded(note)]);
      expect(await bench.store.claims(read, { subjects: ['zoe cafe'], limit: 1 })).toEqual([{ note, episode: null }]);
      expect((await bench.store.note(tenant, note.id))?.note.claim).toEqual(claim);
      await expectFailure(bench.store.apply(scope, [noteAdded(makeNote({ kind: 'summary', claim }))]), 'invalid');
    });

    it('match all that is given, any of each list, oldest first', async () => {
      const claims = [
        makeClaim({ subject: 'Alice', attribute: 'residence', value: 'Porto' }),
        makeClaim({ subject: 'the Alice', attribute: 'employer', value: 'Acme' }),
        makeClaim({ subject: 'Bob', attribute: 'employer', value: 'ACME' }),
        makeClaim({ subject: 'Acme', attribute: 'city', value: 'Porto' }),
      ];
      const notes = claims.map((claim, index) => makeNote({ claim, createdAt: may8 - index }));
      const ids = notes.map(({ id }) => id);
      await bench.store.apply(scope, [...notes, makeNote()].map(noteAdded));
      expect(await found({})).toEqual([...ids].reverse());
      expect(await found({}, 1)).toEqual([ids[3]]);
      expect(await found({ subjects: ['alice'] })).toEqual([ids[1], ids[0]]);
      expect(await found({ subjects: ['alice', 'bob'], attributes: ['employer'] })).toEqual([ids[2], ids[1]]);
      expect(await found({ values: ['porto'] })).toEqual([ids[3], ids[0]]);
      expect(await found({ attributes: ['city', 'residence'], values: ['porto'], subjects: ['acme'] })).toEqual([
        ids[3],
      ]);
      expect(await found({ subjects: [] })).toEqual([]);
      expect(await found({ subjects: ['nobody'] })).toEqual([]);
    });

    it('are looked up by state, by source and by what replaced them being gone', async () => {
      const source = remembered(scope, 'I live in Porto.');
      const resting = makeNote({ claim: makeClaim(), origin: 'derived', sources: [source.episode.id] });
      const archived = makeNote({ claim: makeClaim(), state: 'archived' });
      const [old, fresh] = [makeNote({ claim: makeClaim() }), makeNote({ claim: makeClaim({ value: 'Faro' }) })];
      await bench.store.apply(scope, [
        ...source.changes,
        ...[resting, archived, old, fresh].map(noteAdded),
        { kind: 'note-superseded', noteId: old.id, by: fresh.id, invalidAt: may8, at: may8 },
      ]);
      expect(await found({ sources: [source.episode.id] })).toEqual([resting.id]);
      expect(await found({ sources: [source.episode.id], values: ['faro'] })).toEqual([]);
      expect(await found({ states: ['archived'] })).toEqual([archived.id]);
      expect(await found({ isOrphaned: true })).toEqual([]);
      await bench.store.apply(scope, [{ kind: 'erased', noteIds: [fresh.id] }]);
      expect(await found({ isOrphaned: true })).toEqual([old.id]);
      expect(await found({ values: ['faro'] })).toEqual([]);
    });

    it('belong to the scope of their note', async () => {
      const below = makeScope('acme', 'users/alice/work');
      const notes = [scope, below, makeScope('rival')].map((where) => makeNote({ scope: where, claim: makeClaim() }));
      for (const note of notes) await bench.store.apply(note.scope, [noteAdded(note)]);
      const query: ClaimQuery = { subjects: ['alice'], limit: 10 };
      const idsIn = async (where: typeof read) => (await bench.store.claims(where, query)).map(({ note }) => note.id);
      expect(await idsIn(read)).toEqual([notes[0]!.id]);
      expect(await idsIn(subtreeOf(scope))).toEqual([notes[0]!.id, notes[1]!.id]);
      expect(await idsIn(readScope(makeScope('nobody')))).toEqual([]);
    });
  });

  describe('entities', () => {
    const bench = benchOf(subject);

    it('are counted by the notes that mention them, most first, and found by the beginning of a word', async () => {
      const notes = [makeNote(), makeNote(), makeNote({ createdAt: may8 - 1 })];
      const [minka, porto] = [makeEntity('Minka Müller'), makeEntity('Porto', { kind: 'place' })];
      const [one, two, three] = notes as [Note, Note, Note];
      const mentions = (note: Note, ...entities: (typeof minka)[]): Change => ({
        kind: 'entities-set',
        noteId: note.id,
        mentions: entities.map((entity, start) => ({ entity, start, end: start + 1 })),
      });
      await bench.store.apply(scope, [
        ...notes.map(noteAdded),
        mentions(one, minka, minka),
        mentions(two, porto),
        mentions(three, porto, minka),
      ]);
      const counts = (entity: typeof minka, notes: number) => ({ entity, notes });
      const all = { prefix: null, limit: 10 };
      expect(await bench.store.entities(read, all)).toEqual([counts(minka, 2), counts(porto, 2)]);
      expect(await bench.store.entities(read, { prefix: 'MUL', limit: 10 })).toEqual([counts(minka, 2)]);
      expect(await bench.store.entities(read, { prefix: 'minka m', limit: 10 })).toEqual([counts(minka, 2)]);
      expect(await bench.store.entities(read, { prefix: 'inka', limit: 10 })).toEqual([]);
      expect(await bench.store.entities(read, { prefix: null, limit: 1 })).toEqual([counts(minka, 2)]);
      expect(await bench.store.entities(readScope(makeScope('rival')), all)).toEqual([]);
      expect(await bench.store.entity(tenant, porto.id)).toEqual(counts(porto, 2));
      expect(await bench.store.entity(makeScope('rival').tenant, porto.id)).toBeNull();
      const mentioning = await bench.store.notesOfEntity(tenant, porto.id, 10);
      expect(mentioning.map(({ note }) => note.id)).toEqual([two.id, three.id]);
      expect(await bench.store.notesOfEntity(tenant, porto.id, 1)).toHaveLength(1);
      expect(await bench.store.notesOfEntity(makeScope('rival').tenant, porto.id, 10)).toEqual([]);
      await bench.store.apply(scope, [{ kind: 'erased', noteIds: [one.id] }]);
      expect(await bench.store.entity(tenant, minka.id)).toEqual(counts(minka, 1));
    });
  });
}
