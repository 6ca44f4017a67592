import type { LoadTokenCounter, TokenCounter } from '../memory/tokens.ts';

/**
 * Tokens of OpenAI's `o200k_base` (GPT-4o and later); other vendors' differ by a tenth or so. Loading takes about
 * .3 s and 60 MB, so it is done at the first count.
 */
export function newTokenCounterLoader(): LoadTokenCounter {
  let loading: Promise<TokenCounter> | null = null;
  return () => {
    loading ??= load();
    return loading;
  };
}

async function load(): Promise<TokenCounter> {
  const [{ GptEncoding }, { default: ranks }] = await Promise.all([
    import('gpt-tokenizer/GptEncoding'),
    import('gpt-tokenizer/bpeRanks/o200k_base'),
  ]);
  const encoding = GptEncoding.getEncodingApi('o200k_base', () => ranks);
  // It would remember words of memories after they are erased, for .5 µs a token.
  encoding.setMergeCacheSize(0);
  const asText = { disallowedSpecial: new Set<string>() };
  return {
    encoding: 'o200k_base',
    count: (text) => piecesOf(text).reduce((sum, piece) => sum + encoding.countTokens(piece, asText), 0),
  };
}

/**
 * Byte-pair merging takes time quadratic in a run without a boundary: 65,536 Han characters in one run take a
 * minute. A run is cut here after 64 characters, which ordinary text does not reach, and where it does the count is
 * at most a token a cut too high.
 */
function piecesOf(text: string): readonly string[] {
  if (!longRun.test(text)) return [text];
  const pieces: string[] = [];
  let from = 0;
  for (const { index, 0: run } of text.matchAll(longRunAll)) {
    pieces.push(text.slice(from, index + run.length));
    from = index + run.length;
  }
  pieces.push(text.slice(from));
  return pieces;
}

const runOfOneKind = '[\\p{L}\\p{M}]{64}|[^\\s\\p{L}\\p{M}\\p{N}]{64}|\\s{64}';
const longRun = new RegExp(runOfOneKind, 'u');
const longRunAll = new RegExp(runOfOneKind, 'gu');
