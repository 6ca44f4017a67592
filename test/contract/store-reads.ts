import { describe, expect, it } from 'vitest';
import { readScope } from '../../src/memory/scope.ts';
import type { WorkingRow } from '../../src/memory/store.ts';
import {
  goodUse,
  makeEntity,
  makeKeys,
  makeLink,
  makeNote,
  makeNoteId,
  makeScope,
  may8,
  noteAdded,
  remembered,
  subtreeOf,
} from '../builders.ts';
import { benchOf, type StoreUnderTest } from './open-store.ts';

const scope = makeScope();
const { tenant } = scope;

export function readContract(subject: StoreUnderTest): void {
  describe('reads by id', () => {
    const bench = benchOf(subject);

    it('leave out what is missing', async () => {
      expect(await bench.store.note(tenant, makeNoteId())).toBeNull();
      expect(await bench.store.notes(tenant, [makeNoteId()])).toEqual([]);
      expect(await bench.store.notes(tenant, [])).toEqual([]);
      expect(await bench.store.history(tenant, makeNoteId())).toEqual([]);
      expect(await bench.store.links(tenant, [makeNoteId()])).toEqual([]);
      expect(await bench.store.links(tenant, [])).toEqual([]);
      expect(await bench.store.mentions(tenant, makeNoteId())).toEqual([]);
      expect(await bench.store.workingRowsOf(readScope(scope), [makeNoteId()])).toEqual([]);
      expect(await bench.store.receipt(tenant, 'nothing')).toBeNull();
    });

    it('give notes in the order they were asked for', async () => {
      const added = Array.from({ length: 5 }, (_, index) => remembered(scope, `Fact ${index}.`));
      await bench.store.apply(
        scope,
        added.flatMap(({ changes }) => changes),
      );
      const ids = [3, 0, 4, 1].map((index) => added[index]!.note.id);
      const found = await bench.store.notes(tenant, [ids[0]!, makeNoteId(), ...ids.slice(1)]);
      expect(found.map(({ note }) => note.id)).toEqual(ids);
      expect(found[1]).toEqual({ note: added[0]!.note, episode: added[0]!.episode });
    });

    it('answer for more ids than one statement can bind', async () => {
      const note = makeNote();
      await bench.store.apply(scope, [noteAdded(note)]);
      const ids = [...Array.from({ length: 40_000 }, makeNoteId), note.id];
      expect(await bench.store.notes(tenant, ids)).toHaveLength(1);
      expect(await bench.store.workingRowsOf(readScope(scope), ids)).toHaveLength(1);
      expect(await bench.store.links(tenant, ids)).toEqual([]);
    });

    it('give links from and to the notes, each once, ordered by (from, to, type)', async () => {
      const [one, two, three] = [makeNote(), makeNote(), makeNote()];
      const links = [
        makeLink(one.id, two.id, { type: 'related' }),
        makeLink(one.id, two.id, { type: 'supports' }),
        makeLink(one.id, three.id, { type: 'contradicts' }),
        makeLink(three.id, one.id, { type: 'follows', weight: 1 / 3, reason: 'said after' }),
      ];
      await bench.store.apply(scope, [
        ...[one, two, three].map(noteAdded),
        ...[...links].reverse().map((link) => ({ kind: 'link-set', link }) as const),
      ]);
      expect(await bench.store.links(tenant, [one.id])).toEqual(links);
      expect(await bench.store.links(tenant, [three.id, one.id, two.id])).toEqual(links);
      expect(await bench.store.links(tenant, [two.id])).toEqual(links.slice(0, 2));
    });
  });

  describe('working rows', () => {
    const bench = benchOf(subject);

    it('hold what ranking needs of an episodic note', async () => {
      const { note, episode, changes } = remembered(scope, 'Where did I go?', {
        episode: { sessionId: 's1', role: 'user', speaker: 'Alice', eventAt: may8 - 5_000, place: 'Porto', trust: 1 },
        note: { importance: 0.75, validAt: may8 - 1, metadata: { topic: 'x' } },
      });
      await bench.store.apply(scope, changes);
      const [row] = await bench.store.workingRows(readScope(scope), 0, 10);
      const expected: WorkingRow = {
        id: note.id,
        scope,
        order: row?.order ?? -1,
        kind: 'episodic',
        state: 'active',
        version: 1,
        sessionId: 's1',
        speaker: 'Alice',
        role: 'user',
        eventAt: episode.eventAt,
        createdAt: note.createdAt,
        validAt: may8 - 1,
        invalidAt: null,
        expiredAt: null,
        place: 'Porto',
        trust: 1,
        importance: 0.75,
        stability: note.retention.stability,
        lastUsedAt: note.retention.lastUsedAt,
        isPinned: false,
        expiresAt: null,
        accesses: null,
        keys: makeKeys('Where did I go?'),
      };
      expect(row).toEqual(expected);
      expect(row?.order).toBeGreaterThan(0);
    });

    it('take the time of a note without an episode from when it was created', async () => {
      const note = makeNote({ createdAt: may8 + 77 });
      await bench.store.apply(scope, [noteAdded(note)]);
      const [row] = await bench.store.workingRows(readScope(scope), 0, 10);
      expect(row).toMatchObject({ eventAt: may8 + 77, sessionId: null, speaker: null, role: null, place: null });
    });

    it('keep keys exactly, whatever they hold', async () => {
      const note = makeNote();
      const keys = {
        analyzer: 'a"b-v2',
        passages: [['zoë', 'c++', ''], [], ['\u{1f408}', 'zoë']],
        context: ['2024-05-08', "o'neil"],
        words: 12,
        question: true,
      };
      await bench.store.apply(scope, [{ kind: 'note-added', note, keys }]);
      expect((await bench.store.workingRows(readScope(scope), 0, 10))[0]?.keys).toEqual(keys);
    });

    it('come in the order notes were added, of every state, a page at a time', async () => {
      const states = ['active', 'archived', 'invalidated', 'quarantined'] as const;
      const added = Array.from({ length: 11 }, (_, index) =>
        remembered(scope, `Fact ${index}.`, { note: { state: states[index % 4]!, createdAt: may8 - index } }),
      );
      for (const { changes } of added) await bench.store.apply(scope, changes);
      const rows: WorkingRow[] = [];
      for (let pages = 0; pages < 5; pages += 1) {
        const page = await bench.store.workingRows(readScope(scope), rows.at(-1)?.order ?? 0, 4);
        expect(page.length).toBeLessThanOrEqual(4);
        rows.push(...page);
      }
      expect(rows.map((row) => row.id)).toEqual(added.map(({ note }) => note.id));
      expect(rows.every((row, index) => index === 0 || rows[index - 1]!.order < row.order)).toBe(true);
    });

    it('follow what happens to a note and keep its order', async () => {
      const [note, by] = [makeNote(), makeNote()];
      await bench.store.apply(scope, [noteAdded(note), noteAdded(by)]);
      const [before] = await bench.store.workingRows(readScope(scope), 0, 1);
      const keys = makeKeys('new words');
      await bench.store.apply(scope, [
        {
          kind: 'note-revised',
          noteId: note.id,
          expectedVersion: 1,
          revision: { text: 'new words', importance: 1, validAt: 5 },
          keys,
          cause: 'updated',
          at: may8,
        },
        { kind: 'note-superseded', noteId: note.id, by: by.id, invalidAt: 9, at: 10 },
        { kind: 'note-state-set', noteId: note.id, state: 'archived', reason: null, at: may8 },
        {
          kind: 'note-used',
          noteId: note.id,
          retention: { stability: 7, difficulty: 5, lastUsedAt: 11, uses: 1 },
          use: goodUse,
        },
      ]);
      expect(await bench.store.workingRowsOf(readScope(scope), [note.id])).toEqual([
        {
          ...before,
          version: 2,
          importance: 1,
          validAt: 5,
          invalidAt: 9,
          expiredAt: 10,
          accesses: { firstAt: may8, count: 2, recent: [may8, may8] },
          state: 'archived',
          stability: 7,
          lastUsedAt: 11,
          keys,
        },
      ]);
    });

    it('of given notes come by order, each once, and only those in scope', async () => {
      const below = makeScope('acme', 'users/alice/work');
      const mine = [makeNote(), makeNote(), makeNote()];
      const under = makeNote({ scope: below });
      await bench.store.apply(scope, mine.map(noteAdded));
      await bench.store.apply(below, [noteAdded(under)]);
      const ids = [under.id, mine[2]!.id, mine[0]!.id, mine[2]!.id];
      const exact = await bench.store.workingRowsOf(readScope(scope), ids);
      expect(exact.map((row) => row.id)).toEqual([mine[0]!.id, mine[2]!.id]);
      const all = await bench.store.workingRowsOf(subtreeOf(scope), ids);
      expect(all.map((row) => row.id)).toEqual([mine[0]!.id, mine[2]!.id, under.id]);
      expect(all[2]?.scope).toEqual(below);
    });

    it('never use an order twice, even when the last note is erased', async () => {
      const [first, second] = [makeNote(), makeNote()];
      await bench.store.apply(scope, [noteAdded(first)]);
      const [row] = await bench.store.workingRows(readScope(scope), 0, 1);
      await bench.store.apply(scope, [{ kind: 'erased', noteIds: [first.id] }]);
      await bench.store.apply(scope, [noteAdded(second)]);
      const after = await bench.store.workingRows(readScope(scope), row?.order ?? 0, 1);
      expect(after.map(({ id }) => id)).toEqual([second.id]);
    });
  });

  describe('mentions', () => {
    const bench = benchOf(subject);

    it('may share an entity between notes of a scope', async () => {
      const [one, two] = [makeNote(), makeNote()];
      const minka = makeEntity('Minka', { kind: 'thing' });
      const mentions = [{ entity: minka, start: 28, end: 33 }];
      await bench.store.apply(scope, [
        noteAdded(one),
        noteAdded(two),
        { kind: 'entities-set', noteId: one.id, mentions },
        { kind: 'entities-set', noteId: two.id, mentions },
        { kind: 'entities-set', noteId: one.id, mentions: [] },
      ]);
      expect(await bench.store.mentions(tenant, one.id)).toEqual([]);
      expect(await bench.store.mentions(tenant, two.id)).toEqual(mentions);
    });
  });
}
