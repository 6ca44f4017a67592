import { describe, expect, it } from 'vitest';
import type { Change } from '../../src/memory/change.ts';
import { parseFilter } from '../../src/memory/filter.ts';
import { noteStates } from '../../src/memory/note.ts';
import { type ReadScope, readScope, type Scope } from '../../src/memory/scope.ts';
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

/** Namespaces whose names begin alike, hold what SQL's LIKE would read as wildcards, or sort between each other. */
const namespaces = [
  'users/a',
  'users/ab',
  'users/a/b',
  'users/a/b/c',
  'users/a b',
  'users/a-b',
  'users/a0',
  'users/A',
  'users/a%',
  'users/a_',
  'users/_',
  'users/é',
  'users',
  'userss/a',
];

const mine = makeScope('acme', 'users/a');

export function isolationContract(subject: StoreUnderTest): void {
  describe('isolation', () => {
    const bench = benchOf(subject);

    it('shows a read exactly the namespaces it covers, however alike they are named', async () => {
      const scopes = ['acme', 'acme2'].flatMap((tenant) => namespaces.map((namespace) => makeScope(tenant, namespace)));
      for (const scope of scopes) await bench.store.apply(scope, remembered(scope, 'The very same text.').changes);
      for (const read of [...scopes.map(readScope), ...scopes.map(subtreeOf)]) {
        const expected = scopes
          .filter((scope) => isBelow(read, scope))
          .map(nameOf)
          .sort();
        const rows = await bench.store.workingRows(read, 0, 100);
        const feed = await bench.store.feed(read, 0, 100);
        const page = await bench.store.list(read, { limit: 100, cursor: null, filter: null, states: ['active'] });
        const ids = await bench.store.matching(read, parseFilter({}));
        const label = `${nameOf(read)}${read.subtree ? '/**' : ''}`;
        expect(rows.map((row) => nameOf(row.scope)).sort(), label).toEqual(expected);
        expect(page.data.map(({ note }) => nameOf(note.scope)).sort(), label).toEqual(expected);
        expect([...new Set(feed.map((entry) => nameOf(entry.scope)))].sort(), label).toEqual(expected);
        expect([...ids].sort(), label).toEqual(rows.map((row) => row.id).sort());
        expect(await bench.store.head(read), label).toBe(feed.at(-1)?.sequence ?? 0);
        for (const { episode } of page.data)
          expect(nameOf(episode?.scope ?? mine)).toSatisfy((name: string) => expected.includes(name));
      }
    });

    it('makes an id of another tenant look like no id at all', async () => {
      const rival = makeScope('rival', 'users/a');
      const { note, changes } = remembered(mine, 'one');
      const other = makeNote({ scope: mine });
      await bench.store.apply(mine, [
        ...changes,
        noteAdded(other),
        { kind: 'link-set', link: makeLink(note.id, other.id, { scope: mine }) },
        {
          kind: 'entities-set',
          noteId: note.id,
          mentions: [{ entity: makeEntity('one', { scope: mine }), start: 0, end: 3 }],
        },
      ]);
      const { tenant } = rival;
      expect(await bench.store.note(tenant, note.id)).toBeNull();
      expect(await bench.store.notes(tenant, [note.id, other.id])).toEqual([]);
      expect(await bench.store.history(tenant, note.id)).toEqual([]);
      expect(await bench.store.links(tenant, [note.id])).toEqual([]);
      expect(await bench.store.mentions(tenant, note.id)).toEqual([]);
      expect(await bench.store.workingRowsOf(subtreeOf(rival), [note.id])).toEqual([]);
      expect(await bench.store.workingRowsOf(subtreeOf(makeScope('rival', 'users')), [note.id])).toEqual([]);
    });

    it.each(['acme users/ab', 'acme users/a/b', 'acme users', 'rival users/a'])(
      'lets a batch of %s touch nothing of acme users/a',
      async (name) => {
        const [tenant, namespace] = name.split(' ');
        const theirs = makeScope(tenant, namespace);
        const { note, episode, changes } = remembered(mine, 'one');
        const [second, local] = [makeNote({ scope: mine }), makeNote({ scope: theirs })];
        const link = makeLink(note.id, second.id, { scope: mine });
        await bench.store.apply(mine, [...changes, noteAdded(second), { kind: 'link-set', link }]);
        await bench.store.apply(theirs, [noteAdded(local)]);
        const id = note.id;
        const entity = makeEntity('one', { scope: theirs });
        const attempts: readonly Change[] = [
          ...remembered(mine, 'smuggled in').changes.slice(0, 1),
          noteAdded(makeNote({ scope: mine })),
          noteAdded(makeNote({ scope: theirs, sources: [episode.id] })),
          {
            kind: 'note-revised',
            noteId: id,
            expectedVersion: 1,
            revision: { text: 'x' },
            keys: makeKeys('x'),
            cause: 'updated',
            at: may8,
          },
          {
            kind: 'note-embedded',
            noteId: id,
            version: 1,
            derivation: 0,
            embedder: 'e',
            vector: new Float32Array([1]),
          },
          { kind: 'note-superseded', noteId: id, by: second.id, invalidAt: may8, at: may8 },
          { kind: 'note-superseded', noteId: local.id, by: id, invalidAt: may8, at: may8 },
          { kind: 'note-state-set', noteId: id, state: 'archived', reason: null, at: may8 },
          { kind: 'note-used', noteId: id, retention: note.retention, use: goodUse },
          { kind: 'link-set', link: makeLink(id, second.id, { scope: theirs, type: 'supports' }) },
          { kind: 'link-set', link: makeLink(local.id, id, { scope: theirs }) },
          { kind: 'link-set', link: makeLink(id, local.id, { scope: theirs }) },
          { kind: 'link-set', link: makeLink(id, second.id, { scope: mine, type: 'follows' }) },
          { kind: 'link-removed', linkId: link.id },
          { kind: 'entities-set', noteId: id, mentions: [{ entity, start: 0, end: 3 }] },
          {
            kind: 'entities-set',
            noteId: local.id,
            mentions: [{ entity: makeEntity('one', { scope: mine }), start: 0, end: 3 }],
          },
          { kind: 'erased', noteIds: [id] },
          { kind: 'erased', noteIds: [local.id, id] },
        ];
        for (const change of attempts) {
          await expectFailure(bench.store.apply(theirs, [change]), 'not_found');
        }
        expect(await bench.store.note(mine.tenant, id)).toEqual({ note, episode });
        expect(await bench.store.links(mine.tenant, [id])).toEqual([link]);
        expect(await bench.store.workingRows(readScope(mine), 0, 10)).toHaveLength(2);
        expect(await bench.store.note(theirs.tenant, local.id)).toEqual({ note: local, episode: null });
      },
    );

    it('reads nothing where nothing was written', async () => {
      await bench.store.apply(mine, remembered(mine, 'one').changes);
      const empty = subtreeOf(makeScope('nobody', 'users'));
      expect(await bench.store.head(empty)).toBe(0);
      expect(await bench.store.workingRows(empty, 0, 10)).toEqual([]);
      const page = await bench.store.list(empty, { limit: 5, cursor: null, filter: null, states: noteStates });
      expect(page).toEqual({ data: [], nextCursor: null });
      expect(await bench.store.matching(empty, parseFilter({}))).toEqual([]);
    });
  });
}

/** Said again here, by labels, so that the suite does not rest on the function that stores use. */
function isBelow(read: ReadScope, scope: Scope): boolean {
  const above = read.namespace.split('/');
  const labels = scope.namespace.split('/');
  const isPrefix = above.every((label, index) => label === labels[index]);
  return read.tenant === scope.tenant && isPrefix && (read.subtree || above.length === labels.length);
}

function nameOf(scope: Scope): string {
  return `${scope.tenant} ${scope.namespace}`;
}
