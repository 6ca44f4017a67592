import { limits } from '../memory/limits.ts';
import { nameBefore, relativeSubject, type Start, startAt } from './clause-subjects.ts';
import { bareOf, textOf, type Word, wordsOf, writtenOut } from './clause-words.ts';
import { type VerbGroup, verbGroupAt } from './verb-group.ts';

/** A clause with whom it speaks of and what it says of them. */
export interface Clause {
  /** As the text has it: "I", "my sister Ann", "Bob". */
  readonly subject: string;
  readonly verb: VerbGroup;
  /** What follows the verb group, up to where the next clause begins. */
  readonly object: string;
  /** The verb group and what follows it, auxiliaries and all, adverbs left out. */
  readonly predicate: string;
  /** The name that the clause is about as a place: "Porto" in "Porto, where I live". */
  readonly place: string | null;
  /** Who does it as well: "Ann" in "Ann and I got married". */
  readonly companion: string | null;
  /** "My boss" in "Ann, my boss, ...". */
  readonly apposition: string | null;
  /** Whether it says that something is no longer as it was. */
  readonly isCorrection: boolean;
}

/**
 * The plain statements of a sentence, in reading order. A sentence is cut where a conjunction, a comma or a subject pronoun
 * begins a new clause; a verb group must agree with its subject. What is only wished, supposed, asked or said by others is left
 * out. Contractions are written out. English. Pure. Cost: O(words).
 */
export function clausesOf(sentence: string, isQuestion = false): readonly Clause[] {
  const words = wordsOf(plainSentence(sentence, isQuestion)).slice(0, limits.claimSentenceWords);
  const isCorrecting = correcting.test(sentence);
  const found: Clause[] = [];
  let before: Piece | null = null;
  for (const piece of piecesOf(words)) {
    const isUnreal: boolean = isSupposed(piece, before);
    before = { ...piece, isUnreal };
    if (isUnreal || piece.start === null) continue;
    const { subject, verb } = piece.start;
    if (verb.tense === 'unreal' && !verb.isAbility) continue;
    const rest = piece.words.slice(verb.end);
    if (unsureInside.test(textOf(piece.words.slice(0, verb.end + 1)))) continue;
    const object = textOf(rest).replace(/,? any(?: ?more| longer)\b/iu, '');
    const isOver = verb.isOver || /\bany(?: ?more| longer)\b/iu.test(textOf(rest));
    const negated = verb.isNegative;
    found.push({
      subject: subject.text,
      verb: { ...verb, isNegative: negated, isOver },
      object: object.trim(),
      predicate: `${textOf(piece.words.slice(subject.end, verb.end).filter(isTelling))} ${object}`
        .trim()
        .replace(/^(?:these days|right now|at last|at present|since then|in fact|of course) /iu, ''),
      place: piece.place,
      companion: subject.companion,
      apposition: subject.apposition,
      isCorrection: isCorrecting || isOver,
    });
  }
  return found;
}

const correcting =
  /\b(?:actually|correction|no longer|any ?more|any longer|instead(?: of)?|scratch that|i misspoke|update|turns out|mistaken|not .{1,40} but|switched|changed|used to|now|as of|new)\b/iu;

const unsureInside =
  /\b(?:maybe|perhaps|probably|possibly|hopefully|supposedly|almost|nearly|wish|imagine|pretend)\b/iu;

