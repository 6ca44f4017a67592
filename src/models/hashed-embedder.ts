import type { Embedder } from '../memory/embedder.ts';
import { EcphoryError } from '../memory/errors.ts';
import { limits } from '../memory/limits.ts';
import { computeEach } from './compute-each.ts';

export interface HashedEmbedderOptions {
  /** 384 if left out. */
  readonly dimensions?: number;
}

/**
 * Vectors without a model or a download: they compare words, word pairs and letters, and know nothing of
 * meaning. Hence class `lexical`: it forgives typing errors and inflection, and finds no synonyms.
 *
 * @throws EcphoryError `invalid` when the dimensions are not a whole number within 16 and the limit.
 */
export function hashedEmbedder(options: HashedEmbedderOptions = {}): Embedder {
  const dimensions = options.dimensions ?? 384;
  if (!Number.isInteger(dimensions) || dimensions < dimensionsMin || dimensions > limits.vectorDimensions) {
    throw new EcphoryError(
      'invalid',
      `A hashed embedder has ${dimensionsMin} to ${limits.vectorDimensions} dimensions, not ${dimensions}.`,
    );
  }
  return {
    id: `hashed-${dimensions}-v1`,
    class: 'lexical',
    dimensions,
    batchMax: 256,
    embed: (texts, _purpose, signal) => computeEach(texts, signal, (text) => hashedVector(text, dimensions)),
  };
}

/** Fewer buckets than this say nothing but noise. */
const dimensionsMin = 16;

/**
 * Feature hashing with signs (Weinberger et al. 2009, https://arxiv.org/abs/0902.2206): a feature of weight w
 * adds ±w to one bucket, both picked by its hash, so that collisions cancel in expectation and the inner
 * product of two hashed vectors is an unbiased estimate of that of the sparse ones, with variance about
 * 1/dimensions.
 *
 * Three groups of features (words, pairs of neighbouring words, runs of 3 to 5 letters of a word with its
 * edges), each with 1 + ln(count) per feature and scaled to unit length before the groups are added, so that
 * for two texts  cosine ≈ Σ share(group) · cosine(group)  whatever their lengths.
 *
 * Deterministic, never zero. Time grows with the text: about 3 features a letter.
 */
export function hashedVector(text: string, dimensions: number): Float32Array {
  const features = featuresOf(text);
  const vector = new Float64Array(dimensions);
  addGroup(vector, features.words, shares.words);
  addGroup(vector, features.pairs, shares.pairs);
  addGroup(vector, features.letters, shares.letters);
  const hashed = Float32Array.from(vector);
  // Signs can cancel exactly, and an empty text has no features: both still get a direction of their own.
  if (hashed.every((value) => value === 0)) hashed[bucket(hashOf(text, seeds.text), dimensions)] = 1;
  return hashed;
}

/**
 * What each group says of a similarity; they sum to one. The optimum is flat: alone on LoCoMo's dialogue
 * (four conversations) every split of words and letters from .3 to .7 has a recall@10 of .42 to .44, and more
 * weight on pairs finds less.
 */
const shares = { words: 0.45, pairs: 0.05, letters: 0.5 } as const;

/** What a function word counts, where another word counts 1. */
const functionWordWeight = 0.1;

/** Keep the groups from sharing hashes. */
const seeds = { words: 0x811c9dc5, pairs: 0x2f0b4c47, letters: 0x9e3779b1, text: 0x7feb352d } as const;

/** Feature hash to its weight. */
type Group = Map<number, number>;

function featuresOf(text: string): { words: Group; pairs: Group; letters: Group } {
  const counts = { words: newGroup(), quietWords: newGroup(), pairs: newGroup(), letters: newGroup() };
  let before = 0;
  const folded = text.normalize('NFKC').toLowerCase();
  for (const word of folded.match(wordPattern) ?? []) {
    if (unsegmented.test(word)) {
      // Scripts without spaces: a word is one or two characters, a letter one.
      const starts = Math.max(1, word.length - 1);
      for (let i = 0; i < starts; i += 1) count(counts.words, hashOf(word.slice(i, i + 2), seeds.words));
      countLetters(counts.letters, word, { min: 1, max: 3 });
      before = 0;
      continue;
    }
    const hash = hashOf(stem(word), seeds.words);
    if (functionWords.has(word)) {
      count(counts.quietWords, hash);
      continue;
    }
    count(counts.words, hash);
    countLetters(counts.letters, word, { min: 3, max: 5 });
    if (before !== 0) count(counts.pairs, mix(seeds.pairs ^ Math.imul(before, 31) ^ hash));
    before = hash;
  }
  if (counts.words.size + counts.quietWords.size === 0) countLetters(counts.letters, folded.trim(), { min: 1, max: 3 });
  const words = weights(counts.words, 1);
  for (const [hash, weight] of weights(counts.quietWords, functionWordWeight)) words.set(hash, weight);
  return { words, pairs: weights(counts.pairs, 1), letters: weights(counts.letters, 1) };
}

