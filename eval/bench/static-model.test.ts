import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { guard } from '../../src/models/embed.ts';
import { openStaticEmbedder } from '../../src/models/static-embedder.ts';
import { writeStaticModel } from './static-model.ts';
import { newLanguage, newTextSource } from './text.ts';

it('writes a model that the static embedder opens and that puts notes of one session nearer together', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ecphory-model-'));
  try {
    const language = newLanguage();
    await writeStaticModel(folder, language);
    const embedder = guard(await openStaticEmbedder({ folder }));
    expect(embedder).toMatchObject({ dimensions: 384, class: 'static' });
    const source = newTextSource(language, 1);
    const texts = Array.from({ length: 40 }, () => source.note().text);
    const vectors = await embedder.embed(texts, 'passage', 10_000);
    const similarity = (left: number, right: number) =>
      vectors[left]!.reduce((sum, value, index) => sum + value * vectors[right]![index]!, 0);
    const pairs = Array.from({ length: 19 }, (_, index) => index);
    const within = pairs.reduce((sum, index) => sum + similarity(index, index + 1), 0) / 19;
    const across = pairs.reduce((sum, index) => sum + similarity(index, index + 20), 0) / 19;
    expect(within).toBeGreaterThan(across + 0.05);
  } finally {
    await rm(folder, { recursive: true });
  }
});
