import { describe, expect, it } from 'vitest';
import { makeKeys, makeNote, makeScope, may8, noteAdded, remembered, subtreeOf } from '../../test/builders.ts';
import { newAnalyzer } from '../encoding/analyzer.ts';
import { openInMemoryStore } from '../store/in-memory.ts';
import type { WorkingSet } from './working-set.ts';
import { newWorkingSets } from './working-sets.ts';

const scope = makeScope();
const read = { ...scope, subtree: false };
const analyzer = newAnalyzer();
/** Sets are built from the builders' keys as they are, and not made anew from the text. */
const plain = { ...analyzer, id: 'test-v1' };

/** A store with some turns that counts how many rows were read from it. */
async function newStore(turns: number) {
  const store = openInMemoryStore({ clock: () => may8 });
  const counted = { rows: 0 };
  for (let index = 0; index < turns; index += 1) {
    await store.apply(scope, remembered(scope, `turn ${index}`, { episode: { sessionId: 's' } }).changes);
  }
  const port = {
    ...store,
    async workingRows(...args: Parameters<typeof store.workingRows>) {
      const rows = await store.workingRows(...args);
      counted.rows += rows.length;
      return rows;
    },
  };
  return { store, port, counted };
}

function open(store: Awaited<ReturnType<typeof newStore>>['port']) {
  return newWorkingSets({ store, analyzer: plain, snapshots: null });
}

function seen(set: WorkingSet) {
  const ids = Array.from({ length: set.size }, (_, slot) => set.idOf(slot));
  return { ids, next: [...set.slots.next.subarray(0, set.size)], turn: set.text.noteFrequency(set.termId('turn')) };
}

describe('working sets', () => {
  it('hold every write that has resolved, for each of many concurrent callers', async () => {
    const { store, port } = await newStore(3);
    const sets = open(port);
    await Promise.all(
      Array.from({ length: 20 }, async (_, index) => {
        await store.apply(scope, [noteAdded(makeNote({ text: `word${index}` }))]);
        const set = await sets.get(read);
        expect(set.termId(`word${index}`)).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  it('are loaded once for callers that come together', async () => {
    const { port, counted } = await newStore(5);
    const sets = open(port);
    const [one, two] = await Promise.all([sets.get(read), sets.get(read)]);
    expect(one).toBe(two);
    expect(counted.rows).toBe(5);
  });

  it('are dropped least recently used first, and come back the same', async () => {
    const { store, port, counted } = await newStore(5);
    const others = ['users/bob', 'users/carol'].map((namespace) => makeScope('acme', namespace));
    for (const other of others) await store.apply(other, [noteAdded(makeNote({ scope: other, text: 'a word' }))]);
    const [bob, carol] = others.map((other) => ({ ...other, subtree: false }));
    const roomy = open(port);
    const before = seen(await roomy.get(read));
    await roomy.get(bob!);
    await roomy.get(carol!);
    const bytesMax = roomy.bytes() - 1;
    const sets = newWorkingSets({ store: port, analyzer: plain, snapshots: null, bytesMax });
    for (const some of [read, bob!, read, carol!]) await sets.get(some);
    expect(sets.bytes()).toBeLessThanOrEqual(bytesMax);
    counted.rows = 0;
    expect(seen(await sets.get(read))).toEqual(before);
    expect(counted.rows).toBe(0);
    await sets.get(bob!);
    expect(counted.rows).toBe(1);
  });

  it('try again after the store has failed', async () => {
    const { port } = await newStore(5);
    let isBroken = true;
    const sets = newWorkingSets({
      store: {
        ...port,
        async head(readScope) {
          if (isBroken) throw new Error('Not now.');
          return port.head(readScope);
        },
      },
      analyzer: plain,
      snapshots: null,
    });
    await expect(sets.get(read)).rejects.toThrow('Not now.');
    isBroken = false;
    expect((await sets.get(read)).liveNotes).toBe(5);
  });

  it('make keys of another analyser anew from the text', async () => {
    const store = openInMemoryStore({ clock: () => may8 });
    const turn = remembered(scope, 'The dogs were running', { episode: { place: 'Lisbon' } });
    await store.apply(scope, [
      turn.changes[0]!,
      { kind: 'note-added', note: turn.note, keys: makeKeys('nothing of the sort', { analyzer: 'words-en-0' }) },
    ]);
    const set = await newWorkingSets({ store, analyzer, snapshots: null }).get(read);
    expect(set.text.noteFrequency(set.termId('dog'))).toBe(1);
    expect(set.context.noteFrequency(set.termId('lisbon'))).toBe(1);
    expect(set.context.noteFrequency(set.termId('mai'))).toBe(1);
    expect(set.termId('sort')).toBe(-1);
  });

  it('keep sessions of the same name in two namespaces apart', async () => {
    const store = openInMemoryStore({ clock: () => may8 });
    for (const namespace of ['users/alice', 'users/bob']) {
      const mine = makeScope('acme', namespace);
      for (const text of ['one', 'two']) {
        await store.apply(mine, remembered(mine, text, { episode: { scope: mine, sessionId: 's1' } }).changes);
      }
    }
    const set = await newWorkingSets({ store, analyzer: plain, snapshots: null }).get(
      subtreeOf(makeScope('acme', 'users')),
    );
    expect([...set.slots.previous.subarray(0, 4)]).toEqual([-1, 0, -1, 2]);
    expect([...set.slots.next.subarray(0, 4)]).toEqual([1, -1, 3, -1]);
  });

  it('put a turn that arrives late at its place by time', async () => {
    const store = openInMemoryStore({ clock: () => may8 });
    const sets = newWorkingSets({ store, analyzer: plain, snapshots: null });
    for (const minute of [5, 1, 9, 3, 5]) {
      const episode = { sessionId: 's1', eventAt: may8 + minute * 60_000 };
      await store.apply(scope, remembered(scope, `minute ${minute}`, { episode }).changes);
      await sets.get(read);
    }
    const { previous, next } = (await sets.get(read)).slots;
    const chain = [];
    for (let slot = 1; slot >= 0; slot = next[slot]!) chain.push(slot);
    expect(chain).toEqual([1, 3, 0, 4, 2]);
    expect(previous[1]).toBe(-1);
    expect(previous[2]).toBe(4);
  });
});
