import { type Attribute, attributeNamed } from '../language/attributes.ts';
import { type Clause, clausesOf } from '../language/clauses.ts';
import { sentencesOf } from '../language/sentences.ts';
import type { Claim } from '../memory/claim.ts';
import type { EventTime } from '../memory/derived.ts';
import type { Episode } from '../memory/episode.ts';
import type { StoredNote } from '../memory/store.ts';
import { type SaidOfSubject, saidBy, saidOfOwn } from './claim-patterns/conversation.ts';
import { statedIn } from './claim-patterns/statements.ts';

export interface ExtractedClaim extends Claim {
  /** Since when, milliseconds since 1970: a time that the sentence gives, else when it was said. */
  readonly validAt: number;
  /** Whether it says that something is no longer as it was. */
  readonly isCorrection: boolean;
  /** The number that a list gives it. */
  readonly serial: number | null;
  /** Among the claims of the text. */
  readonly position: number;
}

export interface ExtractParts {
  /** Times that the text speaks of. */
  readonly times: readonly EventTime[];
  /** The turn before in the session. */
  readonly turnBefore: StoredNote | null;
}

/**
 * What a text claims, by rules alone: numbered and encyclopedic statements, and what people say of themselves and of whom they
 * name. Precision before recall: questions, wishes, hypotheticals, hedges and quotations claim nothing, nor does an assistant,
 * who repeats and supposes. Pure. English. Cost: O(characters) times the patterns.
 */
export function extractClaims({ note, episode }: StoredNote, { times }: ExtractParts): readonly ExtractedClaim[] {
  if (episode === null) return [];
  const isConversation = isSpeaking(episode);
  const speaker = episode.speaker?.trim() || 'user';
  const found: Omit<ExtractedClaim, 'position'>[] = [];
  const sentences = sentencesOf(note.text);
  const isList = sentences.filter(({ serial }) => serial !== null).length > 1;
  let named: string | null = null;
  for (const { text: spoken, serial, isQuestion } of sentences) {
    if (found.length >= claimsMax) break;
    const text = withoutTag(spoken);
    if (isQuestion && text === spoken) continue;
    if (isList && serial !== null) {
      const listed = /^(?:I|My|We|Our|You|Your)\b/u.test(text) ? null : statedIn(text, true);
      // Of listed facts a later one counts, whatever they are of.
      if (listed !== null)
        found.push({
          ...claimOf(listed.subject, listed.attribute, listed.value),
          isSingle: true,
          validAt: episode.eventAt,
          isCorrection: false,
          serial,
        });
      if (listed !== null) continue;
    }
    if (!isConversation) continue;
    const validAt = timeIn(text, times, episode.eventAt);
    if (validAt === null) continue;
    const clauses = clausesOf(text);
    for (const clause of clauses) {
      for (const { subject, said } of saidIn(clause, speaker, named)) {
        const { attribute, value, polarity, isCorrection } = said;
        found.push({ ...claimOf(subject, attribute, value), polarity, validAt, isCorrection, serial: null });
      }
      named = nameIn(clause) ?? named;
    }
    if (clauses.length === 0 || !found.some((claim) => claim.validAt === validAt)) {
      const stated = statedByName(text);
      if (stated !== null)
        found.push({
          ...claimOf(stated.subject, stated.attribute, stated.value),
          validAt,
          isCorrection: false,
          serial: null,
        });
    }
  }
  return found.map((claim, position) => ({ ...claim, position }));
}

/** A text of 65,536 characters holds some 1,500 listed facts. */
const claimsMax = 2_000;

/** People tell of themselves; assistants, tools and systems repeat. */
function isSpeaking({ role }: Episode): boolean {
  return role === 'user' || role === null;
}

function claimOf(subject: string, attribute: Attribute, value: string): Claim {
  return { subject, attribute: attribute.name, value, polarity: 'positive', isSingle: attribute.isSingle };
}

/** "She moved to Rome, can you believe it?" tells more than it asks. */
function withoutTag(sentence: string): string {
  return sentence.replace(tagQuestion, '.');
}

