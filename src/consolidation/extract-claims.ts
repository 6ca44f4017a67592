import { type Attribute, attributeNamed } from '../language/attributes.ts';
import { notNames } from '../language/clause-subjects.ts';
import { type Clause, clausesOf } from '../language/clauses.ts';
import { sentencesOf } from '../language/sentences.ts';
import { type Claim, claimKey } from '../memory/claim.ts';
import type { EventTime } from '../memory/derived.ts';
import type { Episode } from '../memory/episode.ts';
import { limits } from '../memory/limits.ts';
import type { StoredNote } from '../memory/store.ts';
import { changeOf, isKin, type SaidOfSubject, saidBy, saidOfOwn } from './claim-patterns/conversation.ts';
import { mentionsIn } from './claim-patterns/mentions.ts';
import { statedIn } from './claim-patterns/statements.ts';
import { timelineKey } from './settle-claims.ts';

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
  const sentences = sentencesOf(note.text.replace(code, ' '));
  const isList = sentences.filter(({ serial }) => serial !== null).length > 1;
  let named: string | null = null;
  const isConversing = note.text.length <= limits.claimConversationCharacters && !ordering.test(note.text);
  for (const { text: spoken, serial, isQuestion } of sentences) {
    if (found.length >= limits.claimsPerNote) break;
    const text = withoutTag(spoken);
    const asks = isQuestion && text === spoken;
    if (isList && serial !== null && !asks) {
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
    const ofOthers = isConversing || episode.speaker !== null;
    for (const { subject, ...said } of mentionsIn(text)) {
      if (subject !== null && !ofOthers) continue;
      found.push({
        ...claimOf(subject ?? speaker, said.attribute, said.value),
        validAt,
        isCorrection: said.isCorrection,
        serial: null,
      });
    }
    const clauses = clausesOf(text, asks);
    for (const clause of clauses) {
      for (const { subject, said } of saidIn(clause, speaker, named)) {
        if (!ofOthers && /^\p{Lu}/u.test(clause.subject) && clause.subject !== 'I') continue;
        const { attribute, value, polarity, isCorrection } = said;
        if (claimKey(value) === '' || claimKey(value) === claimKey(subject)) continue;
        found.push({ ...claimOf(subject, attribute, value), polarity, validAt, isCorrection, serial: null });
      }
      named = nameIn(clause) ?? named;
    }
    if (asks) continue;
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
  const last = new Map(
    found.map((claim) => [`${timelineKey(claim)}\n${claimKey(claim.value)}\n${claim.polarity}`, claim]),
  );
  return [...last.values()].map((claim, position) => ({ ...claim, position }));
}

/** What a program says, nobody claims. */
const code = /```[\s\S]*?(?:```|$)|^\s*(?:\/\/|#|\*|<|import |const |def ).*$/gmu;

/** "Write a story about Ann who lives in Rome". */
const ordering =
  /^\s*(?:please |can you |could you )?(?:write|generate|create|rewrite|summari[sz]e|translate|compose|paraphrase|continue|imagine|pretend|act|make|draft|give me|solve|explain|tell me|rephrase|analy[sz]e|edit|expand|describe)\b/iu;

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
  const { subject, predicate, verb } = clause;
  const own = /^(my|our|his|her|their) (.+)$/iu.exec(subject);
  if (own !== null) return ofOwn(own[1] ?? '', own[2] ?? '', clause, speaker, named);
  if (/^the /iu.test(subject)) return [];
  const possessed = /^(\p{Lu}[\p{L} .-]*?)'s? (.+)$/u.exec(subject);
  if (possessed !== null) {
    const [, owner = '', words = ''] = possessed;
    if (!isNamed(owner) || (!isPersonal(attributeNamed(words)) && !/\d/u.test(predicate))) return [];
    return saidOfOwn(words, predicate, clause).map((said) => ({ subject: owner, said }));
  }
  // "They extended my deadline": whoever did it, it is mine.
  const changed = /^(?:have |has )?[\p{L}]+(?: back| up)? (?:my|our) /iu.test(predicate) ? changeOf(clause) : null;
  if (changed !== null) return changed.map((said) => ({ subject: speaker, said }));
  const who = whoIs(subject, speaker, named);
  if (who === null) return [];
  const polarity = verb.isNegative ? ('negative' as const) : ('positive' as const);
  const role =
    /^(?:is|was|are|became|has become|(?:has )?(?:taken|took) over as|(?:has )?replaced (?:[\p{L} ]{2,30}) as|will be) (my|our|his|her|\p{Lu}[\p{L}-]+(?: \p{Lu}[\p{L}-]+)?'s) (?:new |current |own |older |younger |good |dear )*([\p{Ll} -]{3,30}?)(?: now)?(?=$|[,.;!]| (?:and|who|at|from|these|so|but)\b)/iu.exec(
      predicate,
    );
  if (role !== null && verb.tense !== 'unreal') {
    const whose = role[1] ?? '';
    const owner = /^(?:my|our)$/iu.test(whose) ? speaker : /^(?:his|her)$/iu.test(whose) ? named : whose.slice(0, -2);
    const attribute = attributeNamed(role[2] ?? '');
    if (owner === null || owner === who) return [];
    if (!isKin(attribute) && !(verb.lemma === 'be' && /^favourite /u.test(attribute.name))) return [];
    if (/^(?:was|were)\b/u.test(predicate)) return [];
    const value = who === speaker ? who : subject;
    return [
      {
        subject: owner,
        said: { attribute, value, polarity, isCorrection: clause.isCorrection || verb.lemma !== 'be' },
      },
    ];
  }
  const said = saidBy(clause).map((one) => ({ subject: who, said: one }));
  // "Ann and Bob got married" is said of both.
  const other = clause.companion;
  const back = said.flatMap(({ said: one }) =>
    other !== null && one.value === other && who !== speaker ? [{ subject: other, said: { ...one, value: who } }] : [],
  );
  return [...said, ...back];
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
  const possessed = /^(.+?)'s (.+)$/u.exec(words);
  if (possessed !== null) {
    const [, of = '', what = ''] = possessed;
    // "My dog's name is Rex" is said of the dog, and of whom it belongs to.
    if (claimKey(what) === 'name')
      return saidOfOwn(of, clause.predicate, clause).map((said) => ({
        subject: owner,
        said: { ...said, attribute: { ...said.attribute, isSingle: attributeNamed(of).isSingle } },
      }));
    return saidOfOwn(what, clause.predicate, clause).map((said) => ({ subject: `${owner}'s ${of}`, said }));
  }
  const said = saidOfOwn(words, clause.predicate, clause).map((one) => ({ subject: owner, said: one }));
  if (said.length > 0 || !isKin(attributeNamed(words))) return said;
  return saidBy(clause).map((one) => ({ subject: `${owner}'s ${words}`, said: one }));
}

