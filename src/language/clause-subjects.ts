import { bareOf, textOf, type Word } from './clause-words.ts';
import { type Person, type VerbGroup, verbGroupAt } from './verb-group.ts';
import { verbFormOf } from './verb-lexicon.ts';

export interface Subject {
  readonly text: string;
  readonly person: Person;
  /** Index of the first word after it. */
  readonly end: number;
  readonly companion: string | null;
  readonly apposition: string | null;
}

/** A subject with the verb group that agrees with it. */
export interface Start {
  readonly subject: Subject;
  readonly verb: VerbGroup;
}

/** A subject at a word and the verb group after it. Nouns begin a clause at a border only, pronouns anywhere. */
export function startAt(words: readonly Word[], at: number, isBorder: boolean, last: Word | null): Start | null {
  const bare = bareOf(words);
  const subject = isBorder ? (subjectAt(words, at) ?? openedSubject(words, at)) : pronounAt(words, at, last);
  if (subject === null) return null;
  const verb = verbGroupAt(bare, subject.end, subject.person);
  return verb === null ? null : { subject, verb };
}

/** After words that open a sentence: "By the way, Ann lives ..." has a border, "These days Ann reports ..." has none. */
function openedSubject(words: readonly Word[], at: number): Subject | null {
  const two = `${words[at]?.bare ?? ''} ${words[at + 1]?.bare ?? ''}`.toLowerCase();
  const skipped =
    /^(?:these days|right now|last \w+|this \w+|turns out|not anymore|guess what|good news|big news|just so)$/u.test(
      two,
    )
      ? 2
      : openers.has(words[at]?.bare.toLowerCase() ?? '')
        ? 1
        : 0;
  return skipped === 0 ? null : subjectAt(words, at + skipped);
}

const openers: ReadonlySet<string> = new Set(
  `well oh hey so yeah yes no anyway also actually btw fyi ok okay now currently recently lately finally apparently honestly
  today yesterday nowadays meanwhile sadly luckily fortunately unfortunately thankfully eventually still then and but update
  correction besides plus wow haha nope sure right`.split(/\s+/),
);

const pronouns: Readonly<Record<string, Person>> = {
  i: 'first',
  we: 'plural',
  they: 'plural',
  he: 'third',
  she: 'third',
};

/** "do I" asks, "Ann and I" is one subject. */
function pronounAt(words: readonly Word[], at: number, last: Word | null): Subject | null {
  const word = words[at]?.bare ?? '';
  const person = pronouns[word.toLowerCase()];
  if (person === undefined || (/^[HSWT]/u.test(word) && last !== null && last.after === '')) return null;
  if (last !== null && inverting.test(last.bare)) return null;
  return { text: word === 'i' ? 'I' : word, person, end: at + 1, companion: null, apposition: null };
}

const inverting = /^(?:am|are|is|was|were|do|does|did|have|has|had|can|could|would|should|will|may|might|must)$/iu;

function subjectAt(words: readonly Word[], at: number): Subject | null {
  const word = words[at];
  if (word === undefined) return null;
  const first = pronounAt(words, at, null);
  if (first !== null) return coupled(words, first, null);
  const low = word.bare.toLowerCase();
  if (/^(?:my|our|his|her|their|the)$/u.test(low)) return nounSubject(words, at);
  return nameSubject(words, at);
}

/** "My new boss", "our daily quota", "my sister Ann", "my boss, Carla,": up to a verb in the third person. */
function nounSubject(words: readonly Word[], at: number): Subject | null {
  for (let end = at + 2; end <= Math.min(words.length, at + nounWords); end += 1) {
    const before = words[end - 1]!;
    if (/[;:.!?]/u.test(before.after)) return null;
    const next = words[end]?.bare ?? '';
    if (before.after.includes(',')) {
      const name = nameRun(words, end);
      if (name !== null && words[name.end - 1]?.after.includes(',')) {
        const verb = verbGroupAt(bareOf(words), name.end, 'third');
        return verb === null ? null : noun(`${textOf(words.slice(at, end))} ${name.text}`, name.end);
      }
      return null;
    }
    if (/^and$/iu.test(next) && words[end + 1]?.bare === 'I')
      return { ...noun('I', end + 2), person: 'plural', companion: textOf(words.slice(at, end)) };
    if (pronouns[next.toLowerCase()] !== undefined || /^(?:who|that|which|and|or)$/iu.test(next)) return null;
    const isSeveral = /(?:[^s]s|children|people|parents)$/iu.test(before.bare);
    const verb =
      verbGroupAt(bareOf(words), end, 'third') ?? (isSeveral ? verbGroupAt(bareOf(words), end, 'plural') : null);
    if (verb !== null && !(verb.end === end + 1 && isNounLike(next, words[end + 1]?.bare ?? '')))
      return noun(textOf(words.slice(at, end)), end);
  }
  return null;
}

