import { createRequire } from 'node:module';
import type { LoadTokenCounter, TokenCounter } from '../memory/tokens.ts';
import { type BytePairRanks, readBytePairRanks } from './byte-pair-ranks.ts';

/**
 * Tokens of OpenAI's `o200k_base` (GPT-4o and later); other vendors' differ by a tenth or so. Loading takes about .2 s
 * in slices of a few milliseconds and 8 MB, so it is done at the first count.
 */
export function newTokenCounterLoader(): LoadTokenCounter {
  let loading: Promise<TokenCounter> | null = null;
  return () => {
    loading ??= load();
    return loading;
  };
}

async function load(): Promise<TokenCounter> {
  const ranks = await readBytePairRanks(
    createRequire(import.meta.url).resolve('gpt-tokenizer/data/o200k_base.tiktoken'),
  );
  const counter = newPieceCounter(ranks);
  return {
    encoding: 'o200k_base',
    count(text) {
      let tokens = 0;
      for (const part of partsOf(text)) for (const piece of part.match(pieces) ?? []) tokens += counter(piece);
      return tokens;
    },
  };
}

/** How o200k_base cuts a text before it merges bytes (openai/tiktoken, `tiktoken_ext/openai_public.py`). */
const contraction = "(?:'(?:[sS]|[dD]|[mM]|[tT]|[lL][lL]|[vV][eE]|[rR][eE]))?";
const pieces = new RegExp(
  [
    `[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+${contraction}`,
    `[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]+[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]*${contraction}`,
    '\\p{N}{1,3}',
    ' ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*',
    '\\s*[\\r\\n]+',
    '\\s+(?!\\S)',
    '\\s+',
  ].join('|'),
  'gu',
);

/**
 * Tokens of one piece by byte-pair merging (Sennrich et al. 2016): of all neighbours the pair of the lowest rank is merged, until
 * none is a token. Quadratic in the bytes of a piece, of which `partsOf` leaves few hundred. Keeps nothing of what
 * it counts: words of memories must not outlive their erasure.
 */
function newPieceCounter({ rankOf }: BytePairRanks): (piece: string) => number {
  const encoder = new TextEncoder();
  let bytes = new Uint8Array(512);
  let starts = new Int32Array(513);
  let ranks = new Float64Array(513);
  return (piece) => {
    if (piece.length * 3 > bytes.length) {
      bytes = new Uint8Array(piece.length * 3);
      starts = new Int32Array(bytes.length + 1);
      ranks = new Float64Array(bytes.length + 1);
    }
    const written = encoded(piece);
    if (written <= 1 || rankOf(bytes, 0, written) >= 0) {
      bytes.fill(0, 0, written);
      return written === 0 ? 0 : 1;
    }
    const tokens = merged(written);
    bytes.fill(0, 0, written);
    return tokens;
  };

  /** Most pieces are words of plain letters, for which a call of the encoder costs more than the piece. */
  function encoded(piece: string): number {
    for (let at = 0; at < piece.length; at += 1) {
      const code = piece.charCodeAt(at);
      if (code > 0x7f) return encoder.encodeInto(piece, bytes).written;
      bytes[at] = code;
    }
    return piece.length;
  }

  function merged(length: number): number {
    let parts = length;
    for (let part = 0; part <= length; part += 1) starts[part] = part;
    const pairRank = (part: number): number => {
      if (part + 2 > parts) return Number.POSITIVE_INFINITY;
      const rank = rankOf(bytes, starts[part]!, starts[part + 2]!);
      return rank < 0 ? Number.POSITIVE_INFINITY : rank;
    };
    for (let part = 0; part < parts; part += 1) ranks[part] = pairRank(part);
    for (;;) {
      let best = -1;
      let lowest = Number.POSITIVE_INFINITY;
      for (let part = 0; part < parts - 1; part += 1) {
        if (ranks[part]! < lowest) {
          lowest = ranks[part]!;
          best = part;
        }
      }
      if (best < 0) return parts;
      starts.copyWithin(best + 1, best + 2, parts + 1);
      ranks.copyWithin(best, best + 1, parts);
      parts -= 1;
      ranks[best] = pairRank(best);
      if (best > 0) ranks[best - 1] = pairRank(best - 1);
    }
  }
}

/**
 * Merging takes time quadratic in a run without a boundary: 65,536 Han characters in one run take a
 * minute. A run is cut here after 64 characters, which ordinary text does not reach, and where it does the count is
 * at most a token a cut too high.
 */
function partsOf(text: string): readonly string[] {
  if (!longRun.test(text)) return [text];
  const parts: string[] = [];
  let from = 0;
  for (const { index, 0: run } of text.matchAll(longRunAll)) {
    parts.push(text.slice(from, index + run.length));
    from = index + run.length;
  }
  parts.push(text.slice(from));
  return parts;
}

const runOfOneKind = '[\\p{L}\\p{M}]{64}|[^\\s\\p{L}\\p{M}\\p{N}]{64}|\\s{64}';
const longRun = new RegExp(runOfOneKind, 'u');
const longRunAll = new RegExp(runOfOneKind, 'gu');
