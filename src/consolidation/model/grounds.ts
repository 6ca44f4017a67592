import { isStopWord } from '../../language/stop-words.ts';

/** What texts hold that a model may repeat of them: words, names, numbers, dates and addresses. */
export interface Grounds {
  readonly words: ReadonlySet<string>;
  /** Words without the endings of English forms. */
  readonly roots: ReadonlySet<string>;
  /** Without leading zeros and signs between thousands; number words as their number. */
  readonly numbers: ReadonlySet<string>;
  readonly links: ReadonlySet<string>;
  /** Signs that are neither letter, number nor punctuation, and the per cent sign. */
  readonly signs: ReadonlySet<string>;
  /** Words one space apart, one space at both ends. */
  readonly line: string;
}

export function groundsOf(texts: readonly string[]): Grounds {
  const folded = fold(texts.join('\n'));
  const words = wordsOf(folded);
  const numbers = new Set(numbersIn(folded));
  for (const word of words) {
    const number = numberWords.get(word);
    if (number !== undefined) numbers.add(number);
  }
  return {
    words: new Set(words),
    roots: new Set(words.map(root)),
    numbers,
    links: new Set(linksIn(folded)),
    signs: new Set(folded.match(signPattern) ?? []),
    line: ` ${words.join(' ')} `,
  };
}

export type Ungrounded = 'link' | 'number' | 'date' | 'name' | 'rule';

/**
 * The first kind of thing in a model's text that its sources do not hold, or null. A capital letter makes a name, except at the
 * beginning of a sentence for words that begin them; so does a script without capitals. In lower case a name is known when
 * one of `names` is meant. An obligation ("must", "never") is no description and needs a source too.
 *
 * Pure. Cost: O(characters).
 */
export function ungrounded(text: string, grounds: Grounds, names: ReadonlySet<string>): Ungrounded | null {
  const folded = fold(text);
  if (linksIn(folded).some((link) => !grounds.links.has(link))) return 'link';
  if (numbersIn(folded).some((number) => !grounds.numbers.has(number))) return 'number';
  if ((folded.match(signPattern) ?? []).some((sign) => !grounds.signs.has(sign))) return 'number';
  const words = wordsOf(folded);
  for (const word of words) {
    if (grounds.words.has(word)) continue;
    const number = numberWords.get(word);
    if (number !== undefined && !grounds.numbers.has(number)) return 'number';
    if (dateWords.has(word)) return 'date';
    if (/^n\d+$/.test(word)) return 'name';
    if (ruleWords.has(word)) return 'rule';
    if (names.has(word)) return 'name';
  }
  const line = ` ${words.join(' ')} `;
  if ([...line.matchAll(datePhrases)].some(([phrase]) => !grounds.line.includes(phrase))) return 'date';
  return namesIn(text).every((name) => isGroundedName(name, grounds)) ? null : 'name';
}

/** Words that these texts only ever write with a capital, folded: most are names. */
export function capitalisedIn(texts: readonly string[]): ReadonlySet<string> {
  const high = new Set<string>();
  const low = new Set<string>();
  for (const { word, isHigh } of texts.flatMap(casedWords)) (isHigh ? high : low).add(fold(word));
  return new Set([...high].filter((word) => !low.has(word) && !isStopWord(word) && word.length > 1));
}

/** Compatibility forms and marks away, so that no look-alike digit or accent hides a word. */
export function fold(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase();
}

export function wordsOf(folded: string): readonly string[] {
  return folded.match(/[\p{L}\p{N}]+/gu) ?? [];
}

