import { attributeNamed } from '../../language/attributes.ts';
import { notNames } from '../../language/clause-subjects.ts';
import { writtenOut } from '../../language/clause-words.ts';
import { isKin, pets, type SaidOfSubject } from './conversation.ts';
import { organisationIn, placeIn, trade } from './slots.ts';

/** What is taken for granted of someone in passing. */
export interface Mention extends SaidOfSubject {
  /** Null for the one who speaks. */
  readonly subject: string | null;
}

/**
 * What a sentence takes for granted, whatever it is about, a question as well: "my sister Ann", "Ann, my boss,", "Bob's wife,
 * Ann,", "my job at Acme", "as a nurse, I". Pure.
 */
export function mentionsIn(sentence: string): readonly Mention[] {
  const text = writtenOut(sentence);
  return [...kinNamed(text), ...kinAfter(text), ...kinOfOthers(text), ...work(text), ...trades(text), ...livings(text)];
}

const name = "\\p{Lu}\\p{Ll}[\\p{L}'-]*(?: \\p{Lu}\\p{Ll}[\\p{L}-]+)?";
const adjectives =
  '(?:(?:older|younger|little|big|elder|eldest|oldest|youngest|twin|baby|good|close|dear|best|new|current|own|wonderful|lovely|long-time|longtime|late|old|direct|\\d+-year-old|beloved|sweet|golden|black|pet|rescue|childhood|college|work|former) )*';
const relation = '[\\p{Ll}][\\p{Ll}-]+(?: friend| pig)?';

/** "My sister Ann", "my dog, Rex,", "my boss is called" stands in clauses. */
function* kinNamed(text: string): Iterable<Mention> {
  const pattern = new RegExp(
    `(?<!\\p{L})(?:[Mm]y|[Oo]ur) (${adjectives})(${relation})(?:,? (?:named|called)|('s) name is|,)? (${name})(?=$|[\\s,.;:!?'])`,
    'gu',
  );
  for (const match of text.matchAll(pattern)) {
    const [, adjective = '', word = '', , value = ''] = match;
    const comma = match[0].includes(`${word}, `);
    const after = text.slice(match.index + match[0].length);
    if (comma && !/^(?:,|\.|!|\?|;|$| and\b)/u.test(after)) continue;
    yield* kinOf(null, `${/\bbest $/u.test(adjective) ? 'best ' : ''}${word}`, value, adjective);
  }
}

/** "Ann, my boss,", "Ann (my sister)". */
function* kinAfter(text: string): Iterable<Mention> {
  const pattern = new RegExp(
    `(?<!\\p{L})(${name})(?:, | \\()(?:my|our) (${adjectives})(${relation})(?=[,.;!?)]|$| (?:who|from|of|at)\\b)`,
    'gu',
  );
  for (const [, value = '', adjective = '', word = ''] of text.matchAll(pattern))
    yield* kinOf(null, `${/\bbest $/u.test(adjective) ? 'best ' : ''}${word}`, value, adjective);
}

/** "Bob's wife, Ann,", "Bob's sister Ann". */
function* kinOfOthers(text: string): Iterable<Mention> {
  const pattern = new RegExp(`(?<!\\p{L})(${name})'s (${adjectives})(${relation}),? (${name})(?=$|[,.;:!?]|\\s)`, 'gu');
  for (const [, owner = '', adjective = '', word = '', value = ''] of text.matchAll(pattern)) {
    if (!isNamed(owner)) continue;
    yield* kinOf(owner, word, value, adjective);
  }
}