const tagQuestion =
  /,? (?:can you believe (?:it|that)|you know|did you know(?: that)?|remember|right|would you believe it|isn't that [\p{L} ]{2,20}|who knew|huh|eh|funny,? (?:huh|right))\?+$/iu;

/** Attributes that people say of others as they do of themselves. */
function isPersonal({ isKnown, name }: Attribute): boolean {
  return isKnown || /^favourite /u.test(name);
}

/** When what a sentence says came to hold: the past time it names, else when it was said; null for what is yet to come. */
function timeIn(sentence: string, times: readonly EventTime[], saidAt: number): number | null {
  const lower = sentence.toLowerCase();
  const named = times.filter(({ text }) => lower.includes(text.toLowerCase()));
  if (named.some(({ from }) => from > saidAt + dayMs)) return null;
  const [first] = named;
  return first === undefined ? saidAt : Math.min(first.from, saidAt);
}

const dayMs = 86_400_000;

interface Said {
  readonly subject: string;
  readonly said: SaidOfSubject;
}

function saidIn(clause: Clause, speaker: string, named: string | null): readonly Said[] {
  const { subject, predicate } = clause;
  const own = /^(my|our|his|her|their) (.+)$/iu.exec(subject);
  if (own !== null) return ofOwn(own[1] ?? '', own[2] ?? '', clause, speaker, named);
  const who = whoIs(subject, speaker, named);
  if (who === null) return [];
  const possessed = /^([\p{Lu}][\p{L} -]*?)'s?$/u.exec(subject)?.[1];
  if (possessed !== undefined && !/^(?:I|He|She)$/u.test(possessed)) {
    const [, words = '', rest = ''] =
      /^([\p{L}\p{N} '-]{2,40}?) ((?:is|are|was|has|went|changed|moved|rose|increased|dropped|got)\b.+)$/u.exec(
        predicate,
      ) ?? [];
    return words === '' || (!isPersonal(attributeNamed(words)) && !/\d/u.test(rest))
      ? []
      : saidOfOwn(words, rest, clause).map((said) => ({ subject: possessed, said }));
  }
  const role = /^(?:is|was|became|has become) (my|our|his|her) (?:new |current )?([\p{Ll} -]{3,30}?)(?: now)?$/iu.exec(
    predicate,
  );
  if (role !== null) {
    const owner = /^(?:my|our)$/iu.test(role[1] ?? '') ? speaker : named;
    const attribute = attributeNamed(role[2] ?? '');
    if (owner === null || owner === who || !people.has(attribute.name)) return [];
    const polarity = clause.isNegative ? ('negative' as const) : ('positive' as const);
    return [{ subject: owner, said: { attribute, value: subject, polarity, isCorrection: clause.isCorrection } }];
  }
  return saidBy(clause).map((said) => ({ subject: who, said }));
}

/** "My daily quota is ...", "my sister Ann lives in ...", "my sister lives in ...". */
function ofOwn(whose: string, words: string, clause: Clause, speaker: string, named: string | null): readonly Said[] {
  const owner = /^(?:my|our)$/iu.test(whose) ? speaker : named;
  if (owner === null) return [];
  const withName = /^(.+?),? (\p{Lu}[\p{L}'-]+)$/u.exec(words);
  if (withName !== null) {
    const [, relation = '', name = ''] = withName;
    const attribute = attributeNamed(
      relation.replace(
        /^(?:older|younger|little|big|elder|twin|late|good|close|oldest|youngest|eldest|own|dear) /iu,
        '',
      ),
    );
    const isOf = name.endsWith("'s") ? name.slice(0, -2) : name;
    const relationSaid = attribute.isKnown
      ? [{ subject: owner, said: { attribute, value: isOf, polarity: 'positive' as const, isCorrection: false } }]
      : [];
    if (name.endsWith("'s")) return relationSaid;
    return [...relationSaid, ...saidBy(clause).map((said) => ({ subject: isOf, said }))];
  }
  // The subject pattern takes one word after "my"; the others of the attribute begin the predicate.
  const full =
    /^((?:[\p{L}\p{N}'-]+ ){0,5}?)((?:is|are|was|were|has|have|stands|sits|comes|equals|amounts|happens|became|changed|increased|decreased|rose|dropped|went|grew|moved|shifted|jumped|climbed|fell|switched|got|goes|lives?|works?|just|recently|will)\b.*)$/u.exec(
      clause.predicate,
    );
  const [, more = '', rest = clause.predicate] = full ?? [];
  const attributeWords = `${words} ${more}`.trim();
  const possessed = /^(.+?)'s (.+)$/u.exec(attributeWords);
  if (possessed !== null) {
    const subject = `${owner}'s ${possessed[1] ?? ''}`;
    return saidOfOwn(possessed[2] ?? '', rest, clause).map((said) => ({ subject, said }));
  }
  const said = saidOfOwn(attributeWords, rest, clause).map((one) => ({ subject: owner, said: one }));
  if (said.length > 0 || !people.has(attributeNamed(words).name) || more !== '') return said;
  return saidBy({ ...clause, predicate: rest }).map((one) => ({ subject: `${owner}'s ${words}`, said: one }));
}

const people: ReadonlySet<string> = new Set([
  'spouse',
  'fiance',
  'partner',
  'mother',
  'father',
  'daughter',
  'son',
  'child',
  'sister',
  'brother',
  'boss',
  'mentor',
  'best friend',
  'roommate',
]);

function whoIs(subject: string, speaker: string, named: string | null): string | null {
  if (/^(?:I|we)$/iu.test(subject)) return speaker;
  if (/^(?:he|she)$/iu.test(subject)) return named;
  if (/^they$/iu.test(subject)) return null;
  return /^\p{Lu}/u.test(subject) && !notPeople.test(subject) ? subject : null;
}

/** Words that begin sentences with a capital and name nobody. */
const notPeople =
  /^(?:It|This|That|These|Those|There|Here|The|A|An|What|Who|Which|When|Where|How|Why|Everyone|Everything|Everybody|Someone|Something|Nothing|Nobody|Anything|Life|Nature|Music|Art|People|Kids|Sometimes|Today|Yesterday|Tomorrow|One|Each|Both|All|Some|Most|Many|Such|Being|Having|Going|Seeing|Your|You|Its|Looks|Sounds|Thanks|Thank|Glad|Just|Not|No|Yes|Yeah|Wow|Totally|Absolutely|Definitely|Really|Let|Please|Hope|If|As|At|By|For|From|In|Of|On|To|With|And|But|Or|So|Then|Now|Well|Oh|Hey|Hi|Family|Friends?|Love|Work|School|Mom|Dad|Gonna|Got|Never|Always|Still|Also|Even|Only|Plus|Besides|Anyway|God|Lol|Haha|Congrats|Great|Good|Nice|Awesome|Cool|Exactly|Sure|Of|I)\b/u;

function nameIn({ subject }: Clause): string | null {
  const name = /^(?:(?:my|our|his|her) .+ )?(\p{Lu}[\p{L}'-]+(?: \p{Lu}[\p{L}'-]+)*)$/u.exec(subject)?.[1];
  return name === undefined ||
    name === 'I' ||
    /^(?:We|He|She|They|My|Our|His|Her|Their)\b/u.test(name) ||
    notPeople.test(name)
    ? null
    : name.replace(/'s$/u, '');
}

/** An encyclopedic statement in running text: of known attributes and named things only. */
function statedByName(text: string) {
  if (/^(?:I|My|We|Our|You|Your|He|She|They|It|This|That)\b|\b(?:I|my|you|your)\b/u.test(text)) return null;
  if (/\b(?:would|could|might|should|maybe|perhaps|probably|if|wish|hope)\b/iu.test(text)) return null;
  const stated = statedIn(text, false);
  if (stated === null || !isPersonal(stated.attribute)) return null;
  const isNamed = nameOnly.test(stated.subject) && !notPeople.test(stated.subject);
  return isNamed &&
    (!stated.attribute.isKnown || /^(?:the )?[\p{Lu}\p{N}]/u.test(stated.value)) &&
    stated.value.split(' ').length <= 8
    ? stated
    : null;
}

const nameOnly =
  /^(?:the )?[\p{Lu}\p{N}][\p{L}\p{N}.'\u2019-]*(?: (?:(?:of|the|and|in|de|van|von|der|bin|al|for|on|to|a) ){0,2}[\p{Lu}\p{N}][\p{L}\p{N}.'\u2019-]*){0,7}$/u;