const nounWords = 9;

function noun(text: string, end: number): Subject {
  return { text, person: 'third', end, companion: null, apposition: null };
}

/** "My work hours are": a form of a verb before another noun. */
function isNounLike(word: string, next: string): boolean {
  const form = verbFormOf(word.toLowerCase());
  return form?.isBase === true && !form.isPast && !form.isThird && next !== '';
}

/** "Ann", "Ann Lee's boss", "Ann, my boss,", "Ann and Bob", "Ann and I". */
function nameSubject(words: readonly Word[], at: number): Subject | null {
  const name = nameRun(words, at);
  if (name === null) return null;
  const { end, text } = name;
  if (/'s?$/u.test(words[end - 1]?.full.replace(/,$/u, '') ?? '')) {
    const owned = nounSubject([{ bare: 'my', full: 'my', after: '' }, ...words.slice(end, end + 2 * nounWords)], 0);
    return owned === null
      ? null
      : { ...owned, text: `${text.replace(/'s?$/u, '')}'s ${owned.text.slice(3)}`, end: owned.end - 1 + end };
  }
  if (words[end - 1]?.after.includes(',')) {
    const tail = words.slice(end, end + appositionWords).findIndex(({ after }) => after.includes(','));
    const aside = tail < 0 ? '' : textOf(words.slice(end, end + tail + 1));
    if (!/^(?:my|our|his|her|an?|the) /iu.test(aside)) return null;
    return { ...noun(text, end + tail + 1), apposition: aside };
  }
  return coupled(words, noun(text, end), text);
}

const appositionWords = 9;

function coupled(words: readonly Word[], subject: Subject, text: string | null): Subject {
  const { end } = subject;
  if (!/^(?:and|&)$/iu.test(words[end]?.bare ?? '') || words[end - 1]?.after !== '') return subject;
  if (words[end + 1]?.bare === 'I' && text !== null)
    return { ...subject, text: 'I', person: 'plural', end: end + 2, companion: text };
  const other = nameRun(words, end + 1);
  return other === null ? subject : { ...subject, person: 'plural', end: other.end, companion: other.text };
}

/** A run of words with capitals, particles between them. */
function nameRun(words: readonly Word[], at: number): { readonly text: string; readonly end: number } | null {
  let end = at;
  for (; end < words.length && end - at < 5; end += 1) {
    const { bare, after } = words[end]!;
    if (!/^\p{Lu}[\p{L}\p{N}'&.-]*$/u.test(bare) && !(end > at && /^(?:de|van|von|der|bin|al|of|&)$/u.test(bare)))
      break;
    if (after !== '' || /'s$/u.test(bare)) {
      end += 1;
      break;
    }
  }
  if (end === at || notNames.has(words[at]!.bare.toLowerCase())) return null;
  return { text: textOf(words.slice(at, end)), end };
}

/** Words that begin sentences with a capital and name nobody. */
export const notNames: ReadonlySet<string> = new Set(
  `i it this that these those there here the a an what who which when where how why everyone everything everybody someone
  something nothing nobody anything life nature music art people kids sometimes today yesterday tomorrow one each both all some
  most many such being having going seeing your you its looks sounds thanks thank glad just not no yes yeah wow totally absolutely
  definitely really let please hope if as at by for from in of on to with and but or so then now well oh hey hi family friend
  friends love work school mom dad gonna got never always still also even only plus besides anyway god lol haha congrats great good
  nice awesome cool exactly sure we he she they my our his her their since because while although though after before until once
  actually recently finally currently apparently honestly maybe perhaps my me monday tuesday wednesday thursday friday saturday
  sunday january february march april june july august september october november december during given considering do does did
  can could would should will are is am was were have has had any every another other instead update note remember imagine
  pretend suppose say write make create give tell help find use start try being despite every part-time hmm ok okay speaking btw
  loving living working moving looking trying doing getting taking fyi those nothing`.split(/\s+/),
);

/** "Ann, who lives ...", "my boss, who ...". */
export function relativeSubject(words: readonly Word[], at: number): Subject | null {
  let from = at;
  while (from > 0 && at - from < 4 && /^\p{Lu}/u.test(words[from - 1]!.bare)) from -= 1;
  const name = from === at ? null : nameRun(words, from);
  if (name !== null) return noun(name.text, at);
  const own = words.slice(Math.max(0, at - 5), at).findLastIndex(({ bare }) => /^(?:my|our)$/iu.test(bare));
  if (own < 0) return null;
  return noun(textOf(words.slice(Math.max(0, at - 5) + own, at)), at);
}

export function nameBefore(words: readonly Word[], at: number): string | null {
  let from = at;
  while (from > 0 && at - from < 5 && /^\p{Lu}/u.test(words[from - 1]!.bare)) from -= 1;
  return from === at ? null : (nameRun(words, from)?.text ?? null);
}
