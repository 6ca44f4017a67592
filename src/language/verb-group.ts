import { type VerbForm, verbFormOf } from './verb-lexicon.ts';

/** When what a verb says is the case, as far as its form tells. */
export type Tense =
  /** "lives", "is living". */
  | 'present'
  /** "has moved", "has lived". */
  | 'perfect'
  /** "has been living". */
  | 'lasting'
  /** "moved", "was living". */
  | 'past'
  /** "would live", "will move", "might": not said to be so. */
  | 'unreal';

/** A finite verb with its auxiliaries and the adverbs between them. */
export interface VerbGroup {
  /** `be` and `have` when they stand alone. */
  readonly lemma: string;
  readonly tense: Tense;
  readonly isProgressive: boolean;
  readonly isPassive: boolean;
  readonly isNegative: boolean;
  /** "no longer", "used to": it was so before. */
  readonly isOver: boolean;
  /** "can", "able to". */
  readonly isAbility: boolean;
  /** Index of the first word after it. */
  readonly end: number;
}

export type Person = 'first' | 'third' | 'plural';

/**
 * The verb group that begins with a word, or null when none of the lexicon agrees with the person: "Ann live", "I works".
 * `words` are bare, without signs. Pure.
 */
export function verbGroupAt(words: readonly string[], start: number, person: Person): VerbGroup | null {
  let at = start;
  let isNegative = false;
  let isOver = false;
  let isAbility = false;
  let modal = false;
  const auxiliaries: string[] = [];
  for (; at < words.length && at - start < wordsMax; at += 1) {
    const word = lower(words, at);
    const next = lower(words, at + 1);
    if (word === 'no' && next === 'longer') {
      [isNegative, isOver] = [true, true];
      at += 1;
    } else if (word === 'not' || word === 'never') isNegative = true;
    else if (word === 'used' && next === 'to' && auxiliaries.length === 0) {
      [isNegative, isOver] = [true, true];
      const inner = verbFormOf(lower(words, at + 2));
      const lemma = lower(words, at + 2) === 'be' ? 'be' : inner?.isBase ? inner.lemma : null;
      return lemma === null ? null : group(lemma, 'present', at + 3, { isNegative, isOver });
    } else if (modals.has(word)) {
      modal = true;
      isAbility ||= word === 'can' || word === 'cannot';
      if (word === 'cannot') isNegative = true;
    } else if (auxiliary.has(word)) {
      if (auxiliaries.length === 0 && !agrees(word, person) && !modal) return null;
      auxiliaries.push(word);
    } else if (adverbs.has(word) || (/ly$/.test(word) && word.length > 4 && !/^(?:family|only)$/.test(word))) {
      if (unsure.has(word)) modal = true;
    } else if (!skipsTwo(word, next)) break;
    else at += 1;
  }
  const form = at < words.length ? verbFormOf(lower(words, at)) : null;
  const flags = { isNegative, isOver, isAbility };
  return main(form, at, { auxiliaries, modal, person }, flags, words);
}

/** Longer runs of adverbs are no verb group. */
const wordsMax = 9;

interface Before {
  readonly auxiliaries: readonly string[];
  readonly modal: boolean;
  readonly person: Person;
}

function main(
  form: VerbForm | null,
  at: number,
  { auxiliaries, modal, person }: Before,
  flags: Partial<VerbGroup>,
  words: readonly string[],
): VerbGroup | null {
  const first = auxiliaries[0];
  const last = auxiliaries.at(-1);
  if (last === undefined) {
    if (form === null) return null;
    if (modal) return form.isBase ? group(form.lemma, 'unreal', at + 1, flags) : null;
    const isPresent = person === 'third' ? form.isThird : form.isBase;
    // "read", "set" and "cut" are their own past; "I set it to 5" tells what was done.
    if (form.isPast && !isPresent) return group(form.lemma, 'past', at + 1, flags);
    if (form.isPast && ownPast.test(form.lemma)) return group(form.lemma, 'past', at + 1, flags);
    return isPresent ? group(form.lemma, 'present', at + 1, flags) : null;
  }
  const isPast = /^(?:was|were|had|did)$/.test(first ?? '');
  const isHaving = /^(?:have|has|had|having)$/.test(last);
  const isBeing = /^(?:am|is|are|was|were|been|being|be)$/.test(last);
  const perfect =
    auxiliaries.some((word) => /^(?:have|has|had)$/.test(word)) && (isBeing || !isHaving || form?.isParticiple);
  const tense: Tense = modal ? 'unreal' : isPast ? 'past' : perfect ? 'perfect' : 'present';
  if (isBeing) {
    if (form?.isGerund)
      return group(form.lemma, tense === 'perfect' ? 'lasting' : tense, at + 1, { ...flags, isProgressive: true });
    if (form?.isParticiple && !/^(?:like|come|run|set|cut|read|hit|quit|cost)$/.test(lower(words, at)))
      return group(form.lemma, tense, at + 1, { ...flags, isPassive: true });
    return group('be', tense, at, flags);
  }
  if (isHaving) {
    if (lower(words, at) === 'got') return group('have', modal ? 'unreal' : 'present', at + 1, flags);
    if (form?.isParticiple && !(form.isBase && /^(?:read|set|cut|cost|split)$/.test(form.lemma)))
      return group(form.lemma, tense, at + 1, flags);
    if (form?.isParticiple) return group(form.lemma, tense, at + 1, flags);
    return group('have', modal ? 'unreal' : last === 'had' ? 'past' : 'present', at, flags);
  }
  return form?.isBase ? group(form.lemma, isPast ? 'past' : tense, at + 1, flags) : null;
}

const ownPast = /^(?:set|cut|quit|hit|split|wed)$/;

function group(lemma: string, tense: Tense, end: number, flags: Partial<VerbGroup>): VerbGroup {
  return {
    lemma,
    tense,
    end,
    isProgressive: false,
    isPassive: false,
    isNegative: false,
    isOver: false,
    isAbility: false,
    ...flags,
  };
}

function agrees(word: string, person: Person): boolean {
  if (person === 'first') return /^(?:am|have|was|had|do|did)$/.test(word);
  if (person === 'plural') return /^(?:are|have|were|had|do|did)$/.test(word);
  return /^(?:is|has|was|had|does|did|are|were|have)$/.test(word);
}

function lower(words: readonly string[], at: number): string {
  return (words[at] ?? '').toLowerCase();
}

const auxiliary: ReadonlySet<string> = new Set(
  'am is are was were been being be have has had having do does did'.split(' '),
);
const modals: ReadonlySet<string> = new Set(
  'will would could should can cannot may might must shall ought wish'.split(' '),
);
const unsure: ReadonlySet<string> = new Set(
  'maybe perhaps probably possibly hopefully supposedly almost nearly allegedly potentially likely'.split(' '),
);
const adverbs: ReadonlySet<string> = new Set(
  `just now also still already always finally since then ever soon even only so really once again too both maybe perhaps
  almost nowadays lately today all pretty long first originally since-then here there`.split(/\s+/),
);

/** Adverbs of two words inside a verb group: "has at last moved", "is these days living". */
function skipsTwo(word: string, next: string): boolean {
  return twoWords.has(`${word} ${next}`);
}

const twoWords: ReadonlySet<string> = new Set([
  'at last',
  'these days',
  'in fact',
  'of course',
  'right now',
  'at present',
  'by now',
  'since then',
  'kind of',
]);
