import { afterEach, expect, it } from 'vitest';
import { makeNoteId, makeScope } from '../../../test/builders.ts';
import { newClusters } from '../../../test/vectors/clusters.ts';
import { openSqliteBench, type SqliteBench } from '../../../test/vectors/open-sqlite-bench.ts';
import { type ReadScope, readScope } from '../../memory/scope.ts';

let bench: SqliteBench;
afterEach(() => bench.cleanup());

it('an index built by a child process from the real store agrees with exact search, through writes and erasure', async () => {
  bench = await openSqliteBench({ thresholdVectors: 1_000 });
  const scope = makeScope();
  const read = readScope(scope);
  const next = newClusters({ dimensions: 48, seed: 30 });
  const notes = Array.from({ length: 2_500 }, () => [makeNoteId(), next()] as const);
  await bench.putMany(scope, 'a', notes.slice(0, 2_000));
  await bench.search.prepare(read, 'a');
  await bench.search.settled();
  expect(await agreement(read)).toBeGreaterThanOrEqual(0.98);

  await bench.putMany(scope, 'a', notes.slice(2_000));
  await bench.putMany(
    scope,
    'a',
    notes.slice(0, 100).map(([id]) => [id, next()]),
  );
  for (const [id] of notes.slice(100, 110)) await bench.drop(scope, id);
  expect(await agreement(read)).toBeGreaterThanOrEqual(0.98);

  const [gone, vector] = notes[500]!;
  await bench.erase(scope, gone);
  const answer = await bench.search.nearest(read, { embedder: 'a', vector, limit: 10 });
  expect(answer.exact).toBe(true);
  expect(answer.hits.map((hit) => hit.noteId)).not.toContain(gone);
  await bench.search.settled();
  expect(await agreement(read)).toBeGreaterThanOrEqual(0.98);
  expect(bench.notices).toHaveLength(1);

  /** The share of the ten nearest that the index finds, with the similarities that exact search gives. */
  async function agreement(where: ReadScope): Promise<number> {
    let found = 0;
    for (const query of Array.from({ length: 40 }, next)) {
      const search = { embedder: 'a', vector: query, limit: 10 };
      const approximate = await bench.search.nearest(where, search);
      expect(approximate).toMatchObject({ exact: false, degraded: null });
      const truth = new Map((await bench.store.exactNearest(where, search)).hits.map((hit) => [hit.noteId, hit]));
      for (const { noteId, similarity } of approximate.hits) {
        const known = truth.get(noteId);
        if (known === undefined) continue;
        found += 1;
        expect(similarity).toBeCloseTo(known.similarity, 5);
      }
    }
    return found / 400;
  }
});