function newGroup(): Group {
  return new Map();
}

const wordPattern = /[\p{L}\p{M}\p{N}]+/gu;
const unsegmented = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]/u;

/** The letters of a word with a mark at each edge, in every run of `min` to `max`. */
function countLetters(group: Group, word: string, run: { readonly min: number; readonly max: number }): void {
  const length = word.length + 2;
  for (let start = 0; start < length; start += 1) {
    let hash: number = seeds.letters;
    const end = Math.min(length, start + run.max);
    for (let at = start; at < end; at += 1) {
      hash = step(hash, at === 0 ? 2 : at === length - 1 ? 3 : word.charCodeAt(at - 1));
      if (at - start + 1 >= run.min) count(group, mix(hash));
    }
  }
}

function count(group: Group, hash: number): void {
  group.set(hash, (group.get(hash) ?? 0) + 1);
}

function weights(counts: Group, scale: number): Group {
  for (const [hash, times] of counts) counts.set(hash, scale * (1 + Math.log(times)));
  return counts;
}

function addGroup(vector: Float64Array, group: Group, share: number): void {
  let squares = 0;
  for (const weight of group.values()) squares += weight * weight;
  if (squares === 0) return;
  const scale = Math.sqrt(share / squares);
  for (const [hash, weight] of group) {
    const at = bucket(hash, vector.length);
    vector[at] = vector[at]! + (hash & 1 ? -weight : weight) * scale;
  }
}

/** The lowest bit is the sign's. */
function bucket(hash: number, dimensions: number): number {
  return (hash >>> 1) % dimensions;
}

function hashOf(text: string, seed: number): number {
  let hash = seed;
  for (let i = 0; i < text.length; i += 1) hash = step(hash, text.charCodeAt(i));
  return mix(hash);
}

/** FNV-1a over UTF-16 units. */
function step(hash: number, unit: number): number {
  return Math.imul(hash ^ unit, 0x01000193);
}

/** MurmurHash3's finaliser: FNV alone leaves its low bits poor, and they are the sign and the bucket. */
function mix(hash: number): number {
  let mixed = hash;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}

/**
 * Cuts the commonest English endings, so that `paints`, `painted` and `painting` are one word. Rough on
 * purpose: the letters make up for what it misses, in every language.
 */
function stem(word: string): string {
  let stemmed = word;
  if (stemmed.length > 3 && stemmed.endsWith('s') && !/(?:ss|us|is)$/.test(stemmed)) {
    stemmed = stemmed.length > 4 && stemmed.endsWith('ies') ? `${stemmed.slice(0, -3)}y` : stemmed.slice(0, -1);
  }
  const ending = /(?:ing|ed|ly)$/.exec(stemmed)?.[0] ?? '';
  if (ending !== '' && stemmed.length - ending.length >= 3) {
    stemmed = stemmed.slice(0, -ending.length);
    const last = stemmed.at(-1);
    if (last === stemmed.at(-2) && last !== 'l' && last !== 's') stemmed = stemmed.slice(0, -1);
  }
  return stemmed.length > 3 && stemmed.endsWith('e') ? stemmed.slice(0, -1) : stemmed;
}

/** English words that are everywhere and so say little; parts left by an apostrophe are among them. */
const functionWords: ReadonlySet<string> = new Set(
  (
    'a an the and or but if so as at by for from in into of off on onto out over to up with about than then ' +
    'i me my mine we us our ours you your yours he him his she her hers it its they them their theirs this that ' +
    'these those who whom whose which what when where why how am is are was were be been being do does did done ' +
    'doing have has had having will would shall should can could may might must not no nor s t d m ll re ve don ' +
    'didn doesn isn wasn aren weren won wouldn couldn shouldn hasn haven there here just very too also really'
  ).split(' '),
);