function whoIs(subject: string, speaker: string, named: string | null): string | null {
  if (/^(?:I|we)$/iu.test(subject)) return speaker;
  if (/^(?:he|she)$/iu.test(subject)) return named;
  if (/^they$/iu.test(subject)) return null;
  return isNamed(subject) ? subject : null;
}

function isNamed(name: string): boolean {
  const [first = ''] = name.split(' ');
  return /^\p{Lu}/u.test(name) && !notNames.has(first.toLowerCase());
}

function nameIn({ subject }: Clause): string | null {
  const name = /^(?:(?:my|our|his|her) .+ )?(\p{Lu}[\p{L}'-]+(?: \p{Lu}[\p{L}'-]+)*)$/u.exec(subject)?.[1];
  return name === undefined || !isNamed(name) ? null : name.replace(/'s$/u, '');
}

/** An encyclopedic statement in running text: of known attributes and named things only. */
function statedByName(text: string) {
  if (/^(?:I|My|We|Our|You|Your|He|She|They|It|This|That)\b|\b(?:I|my|you|your)\b/u.test(text)) return null;
  if (/\b(?:would|could|might|should|maybe|perhaps|probably|if|wish|hope)\b/iu.test(text)) return null;
  const stated = statedIn(text, false);
  if (stated === null || !isPersonal(stated.attribute)) return null;
  const isName = nameOnly.test(stated.subject) && isNamed(stated.subject.replace(/^the /iu, ''));
  return isName &&
    (!stated.attribute.isKnown || /^(?:the )?[\p{Lu}\p{N}]/u.test(stated.value)) &&
    stated.value.split(' ').length <= 8
    ? stated
    : null;
}

const nameOnly =
  /^(?:the )?[\p{Lu}\p{N}][\p{L}\p{N}.'\u2019-]*(?: (?:(?:of|the|and|in|de|van|von|der|bin|al|for|on|to|a) ){0,2}[\p{Lu}\p{N}][\p{L}\p{N}.'\u2019-]*){0,7}$/u;
