import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import { openLocalReranker } from '../../src/models/local-reranker.ts';
import { openReranker } from '../../src/models/open-reranker.ts';
import { newClient } from '../../src/sdk/client.ts';
import { startServer } from '../../src/server.ts';
import { writeTinyCrossEncoder, writeTinyModel } from './tiny-model.ts';

/* The real @huggingface/transformers with its real ONNX runtime, on a cross-encoder of seven tokens written here. */
const isInstalled = existsSync(fileURLToPath(new URL('node_modules/@huggingface/transformers', import.meta.url)));

/** From this file, Node finds the library in this folder; a name in a variable, for it may be absent. */
const importTransformers = (): Promise<unknown> => {
  const name: string = '@huggingface/transformers';
  return import(name);
};

describe('a local reranker with the real library', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ecphory-onnx-'));
    await writeTinyCrossEncoder(folder);
  });
  afterAll(() => rm(folder, { recursive: true }));
  beforeEach(({ skip }) => {
    skip(!isInstalled, 'not installed: npm ci --ignore-scripts in test/with-transformers');
  });

  test('loads a folder and reads cue and text as one pair, padding left out', async () => {
    const reranker = await openReranker({ kind: 'local', model: folder, importTransformers });
    expect(reranker?.id).toMatch(/^local-[0-9a-f]{12}$/);
    // red · red = 1, red · apple = -1, red · sea = 0, red · (red + red + sea) = 2, red · unknown = 0: five texts of
    // different lengths, in two batches.
    const scores = await reranker?.score('Red', ['red', 'apple', 'sea', 'Red red sea', 'elsewhere'], 20_000);
    expectClose(scores, [sigmoid(1), sigmoid(-1), 0.5, sigmoid(2), 0.5]);
    // (apple + sea) · apple = 2: the whole cue counts too.
    expectClose(await reranker?.score('apple sea', ['apple'], 20_000), [sigmoid(2)]);
    await reranker?.close();
  });

  test('cuts a pair at the length of the model', async () => {
    const reranker = await openReranker({ kind: 'local', model: folder, importTransformers });
    // The library keeps nine tokens: [CLS] red [SEP] and six of the text, of which two are red; the cue is never cut.
    const long = `red red sea sea sea sea ${'red '.repeat(50)}`;
    expectClose(await reranker?.score('red', [long], 20_000), [sigmoid(2)]);
    await reranker?.close();
  });

  test('refuses a damaged model, and one that is no cross-encoder, and says which', async () => {
    const other = await mkdtemp(join(tmpdir(), 'ecphory-onnx-'));
    await writeTinyModel(other);
    const refused = { code: 'unavailable', message: expect.stringContaining(other) };
    await expect(openLocalReranker({ model: other, importTransformers })).rejects.toMatchObject(refused);
    await writeFile(join(other, 'onnx', 'model.onnx'), 'not a model');
    await expect(openLocalReranker({ model: other, importTransformers })).rejects.toMatchObject(refused);
    await rm(other, { recursive: true });
  });
});

describe('a server with a reranker', () => {
  test('ranks with what the model says, and explains it', async ({ skip }) => {
    skip(!isInstalled, 'not installed: npm ci --ignore-scripts in test/with-transformers');
    const directory = await mkdtemp(join(tmpdir(), 'ecphory-onnx-'));
    await writeTinyCrossEncoder(directory);
    const config = loadConfig({ port: '0', database: join(directory, 'e.db') }, {});
    const server = await startServer(
      { ...config, reranker: { kind: 'local', model: directory, importTransformers } },
      { log: { debug: quiet, info: quiet, warn: quiet, error: quiet } },
    );
    const memory = newClient({ baseUrl: server.url, apiKey: server.firstKey ?? '' });
    await memory.add({ namespace: 'users/ana', text: 'red apple' });
    await memory.add({ namespace: 'users/ana', text: 'red red' });
    const { hits, degraded } = await memory.search({ namespace: 'users/ana', query: 'red', explain: true });
    await server.close();
    await rm(directory, { recursive: true });
    expect(degraded).toEqual([]);
    // red · (red + red) = 2, red · (red + apple) = 0.
    expect(hits.map(({ memory: { text } }) => text)).toEqual(['red red', 'red apple']);
    const factors = hits.map((hit) => hit.explanation?.steps.find(({ step }) => step === 'rerank')?.factor);
    expectClose(factors.map(Number), [1 + sigmoid(2), 1.5]);
  });
});

function quiet(): void {}

function sigmoid(logit: number): number {
  return 1 / (1 + Math.exp(-logit));
}

function expectClose(scores: readonly number[] | undefined, expected: readonly number[]): void {
  expect(scores).toHaveLength(expected.length);
  for (const [index, score] of (scores ?? []).entries()) expect(score).toBeCloseTo(expected[index] ?? Number.NaN, 6);
}
