import { describe, expect, it } from 'vitest';
import type { Change, FeedEntry } from '../../src/memory/change.ts';
import { readScope } from '../../src/memory/scope.ts';
import {
  goodUse,
  makeEntity,
  makeKeys,
  makeLink,
  makeNote,
  makeScope,
  may8,
  noteAdded,
  remembered,
  subtreeOf,
} from '../builders.ts';
import { benchOf, expectFailure, type StoreUnderTest } from './open-store.ts';

const scope = makeScope();
const read = readScope(scope);

export function feedContract(subject: StoreUnderTest): void {
  describe('the feed', () => {
    const bench = benchOf(subject);

    it('is empty at first', async () => {
      expect(await bench.store.head(read)).toBe(0);
      expect(await bench.store.feed(read, 0, 10)).toEqual([]);
      expect(await bench.store.feedOfEveryTenant(0, 10)).toEqual([]);
    });

    it('tells of every change what kind it was and what it touched', async () => {
      const { note, episode, changes } = remembered(scope, 'one');
      const other = makeNote();
      const link = makeLink(note.id, other.id);
      const id = note.id;
      const batch: readonly Change[] = [
        ...changes,
        noteAdded(other),
        {
          kind: 'note-revised',
          noteId: id,
          expectedVersion: 1,
          revision: { text: 'two' },
          keys: makeKeys('two'),
          cause: 'updated',
          at: may8,
        },
        {
          kind: 'note-embedded',
          noteId: id,
          version: 2,
          derivation: 0,
          embedder: 'e',
          vector: new Float32Array([1, 0]),
        },
        { kind: 'note-used', noteId: id, retention: note.retention, use: goodUse },
        { kind: 'link-set', link },
        { kind: 'link-removed', linkId: link.id },
        { kind: 'entities-set', noteId: id, mentions: [{ entity: makeEntity('One'), start: 0, end: 3 }] },
        { kind: 'note-superseded', noteId: id, by: other.id, invalidAt: may8, at: may8 },
        { kind: 'note-state-set', noteId: id, state: 'archived', reason: 'old', at: may8 },
        { kind: 'erased', noteIds: [other.id] },
      ];
      const { sequence } = await bench.store.apply(scope, batch);
      const feed = await bench.store.feed(read, 0, 100);
      expect(feed.map((entry) => entry.kind)).toEqual(batch.map((change) => change.kind));
      expect(feed.at(-1)?.sequence).toBe(sequence);
      expect(
        feed.every((entry) => entry.scope.tenant === scope.tenant && entry.scope.namespace === scope.namespace),
      ).toBe(true);
      const touched = (entry: FeedEntry | undefined) => entry?.episodeId ?? entry?.linkId ?? entry?.noteId;
      expect(touched(feed[0])).toBe(episode.id);
      expect(feed[1]?.noteId).toBe(id);
      expect(feed[2]?.noteId).toBe(other.id);
      for (const index of [3, 4, 5, 8, 9, 10]) expect(feed[index]?.noteId).toBe(id);
      expect(feed[6]?.linkId).toBe(link.id);
      expect(feed[7]?.linkId).toBe(link.id);
      expect(feed[11]?.noteId).toBe(other.id);
    });

    it('ascends over the whole store and can be read on from any place', async () => {
      const rival = makeScope('rival');
      for (let round = 0; round < 4; round += 1) {
        await bench.store.apply(scope, remembered(scope, `Fact ${round}.`).changes);
        await bench.store.apply(rival, remembered(rival, `Theirs ${round}.`).changes);
      }
      const all = await bench.store.feedOfEveryTenant(0, 100);
      expect(all).toHaveLength(16);
      expect(all.every((entry, index) => index === 0 || all[index - 1]!.sequence < entry.sequence)).toBe(true);
      const mine = await bench.store.feed(read, 0, 100);
      expect(mine).toEqual(all.filter((entry) => entry.scope.tenant === scope.tenant));
      expect(await bench.store.feed(read, mine[2]!.sequence, 3)).toEqual(mine.slice(3, 6));
      expect(await bench.store.feed(read, mine.at(-1)!.sequence, 3)).toEqual([]);
      expect(await bench.store.feedOfEveryTenant(all[4]!.sequence, 2)).toEqual(all.slice(5, 7));
    });

    it('has a head for each read: the last entry that it covers', async () => {
      const below = makeScope('acme', 'users/alice/work');
      const first = await bench.store.apply(scope, remembered(scope, 'one').changes);
      const second = await bench.store.apply(below, remembered(below, 'two').changes);
      expect(await bench.store.head(read)).toBe(first.sequence);
      expect(await bench.store.head(readScope(below))).toBe(second.sequence);
      expect(await bench.store.head(subtreeOf(scope))).toBe(second.sequence);
      expect(await bench.store.head(subtreeOf(makeScope('acme', 'users')))).toBe(second.sequence);
      expect(await bench.store.head(readScope(makeScope('acme', 'users')))).toBe(0);
      expect((await bench.store.feed(subtreeOf(scope), 0, 100)).map((entry) => entry.scope.namespace)).toEqual([
        ...['users/alice', 'users/alice', 'users/alice/work', 'users/alice/work'],
      ]);
    });

    it('says when a change was applied', async () => {
      bench.now = may8 + 1_234;
      await bench.store.apply(scope, [noteAdded(makeNote({ createdAt: 5 }))]);
      expect((await bench.store.feed(read, 0, 1))[0]?.at).toBe(may8 + 1_234);
    });

    it('tells nothing of a vector that came too late', async () => {
      const note = makeNote();
      const { sequence } = await bench.store.apply(scope, [noteAdded(note)]);
      const late: Change = {
        kind: 'note-embedded',
        noteId: note.id,
        version: 2,
        derivation: 0,
        embedder: 'e',
        vector: new Float32Array([1]),
      };
      expect((await bench.store.apply(scope, [late])).sequence).toBe(sequence);
      expect(await bench.store.head(read)).toBe(sequence);
    });
  });

  describe('a cursor', () => {
    const bench = benchOf(subject);

    it('stands at 0 until it moves, then where it was put', async () => {
      expect(await bench.store.cursor('worker')).toBe(0);
      await bench.store.apply(scope, [{ kind: 'cursor-advanced', name: 'worker', from: 0, to: 5 }]);
      await bench.store.apply(scope, [{ kind: 'cursor-advanced', name: 'worker', from: 5, to: 9 }]);
      expect(await bench.store.cursor('worker')).toBe(9);
      expect(await bench.store.cursor('index')).toBe(0);
    });

    it('is one for all tenants', async () => {
      const rival = makeScope('rival');
      await bench.store.apply(scope, [{ kind: 'cursor-advanced', name: 'worker', from: 0, to: 5 }]);
      await bench.store.apply(rival, [{ kind: 'cursor-advanced', name: 'worker', from: 5, to: 6 }]);
      expect(await bench.store.cursor('worker')).toBe(6);
    });

    it('moves only from where the follower saw it, together with its effects', async () => {
      await bench.store.apply(scope, [{ kind: 'cursor-advanced', name: 'worker', from: 0, to: 5 }]);
      const { note, changes } = remembered(scope, 'an effect');
      for (const from of [0, 4, 6]) {
        const batch: readonly Change[] = [...changes, { kind: 'cursor-advanced', name: 'worker', from, to: 7 }];
        await expectFailure(bench.store.apply(scope, batch), 'stale');
      }
      await expectFailure(
        bench.store.apply(scope, [{ kind: 'cursor-advanced', name: 'new', from: 1, to: 2 }]),
        'stale',
      );
      expect(await bench.store.cursor('worker')).toBe(5);
      expect(await bench.store.note(scope.tenant, note.id)).toBeNull();
    });

    it('moves once when two followers of one name race', async () => {
      const race = Array.from({ length: 5 }, (_, index) =>
        bench.store.apply(scope, [
          ...remembered(scope, `Effect ${index}.`).changes,
          { kind: 'cursor-advanced', name: 'worker', from: 0, to: 3 },
        ]),
      );
      const outcomes = await Promise.allSettled(race);
      expect(outcomes.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(1);
      expect(await bench.store.workingRows(read, 0, 10)).toHaveLength(1);
    });

    it('is not told of in the feed, or a follower would follow its own steps for ever', async () => {
      const { sequence } = await bench.store.apply(scope, remembered(scope, 'one').changes);
      await bench.store.apply(scope, [{ kind: 'cursor-advanced', name: 'worker', from: 0, to: sequence }]);
      expect(await bench.store.feedOfEveryTenant(sequence, 10)).toEqual([]);
      expect(await bench.store.head(read)).toBe(sequence);
    });
  });
}
