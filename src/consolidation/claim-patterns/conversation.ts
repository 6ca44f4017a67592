import { type Attribute, attributeNamed, verbPhrases } from '../../language/attributes.ts';
import { notNames } from '../../language/clause-subjects.ts';
import type { Clause } from '../../language/clauses.ts';
import type { Polarity } from '../../memory/claim.ts';
import { readFrames, withoutInstead } from './frame-readings.ts';
import { slotValues, trade } from './slots.ts';
import { isEmptyValue, isNaming, leadingName, shortValue } from './value.ts';

/** What a clause of a conversation says of its subject. */
export interface SaidOfSubject {
  readonly attribute: Attribute;
  readonly value: string;
  readonly polarity: Polarity;
  readonly isCorrection: boolean;
}

/** What a clause says of its subject: by changes, by the frames of its verb, by ages and diets, by the verbs of the table. */
export function saidBy(clause: Clause): readonly SaidOfSubject[] {
  const changed = changeOf(clause);
  if (changed !== null) return changed;
  const named = calledOf(clause);
  const read = readFrames(clause);
  // "A dog named Rex" is Rex, and not one more thing that one has.
  const others = named.length === 0 ? read : read.filter(({ attribute }) => attribute.name !== 'possession');
  const said = [...named, ...others, ...beingOf(clause), ...countOf(clause), ...datedOf(clause)];
  if (said.length > 0) return distinct(said);
  return clause.verb.tense === 'unreal' ? [] : (byTable(clause) ?? []);
}

function distinct(said: readonly SaidOfSubject[]): readonly SaidOfSubject[] {
  return said.filter(
    (one, index) =>
      said.findIndex(
        (other) =>
          other.attribute.name === one.attribute.name && other.value === one.value && other.polarity === one.polarity,
      ) === index,
  );
}

/** "My daily quota is 1,200", "my gym changed from A to B": `words` are the attribute's own. */
export function saidOfOwn(
  words: string,
  predicate: string,
  clause: Pick<Clause, 'verb' | 'isCorrection'>,
): readonly SaidOfSubject[] {
  const attribute = attributeNamed(words);
  const changed = changes.exec(predicate);
  if (changed !== null) {
    const [, before, after = ''] = changed;
    return withBefore(attribute, after, before ?? null);
  }
  const is =
    /^(?:is|are|was|has become|became|has been|will be|stands at|sits at|comes to|amounts to|equals|happens to be|is set to|is set at|is called|is named|goes by)(?: (?:now|currently|set (?:at|to)|at|up to|down to|called|named|actually|still|officially|always|in|on|located in))* (.+)$/iu.exec(
      predicate,
    );
  if (is?.[1] === undefined || (/^was\b/iu.test(predicate) && !attribute.isKnown)) return [];
  if (/^was\b/iu.test(predicate)) return [];
  const { value, instead } = withoutInstead(is[1]);
  const short = attribute.name === 'car' ? (slotValues('vehicle', value)[0] ?? shortValue(value)) : shortValue(value);
  if (short === null || isEmptyValue(short) || !isLikely(attribute, short)) return [];
  const said = one(attribute, short, clause.verb.isNegative, clause.isCorrection);
  return instead === null ? [said] : [said, one(attribute, instead, true, true)];
}

const uses: Attribute = { name: 'uses', isSingle: false, isKnown: true };
const nounOfSwitch: Readonly<Record<string, string>> = {
  jobs: 'employer',
  companies: 'employer',
  employers: 'employer',
  schools: 'school',
  universities: 'university',
  careers: 'occupation',
};

const verbsOfChange =
  '(?:changed|increased|decreased|rose|risen|dropped|went up|gone up|went down|gone down|grew|grown|moved|shifted|jumped|climbed|fell|fallen|switched|(?:was|were|been|got|is|has been|have been) (?:changed|increased|decreased|raised|lowered|reduced|bumped|bumped up|updated|moved|rescheduled|pushed|pushed back|extended|set|cut|revised|switched|upgraded|adjusted|shifted))';
const changes = new RegExp(
  `^(?:has |have |just |recently )*${verbsOfChange}(?: up| down| back)?(?: from (.{1,60}?))? to (.+)$`,
  'iu',
);

function withBefore(attribute: Attribute, after: string, before: string | null): readonly SaidOfSubject[] {
  const value = shortValue(after);
  if (value === null || isEmptyValue(value)) return [];
  const old = before === null ? null : shortValue(before);
  const said = one(attribute, value, false, true);
  return old === null || isEmptyValue(old) ? [said] : [one(attribute, old, true, true), said];
}

