import { describe, expect, it } from 'vitest';
import { analyzer, workingSetOf } from '../../../test/working-set-of.ts';
import { entityConcepts, joinedConcepts, wordConcepts } from './concepts.ts';
import { graphOf, nearness, type Walk } from './walks.ts';

const texts = [
  'Lucas Grabeel sang in the musical.',
  'The musical was produced by Zenith Pictures.',
  'Zenith Pictures moved to Tulsa.',
  'Nobody watered the tomatoes.',
];
const set = workingSetOf(texts.map((text) => ({ text })));
const words = wordConcepts(set, analyzer);
const entities = entityConcepts(set, texts);
const both = joinedConcepts(words, entities);
const walk: Walk = { concepts: 'words', anchors: 1, turns: false, cue: false, damping: 0.5 };

describe('nearness', () => {
  it('finds the next note over a shared word, the one after it over what that one names, and no other', () => {
    const near = nearness({ walk, graph: graphOf(set, words, false), notes: 4, anchors: [0], concepts: [] });
    expect(near?.[1]).toBe(1);
    expect(near?.[2]).toBeGreaterThan(0);
    expect(near?.[3]).toBe(0);
  });

  it('never returns the notes that it started from', () => {
    const graph = graphOf(set, both, false);
    const near = nearness({ walk: { ...walk, anchors: 2 }, graph, notes: 4, anchors: [0, 1], concepts: [] });
    expect([...(near ?? [])]).toEqual([0, 0, 1, 0]);
  });

  it('starts from what the cue names when it is told to', () => {
    const graph = graphOf(set, entities, false);
    const concepts = entities.inCue('Where did Zenith Pictures go?');
    expect(concepts).toHaveLength(1);
    const input = { graph, notes: 4, anchors: [3], concepts };
    expect([...(nearness({ ...input, walk }) ?? [])]).toEqual([0, 0, 0, 0]);
    expect([...(nearness({ ...input, walk: { ...walk, cue: true } }) ?? [])]).toEqual([0, 1, 1, 0]);
  });

  it('goes from turn to turn when they are joined', () => {
    const talk = workingSetOf(['Hi there.', 'Lovely weather.'].map((text) => ({ text, session: 'one' })));
    const concepts = wordConcepts(talk, analyzer);
    const near = (turns: boolean) =>
      nearness({ walk, graph: graphOf(talk, concepts, turns), notes: 2, anchors: [0], concepts: [] });
    expect([...(near(false) ?? [])]).toEqual([0, 0]);
    expect([...(near(true) ?? [])]).toEqual([0, 1]);
  });

  it('has nothing to say without a hit to start from', () => {
    expect(nearness({ walk, graph: graphOf(set, words, false), notes: 4, anchors: [], concepts: [] })).toBeNull();
  });
});

describe('entityConcepts', () => {
  it('takes speakers for no entities', () => {
    const talk = workingSetOf([
      { text: 'Hey Melanie, how is Tulsa?', speaker: 'Caroline' },
      { text: 'Fine, Caroline', speaker: 'Melanie' },
    ]);
    const { inCue } = entityConcepts(talk, ['Hey Melanie, how is Tulsa?', 'Fine, Caroline']);
    expect([inCue('Has Melanie left?'), inCue('Where is Tulsa?').length]).toEqual([[], 1]);
  });
});
