/**
 * What a text states, word by word: what makes no difference to it is left out or written one way. Two texts with the same
 * words here say the same; everything that may matter is kept, also where most readers would overlook it.
 *
 * Left out: signs between words, articles, words that only stress, greetings and fillers at either end. Written one way:
 * case (except where it may tell a name from a word, see `hasSameNames`), contractions, small numbers, thousands, British
 * spelling. Kept: word order, numbers with their signs and units, question marks, picture signs. Pure.
 */
export interface Statement {
  /** In reading order. */
  readonly words: readonly string[];
  /** The same words as they were written, for the case of their letters. */
  readonly spellings: readonly string[];
  /** Whether a word begins a sentence, where any word has a capital. */
  readonly begins: readonly boolean[];
}

export function statementOf(text: string): Statement {
  const tokens = contracted(text.normalize('NFKC').replace(/[\u2018\u2019\u02bc]/gu, "'"))
    .split('\n')
    .flatMap((line) => tokensOf(line));
  const isShouted = text === text.toUpperCase();
  const kept = trimmed(tokens).filter((_, index, all) => isTelling(all, index, isShouted));
  // A text of nothing but such words says what they say.
  const telling = kept.length === 0 ? tokens : kept;
  return {
    words: telling.map(({ word }) => word),
    spellings: telling.map(({ spelling }) => spelling),
    begins: telling.map(({ isFirst }) => isFirst),
  };
}

interface Token {
  readonly word: string;
  readonly spelling: string;
  readonly isFirst: boolean;
  /** Whether a sign stands before it, such as the comma in "Well, ...". */
  readonly isApart: boolean;
}

function isTelling(tokens: readonly Token[], index: number, isShouted: boolean): boolean {
  const { word, spelling, isFirst } = tokens[index] ?? { word: '', spelling: '', isFirst: false };
  // "Vitamin A", "plan A".
  if (articles.has(word)) return spelling === 'A' && !isFirst && !isShouted;
  // "Not really" is less than "not".
  return !stresses.has(word) || negations.has(tokens[index - 1]?.word ?? '');
}

const articles: ReadonlySet<string> = new Set(['a', 'an', 'the']);
const stresses: ReadonlySet<string> = new Set(
  'really very truly absolutely definitely totally honestly um uh please haha lol'.split(' '),
);
export const negations: ReadonlySet<string> = new Set(
  `not no never none nothing nobody nowhere neither nor cannot without hardly scarcely barely rarely seldom longer
  isnt arent wasnt werent dont doesnt didnt wont wouldnt cant couldnt shouldnt hasnt havent hadnt aint`.split(/\s+/u),
);

/**
 * Addresses and whatever has a figure in it as they stand; then words; then single signs of scripts without spaces, picture
 * signs, and the signs that change what is said.
 */
const token =
  /[^\s]+(?::\/\/|@)[^\s]*[^\s.,;:!?)"']|[#@]\p{L}[\p{L}\p{N}_]*|[-\u2212+]?[$\u20ac\u00a3\u00a5#~]?\p{N}(?:[\p{N}\p{L}.,:/%\u00b0\u2032'-]*[\p{N}\p{L}%\u00b0])?%?[$\u20ac\u00a3\u00a5]?|[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]|[\p{L}\p{M}](?:[\p{L}\p{M}\p{N}_]|['.&](?=[\p{L}\p{N}]))*[+#]*|(?:\p{Extended_Pictographic}|\p{Emoji_Modifier}|\u200d|\ufe0f)+|[?=<>+*/%&$\u20ac\u00a3\u00a5\u2192]/gu;