/** "I switched from A to B", "we changed our plan to B". */
export function changeOf(clause: Clause): readonly SaidOfSubject[] | null {
  const { predicate } = clause;
  const own =
    /^(?:have |has )?(?:changed|switched|updated|relocated|raised|increased|bumped(?: up)?|moved|rescheduled|lowered|reduced|cut|upgraded|extended|set|pushed(?: back)?|revised|adjusted) (?:my|our|his|her|their|its) ([\p{L}\p{N} -]{2,50}?)(?: from (.{1,60}?))? to (.+)$/iu.exec(
      predicate,
    );
  if (own !== null) {
    const attribute = attributeNamed(own[1] ?? '');
    const said = withBefore(attribute, own[3] ?? '', own[2] ?? null);
    return said.every(({ value }) => isLikely(attribute, value)) ? said : [];
  }
  const switched =
    /^(?:have |has )?(?:switched|changed|moved over|migrated|converted)(?: over)?(?: (jobs|companies|employers|schools|universities|teams|majors|gyms|banks|phones|cars|careers|doctors))? from (.{1,60}?) to (.+)$/iu.exec(
      predicate,
    );
  if (switched !== null) {
    const noun = (switched[1] ?? '').toLowerCase();
    const attribute = noun === '' ? uses : attributeNamed(nounOfSwitch[noun] ?? noun.replace(/s$/u, ''));
    return withBefore(attribute, switched[3] ?? '', switched[2] ?? null);
  }
  const set =
    /^(?:have |has )?(?:set|put|fixed|capped) (?:my|our|his|her|their) ([\p{L}\p{N} -]{2,50}?) (?:at|for|to be) (.+)$/iu.exec(
      predicate,
    );
  if (set !== null) {
    const attribute = attributeNamed(set[1] ?? '');
    const said = withBefore(attribute, set[2] ?? '', null);
    return said.every(({ value }) => isLikely(attribute, value)) ? said : [];
  }
  return null;
}

/** "Has a dog named Rex", "adopted a puppy, Rex, who ...", "got a new manager called Ann". */
function calledOf({ object, verb, isCorrection }: Clause): readonly SaidOfSubject[] {
  if (!/^(?:have|own|get|adopt|buy|rescue|hire|meet|welcome|find)$/u.test(verb.lemma) || verb.isNegative) return [];
  if (verb.tense === 'past' && verb.lemma === 'have') return [];
  const [, words = '', name = ''] =
    /^(?:an?|one|my|our|his|her|another|two|three) (?:[\p{L}-]+ ){0,3}?([\p{L}-]+(?: friend| pig)?)(?:,? (?:(?:that is |who is |which is )?(?:named|called)|whose name is)|,| -) (\p{Lu}[\p{L}'-]+(?: (?:and )?\p{Lu}[\p{L}'-]+)?)(?=$|[\s,.;!])/u.exec(
      object,
    ) ?? [];
  const attribute = attributeNamed(words);
  if (name === '' || notNames.has(name.toLowerCase()) || !(isKin(attribute) || pets.test(words))) return [];
  return name
    .split(' and ')
    .map((value) =>
      one(
        { ...attribute, isSingle: attribute.isSingle && !pets.test(words) },
        value,
        false,
        isCorrection || verb.lemma === 'get',
      ),
    );
}

export const pets =
  /^(?:dog|cat|puppy|pup|kitten|parrot|hamster|rabbit|bunny|turtle|tortoise|horse|pony|goldfish|snake|guinea pig|bird|lizard|gecko|ferret|labrador|retriever|beagle|poodle|corgi|husky|tabby|pet)s?$/iu;

/** Whether the attribute is someone that one has: a sister, a boss. */
export function isKin({ name }: Attribute): boolean {
  return kin.has(name);
}

const kin: ReadonlySet<string> = new Set(
  'spouse fiance partner mother father daughter son child sister brother sibling boss mentor roommate cousin aunt uncle niece nephew grandmother grandfather therapist neighbour colleague friend'
    .split(' ')
    .concat('best friend'),
);

/** "Have 1,250 followers", "have read 12 books so far": how many there are. */
function countOf({ object, verb, isCorrection }: Clause): readonly SaidOfSubject[] {
  const isCounted =
    verb.lemma === 'have'
      ? verb.tense === 'present'
      : verb.tense === 'perfect' &&
        /^(?:read|write|visit|collect|win|complete|finish|try|watch|see|publish|bake|plant|lose|earn|reach)$/u.test(
          verb.lemma,
        );
  if (!isCounted || verb.isNegative || verb.isPassive) return [];
  const [, count = '', words = ''] =
    /^(?:about |around |over |nearly |almost |already |a total of |now )*((?:\d[\d,.]*|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty)) ((?:[\p{L}-]+ ){0,3}?[\p{L}-]+s)(?=$|[,.;!]| (?:on|in|so|now|already|and|from|at|for|by|to|since|that|of|with)\b)/iu.exec(
      object,
    ) ?? [];
  if (count === '' || uncounted.test(words) || possessionOnly.test(words)) return [];
  const name = verb.lemma === 'have' ? words : `${words} ${verb.lemma}`;
  return [one({ name: attributeNamed(name).name, isSingle: true, isKnown: false }, count, false, isCorrection)];
}

