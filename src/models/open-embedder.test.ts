import { expect, test } from 'vitest';
import { openEmbedder } from './open-embedder.ts';

test('off is no embedder', async () => {
  expect(await openEmbedder({ kind: 'off' })).toBeNull();
});

test('hashed needs nothing and is guarded', async () => {
  const embedder = await openEmbedder({ kind: 'hashed' });
  const [vector] = (await embedder?.embed(['a blue sea'], 'passage', 1_000)) ?? [];
  expect(embedder?.id).toBe('hashed-384-v1');
  expect(Math.hypot(...(vector ?? []))).toBeCloseTo(1, 6);
});

test('openai is opened without asking the endpoint', async () => {
  const settings = { kind: 'openai', baseUrl: 'http://127.0.0.1:1/v1', model: 'tiny', dimensions: 8 } as const;
  expect(await openEmbedder(settings)).toMatchObject({ id: 'openai-tiny-8', class: 'sentence', dimensions: 8 });
});

test.each([
  { kind: 'static', folder: '/nowhere' },
  { kind: 'local', model: '/nowhere' },
] as const)('$kind without its folder is refused', async (settings) => {
  await expect(openEmbedder(settings)).rejects.toMatchObject({ code: 'invalid' });
});
