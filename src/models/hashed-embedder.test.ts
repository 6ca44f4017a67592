import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { guard } from './embed.ts';
import { hashedEmbedder, hashedVector } from './hashed-embedder.ts';

describe('the hashed embedder', () => {
  test('says that it is lexical, in its class and its id', () => {
    expect(hashedEmbedder()).toMatchObject({ id: 'hashed-384-v1', class: 'lexical', dimensions: 384 });
    expect(hashedEmbedder({ dimensions: 1_024 })).toMatchObject({ id: 'hashed-1024-v1', dimensions: 1_024 });
  });

  test.each([15, 0, 1.5, 4_097, Number.NaN])('refuses %d dimensions', (dimensions) => {
    expect(() => hashedEmbedder({ dimensions })).toThrow(expect.objectContaining({ code: 'invalid' }));
  });

  test('makes the vectors that its id promises: other ones need another id', () => {
    const vector = hashedVector('The sea is blue.', 16);
    expect(Array.from(vector, (value) => Math.round(value * 1e4) / 1e4)).toEqual(golden);
  });

  test('makes one finite, non-zero vector of any text at all, always the same', async () => {
    const guarded = guard(hashedEmbedder({ dimensions: 32 }));
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 40 }), async (text) => {
        const [first, second] = await guarded.embed([text, text], 'query', 10_000);
        expect(first).toEqual(second);
      }),
    );
  });

  test.each(['', ' ', '👍', '!!!', '\ud800', '是', 'a'])('gives %j a direction of its own', (text) => {
    expect(hashedVector(text, 384).some((value) => value !== 0)).toBe(true);
    expect(similarity(text, 'The children painted a sunset')).toBeLessThan(0.25);
  });

  test('finds inflected and misspelt words more alike than others', () => {
    const cue = 'Melanie painted a sunset';
    expect(similarity(cue, 'melanie paints SUNSETS!')).toBeGreaterThan(0.6);
    expect(similarity(cue, 'Melanie paintd the sunsett')).toBeGreaterThan(0.3);
    expect(similarity(cue, 'We fixed the car yesterday')).toBeLessThan(0.2);
  });

  test('listens little to function words', () => {
    const shared = similarity('what did she do with the violin', 'what did she do with the tractor');
    expect(shared).toBeLessThan(similarity('what did she do with the violin', 'a violin'));
  });

  test('compares scripts without spaces by characters', () => {
    expect(similarity('我昨天去了北京', '北京')).toBeGreaterThan(similarity('我昨天去了北京', '上海') + 0.15);
  });

  test('estimates the same similarity in any number of dimensions', () => {
    const [a, b] = ['She adopted a puppy from the shelter', 'The shelter gave her a small puppy'];
    expect(Math.abs(similarity(a, b, 4_096) - similarity(a, b, 1_024))).toBeLessThan(0.1);
  });

  test('does not outlast its deadline on long texts', async () => {
    const texts = Array.from({ length: 200 }, (_, i) => `${i} lorem ipsum dolor sit amet `.repeat(2_000));
    await expect(guard(hashedEmbedder()).embed(texts, 'passage', 50)).rejects.toMatchObject({ code: 'timeout' });
  });
});

const golden: readonly number[] = [
  0.1826, 0.1826, -0.0472, 0.3651, 0, 0.3651, 0, -0.472, 0.6546, 0, -0.1826, 0.1415, -0.1354, -0.1826, -0.1826, 0,
];

function similarity(a: string, b: string, dimensions = 384): number {
  const [x, y] = [hashedVector(a, dimensions), hashedVector(b, dimensions)];
  let dot = 0;
  let xx = 0;
  let yy = 0;
  for (let i = 0; i < dimensions; i += 1) {
    dot += x[i]! * y[i]!;
    xx += x[i]! * x[i]!;
    yy += y[i]! * y[i]!;
  }
  return dot / Math.sqrt(xx * yy);
}
