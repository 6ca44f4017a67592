export interface ExcerptInput {
  readonly text: string;
  /** What is asked, each stem once. */
  readonly cueStems: readonly string[];
  readonly stems: (text: string) => readonly string[];
  readonly count: (text: string) => number;
  readonly tokensMax: number;
}

/**
 * The sentences of a long text that answer a cue, about `tokensMax` tokens of them at most, in the order they stand in, with `…` where
 * something was left out.
 *
 * Greedy, as budgeted coverage is (Khuller, Moss and Naor 1999): the sentence that brings most of the cue's weight
 * not brought yet, each stem weighing log(1 + sentences / sentences with it), a tie to the earlier; then, because an
 * answer stands around the words that ask for it, outwards from those chosen; a text with no word of the cue gives
 * its beginning. Null when nothing of it fits.
 */
export function excerptOf({ text, cueStems, stems, count, tokensMax }: ExcerptInput): string | null {
  const sentences = sentencesOf(text);
  if (sentences.length === 0) return null;
  const tokens = new Int32Array(sentences.length).fill(-1);
  const tokensOf = (index: number): number => {
    if (tokens[index]! < 0) tokens[index] = count(sentences[index]!) + gapTokens;
    return tokens[index]!;
  };
  const chosen = new Uint8Array(sentences.length);
  let left = tokensMax - gapTokens;
  const take = (index: number): boolean => {
    if (chosen[index] === 1 || sentences[index]!.length > left * charactersPerTokenMax) return false;
    if (tokensOf(index) > left) return false;
    chosen[index] = 1;
    left -= tokensOf(index);
    return true;
  };
  for (const index of answeringOrder(sentences, cueStems, stems)) {
    if (left < sentenceTokensMin) break;
    take(index);
  }
  if (!chosen.includes(1)) take(0);
  growOutwards(chosen, take);
  return chosen.includes(1) ? joined(sentences, chosen) : null;
}

/** Nothing shorter says anything. */
const sentenceTokensMin = 6;
/** ` … ` on each side. */
const gapTokens = 1;
/** Prose has four or five; a text this long cannot fit, and need not be counted. */
const charactersPerTokenMax = 10;
/** A text is looked at as at most this many sentences, so that a list of single letters stays cheap. */
const sentencesMax = 1_000;

/** Sentences and lines, with the white space after them, so that neighbours join to what was there. */
function sentencesOf(text: string): readonly string[] {
  const found: string[] = [];
  let from = 0;
  let isOver = false;
  let space = 0;
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at]!;
    if (sign === '\n' || (isOver && sign.trim() === '') || unspacedEnds.includes(sign)) {
      while (at + 1 < text.length && text[at + 1]!.trim() === '') at += 1;
      found.push(text.slice(from, at + 1));
      from = at + 1;
      isOver = false;
    } else if (at - from >= sentenceCharacters) {
      // No sentence that anybody wrote: cut after a word, else anywhere but between the halves of a character.
      const end = space > from ? space : at - (isHighSurrogate(text, at - 1) ? 1 : 0);
      found.push(text.slice(from, end));
      from = end;
    } else if (ends.includes(sign)) isOver = true;
    else if (!closers.includes(sign)) isOver = false;
    if (sign === ' ') space = at + 1;
  }
  if (from < text.length) found.push(text.slice(from));
  if (found.length <= sentencesMax) return found;
  const each = Math.ceil(found.length / sentencesMax);
  return Array.from({ length: Math.ceil(found.length / each) }, (_, index) =>
    found.slice(index * each, (index + 1) * each).join(''),
  );
}

function isHighSurrogate(text: string, at: number): boolean {
  return (text.charCodeAt(at) & 0xfc00) === 0xd800;
}

/** UTF-16 units: some 45 tokens. Longer sentences are pieces that join to what they were. */
const sentenceCharacters = 200;
const ends = '.!?…';
const unspacedEnds = '。！？';
const closers = '"\')]”’';

/** Sentences with words of the cue, in the order in which they bring most that is new. */
function answeringOrder(
  sentences: readonly string[],
  cueStems: readonly string[],
  stems: (text: string) => readonly string[],
): readonly number[] {
  const wanted = new Map(cueStems.map((stem, index) => [stem, index]));
  const mayHave = beginnings(cueStems);
  const having = sentences.map((sentence) => {
    const found = new Set<number>();
    if (!mayHave(sentence)) return found;
    for (const stem of stems(sentence)) {
      const index = wanted.get(stem);
      if (index !== undefined) found.add(index);
    }
    return found;
  });
  const frequency = new Float64Array(cueStems.length);
  for (const found of having) for (const index of found) frequency[index]! += 1;
  const weight = frequency.map((count) => (count === 0 ? 0 : Math.log(1 + sentences.length / count)));
  const order: number[] = [];
  const rest = new Set(having.keys());
  const covered = new Set<number>();
  while (order.length < answersMax) {
    let best = -1;
    let bestGain = 0;
    for (const index of rest) {
      let gain = 0;
      for (const stem of having[index]!) gain += covered.has(stem) ? weight[stem]! * repeated : weight[stem]!;
      if (gain > bestGain) {
        best = index;
        bestGain = gain;
      }
    }
    if (best < 0) return order;
    order.push(best);
    rest.delete(best);
    for (const stem of having[best]!) covered.add(stem);
  }
  return order;
}

/**
 * Whether a sentence may have one of the stems: a word begins as its stem does but for the last letters. Looking for
 * that is ten times cheaper than stemming a page. What is not ASCII may be folded to anything.
 */
function beginnings(stems: readonly string[]): (sentence: string) => boolean {
  const begins = stems.map((stem) => stem.slice(0, Math.max(2, stem.length - 2)).replace(/[^a-z0-9]/g, '.'));
  const any = new RegExp(begins.join('|') || '(?!)', 'i');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the whole of ASCII is meant.
  const isAscii = /^[\u0000-\u007f]*$/;
  return (sentence) => any.test(sentence) || !isAscii.test(sentence);
}

/** Sentences chosen for their words; more room goes to what stands around them. */
const answersMax = 12;
/** What a stem is worth once a chosen sentence has it. */
const repeated = 0.3;

/** Next before previous: what is asked or announced here is said after. */
function growOutwards(chosen: Uint8Array, take: (index: number) => boolean): void {
  for (let grew = true; grew; ) {
    grew = false;
    const centres: number[] = [];
    for (let index = 0; index < chosen.length; index += 1) if (chosen[index] === 1) centres.push(index);
    for (const step of [1, -1]) {
      for (const index of centres) {
        const neighbour = index + step;
        if (neighbour >= 0 && neighbour < chosen.length && take(neighbour)) grew = true;
      }
    }
  }
}

function joined(sentences: readonly string[], chosen: Uint8Array): string {
  const parts: string[] = [];
  let open = '';
  let isGap = false;
  for (let index = 0; index < sentences.length; index += 1) {
    if (chosen[index] === 1) {
      if (isGap) {
        parts.push(open.trimEnd());
        open = '';
      }
      open += sentences[index]!;
      isGap = false;
    } else isGap = true;
  }
  parts.push(open.trimEnd());
  return `${parts.join(' … ').trimStart()}${isGap ? ' …' : ''}`.replace(/^ ?… /, '… ');
}
