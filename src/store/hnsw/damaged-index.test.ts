import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeNoteId, makeScope } from '../../../test/builders.ts';
import { newClusters, newRandom } from '../../../test/vectors/clusters.ts';
import { newInProcessBuilds } from '../../../test/vectors/in-process-builds.ts';
import { idsOf, openVectorBench, type VectorBench } from '../../../test/vectors/open-bench.ts';
import { loadHnswLibrary } from './hnsw-library.ts';
import { indexFiles } from './index-files.ts';
import { encodeManifest, parseManifest } from './manifest.ts';

/**
 * The graph's own format has no checksum, and a malformed one can end the process: whatever has been done to the
 * files, searches go on, exactly as right as without them, and afterwards there is a good index again.
 */
describe('an index whose files were', () => {
  const alice = makeScope();
  const bob = makeScope('acme', 'users/bob');
  const next = newClusters({ dimensions: 16, seed: 20 });
  let bench: VectorBench;

  /** Alice has an index, Bob another; then the server stops. */
  beforeEach(async () => {
    bench = await openVectorBench({ thresholdVectors: 300, builds: newInProcessBuilds() });
    for (const scope of [alice, bob]) {
      bench.fill(Array.from({ length: 300 }, next), scope);
      await bench.nearest(next(), 10, scope);
    }
    await bench.search.settled();
    await bench.search.close();
  });
  afterEach(() => bench.cleanup());

  const reopen = () => bench.reopen({ builds: newInProcessBuilds() });
  const size = (ending: string): number => readFileSync(fileOf(ending)).length;
  const damages: readonly (readonly [string, () => void])[] = [
    ...['.graph', '.labels', '.manifest'].flatMap((ending) =>
      [
        ['cut to nothing', () => truncateSync(fileOf(ending), 0)] as const,
        ['cut to one byte', () => truncateSync(fileOf(ending), 1)] as const,
        ['cut in half', () => truncateSync(fileOf(ending), size(ending) >> 1)] as const,
        ['cut by one byte', () => truncateSync(fileOf(ending), size(ending) - 1)] as const,
        ['given one byte more', () => writeFileSync(fileOf(ending), '\n', { flag: 'a' })] as const,
        ['overwritten with garbage', () => writeFileSync(fileOf(ending), Buffer.alloc(size(ending), 0xa5))] as const,
        [
          'zeroed in the middle',
          () => change(ending, (file) => file.fill(0, file.length >> 2, file.length >> 1)),
        ] as const,
        ['removed', () => rmSync(fileOf(ending))] as const,
        [
          'replaced by a folder',
          () => replace(ending, (path) => mkdirSync(join(path, 'inner'), { recursive: true })),
        ] as const,
        ['replaced by a link to nowhere', () => replace(ending, (path) => symlinkSync('/nowhere', path))] as const,
      ].map(([what, damage]) => [`${what} (${ending})`, damage] as const),
    ),
    [
      'given a header with room for fewer than it holds',
      () => change('.graph', (file) => file.writeBigUInt64LE(1n, 8)),
    ],
    ['given a header that holds more', () => change('.graph', (file) => file.writeBigUInt64LE(1n << 40n, 16))],
    ["replaced by another scope's, manifest and all", () => takeFromBob()],
    [
      "replaced by another scope's graph, under its own manifest",
      () => copyFileSync(fileOf('.graph', bob), fileOf('.graph')),
    ],
    ['claimed by a manifest of another embedder', () => claim({ embedder: 'b' })],
    ['claimed by a manifest of other dimensions', () => claim({ dimensions: 8 })],
    ['claimed by a manifest of another scope', () => claim({ namespace: bob.namespace })],
    ['claimed by a manifest of more labels', () => claim({ labels: 301 })],
    ['claimed by a manifest of fewer labels', () => claim({ labels: 299 })],
    ['made by another version of the library', () => claim({ library: '0.0.1' })],
    [
      'made of another history, as after a restored backup',
      () => claim({ position: 200, witnesses: [{ noteId: firstNote(), sequence: 2 }] }),
    ],
    ['made of notes that are gone', () => claim({ witnesses: [{ noteId: makeNoteId(), sequence: 2 }] })],
  ];

  it.each(damages)('%s: searches stay right and it is made again', async (_, damage) => {
    damage();
    await reopen();
    await expectRight();
    await bench.search.settled();
    await expectRight();
    expect(await bench.nearest(next())).toMatchObject({ exact: false, degraded: null });
    expect((await bench.nearest(next(), 10, bob)).exact).toBe(true);
    await bench.search.settled();
    expect((await bench.nearest(next(), 10, bob)).exact).toBe(false);
    expect(readdirSync(bench.indexFolder)).toHaveLength(6);
  });

  it('struck by any one bit: searches stay right and it is made again', async () => {
    const random = newRandom(21);
    for (let repeat = 0; repeat < 20; repeat += 1) {
      await bench.search.close();
      const ending = ['.graph', '.labels', '.manifest'][repeat % 3]!;
      change(ending, (file) => {
        const at = Math.floor(random() * file.length);
        file[at] = file[at]! ^ (1 << Math.floor(random() * 8));
      });
      await reopen();
      const answer = await bench.nearest(next());
      expect(answer.exact).toBe(true);
      await bench.search.settled();
      expect(await bench.nearest(next())).toMatchObject({ exact: false, degraded: null });
    }
  });

  it('damaged say so while the next is built', async () => {
    change('.graph', (file) => file.fill(0, 4_096, 8_192));
    await reopen();
    // The first search begins to read, so only those after it can know.
    await bench.nearest(next());
    while ((await bench.nearest(next())).exact && bench.notices.length === 0) await new Promise(setImmediate);
    expect((await bench.nearest(next())).degraded).toMatch(/being built again: a file of it is damaged/);
    await bench.search.settled();
    expect((await bench.nearest(next())).degraded).toBeNull();
  });

  it.skipIf(process.getuid?.() === 0)('made unreadable: searches stay right and it is made again', async () => {
    chmodSync(fileOf('.graph'), 0);
    await reopen();
    await expectRight();
    await bench.search.settled();
    expect((await bench.nearest(next())).exact).toBe(false);
  });

  it('in a folder that is a file: searches stay exact', async () => {
    rmSync(bench.indexFolder, { recursive: true });
    writeFileSync(bench.indexFolder, '');
    await reopen();
    await expectRight();
    await bench.search.settled();
    expect(await bench.nearest(next())).toMatchObject({ exact: true });
    expect(bench.notices.length).toBeGreaterThan(0);
  });

  /** Ten searches give just what exact search gives (300 vectors are few enough for the graph to miss none). */
  async function expectRight(): Promise<void> {
    for (const query of Array.from({ length: 10 }, next)) {
      expect(idsOf(await bench.nearest(query))).toEqual(idsOf(await bench.exact(query)));
    }
  }

  function fileOf(ending: string, scope = alice): string {
    const manifests = readdirSync(bench.indexFolder).filter((name) => name.endsWith('.manifest'));
    const own = manifests.find((name) => read(name)?.namespace === scope.namespace);
    if (own === undefined) throw new Error('There is no manifest.');
    if (ending === '.manifest') return join(bench.indexFolder, own);
    const manifest = read(own);
    return join(bench.indexFolder, (ending === '.graph' ? manifest?.graph.name : manifest?.labelMap.name) ?? '');
  }

  function read(name: string) {
    return parseManifest(readFileSync(join(bench.indexFolder, name), 'utf8'));
  }

  function change(ending: string, edit: (file: Buffer) => void): void {
    const path = fileOf(ending);
    const file = readFileSync(path);
    edit(file);
    writeFileSync(path, file);
  }

  function replace(ending: string, make: (path: string) => void): void {
    const path = fileOf(ending);
    rmSync(path);
    make(path);
  }

  /** What a hand with too much access could do: a manifest that is whole, and lies. */
  function claim(lies: Record<string, unknown>): void {
    const path = fileOf('.manifest');
    const manifest = parseManifest(readFileSync(path, 'utf8'));
    if (manifest === null) throw new Error('There is no manifest.');
    writeFileSync(path, encodeManifest({ ...manifest, ...lies }));
  }

  function takeFromBob(): void {
    const path = fileOf('.manifest');
    copyFileSync(fileOf('.manifest', bob), path);
  }

  function firstNote(): string {
    const path = fileOf('.manifest');
    return parseManifest(readFileSync(path, 'utf8'))!.witnesses[0]!.noteId;
  }
});

it('a folder that is not there holds no indexes', async () => {
  const files = indexFiles('/nowhere/at/all', await loadHnswLibrary('cosine'));
  expect(await files.list()).toEqual({ manifests: [], strayPrefixes: [] });
  expect(await files.find({ scope: makeScope(), embedder: 'a' })).toEqual({ kind: 'absent' });
});
