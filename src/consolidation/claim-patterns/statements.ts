import { type Attribute, attributeNamed, verbPhrases } from '../../language/attributes.ts';
import { wholeValue } from './value.ts';

/** One reading of a statement of the encyclopedic kind: "The capital of France is Paris." */
export interface Stated {
  readonly subject: string;
  readonly attribute: Attribute;
  readonly value: string;
}

/**
 * What a statement about something named says, or null. A general grammar, the first form that fits:
 * "the A of S is V", "S's A is V", "the A that S has ... is V", "V is the A of S", "S verb V" and "V verb S" with the verbs of
 * the table, and for a listed fact "S words V" under its own words.
 */
export function statedIn(sentence: string, isListed: boolean): Stated | null {
  const text = sentence.trim().replace(/[.!]+$/u, '');
  return (
    relativeForm(text) ??
    ofForm(text) ??
    possessiveForm(text) ??
    verbForm(text) ??
    equalForm(text) ??
    (isListed ? ownWords(text) : null)
  );
}

const copula = '(?:is|are|was|were|became|has become|remains|will be|is now|are now)(?: now| currently)?';
/** What stands between a copula and a place: "is located in the city of Rome". */
const lead =
  '(?:(?:located|situated|based|found)? ?(?:in|at|on) the (?:city|town|country|continent|state) of |(?:located|situated|based) (?:in|at|on) |(?:in|at) (?=\\p{Lu})|called |known as |named |that of )?';

