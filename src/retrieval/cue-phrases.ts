import { isStopWord } from '../language/stop-words.ts';
import { claimKey } from '../memory/claim.ts';

/** A run of words of a cue as claims are looked up by it; `start` and `end` are UTF-16 units of the cue. */
export interface CuePhrase {
  readonly key: string;
  readonly start: number;
  readonly end: number;
}

export interface CuePhrases {
  /** Runs that may name someone or something, longer ones first. */
  readonly subjects: readonly CuePhrase[];
  /** Runs that may name what is asked, also with a word left out: "daily quota" of "daily call quota". */
  readonly attributes: readonly CuePhrase[];
  /** Words of content, in the order of the cue. */
  readonly words: readonly CuePhrase[];
  /** Whether it speaks of the one who asks, and where first. */
  readonly firstPerson: CuePhrase | null;
}

/**
 * What a cue may be about. A question stands at one end of what is pasted with it, so that of a long cue only `wordsAtEnds`
 * words at each end are looked at: at most 2 · 64 · 8 runs. Pure.
 */
export function cuePhrases(cue: string): CuePhrases {
  const words = wordsOf(cue);
  const subjects: CuePhrase[] = [];
  const attributes: CuePhrase[] = [];
  for (const [from, first] of words.entries()) {
    let key = '';
    for (let to = from; to < Math.min(words.length, from + wordsMax); to += 1) {
      const last = words[to]!;
      if (to > from && last.isAfterGap) break;
      key = to === from ? last.key : `${key} ${last.key}`;
      const phrase = { key, start: first.start, end: last.end };
      if (canStand(first) && canStand(last) && !isPartOfName(words, from, to)) subjects.push(phrase);
      if (to - from < attributeWordsMax && !isPlain(first) && !isPlain(last)) {
        attributes.push(phrase);
        if (to - from >= 2) attributes.push({ ...phrase, key: `${first.key} ${last.key}` });
      }
    }
  }
  const person = words.find(({ key }) => firstPersonWords.has(key));
  return {
    subjects: distinct(subjects),
    attributes: distinct(attributes),
    words: words.filter((word) => !isPlain(word) && !neutralWords.has(word.key)),
    firstPerson: person === undefined ? null : { key: person.key, start: person.start, end: person.end },
  };
}

const wordsAtEnds = 64;
/** Titles of eight words are rare and longer ones rarer. */
const wordsMax = 8;
const attributeWordsMax = 5;
const firstPersonWords: ReadonlySet<string> = new Set('i me my mine myself im ive we our us'.split(' '));

interface Word extends CuePhrase {
  readonly isCapital: boolean;
  /** The same, the first word of all included. */
  readonly startsHigh: boolean;
  /** Not the word that follows the one before it here. */
  readonly isAfterGap: boolean;
  /** A sign that ends a name stands before it. */
  readonly isAfterSign: boolean;
}

/** Characters that the words at one end are looked for in: no text without spaces makes it slow. */
const endCharacters = 2_048;

function wordsOf(cue: string): readonly Word[] {
  const isLong = cue.length > 2 * endCharacters;
  const head = wordsIn(cue.slice(0, isLong ? endCharacters : cue.length), 0);
  if (!isLong && head.length <= 2 * wordsAtEnds) return head;
  const tailStart = isLong ? cue.length - endCharacters : 0;
  const tail = isLong ? wordsIn(cue.slice(tailStart), tailStart) : head;
  const [next, ...rest] = tail.slice(-wordsAtEnds);
  return [...head.slice(0, wordsAtEnds), ...(next === undefined ? [] : [{ ...next, isAfterGap: true }, ...rest])];
}

function wordsIn(text: string, offset: number): readonly Word[] {
  const words: Word[] = [];
  let last = '';
  for (const { index, 0: word } of text.matchAll(/\S+/gu)) {
    const bare = word.replace(/^["'\u2018\u201c([{]+|["'\u2019\u201d)\]},;:?!.]+$/gu, '');
    const key = claimKey(bare);
    if (key === '' || key.length > wordCharacters) continue;
    const start = offset + index + Math.max(0, word.indexOf(bare));
    // A sentence begins with a capital whatever the word.
    const startsHigh = /^\p{Lu}/u.test(bare);
    const isCapital = startsHigh && words.length > 0;
    // A sign after a word ends a name: "Ann, Bob" are two, and so are "Ann's Bob".
    const isAfterSign = words.length > 0 && /[,;:.?!)\]"]$|['\u2019]s$/u.test(last);
    last = word;
    words.push({ key, start, end: start + bare.length, isCapital, startsHigh, isAfterGap: false, isAfterSign });
  }
  return words;
}

/** A longer word is none. */
const wordCharacters = 64;

function isPlain({ key }: Word): boolean {
  return isStopWord(key);
}

/** Names begin and end with words of content, or with capitals: "To Kill a Mockingbird", "Inside Out". */
function canStand(word: Word): boolean {
  return word.isCapital || !isPlain(word);
}

/** "Andrews" of "Charles Andrews" is somebody else: one word with another name beside it is no name. */
function isPartOfName(words: readonly Word[], from: number, to: number): boolean {
  if (from !== to || !words[from]!.startsHigh) return false;
  const [before, after] = [words[from - 1], words[from + 1]];
  const isName = (word: Word | undefined): boolean =>
    word?.startsHigh === true && !isPlain(word) && (word.isCapital || !askingWords.has(word.key));
  const joins = (word: Word | undefined): boolean => word !== undefined && !word.isAfterGap && !word.isAfterSign;
  return (joins(words[from]) && isName(before)) || (joins(after) && isName(after));
}

/** What sentences begin with besides names. */
const askingWords: ReadonlySet<string> = new Set(
  'tell remind give list name show explain describe recall find state provide identify considering given say according regarding'.split(
    ' ',
  ),
);

/** Say nothing of what is asked about. */
const neutralWords: ReadonlySet<string> = new Set(
  `now current currently still kind kinds type types sort sorts thing things name names many much tell list know please remember
  remind originally original initially first previous previously today one please say said mention mentioned latest present`.split(
    /\s+/,
  ),
);

/** Longer ones first, each key once. */
function distinct(phrases: readonly CuePhrase[]): readonly CuePhrase[] {
  const byKey = new Map<string, CuePhrase>();
  for (const phrase of phrases) if (!byKey.has(phrase.key)) byKey.set(phrase.key, phrase);
  return [...byKey.values()].sort((a, b) => b.key.length - a.key.length || a.start - b.start);
}
