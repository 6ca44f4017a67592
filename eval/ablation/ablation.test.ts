import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import { signalWeights } from '../../src/retrieval/weights.ts';
import { startServer } from '../../src/server.ts';
import { addConversations, askQuestions, evaluate } from '../evaluate.ts';
import type { Progress } from '../progress.ts';
import { newServerClient } from '../server/client.ts';
import { type Ablation, ablate, losses, weightings } from './ablation.ts';
import { ablationText } from './ablation-text.ts';
import { smallDataset } from './fixture.ts';
import { type InProcessMemory, openInProcessMemory } from './in-process.ts';

const progress: Progress = { start: () => undefined, advance: () => undefined, finish: () => undefined };
const dataset = smallDataset();
let memory: InProcessMemory;

beforeEach(async () => {
  memory = await openInProcessMemory({ kind: 'hashed' });
});
afterEach(() => memory.close());

describe('openInProcessMemory', () => {
  it('ranks every question as the real server does over REST', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'ecphory-ablation-test-'));
    const quiet = () => undefined;
    const config = { ...loadConfig({ database: join(directory, 'e.db'), port: '0' }, {}), logLevel: 'silent' as const };
    const server = await startServer(config, { log: { debug: quiet, info: quiet, warn: quiet, error: quiet } });
    const overRest = newServerClient({ url: server.url, apiKey: server.firstKey ?? '' });
    try {
      const ranked = (await evaluate(dataset, overRest, progress)).rows.map((row) => row.ranked);
      const added = await addConversations(dataset, memory.client(), progress);
      for (const client of [memory.client(), memory.client(signalWeights)]) {
        const { rows } = await askQuestions(dataset, added, client, progress);
        expect(rows.map((row) => row.ranked)).toEqual(ranked);
      }
      expect(ranked.flat().length).toBeGreaterThan(30);
    } finally {
      overRest.close();
      await server.close();
      await rm(directory, { recursive: true });
    }
  });
});

describe('ablate', () => {
  it('gives a row for every signal off and alone, whatever the signals are called', async () => {
    const ablation = await ablate({ dataset, memory, shipped: signalWeights, progress });
    const signals = Object.keys(signalWeights);
    expect(ablation).toMatchObject({ set: 'small', n: 10 });
    expect(ablation.rows.map(({ signal, mode }) => `${signal} ${mode}`)).toEqual([
      ...signals.map((signal) => `${signal} off`),
      ...signals.map((signal) => `${signal} alone`),
    ]);
    for (const row of ablation.rows) {
      expect(row.difference).toBeCloseTo(row.recall_at_10 - ablation.recall_at_10, 12);
      expect(row.p_value).toBeGreaterThan(0);
      expect(row.p_adjusted).toBeGreaterThanOrEqual(row.p_value);
      expect(row.n).toBe(10);
    }
    expect(ablationText(ablation)).toContain('small: 10 questions');
  });
});

describe('weightings', () => {
  it('sets one weight to 0, then all but one; a signal that is not shipped is tried alone with 1', () => {
    expect(weightings({ a: 2, b: 0 })).toEqual([
      { signal: 'a', mode: 'off', weights: { a: 0, b: 0 } },
      { signal: 'b', mode: 'off', weights: { a: 2, b: 0 } },
      { signal: 'a', mode: 'alone', weights: { a: 2, b: 0 } },
      { signal: 'b', mode: 'alone', weights: { a: 0, b: 1 } },
    ]);
  });
});

describe('losses', () => {
  it('names a shipped signal without which a set is found better, and not by chance', () => {
    const row = {
      set: 's',
      mode: 'off' as const,
      recall_at_10: 0.5,
      p_value: 0.001,
      p_adjusted: 0.02,
      n: 9,
      weight: 1,
    };
    const ablation: Ablation = {
      set: 's',
      n: 9,
      recall_at_10: 0.4,
      rows: [
        { ...row, signal: 'harmful', difference: 0.1 },
        { ...row, signal: 'useful', difference: -0.1 },
        { ...row, signal: 'by chance', difference: 0.1, p_adjusted: 0.2 },
        { ...row, signal: 'not shipped', difference: 0.1, weight: 0 },
        { ...row, signal: 'better alone', difference: 0.1, mode: 'alone' },
      ],
    };
    expect(losses([ablation]).map(({ signal }) => signal)).toEqual(['harmful']);
    expect(ablationText(ablation)).toMatch(/^harmful .*LOSES$/m);
  });
});