/** Begins where a word does, so that its cost stays linear in a text without spaces. */
const linkPattern =
  /[a-z][a-z0-9+.-]{0,20}:\/\/\S+|\b(?:javascript|data|mailto|file|tel):\S+|\bwww\.\S+|(?<!\S)\S+@\S+|(?<![\p{L}\p{N}_-]|[\p{L}\p{N}_-]\.)[\p{L}\p{N}_-]+(?:\.[\p{L}\p{N}_-]+)*\.\p{L}{2,}(?:[/?#:]\S*)?/gu;

function linksIn(folded: string): readonly string[] {
  return (folded.match(linkPattern) ?? []).map((link) => link.replace(/^\p{P}{1,8}|\p{P}{1,8}$/gu, ''));
}

function numbersIn(folded: string): readonly string[] {
  const plain = folded.replace(/(?<=\p{N})[,'\u2019_ \u00a0](?=\p{N}{3}(?!\p{N}))/gu, '');
  return (plain.match(/\p{N}+(?:[.:,]\p{N}+)*/gu) ?? []).map((number) => number.replace(/^0+(?=\p{N})/u, ''));
}

const signPattern = /[\p{S}%\u2030]/gu;

const numberNames =
  'zero _ two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty'.split(
    ' ',
  );

/** "One" and "first" are too often no number. */
const numberWords: ReadonlyMap<string, string> = new Map([
  ...numberNames.map((name, value): [string, string] => [name, String(value)]),
  ...'thirty forty fifty sixty seventy eighty ninety'
    .split(' ')
    .map((name, index): [string, string] => [name, String(30 + 10 * index)]),
  ...'third fourth fifth sixth seventh eighth ninth tenth'
    .split(' ')
    .map((name, index): [string, string] => [name, String(3 + index)]),
  ['twice', '2'],
  ['thrice', '3'],
  ['dozen', '12'],
  ['dozens', '12'],
  ['hundred', '100'],
  ['hundreds', '100'],
  ['thousand', '1000'],
  ['thousands', '1000'],
  ['million', '1000000'],
  ['millions', '1000000'],
  ['billion', '1000000000'],
]);

/** "May" and "march" are dates with a capital alone, which makes them names. */
const dateWords: ReadonlySet<string> = new Set(
  (
    'january february april june july august september october november december ' +
    'monday tuesday wednesday thursday friday saturday sunday yesterday today tomorrow tonight ago'
  ).split(' '),
);

const datePhrases =
  / (?:last|next|past|coming|previous|following) (?:night|weekend|week|month|year|decade|century|spring|summer|autumn|fall|winter) /g;

const ruleWords: ReadonlySet<string> = new Set(['always', 'never', 'must', 'shall', 'forbidden', 'mandatory']);

interface Name {
  readonly folded: string;
  readonly isAtStart: boolean;
}

/** Words that only a name or a script without capitals would write so. */
function namesIn(text: string): readonly Name[] {
  const sentences = text.normalize('NFKC').split(/(?<=[.!?])\s+/u);
  return sentences.flatMap((sentence) =>
    (sentence.match(/[\p{L}\p{M}\p{N}]+/gu) ?? []).flatMap((word, index): Name[] =>
      /[\p{Lu}\p{Lt}\p{Lo}]/u.test(word)
        ? [{ folded: fold(word), isAtStart: index === 0 && isPlainCapital(word) }]
        : [],
    ),
  );
}

/** "Talks", but not "TALKS" or "McTalk". */
function isPlainCapital(word: string): boolean {
  return /^\p{Lu}[\p{Ll}\p{M}]*$/u.test(word);
}

function isGroundedName({ folded, isAtStart }: Name, grounds: Grounds): boolean {
  if (grounds.words.has(folded) || folded === 'i') return true;
  if (/\p{Lo}/u.test(folded)) return grounds.line.includes(folded);
  if (!isAtStart) return false;
  if (openers.has(folded) || grounds.roots.has(root(folded))) return true;
  return isStopWord(folded) && folded !== 'will' && folded !== 'may';
}

/** Words that models begin a line of context with. */
const openers: ReadonlySet<string> = new Set(
  (
    'about answer answers asks background both brief concerns context conversation covers describes describing details ' +
    'discusses discussing discussion explains exchange expresses follow gives highlights indicates introduces looks mentions ' +
    'message note notes outlines part personal plans question reflects remarks reply reports response says shares sharing shows ' +
    'speaks statement states summary talk talks talking tells topic update user user wants'
  ).split(' '),
);

function casedWords(text: string): readonly { readonly word: string; readonly isHigh: boolean }[] {
  return (text.match(/[\p{L}\p{M}]+/gu) ?? []).map((word) => ({ word, isHigh: /^\p{Lu}/u.test(word) }));
}

function root(word: string): string {
  const bare = word.replace(/(?:ing|ed|es|s|e)$/, '');
  return bare.length >= 3 ? bare : word;
}
