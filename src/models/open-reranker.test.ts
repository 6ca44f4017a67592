import { expect, test } from 'vitest';
import { openReranker } from './open-reranker.ts';

test('off is no reranker', async () => {
  expect(await openReranker({ kind: 'off' })).toBeNull();
});

test('local without its folder is refused', async () => {
  await expect(openReranker({ kind: 'local', model: '/nowhere' })).rejects.toMatchObject({ code: 'invalid' });
});

test('local is guarded', async () => {
  const tokenizer = (texts: readonly string[]) => ({ texts });
  const model = async () => ({ logits: { dims: [1, 1], data: Float32Array.of(0) } });
  const importTransformers = async () => ({
    AutoTokenizer: { from_pretrained: async () => tokenizer },
    AutoModelForSequenceClassification: { from_pretrained: async () => model },
  });
  const reranker = await openReranker({ kind: 'local', model: 'someone/some-model', importTransformers });
  expect(await reranker?.score('cue', ['text'], 1_000)).toEqual([0.5]);
  await reranker?.close();
  await expect(reranker?.score('cue', ['text'], 1_000)).rejects.toMatchObject({ code: 'unavailable' });
});
