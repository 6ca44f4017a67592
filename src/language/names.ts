import { isStopWord } from './stop-words.ts';

export const foundKinds = ['code', 'title', 'name', 'phrase'] as const;
export type FoundKind = (typeof foundKinds)[number];

/** Something that a text names; `start` and `end` are UTF-16 units of the text. */
export interface FoundEntity {
  readonly kind: FoundKind;
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/**
 * What a text names, by its letters alone, in reading order and without overlaps: code identifiers, quoted titles, runs of
 * capitalised words, and phrases: two to four words of content between stop words and signs (RAKE, Rose et al.
 * 2010), of which the caller keeps the rare ones. Dates, and numbers with their units, name nothing.
 * Pure. Cost: O(characters).
 */
export function entitiesOf(text: string): readonly FoundEntity[] {
  const found: FoundEntity[] = [];
  const taken = new Uint8Array(text.length);
  const take = (kind: FoundKind, start: number, end: number): void => {
    for (let at = start; at < end; at += 1) if (taken[at] === 1) return;
    if (end <= start || end - start > charactersMax) return;
    taken.fill(1, start, end);
    found.push({ kind, text: text.slice(start, end), start, end });
  };
  for (const { index, 0: match } of text.matchAll(code)) {
    const quote = match.startsWith('`') ? 1 : 0;
    take('code', index + quote, index + match.length - quote);
  }
  for (const { index, 0: match } of text.matchAll(quoted)) {
    if (isTitle(match.slice(1, -1))) take('title', index + 1, index + match.length - 1);
  }
  for (const { start, end } of capitalisedRuns(text)) take('name', start, end);
  for (const { start, end } of contentRuns(text, taken)) take('phrase', start, end);
  return found.sort((a, b) => a.start - b.start);
}

/** A name longer than this is a sentence. */
const charactersMax = 80;

/** Between backquotes; a word with a sign or a capital inside; a file's name. Bounded, so that no text makes it slow. */
const code =
  /`[^`\n]{2,80}`|\b[A-Za-z]\w{0,60}_\w{1,60}\b|\b[a-z]{1,40}[A-Z][A-Za-z0-9]{0,40}\b|\b[A-Z][a-z]{1,40}[A-Z][a-z][A-Za-z0-9]{0,40}\b|\b[\w-]{1,60}\.(?:[cm]?[jt]sx?|py|go|rs|java|rb|json|ya?ml|md|sql|sh|html|css|toml|csv)\b/g;

const quoted = /"[^"\n]{2,80}"|\u201c[^\u201d\n]{2,80}\u201d/g;

/** A quotation is a title when its first word and most of its other words of content begin with capitals. */
function isTitle(text: string): boolean {
  const words = text.match(wordPattern) ?? [];
  const content = words.filter((word) => !isStopWord(word.toLowerCase()));
  const capitals = content.filter((word) => startsHigh.test(word)).length;
  return words.length <= 8 && startsHigh.test(words[0] ?? '') && capitals > 0 && capitals * 2 >= content.length;
}

interface Span {
  readonly start: number;
  readonly end: number;
}

interface Word extends Span {
  readonly text: string;
  readonly folded: string;
  /** Nothing but spaces, and the dots of initials, stands between it and the word before. */
  readonly isJoined: boolean;
  readonly isFirst: boolean;
}

const wordPattern = /[\p{L}\p{N}][\p{L}\p{N}\p{M}'\u2019-]*/gu;
const startsHigh = /^\p{Lu}/u;
const isNumber = /^\d[\d.,:-]*(?:st|nd|rd|th|s)?$/u;

/** Words that stand inside names: "Bank of England", "Ludwig van Beethoven". */
const connectors: ReadonlySet<string> = new Set('of the de la le du da di von van der den del el al'.split(' '));
const calendarWords: ReadonlySet<string> = new Set(
  `january february march april may june july august september october november december monday tuesday wednesday thursday
  friday saturday sunday jan feb mar apr jun jul aug sep sept oct nov dec mon tue wed thu fri sat sun am pm bc ad`.split(
    /\s+/,
  ),
);
/** What people begin a sentence with and never mean by name. */
const openers: ReadonlySet<string> = new Set(
  `hey hi hello wow thanks thank yeah yes yep nope ok okay oh sure great awesome cool nice good well really sounds glad
  congrats absolutely definitely exactly totally maybe please let lets im ive id ill thats whats heres theres youre
  hows wheres its sorry aw aww haha bye`.split(/\s+/),
);

function capitalisedRuns(text: string): readonly Span[] {
  const words = wordsOf(text);
  // Also said in lower case: then the capital is only the sentence's.
  const low = new Set(words.filter(({ text: word }) => !startsHigh.test(word)).map(({ folded }) => folded));
  const runs: Span[] = [];
  for (let at = 0; at < words.length; at += 1) {
    if (!isNameWord(words[at]!, low)) continue;
    let last = at;
    for (
      let next = at + 1;
      next < words.length && next - last <= connectorsMax + 1 && words[next]!.isJoined;
      next += 1
    ) {
      const word = words[next]!;
      if (isNameWord(word, low) || (isNumber.test(word.folded) && next === last + 1)) last = next;
      else if (!connectors.has(word.folded)) break;
    }
    runs.push({ start: words[at]!.start, end: withoutPossessive(text, words[last]!.end) });
    at = last;
  }
  return runs;
}

const connectorsMax = 2;

function isNameWord({ text, folded, isFirst }: Word, low: ReadonlySet<string>): boolean {
  if (!startsHigh.test(text) || text.length < 2) return false;
  const bare = folded.replaceAll(/['\u2019]/g, '');
  if (isStopWord(bare) || calendarWords.has(bare) || openers.has(bare)) return false;
  return !isFirst || !low.has(folded);
}

function withoutPossessive(text: string, end: number): number {
  return /['\u2019]s$/.test(text.slice(Math.max(0, end - 2), end)) ? end - 2 : end;
}

/** Runs of two to four words of content with nothing but spaces between them. */
function contentRuns(text: string, taken: Uint8Array): readonly Span[] {
  const runs: Span[] = [];
  let run: Word[] = [];
  const close = (): void => {
    if (run.length >= 2 && run.length <= phraseWordsMax) runs.push({ start: run[0]!.start, end: run.at(-1)!.end });
    run = [];
  };
  for (const word of wordsOf(text)) {
    const bare = word.folded.replaceAll(/['\u2019]/g, '');
    const isContent =
      taken[word.start] === 0 &&
      bare.length > 2 &&
      !/\d/.test(bare) &&
      !isStopWord(bare) &&
      !calendarWords.has(bare) &&
      !openers.has(bare);
    if (!isContent || !word.isJoined) close();
    if (isContent) run.push(word);
  }
  close();
  return runs;
}

const phraseWordsMax = 4;

function wordsOf(text: string): readonly Word[] {
  let end = 0;
  return [...text.matchAll(wordPattern)].map(({ index, 0: word }) => {
    const between = text.slice(end, index);
    const isInitial = /(?:^|[\s.])\p{Lu}$/u.test(text.slice(Math.max(0, end - 2), end));
    const isJoined = end > 0 && (/^ $/.test(between) || (isInitial && /^\. ?$/.test(between)));
    const isFirst = end === 0 || (/[.!?\n:"\u201c]/.test(between) && !isJoined);
    end = index + word.length;
    return { text: word, folded: word.toLowerCase(), start: index, end, isJoined, isFirst };
  });
}
