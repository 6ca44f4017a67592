import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { guard } from '../../src/models/embed.ts';
import { openLocalEmbedder } from '../../src/models/local-embedder.ts';
import { writeTinyModel } from './tiny-model.ts';

/*
 * The real @huggingface/transformers with its real ONNX runtime, on a model of seven tokens written here. The
 * library is about 470 MB, so it is a package of this folder alone.
 */
const isInstalled = existsSync(fileURLToPath(new URL('node_modules/@huggingface/transformers', import.meta.url)));

/** From this file, Node finds the library in this folder; a name in a variable, for it may be absent. */
const importTransformers = (): Promise<unknown> => {
  const name: string = '@huggingface/transformers';
  return import(name);
};

describe('a local embedder with the real library', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ecphory-onnx-'));
    await writeTinyModel(folder);
  });
  afterAll(() => rm(folder, { recursive: true }));
  beforeEach(({ skip }) => {
    skip(!isInstalled, 'not installed: npm ci --ignore-scripts in test/with-transformers');
  });

  test('loads a folder and gives the mean of its token vectors, padding left out', async () => {
    const embedder = await openLocalEmbedder({ model: folder, importTransformers });
    expect(embedder).toMatchObject({ class: 'sentence', dimensions: 3 });
    expect(embedder.id).toMatch(/^local-3-[0-9a-f]{12}$/);
    const guarded = guard(embedder);
    const vectors = await guarded.embed(['Red apple', 'sea', 'red'], 'passage', 20_000);
    // (3,0,0) and (0,4,0) point to (3,4,0), of length 5; [CLS] and [SEP] are zeros.
    expectClose(vectors, [
      [0.6, 0.8, 0],
      [0, 0, 1],
      [1, 0, 0],
    ]);
    await guarded.close();
  });

  test('cuts a text at the length of the model', async () => {
    const guarded = guard(await openLocalEmbedder({ model: folder, importTransformers }));
    // The library keeps six tokens: [CLS], four times (3,0,0) and once (0,0,5), so (12,0,5) of length 13.
    const long = `red red red red ${'sea '.repeat(50)}`;
    expectClose(await guarded.embed([long], 'query', 20_000), [[12 / 13, 0, 5 / 13]]);
    await guarded.close();
  });

  test('puts the prefix of the purpose before the text', async () => {
    const prefixes = { query: 'red ' };
    const guarded = guard(await openLocalEmbedder({ model: folder, importTransformers, prefixes }));
    expectClose(await guarded.embed(['apple'], 'query', 20_000), [[0.6, 0.8, 0]]);
    expectClose(await guarded.embed(['apple'], 'passage', 20_000), [[0, 1, 0]]);
    await guarded.close();
  });

  test('refuses a damaged model and says which', async () => {
    const damaged = await mkdtemp(join(tmpdir(), 'ecphory-onnx-'));
    await writeTinyModel(damaged);
    await writeFile(join(damaged, 'onnx', 'model.onnx'), 'not a model');
    await expect(openLocalEmbedder({ model: damaged, importTransformers })).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining(damaged),
    });
    await rm(damaged, { recursive: true });
  });
});

function expectClose(vectors: readonly Float32Array[], expected: readonly (readonly number[])[]): void {
  expect(vectors.length).toBe(expected.length);
  for (const [row, vector] of vectors.entries()) {
    for (const [at, value] of vector.entries()) expect(value).toBeCloseTo(expected[row]?.[at] ?? Number.NaN, 6);
  }
}
