import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { makeScope, may8, remembered } from '../../test/builders.ts';
import { analyzer, workingSetOf } from '../../test/working-set-of.ts';
import type { Role } from '../memory/episode.ts';
import type { EpisodeId } from '../memory/ids.ts';
import type { RecalledNote } from '../memory/recall.ts';
import { analyseCue } from './cue.ts';
import { newestFirst } from './newest-first.ts';

const scope = makeScope();
const hourMs = 3_600_000;

/** Hits in this order, best first; `at` are hours, later ones greater. */
function hitsOf(
  said: readonly { readonly text: string; readonly at: number; readonly role?: Role; readonly speaker?: string }[],
): readonly RecalledNote[] {
  return said.map(({ text, at, role = 'user', speaker = null }, index) => {
    const { note, episode } = remembered(scope, text, { episode: { eventAt: may8 + at * hourMs, role, speaker } });
    return {
      stored: { note, episode },
      score: 10 - index,
      explanation: { channels: [], steps: [], score: 10 - index },
    };
  });
}

function reordered(
  query: string,
  hits: readonly RecalledNote[],
  superseded: ReadonlyMap<EpisodeId, ReadonlySet<EpisodeId>> = new Map(),
) {
  const set = workingSetOf(hits.map(({ stored }) => ({ text: stored.note.text })));
  const cue = analyseCue(query, analyzer, set);
  const after = newestFirst({ hits, cue, stems: analyzer.stems, superseded });
  return { after, places: after.map(({ stored }) => hits.findIndex((hit) => hit.stored.note.id === stored.note.id)) };
}

const quotas = [
  { text: 'My daily quota is 1,000 calls for the weather key.', at: 0 },
  { text: 'The train to Rome takes 3 hours.', at: 1 },
  { text: 'The daily quota has now increased to 1,200 calls.', at: 2 },
];

describe('newestFirst', () => {
  test('the newer of two values stands above the older, and the rest keeps its order', () => {
    expect(reordered('What is my daily quota?', hitsOf(quotas)).places).toEqual([2, 0, 1]);
  });

  test('the order stays when the cue asks for what was, or for no single value', () => {
    for (const cue of ['What was my daily quota originally?', 'Tell me about the daily quota.']) {
      expect(reordered(cue, hitsOf(quotas)).places).toEqual([0, 1, 2]);
    }
  });

  test('the same number said again, another speaker, and an assistant say nothing anew', () => {
    const [first] = quotas;
    const again = { text: 'Again: the daily quota is now 1,000 calls.', at: 2 };
    const newer = { text: 'The daily quota is now 1,200 calls.', at: 2 };
    const cue = 'What is my daily quota?';
    expect(reordered(cue, hitsOf([first!, again])).places).toEqual([0, 1]);
    expect(reordered(cue, hitsOf([first!, { ...newer, role: 'assistant' }])).places).toEqual([0, 1]);
    expect(
      reordered(
        cue,
        hitsOf([
          { ...first!, speaker: 'Ann' },
          { ...newer, speaker: 'Bob' },
        ]),
      ).places,
    ).toEqual([0, 1]);
  });

  test('what a claim superseded stands below what superseded it, whatever their words', () => {
    const hits = hitsOf([
      { text: 'I rent a flat in Paris.', at: 0 },
      { text: 'Bern is home.', at: 1 },
    ]);
    const [older, newer] = hits.map(({ stored }) => stored.episode?.id);
    const superseded = new Map([[newer!, new Set([older!])]]);
    expect(reordered('Where do I live?', hits).places).toEqual([0, 1]);
    expect(reordered('Where do I live?', hits, superseded).places).toEqual([1, 0]);
  });

  test('scores fall down the list, and a step of the explanation says what a score was multiplied with', () => {
    const { after } = reordered('What is my daily quota?', hitsOf(quotas));
    expect(after[0]?.explanation?.steps[0]).toMatchObject({ step: 'newest' });
    expect(after[0]?.explanation?.score).toBe(after[0]?.score);
    expect((after[0]?.explanation?.steps[0]?.factor ?? 0) * 8).toBeCloseTo(after[0]?.score ?? 0, 9);
    for (const [index, { score }] of after.entries()) {
      if (index > 0) expect(score).toBeLessThan(after[index - 1]!.score);
    }
  });

  test('the same hits come out, those beyond the tenth where they were', () => {
    const texts = fc.constantFrom(
      'daily quota is 5',
      'the daily quota is now 7',
      'train 9',
      'daily quota increased to 8',
    );
    const said = fc.array(fc.record({ text: texts, at: fc.integer({ min: 0, max: 5 }) }), { maxLength: 14 });
    fc.assert(
      fc.property(said, (some) => {
        const hits = hitsOf(some);
        const { places } = reordered('What is my daily quota?', hits);
        expect([...places].sort((a, b) => a - b)).toEqual(hits.map((_, index) => index));
        expect(places.slice(10)).toEqual(hits.map((_, index) => index).slice(10));
      }),
    );
  });
});
