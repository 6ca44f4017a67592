import { claimKey } from '../memory/claim.ts';
import { type AttributeRow, attributeRows } from './attribute-table.ts';

/** What can be said of a subject. Known ones have one name for all their words; others are named by their own. */
export interface Attribute {
  /** One per meaning: `spouse` for "wife", "husband", "is married to". */
  readonly name: string;
  /** Whether at most one value holds at a time. */
  readonly isSingle: boolean;
  /** Whether it is in the table; else it is named by its own words. */
  readonly isKnown: boolean;
}

/** Where a text asks for an attribute; `start` and `end` are UTF-16 units. */
export interface AskedAttribute {
  readonly attribute: Attribute;
  readonly start: number;
  readonly end: number;
}

/** A way of stating an attribute with a verb: the source of a pattern, and whether the value comes first. */
export interface VerbPhrase {
  readonly attribute: Attribute;
  readonly pattern: string;
  readonly isReversed: boolean;
}

/** The attribute that words such as "wife", "country of citizenship" or "daily quota" name. Unknown ones are single-valued. */
export function attributeNamed(words: string): Attribute {
  const bare = bareName(words);
  const known = table().byNoun.find(({ pattern }) => pattern.test(bare))?.attribute;
  return known ?? { name: bare, isSingle: !isPlural(bare), isKnown: false };
}

/**
 * What a question asks for, in the order of the text and without overlaps: known attributes by their nouns ("who is Ann's
 * boss") and by other words for them ("where does Ann live"). An attribute that is not in the table is found by whoever
 * knows which attributes are held.
 */
export function attributesAsked(question: string): readonly AskedAttribute[] {
  const found: AskedAttribute[] = [];
  const text = question.slice(0, questionCharacters);
  for (const { attribute, pattern } of table().asked) {
    for (const match of text.matchAll(pattern)) {
      const end = match.index + match[0].length;
      // The words after whom it is asked about are the ones that ask.
      const inside = match.indices?.slice(1).findLast((span) => span !== undefined && span[1] < end);
      const from = inside?.[1] ?? match.index;
      found.push({ attribute, start: from, end });
    }
  }
  return withoutGeneral(withoutOverlaps(found), text);
}

/** Nouns of a question that another attribute makes exact: "which country is X a citizen of". */
const generalNames: ReadonlySet<string> = new Set(['country', 'location', 'name', 'employer']);

function withoutGeneral(asked: readonly AskedAttribute[], text: string): readonly AskedAttribute[] {
  return asked.filter((one, index) => {
    const next = asked[index + 1];
    const before = asked[index - 1];
    // "Which university was she educated at" asks once, "her boss's boss" twice.
    const isAgain = before !== undefined && before.attribute.name === one.attribute.name;
    if (isAgain && !/['\u2019]s|\bof\b/u.test(text.slice(before.end, one.start))) return false;
    if (
      one.attribute.name === 'location' &&
      asked.some(({ attribute }) => attribute.name === 'continent' || attribute.name === 'headquarters')
    )
      return false;
    if (next === undefined || !generalNames.has(one.attribute.name)) return true;
    if (one.attribute.name === 'name') return !/^ of\b/u.test(text.slice(one.end));
    return next.attribute.name === one.attribute.name || / of |['\u2019]s /u.test(text.slice(one.end, next.start));
  });
}

/** Every way with a verb in which the table knows to state something, special ones first. */
export function verbPhrases(): readonly VerbPhrase[] {
  return table().verbs;
}

/** A question longer than this is a document. */
const questionCharacters = 2_000;

interface Table {
  readonly byNoun: readonly { readonly attribute: Attribute; readonly pattern: RegExp }[];
  readonly asked: readonly { readonly attribute: Attribute; readonly pattern: RegExp }[];
  readonly verbs: readonly VerbPhrase[];
}

let made: Table | null = null;

function table(): Table {
  made ??= {
    byNoun: attributeRows.map((row) => ({
      attribute: attributeOf(row),
      pattern: new RegExp(`^(?:${row.nouns})$`, 'iu'),
    })),
    asked: attributeRows.map((row) => ({ attribute: attributeOf(row), pattern: askedPattern(row) })),
    verbs: attributeRows.flatMap((row) => [
      ...(row.verbs === undefined ? [] : [{ attribute: attributeOf(row), pattern: row.verbs, isReversed: false }]),
      ...(row.reversed === undefined ? [] : [{ attribute: attributeOf(row), pattern: row.reversed, isReversed: true }]),
    ]),
  };
  return made;
}

function attributeOf({ name, isMultiple }: AttributeRow): Attribute {
  return { name, isSingle: isMultiple !== true, isKnown: true };
}

/** What is asked about is a group of its own, so that it can be told from the words that ask. */
function askedPattern({ nouns, asked }: AttributeRow): RegExp {
  const other = asked === undefined ? '' : `|${relative(asked).replaceAll('~', '([^?.,;]{1,120}?)')}`;
  return new RegExp(`(?<![\\p{L}\\p{N}])(?:(?:${nouns})${other})(?![\\p{L}\\p{N}])`, 'dgiu');
}

/** "Who wrote it" is also asked of "the person that wrote it". */
function relative(asked: string): string {
  return asked.replaceAll(/\bwho \((?=\?)/g, '(?:who|that|which) (');
}

/** Without what says nothing of the attribute itself: articles, "my", "current", "name of". */
function bareName(words: string): string {
  let bare = claimKey(words);
  for (let before = ''; before !== bare; ) {
    before = bare;
    bare = bare
      .replace(/^(?:the|an?|my|your|his|her|their|its|our) (?=.)/u, '')
      .replace(/^(?:current|present|new|latest|actual|updated|name of(?: the)?(?: current)?) (?=.)/u, '')
      .replace(/ (?:name|now|currently|these days)$/u, (end) =>
        /^ name$/.test(end) && /^(?:first|last|full|pet|user|brand|domain|file)$/.test(bare.slice(0, -5)) ? end : '',
      );
  }
  return bare.replace(/\bfavorite\b/gu, 'favourite').replace(/\bcolor\b/gu, 'colour');
}

const singularEnds =
  /(?:ss|us|is|series|species|news|headquarters|address|status|business|mathematics|physics|gps|always|bias|canvas|lens)$/u;

function isPlural(name: string): boolean {
  return /[a-z]s$/u.test(name) && !singularEnds.test(name);
}

/** Longer ones first; what overlaps one that stands is dropped. */
function withoutOverlaps(found: readonly AskedAttribute[]): readonly AskedAttribute[] {
  const standing: AskedAttribute[] = [];
  for (const one of [...found].sort((a, b) => b.end - b.start - (a.end - a.start) || a.start - b.start)) {
    if (standing.every(({ start, end }) => one.end <= start || one.start >= end)) standing.push(one);
  }
  return standing.sort((a, b) => a.start - b.start);
}