function ofForm(text: string): Stated | null {
  const match = new RegExp(`^(?:the |The )?(.{1,160}?) ${copula} ${lead}(.+)$`, 'u').exec(text);
  if (match === null) return null;
  const [, head = '', value = ''] = match;
  const inner = /^(?:name of (?:the )?(?:current )?)?(?:current )?head of the (.+?) government$/iu.exec(head);
  if (inner?.[1] !== undefined) return made(inner[1], attributeNamed('head of government'), value);
  const named = /^(?:name of (?:the )?(?:current )?)?(?:current )?head of state (?:in|of) (.+)$/iu.exec(head);
  if (named?.[1] !== undefined) return made(named[1], attributeNamed('head of state'), value);
  let first: Stated | null = null;
  let known: Stated | null = null;
  for (const { index, 0: word } of head.matchAll(/ (?:of|for|in) /gu)) {
    const words = head.slice(0, index);
    if (
      !/^[\p{L}\p{N}'\u2019. -]{2,60}$/u.test(words) ||
      (/\p{Lu}/u.test(words.slice(1)) && !attributeNamed(words).isKnown)
    )
      continue;
    const attribute = attributeNamed(words);
    const read = made(head.slice(index + word.length), attribute, value);
    if (attribute.isKnown) known = read;
    else if (word === ' of ') first ??= read;
  }
  return known ?? (/^(?:the) /iu.test(text) ? first : null);
}

/** "The university where S was educated is V", "the company that produced S is V". */
function relativeForm(text: string): Stated | null {
  const match = /^(?:the |The )([\p{L} ]{3,40}?) (?:where|that|which|who|in which|whom) (.+) (is|are|was) (.+)$/u.exec(
    text,
  );
  if (match === null) return null;
  const [, noun = '', clause = '', , value = ''] = match;
  const before =
    /^(\p{Lu}.*?|[^\p{Ll}].*?) (?:was|is|were|are|plays?|played|has|speaks?|works?|worked|studied|lives?|attended|belongs?|hails?|has played|currently|originally)(?: .*)?$/u.exec(
      clause,
    );
  const after = /^(?:has |have |is |was |had |originally |first )*[\p{Ll}]+(?: (?:the|by|on|at|for))? (.+)$/u.exec(
    clause,
  );
  const subject = before?.[1] ?? after?.[1];
  if (subject === undefined) return null;
  const word = after?.[0]?.split(' ')[0];
  const attribute = attributeNamed(noun);
  const byVerb =
    after !== null && before === null && word !== undefined ? attributeNamed(`${noun} that ${word} it`) : attribute;
  return made(subject, byVerb.isKnown ? byVerb : attribute, value);
}

function possessiveForm(text: string): Stated | null {
  const match = new RegExp(
    `^(.{1,100}?)(?:['\u2019]s|(?<=s)['\u2019]) ([\\p{L}\\p{N} '\u2019-]{2,60}?) ${copula} ${lead}(.+)$`,
    'u',
  ).exec(text);
  if (match === null) return null;
  const [, subject = '', words = '', value = ''] = match;
  return made(subject, attributeNamed(words), value);
}

interface CompiledVerb {
  readonly attribute: Attribute;
  readonly pattern: RegExp;
  readonly isReversed: boolean;
}

let compiledVerbs: readonly CompiledVerb[] | null = null;

function verbs(): readonly CompiledVerb[] {
  compiledVerbs ??= verbPhrases().map(({ attribute, pattern, isReversed }) => ({
    attribute,
    isReversed,
    pattern: new RegExp(
      `^(.{1,120}?)(?<=[\\p{L}\\p{N}.!?)'"\u2019]) ?(?<![\\p{L}\\p{N}])(${pattern})(?:(?<=\\s)|(?![\\p{L}\\p{N}]) ?)(.+)$`,
      'u',
    ),
  }));
  return compiledVerbs;
}

/** The longest phrase that fits; of equal ones the one that stands first. */
function verbForm(text: string): Stated | null {
  let best: { readonly stated: Stated; readonly length: number; readonly at: number } | null = null;
  for (const { attribute, pattern, isReversed } of verbs()) {
    const match = pattern.exec(text);
    if (match === null) continue;
    const [, left = '', phrase = '', right = ''] = match;
    const stated = isReversed ? made(right, attribute, left) : made(left, attribute, right);
    const [length, at] = [phrase.length, left.length];
    if (stated !== null && (best === null || length > best.length || (length === best.length && at < best.at))) {
      best = { stated, length, at };
    }
  }
  return best?.stated ?? null;
}

/** "Ann is the boss of Bob", "Ann is Bob's boss". */
function equalForm(text: string): Stated | null {
  const of =
    /^(.{1,80}?) (?:is|was|are|were|became|serves as|is now) (?:now |currently )?(?:the |a |an )?([\p{Ll} -]{3,40}?) (?:of|for|at|in) (.+)$/u.exec(
      text,
    );
  if (of !== null && attributeNamed(of[2] ?? '').isKnown)
    return made(of[3] ?? '', attributeNamed(of[2] ?? ''), of[1] ?? '');
  const own =
    /^(.{1,80}?) (?:is|was|became|is now) (\p{Lu}[^'\u2019]{1,60})['\u2019]s (?:new |current )?([\p{Ll} -]{3,40})$/u.exec(
      text,
    );
  if (own !== null && attributeNamed(own[3] ?? '').isKnown)
    return made(own[2] ?? '', attributeNamed(own[3] ?? ''), own[1] ?? '');
  return null;
}

/** A listed fact in words that nobody foresaw: names around a run of words in lower case. */
function ownWords(text: string): Stated | null {
  const match = /^([\p{Lu}\p{N}].*?) ((?:[\p{Ll}][\p{L}'\u2019-]* ){1,8})([\p{Lu}\p{N}].*)$/u.exec(text);
  if (match === null) return null;
  const [, subject = '', words = '', value = ''] = match;
  const attribute = words.trim().replace(/^(?:is|was|are|were|has|have|had) (?=.)/u, '');
  return made(subject, { name: attribute, isSingle: true, isKnown: false }, value);
}

function made(subject: string, attribute: Attribute, value: string): Stated | null {
  const [who, what] = [wholeValue(subject.replace(/^the (?=\p{Lu})/iu, 'the ')), wholeValue(value)];
  return who === null || what === null ? null : { subject: who, attribute, value: what };
}