function* kinOf(subject: string | null, word: string, value: string, adjective: string): Iterable<Mention> {
  const bare = value.replace(/'s?$/u, '');
  if (!isNamed(bare) || /\b(?:former|late)\b/u.test(adjective)) return;
  const attribute = attributeNamed(word);
  const isPet = pets.test(word);
  if (!isKin(attribute) && !isPet) return;
  if (/\bold\b/u.test(adjective) && !/friend/u.test(word)) return;
  yield {
    subject,
    attribute: isPet ? { ...attribute, isSingle: false } : attribute,
    value: bare,
    polarity: 'positive',
    isCorrection: /\bnew\b/u.test(adjective),
  };
}

function isNamed(value: string): boolean {
  const [first = ''] = value.split(' ');
  return !notNames.has(first.toLowerCase()) && !notPersonal.test(first);
}

const notPersonal =
  /^(?:Mr|Mrs|Ms|Dr|Thai|English|Spanish|French|German|Italian|Chinese|Japanese|American|Google|Amazon|Facebook|Instagram|Day|Christmas|Halloween|Thanksgiving|Easter|Birthday|Honda|Toyota|Ford|Tesla)$/u;

/** "My job at Acme", "my first week working for Acme", "my role as a nurse at Acme". */
function* work(text: string): Iterable<Mention> {
  const at =
    /(?<!\p{L})(?:[Mm]y|[Oo]ur) ((?:[\p{Ll}\d-]+ ){0,4}?)(?:job|role|position|internship|(?:week|day|month|year) (?:working|of work)|work|team|boss|manager|colleagues?|coworkers?) (?:here )?(?:at|for|with) (\p{Lu}.{1,60})/gu;
  for (const [, before = '', rest = ''] of text.matchAll(at)) {
    const value = over.test(before) ? null : organisationIn(rest);
    if (value !== null && !notPersonal.test(value)) yield own('employer', value);
  }
  const as = /(?<!\p{L})[Mm]y ((?:[\p{Ll}-]+ ){0,3}?)(?:job|role|position|work|career) as (?:an? |the )?(.{3,60})/gu;
  for (const [, before = '', rest = ''] of text.matchAll(as)) {
    const value = over.test(before) ? null : trade(rest, false);
    if (value !== null) yield own('occupation', value);
  }
}

const over = /\b(?:old|previous|former|last|ex|past|dream|next|future|potential|prospective|possible|application)\b/u;

/** "As a nurse, I", "as a 44-year-old nurse in Rome, I". */
function* trades(text: string): Iterable<Mention> {
  const match =
    /(?:^|[,;] |\band )[Aa]s an? (?:\d{2}-year-old )?((?:[\p{L}-]+ ){0,4}?[\p{L}-]+)(?: (?:at|for|in|with) [^,]{2,40})?, (?:I|my)\b/u.exec(
      text,
    );
  const value = match?.[1] === undefined ? null : trade(match[1], false);
  if (value !== null) yield own('occupation', value);
  const placed = /(?<!\p{L})(?:[Mm]y|[Oo]ur) ((?:[\p{Ll}-]+ )?)(?:home|house|apartment|flat) in (\p{Lu}.{1,40})/u.exec(
    text,
  );
  const where =
    placed === null ||
    /\b(?:old|former|previous|childhood|parents|vacation|holiday|summer|second)\b/u.test(placed[1] ?? '')
      ? null
      : placeIn(placed[2] ?? '');
  if (where !== null) yield own('residence', where);
}

/** "Ann, an engineer at Acme, ...". */
function* livings(text: string): Iterable<Mention> {
  const pattern = new RegExp(
    `(?<!\\p{L})(${name}), (?:an?|the) ([\\p{Ll} -]{3,40}) (?:at|for|with) (\\p{Lu}[^,]{1,50}),`,
    'gu',
  );
  for (const [, subject = '', what = '', firm = ''] of text.matchAll(pattern)) {
    const value = trade(what, false);
    const employer = organisationIn(firm);
    if (!isNamed(subject) || value === null || employer === null) continue;
    yield { ...own('occupation', value), subject };
    yield { ...own('employer', employer), subject };
  }
}

function own(attribute: string, value: string): Mention {
  return { subject: null, attribute: attributeNamed(attribute), value, polarity: 'positive', isCorrection: false };
}
