import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { limits } from '../memory/limits.ts';
import { openLocalReranker } from './local-reranker.ts';

/* The real library is met in test/with-transformers; here only what surrounds it. */

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ecphory-reranker-'));
  await mkdir(join(folder, 'onnx'));
  await writeFile(join(folder, 'onnx', 'model.onnx'), 'weights');
  await writeFile(join(folder, 'tokenizer.json'), '{}');
});
afterEach(() => rm(folder, { recursive: true }));

describe('a local reranker', () => {
  test('says how to install the library when it is absent', async () => {
    const importTransformers = () => Promise.reject(new Error('ERR_MODULE_NOT_FOUND'));
    await expect(openLocalReranker({ model: folder, importTransformers })).rejects.toMatchObject({
      code: 'invalid',
      message: expect.stringMatching(/^A local reranker needs .*npm install @huggingface\/transformers@4/),
    });
  });

  test('never lets a folder reach the network, and lets a hub model do so only if allowed', async () => {
    const library = fakeLibrary();
    await openLocalReranker({ model: folder, importTransformers: library.load });
    await openLocalReranker({ model: 'someone/some-model', importTransformers: library.load, revision: 'v2' });
    await openLocalReranker({ model: 'some-model', importTransformers: library.load, allowDownload: false });
    // Each time the tokenizer and the model.
    expect(library.loads.filter((_, index) => index % 2 === 0)).toEqual(
      library.loads.filter((_, index) => index % 2 === 1),
    );
    expect(library.loads.filter((_, index) => index % 2 === 0)).toMatchObject([
      { source: folder, options: { local_files_only: true } },
      { source: 'someone/some-model', options: { local_files_only: false, revision: 'v2' } },
      { source: 'some-model', options: { local_files_only: true } },
    ]);
  });

  test('pairs the cue with every text, and bounds what is read of both', async () => {
    const library = fakeLibrary();
    const reranker = await openLocalReranker({ model: folder, importTransformers: library.load });
    const { signal } = new AbortController();
    expect(await reranker.score('who?', ['Ana', 'Ben'], signal)).toEqual([0.5, 0.5]);
    await reranker.score('c'.repeat(70_000), ['t'.repeat(70_000)], signal);
    expect(library.pairs[1]).toMatchObject({
      texts: ['who?', 'who?'],
      options: { text_pair: ['Ana', 'Ben'], max_length: 512, truncation: true, padding: true },
    });
    expect(library.pairs[2]).toMatchObject({
      texts: ['c'.repeat(limits.rerankedCueCharacters)],
      options: { text_pair: ['t'.repeat(limits.rerankedCharacters)] },
    });
  });

  test('does nothing for a call that was given up', async () => {
    const library = fakeLibrary();
    const reranker = await openLocalReranker({ model: folder, importTransformers: library.load });
    await expect(reranker.score('who?', ['Ana'], AbortSignal.abort())).rejects.toThrow();
    expect(library.pairs).toHaveLength(1);
  });

  test('has another id with other weights', async () => {
    const { load } = fakeLibrary();
    const idOf = async () => (await openLocalReranker({ model: folder, importTransformers: load })).id;
    const first = await idOf();
    expect(await idOf()).toBe(first);
    await writeFile(join(folder, 'onnx', 'model.onnx'), 'other weights');
    expect(await idOf()).not.toBe(first);
  });

  test.each([
    ['no logits', null],
    ['two labels', { dims: [1, 2], data: new Float32Array(2) }],
    ['another type', { dims: [1, 1], data: [0] }],
    ['no number', { dims: [1, 1], data: Float32Array.of(Number.NaN) }],
  ])('refuses a model that gives %s', async (_, logits) => {
    await expect(
      openLocalReranker({ model: folder, importTransformers: fakeLibrary(() => logits).load }),
    ).rejects.toMatchObject({ code: 'unavailable', message: expect.stringContaining('could not be loaded') });
  });

  test('refuses a library without the classes it needs', async () => {
    await expect(openLocalReranker({ model: folder, importTransformers: async () => ({}) })).rejects.toMatchObject({
      code: 'invalid',
      message: expect.stringContaining('AutoTokenizer'),
    });
  });
});

type Logits = (count: number) => unknown;

/** Remembers what was asked; every logit is 0. */
function fakeLibrary(logits: Logits = (count) => ({ dims: [count, 1], data: new Float32Array(count) })) {
  const loads: { readonly source: string; readonly options: object }[] = [];
  const pairs: { readonly texts: readonly string[]; readonly options: object }[] = [];
  const tokenizer = (texts: readonly string[], options: object) => {
    pairs.push({ texts, options });
    return { count: texts.length };
  };
  const model = async ({ count }: { readonly count: number }) => ({ logits: logits(count) });
  const loader = <Loaded>(loaded: Loaded) => ({
    async from_pretrained(source: string, options: object) {
      loads.push({ source, options });
      return loaded;
    },
  });
  const library = { AutoTokenizer: loader(tokenizer), AutoModelForSequenceClassification: loader(model) };
  return { loads, pairs, load: async () => library };
}