const uncounted =
  /\b(?:questions?|ideas?|things?|minutes?|hours?|days?|weeks?|months?|years?|times?|options?|reasons?|problems?|issues?|points?|tasks?|meetings?|interviews?|exams?|thoughts?|pounds|lbs|miles|others|choices|more|different|main|key)\b/iu;
const possessionOnly =
  /\b(?:kids|children|sons|daughters|sisters|brothers|siblings|dogs|cats|cars|bikes|horses|twins|tattoos)$/iu;

/** "Have a meeting with Greg on June 2", "booked a dentist appointment for March 3". */
function datedOf({ object, verb }: Clause): readonly SaidOfSubject[] {
  if (!/^(?:have|get|schedule|book|plan|arrange|set)$/u.test(verb.lemma) || verb.isNegative) return [];
  if (verb.lemma === 'have' && verb.tense !== 'present') return [];
  const found =
    /^(?:up )?((?:an?|my|our|the) (?:[\p{L}\p{N}'&-]+ ){0,4}?(?:meeting|appointment|interview|session|exam|flight|trip|dinner|lunch|date|call|workshop|presentation|consultation|checkup|check-up|surgery|deadline|review|class|party|reservation|hearing|visit)(?: (?:with|at|to) (?:[\p{L}'-]+ ?){1,4}?)?) ?(?:(?:is )?(?:scheduled|planned|booked|set|due|coming up) )?(?:on|for) ((?:\p{Lu}\p{L}+day,? )?(?:January|February|March|April|May|June|July|August|September|October|November|December) \d{1,2}(?:st|nd|rd|th)?(?:,? \d{4})?)(?: at (\d[\d:]* ?(?:[ap]\.?m\b)?))?/iu.exec(
      object,
    );
  if (found === null) return [];
  const [, what = '', day = ''] = found;
  return [
    one(
      { name: 'plan', isSingle: false, isKnown: true },
      `${what.replace(/^(?:an?|my|our|the) /iu, '').trim()} on ${day}`,
      false,
      false,
    ),
  ];
}

interface TableVerb {
  readonly attribute: Attribute;
  readonly pattern: RegExp;
}

let tableVerbs: readonly TableVerb[] | null = null;

function byTable(clause: Clause): readonly SaidOfSubject[] | null {
  tableVerbs ??= verbPhrases()
    .filter(({ isReversed }) => !isReversed)
    .map(({ attribute, pattern }) => ({
      attribute,
      pattern: new RegExp(`^(${pattern})(?:(?<=\\s)|(?![\\p{L}\\p{N}]) ?)(.+)$`, 'u'),
    }));
  let best: { readonly attribute: Attribute; readonly phrase: string; readonly object: string } | null = null;
  for (const { attribute, pattern } of tableVerbs) {
    const [, phrase = '', object = ''] = pattern.exec(clause.predicate) ?? [];
    if (phrase !== '' && (best === null || phrase.length > best.phrase.length)) best = { attribute, phrase, object };
  }
  if (best === null) return null;
  const { attribute, phrase } = best;
  // Where someone lived says nothing of where they live.
  if (changing.has(attribute.name) && /^(?:lived|worked|resided|was|were|played|had)\b/iu.test(phrase)) return [];
  if (attribute.name === 'name' || attribute.name === 'location' || attribute.name === 'diet') return [];
  const { value: object, instead } = withoutInstead(best.object);
  const short = shortValue(
    attribute.name === 'occupation' ? object.replace(/ (?:at|for|in|with|by|on) .*$/iu, '') : object,
  );
  const value = short === null || small.has(attribute.name) ? short : leadingName(short);
  if (value === null || isEmptyValue(value) || !isLikely(attribute, value)) return [];
  const isMove = /moved|relocated|joined|started|began|landed|accepted|married|engaged|switched|settled/iu.test(phrase);
  const said = one(attribute, value, clause.verb.isNegative, clause.isCorrection || isMove);
  return instead === null ? [said] : [one(attribute, instead, true, true), said];
}

