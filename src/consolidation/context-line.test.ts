import { describe, expect, it } from 'vitest';
import { limits } from '../memory/limits.ts';
import { contextLine, cut, topicOf } from './context-line.ts';

const nothing = { speaker: null, at: null, place: null, topic: [], previous: null };

describe('contextLine', () => {
  it('says who, when, where, about what and after what', () => {
    const line = contextLine({
      speaker: 'Ann',
      at: Date.UTC(2023, 4, 8, 13),
      place: 'Lisbon',
      topic: ['pottery', 'Clara'],
      previous: { speaker: 'Ben', text: 'How did\n"that" come about?' },
    });
    expect(line).toBe(`Ann, 8 May 2023, in Lisbon; about pottery, Clara; after Ben: "How did 'that' come about?"`);
  });

  it('is null when a date is all there is', () => {
    expect(contextLine({ ...nothing, at: Date.UTC(2023, 4, 8) })).toBeNull();
  });

  it('is one line within its limit, however long the turn before', () => {
    const line = contextLine({
      ...nothing,
      speaker: 'A'.repeat(400),
      previous: { speaker: null, text: 'x y\n'.repeat(200) },
    });
    expect(line?.length).toBeLessThanOrEqual(limits.derivedContextCharacters);
    expect(line).not.toContain('\n');
  });
});

describe('topicOf', () => {
  it('takes what turns have in common before what one of them has, and not what the note says itself', () => {
    expect(topicOf([['vase', 'pottery'], ['Pottery'], ['river']], ['river'])).toEqual(['pottery', 'vase']);
  });
});

describe('cut', () => {
  it('ends after a word and never inside a character', () => {
    expect(cut('one two three', 9)).toBe('one two\u2026');
    expect(cut('😀😀😀', 4).isWellFormed()).toBe(true);
  });
});
