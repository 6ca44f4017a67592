import { describe, expect, it } from 'vitest';
import type { FeedEntry } from '../../src/memory/change.ts';
import { parseFilter } from '../../src/memory/filter.ts';
import type { NoteId } from '../../src/memory/ids.ts';
import { noteStates } from '../../src/memory/note.ts';
import { readScope } from '../../src/memory/scope.ts';
import type { Store } from '../../src/memory/store.ts';
import {
  makeEntity,
  makeEpisode,
  makeKeys,
  makeLink,
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
const read = readScope(scope);

export function erasureContract(subject: StoreUnderTest): void {
  describe('erased', () => {
    const bench = benchOf(subject);

    it('takes a note out of every read', async () => {
      const { note, changes } = remembered(scope, 'My PIN is 4711.');
      const other = makeNote();
      const id = note.id;
      await bench.store.apply(scope, [
        ...changes,
        noteAdded(other),
        {
          kind: 'note-revised',
          noteId: id,
          expectedVersion: 1,
          revision: { text: 'My PIN is 4712.' },
          keys: makeKeys('My PIN is 4712.'),
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
        { kind: 'link-set', link: makeLink(id, other.id) },
        { kind: 'link-set', link: makeLink(other.id, id) },
        { kind: 'entities-set', noteId: id, mentions: [{ entity: makeEntity('PIN'), start: 3, end: 6 }] },
      ]);
      await bench.store.apply(scope, [{ kind: 'erased', noteIds: [id] }]);
      expect(await bench.store.note(tenant, id)).toBeNull();
      expect(await bench.store.notes(tenant, [id, other.id])).toHaveLength(1);
      expect(await bench.store.history(tenant, id)).toEqual([]);
      expect(await bench.store.mentions(tenant, id)).toEqual([]);
      expect(await bench.store.links(tenant, [id, other.id])).toEqual([]);
      expect(await bench.store.workingRowsOf(read, [id])).toEqual([]);
      expect((await bench.store.workingRows(read, 0, 10)).map((row) => row.id)).toEqual([other.id]);
      expect(await bench.store.matching(read, parseFilter({}))).toEqual([other.id]);
      const listed = await bench.store.list(read, { limit: 9, cursor: null, filter: null, states: noteStates });
      expect(listed.data.map((stored) => stored.note.id)).toEqual([other.id]);
      expect((await bench.store.unembedded('e', 10)).map((stored) => stored.note.id)).toEqual([other.id]);
      await expectFailure(bench.store.apply(scope, [{ kind: 'erased', noteIds: [id] }]), 'not_found');
    });

    it('leaves the feed without content, and with the ids of what is gone', async () => {
      const { note, episode, changes } = remembered(scope, 'My PIN is 4711.', {
        episode: { speaker: 'Rumpelstiltskin', metadata: { secret: 'xyzzy' } },
      });
      await bench.store.apply(scope, changes);
      const head = await bench.store.head(read);
      await bench.store.apply(scope, [{ kind: 'erased', noteIds: [note.id] }]);
      const feed = await bench.store.feed(read, 0, 100);
      expect(JSON.stringify(feed)).not.toMatch(/4711|Rumpelstiltskin|xyzzy/);
      expect(gone(feed.filter((entry) => entry.sequence > head))).toEqual([episode.id, note.id]);
    });

    it('takes with an episodic note its episode and every note that rests on it', async () => {
      const [one, two] = [remembered(scope, 'one'), remembered(scope, 'two')];
      const fact = makeNote({ sources: [one.episode.id] });
      const both = makeNote({ kind: 'summary', sources: [two.episode.id, one.episode.id] });
      const apart = makeNote({ kind: 'summary', sources: [two.episode.id] });
      const free = makeNote();
      await bench.store.apply(scope, [...one.changes, ...two.changes, ...[fact, both, apart, free].map(noteAdded)]);
      const { erased } = await bench.store.apply(scope, [{ kind: 'erased', noteIds: [one.note.id] }]);
      expect([...erased].sort()).toEqual([one.note.id, fact.id, both.id].sort());
      expect(await remaining(bench.store)).toEqual([two.note.id, apart.id, free.id]);
      expect((await bench.store.note(tenant, two.note.id))?.episode).toEqual(two.episode);
      const again = makeNote({ sources: [one.episode.id] });
      await expectFailure(bench.store.apply(scope, [noteAdded(again)]), 'not_found');
    });

    it('takes an episode that nothing else rests on, and leaves one that another note rests on', async () => {
      const shared = makeEpisode();
      const lonely = makeEpisode();
      const [one, two] = [makeNote({ sources: [shared.id, lonely.id] }), makeNote({ sources: [shared.id] })];
      await bench.store.apply(scope, [
        { kind: 'episode-added', episode: shared },
        { kind: 'episode-added', episode: lonely },
        noteAdded(one),
        noteAdded(two),
      ]);
      await bench.store.apply(scope, [{ kind: 'erased', noteIds: [one.id] }]);
      expect(await remaining(bench.store)).toEqual([two.id]);
      await bench.store.apply(scope, [noteAdded(makeNote({ sources: [shared.id] }))]);
      await expectFailure(bench.store.apply(scope, [noteAdded(makeNote({ sources: [lonely.id] }))]), 'not_found');
    });

    it('leaves the conversation when only what was derived from it is erased', async () => {
      const { note, episode, changes } = remembered(scope, 'one');
      const fact = makeNote({ sources: [episode.id] });
      await bench.store.apply(scope, [...changes, noteAdded(fact)]);
      await bench.store.apply(scope, [{ kind: 'erased', noteIds: [fact.id] }]);
      expect(await remaining(bench.store)).toEqual([note.id]);
      expect((await bench.store.note(tenant, note.id))?.episode).toEqual(episode);
    });

    it('goes on until nothing that is left rests on anything that is gone', async () => {
      // one <- a -> bare1 <- b -> bare2 <- c: only a rests on what is erased, and no episode is left alone by it.
      const one = remembered(scope, 'one');
      const [bare1, bare2] = [makeEpisode(), makeEpisode()];
      const a = makeNote({ text: 'a', sources: [one.episode.id, bare1.id] });
      const b = makeNote({ text: 'b', sources: [bare1.id, bare2.id] });
      const c = makeNote({ text: 'c', sources: [bare2.id] });
      await bench.store.apply(scope, [
        ...one.changes,
        { kind: 'episode-added', episode: bare1 },
        { kind: 'episode-added', episode: bare2 },
        ...[a, b, c].map(noteAdded),
      ]);
      const head = await bench.store.head(read);
      await bench.store.apply(scope, [{ kind: 'erased', noteIds: [one.note.id] }]);
      expect(await remaining(bench.store)).toEqual([b.id, c.id]);
      // Now b and c together: bare1 and bare2 have nobody left.
      await bench.store.apply(scope, [{ kind: 'erased', noteIds: [b.id, c.id] }]);
      expect(await remaining(bench.store)).toEqual([]);
      const erased = (await bench.store.feed(read, head, 100)).filter((entry) => entry.kind === 'erased');
      const ids = [one.episode.id, bare1.id, bare2.id, one.note.id, a.id, b.id, c.id];
      expect(gone(erased)).toEqual([...ids].sort());
    });

    it('leaves a note that it superseded, which then names nobody', async () => {
      const [old, fresh] = [makeNote(), makeNote()];
      await bench.store.apply(scope, [
        noteAdded(old),
        noteAdded(fresh),
        { kind: 'note-superseded', noteId: old.id, by: fresh.id, invalidAt: may8 - 1, at: may8 },
      ]);
      await bench.store.apply(scope, [{ kind: 'erased', noteIds: [fresh.id] }]);
      expect((await bench.store.note(tenant, old.id))?.note).toEqual({ ...old, invalidAt: may8 - 1, expiredAt: may8 });
    });

    it('takes several at once, named twice or not, and all or none of them', async () => {
      const all = [remembered(scope, 'one'), remembered(scope, 'two'), remembered(scope, 'three')];
      await bench.store.apply(
        scope,
        all.flatMap(({ changes }) => changes),
      );
      const [one, two, three] = all.map(({ note }) => note.id);
      await expectFailure(
        bench.store.apply(scope, [{ kind: 'erased', noteIds: [one!, makeNoteId(), two!] }]),
        'not_found',
      );
      expect(await remaining(bench.store)).toEqual([one, two, three]);
      const { erased } = await bench.store.apply(scope, [{ kind: 'erased', noteIds: [one!, two!, one!] }]);
      expect([...erased].sort()).toEqual([one, two].sort());
      expect(await remaining(bench.store)).toEqual([three]);
      expect((await bench.store.health()).notes).toBe(1);
    });

    it('takes nothing of another scope that says the same', async () => {
      const elsewhere = makeScope('acme', 'users/alice/work');
      const mine = remembered(scope, 'the same');
      const other = remembered(elsewhere, 'the same');
      await bench.store.apply(scope, mine.changes);
      await bench.store.apply(elsewhere, other.changes);
      await bench.store.apply(scope, [{ kind: 'erased', noteIds: [mine.note.id] }]);
      expect(await bench.store.note(tenant, other.note.id)).toEqual({ note: other.note, episode: other.episode });
    });
  });
}

async function remaining(store: Store): Promise<readonly NoteId[]> {
  return (await store.workingRows(read, 0, 1_000)).map((row) => row.id);
}

/** The ids of notes and episodes that entries name, sorted. */
function gone(entries: readonly FeedEntry[]): readonly string[] {
  const ids = entries.flatMap((entry) => [entry.noteId, entry.episodeId]).filter((id) => id !== null);
  return [...new Set<string>(ids)].sort();
}
