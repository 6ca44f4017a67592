import { describe, expect, it } from 'vitest';
import { signalWeights } from '../../src/retrieval/weights.ts';
import { smallDataset } from '../ablation/fixture.ts';
import { openInProcessMemory } from '../ablation/in-process.ts';
import { linkAblation, linkWeights } from './link-ablation.ts';

describe('linkAblation', () => {
  it('asks every question with links and without, after the worker has made them', async () => {
    const memory = await openInProcessMemory({ kind: 'off' });
    try {
      const dataset = smallDataset();
      const silent = { start: () => undefined, advance: () => undefined, finish: () => undefined };
      const rows = await linkAblation({ dataset, memory, shipped: signalWeights, progress: silent });
      expect(rows.map(({ weight, cutoff, part }) => [weight, cutoff, part])).toEqual(
        linkWeights.flatMap((weight) => [5, 10].map((cutoff) => [weight, cutoff, 'all'])),
      );
      for (const { n, off, on, difference } of rows) {
        expect(n).toBe(dataset.conversations.reduce((sum, { questions }) => sum + questions.length, 0));
        expect(on - off).toBeCloseTo(difference, 12);
      }
    } finally {
      await memory.close();
    }
  });
});
