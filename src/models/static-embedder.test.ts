import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { guard } from './embed.ts';
import { openStaticEmbedder } from './static-embedder.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ecphory-static-'));
});
afterEach(() => rm(folder, { recursive: true }));

const signal = new AbortController().signal;
const vocab = { '[PAD]': 0, '[UNK]': 1, red: 2, apple: 3, '##s': 4 };
/** One row a token, two dimensions. */
const embeddings = [9, 9, 7, 7, 3, 0, 0, 4, 0, 2];

describe('a static embedder', () => {
  test('averages the vectors of known tokens and drops unknown words', async () => {
    await writeModel({ embeddings: f32(embeddings, [5, 2]) });
    const embedder = await openStaticEmbedder({ folder });
    const vectors = await embedder.embed(['Red apples', 'red zebra', 'apple'], 'passage', signal);
    // (3,0) + (0,4) + (0,2), over 3; the unknown zebra counts nothing.
    expect(vectors).toEqual([Float32Array.of(1, 2), Float32Array.of(3, 0), Float32Array.of(0, 4)]);
    expect(embedder).toMatchObject({ class: 'static', dimensions: 2 });
  });

  test('is scaled to unit length by its guard', async () => {
    await writeModel({ embeddings: f32(embeddings, [5, 2]) });
    const [vector] = await guard(await openStaticEmbedder({ folder })).embed(['red apple'], 'query', 1_000);
    // The mean of (3,0) and (0,4) is (1.5, 2) and has length 2.5.
    expect(vector).toEqual(Float32Array.of(0.6, 0.8));
  });

  test.each([
    ['F16', Buffer.from(Uint16Array.of(0, 0, 0, 0, 0x4200, 0, 0, 0x4400, 0, 0x4000).buffer)],
    ['BF16', Buffer.from(Uint16Array.of(0, 0, 0, 0, 0x4040, 0, 0, 0x4080, 0, 0x4000).buffer)],
    ['I8', Buffer.from(Int8Array.of(0, 0, 0, 0, 3, 0, 0, 4, 0, 2).buffer)],
  ])('reads %s weights', async (dtype, data) => {
    await writeModel({ embeddings: { dtype, shape: [5, 2], data } });
    const embedder = await openStaticEmbedder({ folder });
    expect(await embedder.embed(['red apples'], 'passage', signal)).toEqual([Float32Array.of(1, 2)]);
  });

  test('follows a vocabulary that shares rows and is weighted', async () => {
    await writeModel({
      embeddings: f32([1, 0, 0, 1], [2, 2]),
      mapping: { dtype: 'I64', shape: [5], data: Buffer.from(BigInt64Array.of(0n, 0n, 0n, 1n, 1n).buffer) },
      weights: f32([0, 0, 2, 3, 0.5], [5]),
    });
    const embedder = await openStaticEmbedder({ folder });
    // 2·(1,0) and 3·(0,1), over 2; then 3·(0,1) and .5·(0,1), over 2.
    expect(await embedder.embed(['red apple', 'apples'], 'passage', signal)).toEqual([
      Float32Array.of(1, 1.5),
      Float32Array.of(0, 1.75),
    ]);
  });

  test('reads the folder of a sentence-transformers StaticEmbedding', async () => {
    await mkdir(join(folder, '0_StaticEmbedding'));
    await writeModel({ 'embedding.weight': f32(embeddings, [5, 2]) }, join(folder, '0_StaticEmbedding'));
    const embedder = await openStaticEmbedder({ folder });
    expect(await embedder.embed(['red'], 'passage', signal)).toEqual([Float32Array.of(3, 0)]);
  });

  test('gives a text without a known token a direction of its own', async () => {
    await writeModel({ embeddings: f32(embeddings, [5, 2]) });
    const guarded = guard(await openStaticEmbedder({ folder }));
    const [one, same] = await guarded.embed(['👍', '👍', ''], 'passage', 1_000);
    expect(one).toEqual(same);
  });

  test('is named by the content of its files, not by its folder', async () => {
    await writeModel({ embeddings: f32(embeddings, [5, 2]) });
    const { id } = await openStaticEmbedder({ folder });
    const copy = join(folder, 'copy');
    await mkdir(copy);
    await writeModel({ embeddings: f32(embeddings, [5, 2]) }, copy);
    expect((await openStaticEmbedder({ folder: copy })).id).toBe(id);
    await writeModel({ embeddings: f32([...embeddings.slice(0, 9), 2.5], [5, 2]) }, copy);
    expect((await openStaticEmbedder({ folder: copy })).id).not.toBe(id);
    expect(id).toMatch(/^static-2-[0-9a-f]{12}$/);
  });

  test.each([
    ['a folder without a model', null, 'There is no model.safetensors'],
    [
      'fewer vectors than tokens',
      { embeddings: f32(embeddings.slice(2), [4, 2]) },
      'names token 4, but the model has only 4',
    ],
    ['vectors that are no table', { embeddings: f32(embeddings, [10]) }, 'must be a table of vectors, it is [10]'],
    ['other tensors', { x: f32(embeddings, [5, 2]) }, 'there is no tensor "embedding.weight", only x'],
    [
      'a mapping that points outside',
      { embeddings: f32(embeddings, [5, 2]), mapping: f32([0, 1, 2, 3, 5], [5]) },
      '"mapping" points outside the 5 rows',
    ],
    [
      'too few weights',
      { embeddings: f32(embeddings, [5, 2]), weights: f32([1], [1]) },
      '"weights" has 1 entries for 5',
    ],
  ])('refuses %s and says so', async (_, tensors, what) => {
    if (tensors !== null) await writeModel(tensors);
    await expect(openStaticEmbedder({ folder })).rejects.toMatchObject({
      code: 'invalid',
      message: expect.stringContaining(what),
    });
  });

  test('refuses a folder without a tokenizer, or with one that is not JSON', async () => {
    await writeModel({ embeddings: f32(embeddings, [5, 2]) });
    await writeFile(join(folder, 'tokenizer.json'), '{');
    await expect(openStaticEmbedder({ folder })).rejects.toMatchObject({
      message: expect.stringContaining('not JSON'),
    });
    await rm(join(folder, 'tokenizer.json'));
    await expect(openStaticEmbedder({ folder })).rejects.toMatchObject({
      message: expect.stringContaining('There is no'),
    });
  });
});

interface Part {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data: Buffer;
}

function f32(values: readonly number[], shape: readonly number[]): Part {
  return { dtype: 'F32', shape, data: Buffer.from(Float32Array.from(values).buffer) };
}

async function writeModel(tensors: { readonly [name: string]: Part }, into = folder): Promise<void> {
  let end = 0;
  const header = Object.fromEntries(
    Object.entries(tensors).map(([name, { dtype, shape, data }]) => {
      const start = end;
      end += data.length;
      return [name, { dtype, shape, data_offsets: [start, end] }];
    }),
  );
  const json = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  const data = Object.values(tensors).map((part) => part.data);
  await writeFile(join(into, 'model.safetensors'), Buffer.concat([length, json, ...data]));
  await writeFile(
    join(into, 'tokenizer.json'),
    JSON.stringify({
      normalizer: { type: 'BertNormalizer', lowercase: true },
      pre_tokenizer: { type: 'BertPreTokenizer' },
      model: { type: 'WordPiece', unk_token: '[UNK]', vocab },
    }),
  );
  await writeFile(join(into, 'config.json'), JSON.stringify({ normalize: true }));
}
