import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openLocalEmbedder } from './local-embedder.ts';

/* The real library is met in test/with-transformers; here only what surrounds it. */

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ecphory-local-'));
  await mkdir(join(folder, 'onnx'));
  await writeFile(join(folder, 'onnx', 'model.onnx'), 'weights');
  await writeFile(join(folder, 'tokenizer.json'), '{}');
});
afterEach(() => rm(folder, { recursive: true }));

describe('a local embedder', () => {
  test('says how to install the library when it is absent', async () => {
    const importTransformers = () => Promise.reject(new Error('ERR_MODULE_NOT_FOUND'));
    await expect(openLocalEmbedder({ model: folder, importTransformers })).rejects.toMatchObject({
      code: 'invalid',
      message: expect.stringContaining('npm install @huggingface/transformers@4'),
    });
  });

  test('never lets a folder reach the network, and lets a hub model do so only if allowed', async () => {
    const library = fakeLibrary();
    await openLocalEmbedder({ model: folder, importTransformers: library.load });
    await openLocalEmbedder({ model: 'someone/some-model', importTransformers: library.load, revision: 'v2' });
    await openLocalEmbedder({ model: 'some-model', importTransformers: library.load, allowDownload: false });
    expect(library.calls).toMatchObject([
      { model: folder, options: { local_files_only: true } },
      { model: 'someone/some-model', options: { local_files_only: false, revision: 'v2' } },
      { model: 'some-model', options: { local_files_only: true } },
    ]);
  });

  test.each(['./nowhere', '/nowhere/at/all', '../x', 'a/b/c', 'https://example.com/x', '~/model', ''])(
    'does not look for the path %j on the hub',
    async (model) => {
      const library = fakeLibrary();
      await expect(openLocalEmbedder({ model, importTransformers: library.load })).rejects.toMatchObject({
        code: 'invalid',
      });
      expect(library.calls).toEqual([]);
    },
  );

  test('names the file that a folder lacks', async () => {
    const asked = openLocalEmbedder({ model: folder, dtype: 'q8', importTransformers: fakeLibrary().load });
    await expect(asked).rejects.toMatchObject({
      code: 'invalid',
      message: expect.stringContaining(join('onnx', 'model_quantized.onnx')),
    });
  });

  test('has another id with other weights, pooling, prefixes or precision', async () => {
    const { load } = fakeLibrary();
    await writeFile(join(folder, 'onnx', 'model_fp16.onnx'), 'weights');
    const ids: string[] = [];
    for (const more of [{}, {}, { pooling: 'cls' }, { prefixes: { query: 'q' } }, { dtype: 'fp16' }] as const) {
      ids.push((await openLocalEmbedder({ model: folder, importTransformers: load, ...more })).id);
    }
    await writeFile(join(folder, 'onnx', 'model.onnx'), 'other weights');
    ids.push((await openLocalEmbedder({ model: folder, importTransformers: load })).id);
    expect(ids[0]).toBe(ids[1]);
    expect(new Set(ids).size).toBe(5);
  });

  test('puts the prefix of the purpose before a text', async () => {
    const library = fakeLibrary();
    const prefixes = { query: 'query: ', passage: 'passage: ' };
    const embedder = await openLocalEmbedder({ model: folder, importTransformers: library.load, prefixes });
    const { signal } = new AbortController();
    await embedder.embed(['a'], 'query', signal);
    await embedder.embed(['b'], 'passage', signal);
    expect(library.texts.slice(1)).toEqual([['query: a'], ['passage: b']]);
  });

  test.each([
    ['no tensor', null],
    ['another type', { dims: [1, 2], data: [1, 2] }],
    ['token vectors that were not pooled', { dims: [1, 5, 2], data: new Float32Array(10) }],
  ])('refuses a model that gives %s', async (_, tensor) => {
    const importTransformers = async () => ({ pipeline: async () => async () => tensor });
    await expect(openLocalEmbedder({ model: folder, importTransformers })).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('could not be loaded'),
    });
  });

  test('refuses a library without pipelines', async () => {
    await expect(openLocalEmbedder({ model: folder, importTransformers: async () => ({}) })).rejects.toMatchObject({
      code: 'invalid',
    });
  });
});

/** Remembers what was asked; every text's vector is (1, 0). */
function fakeLibrary() {
  const calls: { readonly model: string; readonly options: object }[] = [];
  const texts: (readonly string[])[] = [];
  const extractor = async (batch: readonly string[]) => {
    texts.push(batch);
    return { dims: [batch.length, 2], data: Float32Array.from(batch.flatMap(() => [1, 0])) };
  };
  const pipeline = async (_task: string, model: string, options: object) => {
    calls.push({ model, options });
    return extractor;
  };
  return { calls, texts, load: async () => ({ pipeline }) };
}
