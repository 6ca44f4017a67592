import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { makeScope, subtreeOf } from '../../../test/builders.ts';
import { newClusters } from '../../../test/vectors/clusters.ts';
import { newInProcessBuilds } from '../../../test/vectors/in-process-builds.ts';
import { idsOf, openVectorBench, recall, type VectorBench } from '../../../test/vectors/open-bench.ts';
import { loadHnswLibrary } from './hnsw-library.ts';

let bench: VectorBench;
afterEach(() => bench?.cleanup());

const scope = makeScope();
const many = (count: number, next: () => Float32Array) => Array.from({ length: count }, next);

/** Searched until an index answers. */
async function indexed(vector: Float32Array, where = scope): Promise<void> {
  await bench.nearest(vector, 10, where);
  await bench.search.settled();
  expect((await bench.nearest(vector, 10, where)).exact).toBe(false);
}

describe('an approximate index', () => {
  it('finds .98 of the ten nearest of clustered vectors, and of fifty', async () => {
    bench = await openVectorBench({ thresholdVectors: 1_000 });
    const next = newClusters({ dimensions: 64, seed: 1 });
    bench.fill(many(6_000, next));
    const queries = many(50, next);
    await indexed(queries[0]!);
    expect(await recall(bench, queries)).toBeGreaterThanOrEqual(0.98);
    expect(await recall(bench, queries, 50)).toBeGreaterThanOrEqual(0.98);
    expect(bench.notices).toEqual([]);
  });

  it('is not led astray by a thousand equal vectors', async () => {
    bench = await openVectorBench({ builds: newInProcessBuilds(), thresholdVectors: 1_000 });
    const next = newClusters({ dimensions: 32, seed: 2 });
    const often = next();
    bench.fill(many(1_000, () => often));
    bench.fill(many(1_000, next));
    bench.fill(many(1_000, () => often));
    const queries = many(50, next);
    await indexed(queries[0]!);
    expect(await recall(bench, queries)).toBeGreaterThanOrEqual(0.98);
    expect(idsOf(await bench.nearest(often, 30))).toEqual(idsOf(await bench.exact(often, 30)));
  });

  it('answers exactly while it is built for the first time, and calls nothing degraded', async () => {
    bench = await openVectorBench({ builds: newInProcessBuilds(), thresholdVectors: 500 });
    const next = newClusters({ dimensions: 16, seed: 3 });
    bench.fill(many(500, next));
    const query = next();
    expect(await bench.nearest(query)).toEqual(await bench.exact(query));
    await bench.search.settled();
    expect(await bench.nearest(query)).toMatchObject({ exact: false, degraded: null });
  });

  it('is never made for a small scope, nor for one embedder out of the vectors of another', async () => {
    bench = await openVectorBench({ thresholdVectors: 500 });
    const next = newClusters({ dimensions: 16, seed: 4 });
    bench.fill(many(499, next));
    bench.fill(many(499, next), scope, 'b');
    const query = next();
    await bench.nearest(query);
    await bench.search.settled();
    expect(await bench.nearest(query)).toEqual(await bench.exact(query));
    expect(() => readdirSync(bench.indexFolder)).toThrow(/ENOENT/);
  });

  it('agrees with exact search about what was added, embedded again or revised since', async () => {
    bench = await openVectorBench({ builds: newInProcessBuilds(), thresholdVectors: 1_000 });
    const next = newClusters({ dimensions: 32, seed: 5 });
    const ids = bench.fill(many(1_500, next));
    await indexed(next());
    const fresh = many(300, next);
    bench.fill(fresh);
    for (const id of ids.slice(0, 200)) bench.source.put(scope, 'a', id, next());
    for (const id of ids.slice(200, 300)) bench.source.drop(scope, id);
    for (const id of ids.slice(250, 300)) bench.source.put(scope, 'a', id, next());
    expect(await recall(bench, [...fresh.slice(0, 30), ...many(30, next)])).toBeGreaterThanOrEqual(0.98);
  });

  it('is built again, from what is there, when much has been added', async () => {
    bench = await openVectorBench({ builds: newInProcessBuilds(), thresholdVectors: 1_000 });
    const next = newClusters({ dimensions: 16, seed: 6 });
    const ids = bench.fill(many(1_000, next));
    await indexed(next());
    const before = manifest();
    bench.fill(many(2_100, next));
    for (const id of ids.slice(0, 50)) bench.source.put(scope, 'a', id, next());
    await bench.nearest(next());
    await bench.search.settled();
    expect(before).toMatchObject({ notes: 1_000, labels: 1_000, position: 1_000 });
    // The fifty vectors that were replaced stay in the graph, under labels that stand for nothing.
    expect(manifest()).toMatchObject({ notes: 3_100, labels: 3_150, position: 3_150 });
    expect(filesOf('')).toHaveLength(3);
    expect(await recall(bench, many(30, next))).toBeGreaterThanOrEqual(0.98);
  });

  it('is used by the next process, from its files', async () => {
    bench = await openVectorBench({ thresholdVectors: 1_000 });
    const next = newClusters({ dimensions: 16, seed: 7 });
    bench.fill(many(1_000, next));
    await indexed(next());
    const before = filesOf('.graph');
    await bench.reopen();
    await indexed(next());
    expect(filesOf('.graph')).toEqual(before);
    expect(bench.notices).toEqual([]);
  });

  it('can be had before anybody searches', async () => {
    bench = await openVectorBench({ builds: newInProcessBuilds(), thresholdVectors: 1_000 });
    const next = newClusters({ dimensions: 16, seed: 8 });
    bench.fill(many(1_000, next));
    await bench.search.prepare({ ...scope, subtree: false }, 'a');
    await bench.search.settled();
    expect((await bench.nearest(next())).exact).toBe(false);
  });

  it('gives its memory back when others need it, and is read again', async () => {
    bench = await openVectorBench({ builds: newInProcessBuilds(), thresholdVectors: 500, bytesMax: 250_000 });
    const next = newClusters({ dimensions: 16, seed: 9 });
    const [one, two] = [makeScope('acme', 'users/one'), makeScope('acme', 'users/two')];
    bench.fill(many(600, next), one);
    bench.fill(many(600, next), two);
    await indexed(next(), one);
    const before = filesOf('');
    await indexed(next(), two);
    expect((await bench.nearest(next(), 10, one)).exact).toBe(true);
    await bench.search.settled();
    expect(await bench.nearest(next(), 10, one)).toMatchObject({ exact: false, degraded: null });
    expect(filesOf('')).toEqual(expect.arrayContaining(before));
    expect((await bench.nearest(next(), 10, two)).exact).toBe(true);
  });
});