const changing: ReadonlySet<string> = new Set([
  'residence',
  'employer',
  'occupation',
  'work location',
  'team',
  'partner',
  'spouse',
  'education',
]);

/** Ages, names, diets: what someone is. */
function beingOf(clause: Clause): readonly SaidOfSubject[] {
  const { verb, object, isCorrection } = clause;
  if (verb.tense === 'unreal' || verb.isNegative || verb.isPassive)
    return verb.isNegative && verb.lemma === 'be' ? dietOf(clause) : [];
  if (/^(?:turn|be)$/u.test(verb.lemma) && (verb.lemma === 'turn' || verb.tense === 'present') && !verb.isProgressive) {
    const old =
      /^(?:a )?(\d{1,3})(?:[ -]years?[ -]olds?\b| years of age| (?:today|yesterday|last \w+|this \w+|now|and|so|recently)\b|,|$)/iu.exec(
        object,
      )?.[1];
    if (old !== undefined && Number(old) < 120) return [one(attributeNamed('age'), old, false, true)];
  }
  if (verb.lemma === 'be' && verb.tense === 'present' && /^I$/u.test(clause.subject)) {
    const name = /^(\p{Lu}\p{Ll}+(?: \p{Lu}\p{Ll}+)?)(?=, (?:an?|and I|\d|the|from|your)\b)/u.exec(object)?.[1];
    const what =
      name === undefined
        ? null
        : trade(
            object.slice(name.length).replace(/^, (?:\d{1,3},? )?(?:an?|the) (?:\d{1,3}[- ]years?[- ]old )?/u, ''),
            false,
          );
    const where = name === undefined ? undefined : /\b(?:based|living|located) in (\p{Lu}.*)$/u.exec(object)?.[1];
    const firm =
      name === undefined || what === null
        ? undefined
        : new RegExp(`${what.replace(/[^\p{L} ]/gu, '.')} (?:at|for) (\\p{Lu}.*)$`, 'u').exec(object)?.[1];
    if (name !== undefined && !notNames.has(name.toLowerCase()))
      return [
        one(attributeNamed('name'), name, false, isCorrection),
        ...(what === null ? [] : [one(attributeNamed('occupation'), what, false, isCorrection)]),
        ...(where === undefined
          ? []
          : [one(attributeNamed('residence'), leadingName(shortValue(where) ?? where), false, isCorrection)]),
        ...(firm === undefined
          ? []
          : [one(attributeNamed('employer'), leadingName(shortValue(firm) ?? firm), false, isCorrection)]),
      ];
  }
  return dietOf(clause);
}

function dietOf({ verb, object, isCorrection }: Clause): readonly SaidOfSubject[] {
  if (!/^(?:be|become|go|turn)$/u.test(verb.lemma) || (verb.tense === 'past' && verb.lemma === 'be')) return [];
  const diet =
    /^(?:an? )?(?:strict |lifelong |mostly )?(vegetarian|vegan|pescatarian|gluten-free|lactose intolerant|keto|dairy-free)(?=$|[,.;!]| (?:and|now|for|since|so|but|because|myself)\b)/iu.exec(
      object,
    )?.[1];
  return diet === undefined ? [] : [one(attributeNamed('diet'), diet, verb.isNegative, isCorrection)];
}

/** Attributes whose values are spelt small as well. */
const small: ReadonlySet<string> = new Set([
  'occupation',
  'hobby',
  'likes',
  'dislikes',
  'allergy',
  'diet',
  'instrument',
  'sport',
  'genre',
  'position played',
  'major',
  'plan',
  'goal',
  'car',
  'pet',
  'possession',
  'religion',
]);

/** Whether words can be a value of the attribute: named things have capitals, unknown attributes names or numbers. */
function isLikely(attribute: Attribute, value: string): boolean {
  const words = value.split(' ').length;
  if (attribute.isKnown) return words <= 8 && (small.has(attribute.name) ? words <= 5 : isNaming(value));
  if (/^favourite /u.test(attribute.name)) return words <= 6;
  return words <= 6 && isNaming(value) && attribute.name.split(' ').length <= 5 && !vague.test(attribute.name);
}

const vague =
  /^(?:point|question|guess|thing|idea|plan|thought|problem|issue|day|week|life|time|first|last|biggest|main|only|next|other|whole|heart|mind|understanding|concern|hope|dream|friends?|family|experience|story|advice|goal|answer|experience|favourite part|favourite thing)\b/iu;

function one(attribute: Attribute, value: string, isNegative: boolean, isCorrection: boolean): SaidOfSubject {
  return { attribute, value, polarity: isNegative ? 'negative' : 'positive', isCorrection };
}
