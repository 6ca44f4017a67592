import { stemmer } from '@orama/stemmers/english';
import { hashedVector } from '../../src/models/hashed-embedder.ts';
import type { Conversation, Turn } from '../datasets/dataset.ts';
import { type Bm25Options, luceneIdf, newBm25, okapiIdf } from './bm25.ts';
import { newDenseSearch, type VectorOf } from './dense-search.ts';

/** A way of ranking a conversation's turns that needs no server: what our figures are printed beside. */
export interface Baseline {
  readonly name: string;
  /** Gold-able turn ids, best first, for one question after another of one conversation. */
  readonly ranker: (conversation: Conversation) => (query: string, limit: number) => readonly string[];
}

export const baselines: readonly Baseline[] = [
  bm25Baseline('bm25_whitespace', { tokens: (text) => text.split(' '), k1: 1.5, b: 0.75, idf: okapiIdf }),
  bm25Baseline('bm25_stemmed', { tokens: stems, k1: 1.2, b: 0.75, idf: luceneIdf }),
  recencyBaseline('recency_only'),
  denseBaseline('dense_only'),
];

function bm25Baseline(name: string, options: Bm25Options): Baseline {
  return {
    name,
    ranker(conversation) {
      const turns = turnsOf(conversation);
      const bm25 = newBm25(turns.map(textOf), options);
      return (query, limit) => bm25.search(query, limit).map((document) => turns[document]!.id);
    },
  };
}

/** The newest turns, whatever is asked: what a question gains from being about the latest only. */
function recencyBaseline(name: string): Baseline {
  return {
    name,
    ranker(conversation) {
      // Sessions and their turns are in order of time; passages, which have no time, in order of the file.
      const newestFirst = turnsOf(conversation)
        .map(({ id }) => id)
        .reverse();
      return (_query, limit) => newestFirst.slice(0, limit);
    },
  };
}

/** Nearest vectors and nothing else. By default those of the embedder that the service has without a model. */
export function denseBaseline(name: string, vectorOf: VectorOf = hashed): Baseline {
  return {
    name,
    ranker(conversation) {
      const turns = turnsOf(conversation);
      const dense = newDenseSearch(turns.map(textOf), vectorOf);
      return (query, limit) => dense.search(query, limit).map((document) => turns[document]!.id);
    },
  };
}

function hashed(text: string): Float32Array {
  return hashedVector(text, 384);
}

function turnsOf(conversation: Conversation): readonly Turn[] {
  return conversation.sessions.flatMap((session) => session.turns);
}

/** The same words that the server gets: speaker, text and caption. */
function textOf({ speaker, text }: Turn): string {
  return speaker === null ? text : `${speaker}: ${text}`;
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
