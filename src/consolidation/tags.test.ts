import { describe, expect, it } from 'vitest';
import { newAnalyzer } from '../encoding/analyzer.ts';
import type { StemStatistics } from './keywords.ts';
import { tagsOf } from './tags.ts';

const analyzer = newAnalyzer();
const nothingKnown: StemStatistics = { notes: 0, having: () => 0 };
const tagged = (text: string): readonly string[] => tagsOf(analyzer.stems(text), nothingKnown, analyzer);

describe('tagsOf', () => {
  it.each([
    ['We booked the flight and a hotel near the beach.', 'travel'],
    ['My boss moved the meeting with the client.', 'work'],
    ['The doctor changed my medication for the allergy.', 'health'],
    ['I baked a chocolate cake for dessert.', 'food'],
    ['The band practised on piano and violin.', 'music'],
  ])('%s: %s first', (text, tag) => {
    expect(tagged(text)[0]).toBe(tag);
  });

  it('says nothing of small talk, nor of one word of a field in a long text', () => {
    expect(tagged('Hey! How have you been? So good to see you.')).toEqual([]);
    expect(
      tagged('The committee discussed seven long proposals about zoning while a lawyer took notes on a flight.'),
    ).toEqual([]);
  });
});
