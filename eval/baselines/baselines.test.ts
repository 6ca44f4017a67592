import { describe, expect, it } from 'vitest';
import { baselines, denseBaseline, stems } from './baselines.ts';
import { luceneIdf, newBm25, okapiIdf } from './bm25.ts';
import { newDenseSearch } from './dense-search.ts';

const words = (text: string) => text.split(' ');

describe('newBm25', () => {
  it('scores by hand-made numbers', () => {
    // "cat" is in 1 of 3 documents of equal length: idf = ln(1 + 2.5 / 1.5), tf 1 gives idf * 2.2 / 2.2.
    const bm25 = newBm25(['cat dog', 'dog cow', 'cow hen'], { tokens: words, k1: 1.2, b: 0.75, idf: luceneIdf });
    expect(bm25.search('cat', 10)).toEqual([0]);
    expect(bm25.search('hen dog', 10)).toEqual([2, 0, 1]);
    expect(bm25.search('cow', 1)).toEqual([1]);
    expect(bm25.search('horse', 10)).toEqual([]);
  });

  it('ranks the shorter of two documents with the same word first', () => {
    const bm25 = newBm25(['cat a b c d', 'cat'], { tokens: words, k1: 1.2, b: 0.75, idf: luceneIdf });
    expect(bm25.search('cat', 10)).toEqual([1, 0]);
  });

  it('is not confused by words that are names of prototype properties', () => {
    const bm25 = newBm25(['constructor', 'cat'], { tokens: words, k1: 1.2, b: 0.75, idf: luceneIdf });
    expect(bm25.search('__proto__ constructor', 10)).toEqual([0]);
  });
});

describe('idf', () => {
  it('gives rank_bm25 its floor of a quarter of the mean for words in most documents', () => {
    // The second word is in all three documents: ln(.5 / 3.5) is negative, so it gets the floor.
    const idf = okapiIdf({ documentFrequencies: [1, 3], documents: 3 });
    const [rare, everywhere] = [Math.log(2.5 / 1.5), Math.log(0.5 / 3.5)];
    expect(idf[0]).toBeCloseTo(rare);
    expect(idf[1]).toBeCloseTo(0.25 * ((rare + everywhere) / 2));
  });
});

describe('newDenseSearch', () => {
  // "3 4" is the vector (3, 4).
  const numbers = (text: string) => Float32Array.from(text.split(' '), Number);

  it('ranks by cosine, not by length, and ties by position', () => {
    // Cosines with (1, 0): .6, 1, 0, 1 and 0.
    const dense = newDenseSearch(['30 40', '1 0', '0 0', '2 0', '0 5'], numbers);
    expect(dense.search('1 0', 9)).toEqual([1, 3, 0, 2, 4]);
    expect(dense.search('0 1', 2)).toEqual([4, 0]);
  });
});

describe('the baselines', () => {
  const turn = (id: string, text: string) => ({ id, text, speaker: 'Ann', role: null, timestamp: null });
  const conversation = {
    id: 'c',
    sessions: [{ isDialogue: true, turns: [turn('t1', 'I adopted cats!'), turn('t2', 'Lovely weather')] }],
    questions: [],
  };
  const [naive, stemmed, recency, dense] = baselines;

  it('finds "cats!" by "cat" only when words are stemmed', () => {
    expect(naive?.ranker(conversation)('Which cat', 5)).toEqual([]);
    expect(stemmed?.ranker(conversation)('Which cat', 5)).toEqual(['t1']);
  });

  it('ranks the newest first over all sessions, whatever is asked', () => {
    const later = { isDialogue: true, turns: [turn('t3', 'Bye'), turn('t4', 'See you')] };
    const rank = recency?.ranker({ ...conversation, sessions: [...conversation.sessions, later] });
    expect(rank?.('Which cat', 3)).toEqual(['t4', 't3', 't2']);
    expect(rank?.('Weather', 9)).toEqual(['t4', 't3', 't2', 't1']);
  });

  it('forgives inflection and typing errors by the nearest hashed vector', () => {
    const rank = dense?.ranker(conversation);
    expect(rank?.('adopting a cat', 5)).toEqual(['t1', 't2']);
    expect(rank?.('wether', 1)).toEqual(['t2']);
  });

  it('takes another embedding of the same words, speaker before text', () => {
    const seen: string[] = [];
    const spy = denseBaseline('other', (text) => {
      seen.push(text);
      return Float32Array.of(text.length, 1);
    });
    spy.ranker(conversation)('Who?', 1);
    expect(seen).toEqual(['Ann: I adopted cats!', 'Ann: Lovely weather', 'Who?']);
  });

  it('have names of their own', () => {
    expect(baselines.map(({ name }) => name)).toEqual([
      'bm25_whitespace',
      'bm25_stemmed',
      'recency_only',
      'dense_only',
    ]);
  });

  it('drops stop words and inflection', () => {
    expect(stems("What did Ann's cats do?")).toEqual(['ann', 'cat']);
  });
});
