import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeNote, makeScope, may8, noteAdded, remembered, subtreeOf } from '../../test/builders.ts';
import { newAnalyzer } from '../encoding/analyzer.ts';
import type { NoteId } from '../memory/ids.ts';
import { openInMemoryStore } from '../store/in-memory.ts';
import { type SnapshotFiles, snapshotName } from './snapshot.ts';
import type { WorkingSet } from './working-set.ts';
import { newWorkingSets } from './working-sets.ts';

const scope = makeScope();
const read = { ...scope, subtree: false };
const analyzer = newAnalyzer();
/** Sets are built from these keys at once, or made anew from the text when they are of another analyser. */
const plain = { ...analyzer, id: 'test-v1' };

/** A folder in memory that counts. */
function newFiles() {
  const files = new Map<string, Buffer>();
  const counts = { reads: 0, writes: 0, removals: 0 };
  const port: SnapshotFiles = {
    async read(name) {
      counts.reads += 1;
      const content = files.get(name);
      return content === undefined ? null : Buffer.from(content);
    },
    async write(name, content) {
      counts.writes += 1;
      files.set(name, Buffer.from(content));
    },
    async remove(name) {
      counts.removals += 1;
      files.delete(name);
    },
  };
  return { files, counts, port };
}

/** A store that counts how many rows were read from it, and the ids of what was added. */
async function newStore(turns: number) {
  const store = openInMemoryStore({ clock: () => may8 });
  const counted = { rows: 0 };
  const ids: NoteId[] = [];
  for (let index = 0; index < turns; index += 1) {
    const turn = remembered(scope, `turn ${index} of the talk about cat${index}`, {
      episode: { sessionId: 's', speaker: 'Bob' },
    });
    await store.apply(scope, turn.changes);
    ids.push(turn.note.id);
  }
  const port = {
    ...store,
    async workingRows(...args: Parameters<typeof store.workingRows>) {
      const rows = await store.workingRows(...args);
      counted.rows += rows.length;
      return rows;
    },
  };
  return { store, port, ids, counted };
}

function open(port: Awaited<ReturnType<typeof newStore>>['port'], files: SnapshotFiles, snapshotNotes = 10) {
  const failures: unknown[] = [];
  const sets = newWorkingSets({
    store: port,
    analyzer: plain,
    snapshots: files,
    snapshotNotes,
    onSnapshotFailure: (cause) => failures.push(cause),
  });
  return { ...sets, failures };
}

function seen(set: WorkingSet) {
  const notes = [];
  for (let slot = 0; slot < set.size; slot += 1) {
    if (set.slots.present[slot] === 0) continue;
    const next = set.slots.next[slot]!;
    const speaker = set.slots.speaker[slot]!;
    notes.push([
      set.idOf(slot),
      set.slots.words[slot],
      next < 0 ? null : set.idOf(next),
      set.speakers.wordsOf(speaker),
    ]);
  }
  const frequency = (stem: string) => set.text.noteFrequency(set.termId(stem));
  return { notes, frequencies: ['turn', 'cat3', 'talk', 'zebra'].map(frequency), live: set.liveNotes };
}