function tokensOf(line: string): readonly Token[] {
  const found: Token[] = [];
  let end = 0;
  for (const match of line.matchAll(token)) {
    const between = line.slice(end, match.index);
    const isFirst = found.length === 0 || /[.!?:\u2026"\u201c]/u.test(between) || found.at(-1)?.word === '?';
    end = match.index + match[0].length;
    const isApart = /[^\s]/u.test(between);
    found.push({ word: foldedWord(match[0]), spelling: match[0], isFirst, isApart });
  }
  return found;
}

/** A word as another text may spell it: case, thousands, small numbers, British. */
export function foldedWord(spelling: string): string {
  if (/:\/\/|@|^#/.test(spelling)) return spelling;
  const lower = spelling.toLowerCase();
  if (/\p{N}/u.test(lower)) return lower.replace(/(?<=\d),(?=\d{3}(?!\d))/g, '').replace('\u2212', '-');
  return numbers.get(lower) ?? american(lower);
}

const numbers: ReadonlyMap<string, string> = new Map(
  'zero one two three four five six seven eight nine ten eleven twelve'
    .split(' ')
    .map((word, value) => [word, String(value)] as const)
    // "One" is a pronoun as often as a number.
    .filter(([word]) => word !== 'one'),
);

function american(word: string): string {
  return british.get(word) ?? word;
}

/** Pairs that are one word in two spellings; by list, because a rule would make one word of two. */
const british: ReadonlyMap<string, string> = new Map(
  `colour:color colours:colors favourite:favorite favourites:favorites neighbour:neighbor neighbours:neighbors flavour:flavor
  behaviour:behavior honour:honor labour:labor harbour:harbor humour:humor centre:center theatre:theater metre:meter
  metres:meters litre:liter litres:liters kilometre:kilometer kilometres:kilometers organise:organize organised:organized
  organising:organizing realise:realize realised:realized recognise:recognize recognised:recognized apologise:apologize
  apologised:apologized travelling:traveling travelled:traveled traveller:traveler cancelled:canceled cancelling:canceling
  grey:gray jewellery:jewelry pyjamas:pajamas tyre:tire tyres:tires aeroplane:airplane catalogue:catalog dialogue:dialog
  programme:program programmes:programs ageing:aging cosy:cozy moustache:mustache okay:ok`
    .trim()
    .split(/\s+/u)
    .map((pair) => {
      const [one = '', other = ''] = pair.split(':');
      return [one, other] as const;
    }),
);

/** "'d" may be "had" or "would" and "'s" an owner's: both stay. */
function contracted(text: string): string {
  return text
    .replace(/\bcan't\b/giu, 'cannot')
    .replace(/\bcan not\b/giu, 'cannot')
    .replace(/\bwon't\b/giu, 'will not')
    .replace(/\bshan't\b/giu, 'shall not')
    .replace(/(?<=\p{L})n't\b/giu, ' not')
    .replace(/\bI'm\b/giu, 'I am')
    .replace(/(?<=\p{L})'re\b/giu, ' are')
    .replace(/(?<=\p{L})'ve\b/giu, ' have')
    .replace(/(?<=\p{L})'ll\b/giu, ' will')
    .replace(
      /\b(he|she|it|that|there|what|where|who|here)'s (?=(?:not|an?|the|my|her|his|our|very|so|too|in|on|at)\b)/giu,
      '$1 is ',
    )
    .replace(/\bgonna\b/giu, 'going to')
    .replace(/\bwanna\b/giu, 'want to');
}

/** Without what only opens or closes a remark. */
function trimmed(tokens: readonly Token[]): readonly Token[] {
  let start = 0;
  let end = tokens.length;
  for (let length = 1; length > 0; start += length) length = openerAt(tokens, start, end);
  for (let length = 1; length > 0; end -= length) length = closerBefore(tokens, start, end);
  return tokens.slice(start, end);
}

function openerAt(tokens: readonly Token[], start: number, end: number): number {
  return longest(openers, (opener) => {
    const isApart = tokens[start + opener.length]?.isApart ?? false;
    return isApart && start + opener.length < end && opener.every((word, at) => tokens[start + at]?.word === word);
  });
}

function closerBefore(tokens: readonly Token[], start: number, end: number): number {
  return longest(closers, (closer) => {
    const from = end - closer.length;
    const isApart = tokens[from]?.isApart ?? false;
    return isApart && from > start && closer.every((word, at) => tokens[from + at]?.word === word);
  });
}

function longest(phrases: readonly (readonly string[])[], fits: (phrase: readonly string[]) => boolean): number {
  let length = 0;
  for (const phrase of phrases) if (phrase.length > length && fits(phrase)) length = phrase.length;
  return length;
}

function phrasesOf(list: string): readonly (readonly string[])[] {
  return list.split(',').map((phrase) => phrase.trim().split(/\s+/u));
}

const openers = phrasesOf(
  `well, oh, ah, um, uh, hmm, hey, hi, hello, ok, yeah, anyway, so, by the way, btw, fyi, just so you know, as i said,
  like i said, as i mentioned, i mean, you know, to be honest, honestly, note, reminder`,
);
const closers = phrasesOf(
  'thanks, thank you, thank you so much, thanks a lot, by the way, btw, you know, ok, haha, lol, please',
);