/** Without what others said, asides in brackets, and the question that ends it. */
function plainSentence(sentence: string, isQuestion: boolean): string {
  const plain = writtenOut(sentence)
    .replace(/^.{0,30}?\b(?:did|have) I (?:mention|tell you|told you|mentioned)(?: yet| already)?(?: that)?,? /iu, '')
    .replace(/["\u201c][^"\u201d]*\s[^"\u201d]*\s[^"\u201d]*["\u201d]/gu, ' ; ')
    .replace(/\s\([^()]*\)/gu, ' ')
    .replace(/->.*$/u, '')
    .replace(/(\d),(?=\d{3}\b)/gu, '$1\u2060');
  const asks = interrogative.exec(plain);
  if (asks !== null)
    return asks.index === 0 && !/^[,;\s]*(?:and|but|so)/iu.test(asks[0]) ? '' : plain.slice(0, asks.index);
  return isQuestion ? '' : plain;
}

/** Where a sentence begins to ask: "can you", "what do I", "any tips". */
const interrogative =
  /(?:^|[,;:.] *|\s-+ ?|[,;]? (?:and|but|so|or) )(?:(?:how|what|why|where|when|who|which)(?: (?:else|about|kind of|type of|if|[a-z]+))? (?:can|could|would|should|do|does|did|is|are|will|might|am)|(?:can|could|would|will|do|does|did|should|are|is|have|has|may|am|shall) (?:you|I|we|there|it|the|this|that|my|he|she|they|your|anyone|someone)|any (?:tips|advice|suggestions|ideas|recommendations|thoughts|chance)|what's|how's|what if|what about|how about)\b/iu;

interface Piece {
  readonly words: readonly Word[];
  /** The conjunction that leads to it. */
  readonly opener: string;
  readonly start: Start | null;
  /** Whether its subject is that of the clause before. */
  readonly isInherited: boolean;
  readonly place: string | null;
  readonly isUnreal: boolean;
}

/** Cut wherever a subject with a verb that agrees begins, or a verb that goes on about the subject before. */
function* piecesOf(words: readonly Word[]): Iterable<Piece> {
  let pending: { from: number; opener: string; start: Piece['start']; isInherited: boolean; place: string | null } = {
    from: 0,
    opener: '',
    start: null,
    isInherited: false,
    place: null,
  };
  const closed = (until: number): Piece => ({ ...pending, words: words.slice(pending.from, until), isUnreal: false });
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at]!.bare.toLowerCase();
    const last = at === 0 ? null : words[at - 1]!;
    const isJoined = connectors.has(word);
    const isBorder = last === null || /[,;:.!?\u2026)]/.test(last.after) || words[at]!.bare === '';
    const from = isJoined ? at + 1 : at;
    const begins = startAt(words, from, isJoined || isBorder, last);
    if (begins !== null) {
      if (at > pending.from) yield closed(at);
      const isWhere = word === 'where' && last !== null;
      pending = {
        from,
        opener: isJoined ? word : '',
        start: shifted(begins, from),
        isInherited: false,
        place: isWhere ? nameBefore(words, at) : null,
      };
      at = from + begins.subject.end - from - 1;
      continue;
    }
    if (isJoined || (isBorder && last !== null)) {
      const subject = isRelative(word) && last !== null ? relativeSubject(words, at) : (pending.start?.subject ?? null);
      const verb =
        subject === null || (!goesOn.has(word) && !isRelative(word) && word !== '')
          ? null
          : verbGroupAt(bareOf(words), from, subject.person);
      if (verb !== null && subject !== null) {
        yield closed(at);
        pending = {
          from,
          opener: word,
          start: shifted({ subject: { ...subject, end: from }, verb }, from),
          isInherited: true,
          place: null,
        };
        at = from;
      } else if (strong.has(word) || /[;:.!?\u2026]/.test(last?.after ?? '') || words[at]!.bare === '') {
        yield closed(at);
        pending = { from, opener: word, start: null, isInherited: false, place: null };
      }
    }
  }
  yield closed(words.length);
}

function shifted({ subject, verb }: Start, by: number): Piece['start'] {
  return { subject: { ...subject, end: Math.max(0, subject.end - by) }, verb: { ...verb, end: verb.end - by } };
}

const connectors: ReadonlySet<string> = new Set(
  `and but so or then yet plus because since although though while whereas when whenever if unless after before until once
  that which who where as than whether what how why like`.split(/\s+/),
);
/** After these the verb may go on about the subject before: "and now live in Rome". */
const goesOn: ReadonlySet<string> = new Set(['and', 'but', 'then', 'so', 'or']);
const strong: ReadonlySet<string> = new Set(
  'because although though whereas when whenever if unless until whether what how why which'.split(' '),
);

function isRelative(word: string): boolean {
  return word === 'who';
}

/** Words that tell something of a predicate, for those who read it as text. */
function isTelling({ bare }: Word): boolean {
  return !/^(?:actually|really|just|finally|recently|now|still|also|currently|officially|already|definitely|always|usually|mostly|mainly|since|eventually|apparently|even|only)$/iu.test(
    bare,
  );
}

/** Wished, supposed, asked, said by others, or under a condition. */
function isSupposed({ opener, isInherited }: Piece, before: Piece | null): boolean {
  if (conditions.has(opener)) return true;
  if (before === null) return false;
  if (isInherited && opener !== 'who' && before.isUnreal) return true;
  if (opener !== '' && opener !== 'that' && opener !== 'where' && opener !== 'what')
    return before.isUnreal && opener === 'and' && supposing.test(textOf(before.words));
  const left = textOf(before.words);
  const isOpen = /[,;:.!?]$/u.test(before.words.at(-1)?.full ?? '') && opener === '';
  return !isOpen && supposing.test(left) && !telling.test(left);
}

const conditions: ReadonlySet<string> = new Set(
  'if unless whether until before than when whenever once how why what as like after'.split(' '),
);

/** What leads to a clause that is not said to be so. */
const supposing =
  /\b(?:think|thought|thinking|guess|hope|hoping|hoped|wish|wished|imagine|imagining|suppose|assume|assuming|dream(?:ed|t|ing)?|pretend|wonder(?:ing)?|believe|heard|hear|said|says?|saying|tells?|told|claim(?:s|ed)?|suggest(?:s|ed)?|asked|asks?|maybe|perhaps|probably|possibly|like|as though|feel|feels|felt|seems?|seemed|looks|sure|worried|afraid|story|write|case|time|way|day|much|every)(?: (?:that|me|us|him|her|them|\p{Lu}\p{L}+))?$/iu;
/** What a speaker says of what is so. */
const telling =
  /\b(?:(?:I|we) (?:just |already |have |did not )*(?:told|said|mention(?:ed)?|heard)|mention|tell you|told you|cannot believe|can you believe|not sure if i)(?: (?:you|that|it))*$/iu;