describe('a snapshot of a working set', () => {
  it('is saved for a large scope, and read in place of its rows', async () => {
    const { port, counted } = await newStore(12);
    const { files, port: folder } = newFiles();
    const first = open(port, folder);
    const before = seen(await first.get(read));
    await first.settled();
    expect([...files.keys()]).toEqual([snapshotName(read)]);
    counted.rows = 0;
    expect(seen(await open(port, folder).get(read))).toEqual(before);
    expect(counted.rows).toBe(0);
  });

  it('is not saved for a small scope', async () => {
    const { port } = await newStore(9);
    const { counts, port: folder } = newFiles();
    const sets = open(port, folder);
    await sets.get(read);
    await sets.settled();
    expect(counts.writes).toBe(0);
  });

  it('is caught up from the feed after it was loaded', async () => {
    const { store, port, ids, counted } = await newStore(12);
    const { port: folder } = newFiles();
    const first = open(port, folder);
    await first.get(read);
    await first.settled();
    await store.apply(scope, [noteAdded(makeNote({ text: 'a zebra' }))]);
    await store.apply(scope, [{ kind: 'note-state-set', noteId: ids[3]!, state: 'archived', reason: null, at: may8 }]);
    counted.rows = 0;
    const loaded = await open(port, folder).get(read);
    expect(counted.rows).toBe(0);
    expect(seen(loaded)).toEqual(seen(await open(port, newFiles().port).get(read)));
    expect(seen(loaded).frequencies).toEqual([11, 0, 11, 1]);
  });

  it('is removed when an erased note may be in it, on catching up and before erasing', async () => {
    const { store, port, ids } = await newStore(12);
    const { files, port: folder } = newFiles();
    const first = open(port, folder);
    await first.get(read);
    await first.settled();
    await store.apply(scope, [{ kind: 'erased', noteIds: [ids[3]!] }]);
    const second = open(port, folder);
    expect((await second.get(read)).liveNotes).toBe(11);
    await second.settled();
    expect(files.size).toBe(0);

    await open(port, folder).get(read);
    const third = open(port, folder);
    await third.get(read);
    await third.get(subtreeOf(scope));
    await third.settled();
    expect(files.size).toBe(2);
    const left = await third.whileErasing(scope, async () => {
      await store.apply(scope, [{ kind: 'erased', noteIds: [ids[4]!] }]);
      // Whoever searches right now must not save what is being erased.
      await open(port, newFiles().port).get(read);
      return files.size;
    });
    expect(left).toBe(0);
  });

  it('is not saved while notes are being erased', async () => {
    const { store, port, ids } = await newStore(14);
    const { files, port: folder } = newFiles();
    const sets = open(port, folder);
    await sets.whileErasing(scope, async () => {
      await sets.get(read);
      await store.apply(scope, [{ kind: 'erased', noteIds: [ids[0]!] }]);
    });
    await sets.settled();
    expect(files.size).toBe(0);
  });

  it('is ignored and removed when it is damaged anywhere or cut off', async () => {
    const { port, counted } = await newStore(12);
    const { files, port: folder } = newFiles();
    const first = open(port, folder);
    const expected = seen(await first.get(read));
    await first.settled();
    const good = files.get(snapshotName(read))!;
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.integer({ min: 1, max: 255 }), fc.boolean(), async (where, flip, cut) => {
        const at = where % good.length;
        const bad = Buffer.from(good);
        bad[at] = bad[at]! ^ flip;
        files.set(snapshotName(read), cut ? good.subarray(0, at) : bad);
        counted.rows = 0;
        const sets = open(port, folder, 1_000);
        expect(seen(await sets.get(read))).toEqual(expected);
        expect(counted.rows).toBe(12);
        expect(files.size).toBe(0);
      }),
      { numRuns: 60 },
    );
  });

  it('is ignored when it is of another scope, another analyser or another store', async () => {
    const { port, counted } = await newStore(12);
    const { files, port: folder } = newFiles();
    const first = open(port, folder);
    await first.get(read);
    await first.settled();
    const good = files.get(snapshotName(read))!;

    const bob = { ...makeScope('acme', 'users/bob'), subtree: false };
    files.set(snapshotName(bob), good);
    expect((await open(port, folder).get(bob)).presentNotes).toBe(0);
    expect(files.has(snapshotName(bob))).toBe(false);

    counted.rows = 0;
    const otherAnalyzer = newWorkingSets({ store: port, analyzer, snapshots: folder, snapshotNotes: 1_000 });
    await otherAnalyzer.get(read);
    expect(counted.rows).toBe(12);
    expect(files.has(snapshotName(read))).toBe(false);

    files.set(snapshotName(read), good);
    const other = await newStore(13);
    const set = await open(other.port, folder, 1_000).get(read);
    expect(set.presentNotes).toBe(13);
    expect(set.idOf(0)).toBe(other.ids[0]);
  });

  it('never keeps a search from its answer', async () => {
    const { port } = await newStore(12);
    const broken = async () => {
      throw new Error('The disk is on fire.');
    };
    const sets = open(port, { read: broken, write: broken, remove: broken });
    expect((await sets.get(read)).liveNotes).toBe(12);
    await sets.settled();
    expect(sets.failures).toHaveLength(2);
  });
});
