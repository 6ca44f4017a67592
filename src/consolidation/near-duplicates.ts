import { limits } from '../memory/limits.ts';

/**
 * Which items of a growing collection may be near-duplicates of one that comes, without comparing all pairs: MinHash signatures
 * (Broder 1997) of their words, cut into bands (Leskovec, Rajaraman and Ullman 2020, §3.4). Sets of Jaccard similarity s agree in
 * one of b bands of r rows with the chance
 *
 *   1 - (1 - s^r)^b        b = 12, r = 8: .9 .999, .8 .89, .5 .046, .3 .0008
 *
 * Cost: O(words) an item; 384 bytes for each that is kept. The same items in the same order give the same candidates.
 */
export interface NearDuplicates {
  /**
   * Ordinals of those kept that may be near-duplicates, ascending. Items of different groups never are: what must be equal
   * besides the words is told by the group.
   */
  candidates(signature: Signature): readonly number[];
  /** Keeps it under an ordinal, which must be higher than those before. */
  keep(ordinal: number, signature: Signature): void;
}

export interface Signature {
  readonly least: Uint32Array;
  readonly bands: readonly string[];
}

const rows = 8;
const bands = 12;
const hashes = rows * bands;
/** Estimated similarity below which the texts need not be read: three standard errors under .9. */
const estimateMin = 0.8;

export function newNearDuplicates(): NearDuplicates {
  const byBand = new Map<string, number[]>();
  const kept = new Map<number, Uint32Array>();

  return {
    candidates(signature) {
      const found = new Set<number>();
      for (const band of signature.bands) for (const ordinal of byBand.get(band) ?? []) found.add(ordinal);
      return [...found]
        .filter((ordinal) => agreement(kept.get(ordinal) ?? none, signature.least) >= estimateMin)
        .sort((left, right) => left - right)
        .slice(0, limits.mergeCandidates);
    },
    keep(ordinal, signature) {
      kept.set(ordinal, signature.least);
      for (const band of signature.bands) {
        const bucket = byBand.get(band);
        if (bucket === undefined) byBand.set(band, [ordinal]);
        // Ten thousand that are alike and yet not the same: the first of them stand for the rest.
        else if (bucket.length < limits.mergeBucket) bucket.push(ordinal);
      }
    },
  };
}

const none = new Uint32Array(hashes);

/** `group` is what must be equal besides the words. Null when there are no words. */
export function signatureOf(words: Iterable<string>, group: string): Signature | null {
  const least = new Uint32Array(hashes).fill(0xffff_ffff);
  let isEmpty = true;
  for (const word of words) {
    isEmpty = false;
    const hash = hashOf(word, 0x811c_9dc5);
    for (let index = 0; index < hashes; index += 1) {
      const value = mixed(hash ^ Math.imul(index + 1, 0x9e37_79b9));
      if (value < least[index]!) least[index] = value;
    }
  }
  if (isEmpty) return null;
  const seed = hashOf(group, 0x811c_9dc5);
  return { least, bands: Array.from({ length: bands }, (_, band) => bandKey(least, band, seed)) };
}

/** 64 bits: two bands of 100,000 notes share a key by accident once in ten million such collections. */
function bandKey(least: Uint32Array, band: number, seed: number): string {
  let [one, other] = [mixed(seed ^ (band + 1)), mixed(seed ^ Math.imul(band + 1, 0x9e37_79b9))];
  for (let index = band * rows; index < (band + 1) * rows; index += 1) {
    one = mixed(one ^ least[index]!);
    other = mixed(Math.imul(other, 31) + least[index]!);
  }
  return `${one.toString(36)}.${other.toString(36)}`;
}

/** The share of hash functions in which both have the same least value: an unbiased estimate of their Jaccard similarity. */
function agreement(one: Uint32Array, other: Uint32Array): number {
  let same = 0;
  for (let index = 0; index < hashes; index += 1) if (one[index] === other[index]) same += 1;
  return same / hashes;
}

/** Cosine of word counts, 0 to 1. */
export function wordCosine(one: readonly string[], other: readonly string[]): number {
  const [left, right] = [countsOf(one), countsOf(other)];
  let product = 0;
  for (const [word, count] of left) product += count * (right.get(word) ?? 0);
  const length = Math.sqrt(squares(left) * squares(right));
  return length === 0 ? 0 : product / length;
}

/** Jaccard similarity of pairs of words that follow each other, 0 to 1: what MinHash estimates, exactly. */
export function pairSimilarity(one: readonly string[], other: readonly string[]): number {
  const [left, right] = [pairsOf(one), pairsOf(other)];
  let both = 0;
  for (const pair of left) if (right.has(pair)) both += 1;
  const all = left.size + right.size - both;
  return all === 0 ? 0 : both / all;
}

function pairsOf(words: readonly string[]): ReadonlySet<string> {
  return new Set(Array.from({ length: words.length + 1 }, (_, at) => `${words[at - 1] ?? ''} ${words[at] ?? ''}`));
}

function countsOf(words: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}

function squares(counts: ReadonlyMap<string, number>): number {
  let sum = 0;
  for (const count of counts.values()) sum += count * count;
  return sum;
}

/** Fowler, Noll and Vo's, over UTF-16 units. */
function hashOf(text: string, start: number): number {
  let hash = start;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x0100_0193);
  return hash >>> 0;
}

/** MurmurHash3's last step (Appleby 2011): every bit depends on every other. */
function mixed(value: number): number {
  let hash = value;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85eb_ca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2_ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
