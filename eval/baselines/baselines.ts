import { stemmer } from '@orama/stemmers/english';
import type { Conversation } from '../datasets/dataset.ts';
import { type Bm25Options, luceneIdf, newBm25, okapiIdf } from './bm25.ts';

/** A way of ranking a conversation's turns that needs no server: what our figures are printed beside. */
export interface Baseline {
  readonly name: string;
  /** Gold-able turn ids, best first, for one question after another of one conversation. */
  readonly ranker: (conversation: Conversation) => (query: string, limit: number) => readonly string[];
}

export const baselines: readonly Baseline[] = [
  bm25Baseline('bm25_whitespace', { tokens: (text) => text.split(' '), k1: 1.5, b: 0.75, idf: okapiIdf }),
  bm25Baseline('bm25_stemmed', { tokens: stems, k1: 1.2, b: 0.75, idf: luceneIdf }),
];

function bm25Baseline(name: string, options: Bm25Options): Baseline {
  return {
    name,
    ranker(conversation) {
      const turns = conversation.sessions.flatMap((session) => session.turns);
      // The same words that the server gets: speaker, text and caption.
      const texts = turns.map(({ speaker, text }) => (speaker === null ? text : `${speaker}: ${text}`));
      const bm25 = newBm25(texts, options);
      return (query, limit) => bm25.search(query, limit).map((document) => turns[document]!.id);
    },
  };
}

/** Lower case, runs of letters and digits, without stop words, Porter's stems. */
export function stems(text: string): readonly string[] {
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  return words.filter((word) => !stopWords.has(word)).map((word) => stemmer(word));
}

/** Lucene's English stop set with pronouns, auxiliaries and question words, and the tails of "I'm" and "don't". */
const stopWords = new Set(
  `a an and are as at be but by for if in into is it no not of on or such that the their then there these they this to was
  will with i you he she we me him her us them my your his our its am were been being have has had do does did doing what
  which who whom whose when where why how from about so than too very can could would should may might just also s t m re
  ve ll d don`.split(/\s+/),
);