describe('erasure', () => {
  it('drops the index from memory and disk at once, and builds another without the note', async () => {
    bench = await openVectorBench({ builds: newInProcessBuilds(), thresholdVectors: 500 });
    const next = newClusters({ dimensions: 16, seed: 10 });
    const vectors = many(600, next);
    const ids = bench.fill(vectors);
    await indexed(next());
    bench.source.erase(scope, ids[7]!);
    const answer = await bench.nearest(vectors[7]!, 600);
    expect(answer.exact).toBe(true);
    expect(answer.degraded).toMatch(/being built again: something in it was erased/);
    expect(idsOf(answer)).not.toContain(ids[7]);
    await bench.search.settled();
    const after = await bench.nearest(vectors[7]!, 20);
    expect(after).toMatchObject({ exact: false, degraded: null });
    expect(idsOf(after)).not.toContain(ids[7]);
    expect(holds(vectors[7]!)).toBe(false);
    expect(holds(vectors[8]!)).toBe(true);
  });

  it('reaches files that nobody searches, in this process and the next', async () => {
    bench = await openVectorBench({ thresholdVectors: 500 });
    const next = newClusters({ dimensions: 16, seed: 11 });
    const ids = bench.fill(many(600, next));
    await indexed(next());
    bench.source.erase(scope, ids[0]!);
    await bench.search.forgetErased();
    expect(filesOf('')).toEqual([]);
    await indexed(next());
    await bench.search.close();
    bench.source.erase(scope, ids[1]!);
    await bench.reopen();
    expect(filesOf('')).toEqual([]);
  });

  it('during a build keeps that build from being used', async () => {
    bench = await openVectorBench({ thresholdVectors: 500 });
    const next = newClusters({ dimensions: 64, seed: 12 });
    const vectors = many(2_000, next);
    const ids = bench.fill(vectors);
    await bench.nearest(next());
    bench.source.erase(scope, ids[3]!);
    await bench.search.settled();
    expect(idsOf(await bench.nearest(vectors[3]!, 50))).not.toContain(ids[3]);
    await bench.search.settled();
    expect(idsOf(await bench.nearest(vectors[3]!, 50))).not.toContain(ids[3]);
    expect(holds(vectors[3]!)).toBe(false);
  });

  it('that leaves a small scope removes the files and stays exact', async () => {
    bench = await openVectorBench({ builds: newInProcessBuilds(), thresholdVectors: 500 });
    const next = newClusters({ dimensions: 16, seed: 13 });
    const ids = bench.fill(many(500, next));
    await indexed(next());
    bench.source.erase(scope, ids[0]!);
    await bench.search.forgetErased();
    const query = next();
    expect(await bench.nearest(query)).toEqual(await bench.exact(query));
    expect(filesOf('')).toEqual([]);
  });
});

describe('a subtree', () => {
  it('is one exact search while small, then one search a scope, merged', async () => {
    bench = await openVectorBench({ builds: newInProcessBuilds(), thresholdVectors: 500 });
    const next = newClusters({ dimensions: 16, seed: 14 });
    const names = ['users/alice', 'users/alice/home', 'users/alice/work'];
    const [alice, home, work] = names.map((name) => makeScope('acme', name));
    const read = subtreeOf(alice!);
    bench.fill(many(100, next), alice);
    bench.fill(many(100, next), home);
    bench.fill(many(600, next), makeScope('acme', 'users/bob'));
    const query = next();
    const search = { embedder: 'a', vector: query, limit: 20 };
    expect(await bench.search.nearest(read, search)).toEqual(await bench.source.exactNearest(read, search));
    bench.fill(many(600, next), work);
    await bench.search.nearest(read, search);
    await bench.search.settled();
    const answer = await bench.search.nearest(read, search);
    expect(answer).toMatchObject({ exact: false, degraded: null });
    const truth = await bench.source.exactNearest(read, search);
    const common = idsOf(answer).filter((id) => idsOf(truth).includes(id));
    expect(common.length).toBeGreaterThanOrEqual(19);
  });
});

describe('a search that cannot have an index', () => {
  it('stays exact without hnswlib-node, and says so once', async () => {
    const loadLibrary = () => Promise.reject(new Error("Cannot find package 'hnswlib-node'"));
    bench = await openVectorBench({ thresholdVectors: 100, loadLibrary });
    const next = newClusters({ dimensions: 16, seed: 15 });
    bench.fill(many(200, next));
    const query = next();
    for (let repeat = 0; repeat < 3; repeat += 1) expect(await bench.nearest(query)).toEqual(await bench.exact(query));
    await bench.search.settled();
    expect(bench.notices).toHaveLength(1);
    expect(bench.notices[0]).toMatch(/hnswlib-node is not installed/);
  });

  it('stays exact and says why when the child process cannot build', async () => {
    bench = await openVectorBench({ thresholdVectors: 100, sourceModule: 'file:///nowhere/source.mjs' });
    const next = newClusters({ dimensions: 16, seed: 16 });
    bench.fill(many(200, next));
    const query = next();
    await bench.nearest(query);
    await bench.search.settled();
    const answer = await bench.nearest(query);
    expect(answer).toMatchObject({ hits: (await bench.exact(query)).hits, exact: true });
    expect(answer.degraded).toMatch(/could not be built/);
    expect(bench.notices).toHaveLength(1);
    expect(bench.notices[0]).toMatch(/nowhere/);
  });

  it('stays exact when a vector has other dimensions than the rest', async () => {
    bench = await openVectorBench({ builds: newInProcessBuilds(), thresholdVectors: 100 });
    const next = newClusters({ dimensions: 16, seed: 17 });
    bench.fill([...many(200, next), ...many(1, newClusters({ dimensions: 8, seed: 17 }))]);
    const query = next();
    await bench.nearest(query);
    await bench.search.settled();
    expect((await bench.nearest(query)).hits).toEqual((await bench.exact(query)).hits);
    expect(bench.notices[0]).toMatch(/8 dimensions, not 16/);
  });

  it('ends its child process when it is closed', async () => {
    bench = await openVectorBench({ thresholdVectors: 100 });
    const next = newClusters({ dimensions: 64, seed: 18 });
    bench.fill(many(3_000, next));
    await bench.nearest(next());
    await bench.search.close();
    expect(filesOf('.manifest')).toEqual([]);
    await expect(bench.nearest(next())).rejects.toMatchObject({ code: 'unavailable' });
  });
});

it('the library is there and says its version', async () => {
  expect((await loadHnswLibrary('cosine')).version).toMatch(/^\d+\.\d+\.\d+/);
});

function filesOf(ending: string): string[] {
  try {
    return readdirSync(bench.indexFolder)
      .filter((name) => name.endsWith(ending))
      .sort();
  } catch {
    return [];
  }
}

function manifest(): unknown {
  const [name] = filesOf('.manifest');
  return JSON.parse(readFileSync(join(bench.indexFolder, name!), 'utf8').split('\n')[1]!);
}

/** Whether a file of the folder has this vector; the graph scales vectors, so the last bits may differ. */
function holds(vector: Float32Array): boolean {
  return filesOf('.graph').some((name) => {
    const file = readFileSync(join(bench.indexFolder, name));
    for (let at = 0; at + 16 <= file.length; at += 4) {
      if ([0, 1, 2, 3].every((index) => Math.abs(file.readFloatLE(at + index * 4) - vector[index]!) < 1e-6))
        return true;
    }
    return false;
  });
}
