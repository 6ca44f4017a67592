import { type Attribute, attributeNamed, verbPhrases } from '../../language/attributes.ts';
import type { Clause } from '../../language/clauses.ts';
import type { Polarity } from '../../memory/claim.ts';
import { isEmptyValue, isNaming, leadingName, shortValue } from './value.ts';

/** What a clause of a conversation says of its subject. */
export interface SaidOfSubject {
  readonly attribute: Attribute;
  readonly value: string;
  readonly polarity: Polarity;
  readonly isCorrection: boolean;
}

/** What the predicate of a clause says: by the verbs of the table, tastes, possessions, plans, trades, ages, changes. */
export function saidBy(clause: Clause): readonly SaidOfSubject[] {
  const found =
    changeOf(clause) ?? tasteOf(clause) ?? possessionOf(clause) ?? planOf(clause) ?? byTable(clause) ?? beingOf(clause);
  return found ?? [];
}

/** "My daily quota is 1,200", "my gym changed from A to B": `words` are the attribute's own. */
export function saidOfOwn(
  words: string,
  predicate: string,
  clause: Pick<Clause, 'isNegative' | 'isCorrection'>,
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
  const short = shortValue(value);
  if (short === null || isEmptyValue(short) || !isLikely(attribute, short)) return [];
  const said = one(attribute, short, clause.isNegative, clause.isCorrection);
  return instead === null ? [said] : [said, one(attribute, instead, true, true)];
}

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
function changeOf(clause: Clause): readonly SaidOfSubject[] | null {
  const { predicate } = clause;
  const own =
    /^(?:have |has )?(?:changed|switched|updated|raised|increased|bumped(?: up)?|moved|rescheduled|lowered|reduced|cut|upgraded|extended|set|pushed(?: back)?|revised|adjusted) (?:my|our|his|her|their) ([\p{L}\p{N} -]{2,50}?)(?: from (.{1,60}?))? to (.+)$/iu.exec(
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
  const moved =
    /^(?:have |has |am |is |are )?(?:moved|relocated|moving) (?:back )?from (\p{Lu}[\p{L}\p{N}' ,.-]{1,50}?) to (\p{Lu}.+)$/u.exec(
      predicate,
    );
  if (moved !== null && !/moving/u.test(predicate))
    return withBefore(attributeNamed('residence'), moved[2] ?? '', moved[1] ?? null);
  const using = /^(?:use|uses|am using|is using|are using) (.+)$/u.exec(predicate);
  if (using?.[1] !== undefined) return usedIn(using[1], clause);
  const left =
    /^(?:have |has )?(?:quit|left|resigned from|stopped working (?:at|for)) (?:(?:my|his|her|their) (?:job|position|role) (?:at|with) )?(\p{Lu}.+)$/u.exec(
      predicate,
    );
  if (left?.[1] !== undefined && /job|position|role|resigned|working/u.test(predicate)) {
    const value = shortValue(left[1]);
    return value === null ? [] : [one(attributeNamed('employer'), value, true, true)];
  }
  return null;
}

function usedIn(object: string, { isNegative, isCorrection }: Clause): readonly SaidOfSubject[] {
  const { value, instead } = withoutInstead(object);
  const short = shortValue(value);
  if (short === null || isEmptyValue(short) || !/^\p{Lu}/u.test(short) || short.split(' ').length > tasteWords)
    return [];
  const said = one(uses, short, isNegative, isCorrection);
  return instead === null ? [said] : [one(uses, instead, true, true), said];
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

const likes: Attribute = { name: 'likes', isSingle: false, isKnown: true };

function tasteOf(clause: Clause): readonly SaidOfSubject[] | null {
  const { predicate } = clause;
  const liked =
    /^(?:(?:love|loves|like|likes|enjoy|enjoys|adore|adores|prefer|prefers)|(?:am|is|are) (?:a (?:big |huge |great )?fan of|fond of|crazy about|(?:really |very )?into|obsessed with|passionate about|keen on)) (.+)$/iu.exec(
      predicate,
    );
  const disliked =
    liked !== null
      ? null
      : /^(?:hate|hates|dislike|dislikes|detest|detests|cannot stand|despise|(?:am|is) not a (?:big |huge )?fan of) (.+)$/iu.exec(
          predicate,
        );
  const object = (liked ?? disliked)?.[1];
  if (object === undefined) return null;
  // "Unconditional love is", "themes like these" are no verbs.
  if (
    !/^(?:I|we|they)$/iu.test(clause.subject) &&
    /^(?:love|like|enjoy|adore|prefer|hate|dislike|detest) /iu.test(predicate) &&
    !clause.isNegative
  )
    return [];
  if (/^used to /iu.test(predicate)) return [];
  const over = /^(.+?) (?:to|over|more than|rather than|instead of) (.+)$/iu.exec(object);
  const value = shortValue((/^prefer/iu.test(predicate) && over?.[1]) || object);
  if (value === null || isEmptyValue(value) || value.split(' ').length > tasteWords || unsaid.test(value)) return [];
  return [one(likes, value, (disliked !== null) !== clause.isNegative, clause.isCorrection)];
}

const tasteWords = 5;
/** "I love seeing you", "I like your idea": of the moment. */
const unsaid =
  /^the |\b(?:his|my|our|you|your|yours|it|this|that|these|those|them|him|her|me|us|here|there|how|what|when|idea|to|he|she|they)\b/iu;

const owned =
  'dog|cat|puppy|kitten|parrot|hamster|rabbit|turtle|tortoise|horse|fish|goldfish|snake|guinea pig|bird|lizard|ferret|chickens?|car|truck|van|bike|bicycle|motorcycle|motorbike|scooter|boat|house|apartment|flat|condo|cabin|cottage|garden|guitar|piano|violin|keyboard|camera|laptop|tablet|phone|telescope|drone|printer|console|kids?|children|sons?|daughters?|sisters?|brothers?|siblings?|twins|dogs|cats|horses|cars|bikes|tattoos?';

function possessionOf(clause: Clause): readonly SaidOfSubject[] | null {
  const called = new RegExp(
    `^(?:have|has|own|owns|got|adopted|bought|have got|has got|have adopted|has adopted) (?:a|an|one) (?:[\\p{L}-]+ ){0,3}?(${owned})(?: \\([^)]*\\))?,? (?:(?:that is |which is )?(?:named|called)|whose name is) (\\p{Lu}[\\p{L}'-]+)`,
    'iu',
  ).exec(clause.predicate);
  if (called?.[2] !== undefined && /^\p{Lu}/u.test(called[2])) {
    const attribute = attributeNamed(called[1] ?? '');
    return [one({ ...attribute, isSingle: false }, called[2], clause.isNegative, clause.isCorrection)];
  }
  const has = new RegExp(
    `^(have|has|own|owns|got|bought|adopted|sold|have got|has got|have bought|has bought|have adopted|has adopted) ((?:a|an|one|two|three|four|five|six|seven|\\d+|my|our|his|her) (?:[\\p{L}-]+ ){0,3}?(?:${owned}))(?= *(?:[,.;!]|$| (?:and|now|from|for|with|at|last|yesterday|today|this|too|as|in|on|that|who|which)\\b))`,
    'iu',
  ).exec(clause.predicate);
  if (has?.[2] === undefined) return null;
  const isSold = /^sold$/iu.test(has[1] ?? '');
  const value = has[2].replace(/^(?:my|our|his|her|an?) /iu, '');
  return [
    one(
      { name: 'possession', isSingle: false, isKnown: true },
      value,
      isSold || clause.isNegative,
      clause.isCorrection || isSold,
    ),
  ];
}

function planOf(clause: Clause): readonly SaidOfSubject[] | null {
  const match =
    /^(?:am |is |are )?(?:planning|plan|plans|decided|have decided|has decided|intend|intends|intending) to (.+)$/iu.exec(
      clause.predicate,
    );
  if (match?.[1] === undefined) return null;
  const value = match[1].replace(/[,;:(\u2013\u2014].*$/u, '').replace(/[.!\s]+$/u, '');
  const words = value.split(' ').length;
  if (words < 2 || words > planWords || /^(?:do|be) (?:it|that|so)\b|\b(?:you|your|it|this|that|them)\b/iu.test(value))
    return [];
  return [one({ name: 'plan', isSingle: false, isKnown: true }, value, clause.isNegative, clause.isCorrection)];
}

const planWords = 12;

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
  const said = one(attribute, value, clause.isNegative, clause.isCorrection || isMove);
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

const trades =
  /^(?:[\p{L}-]+ ){0,3}?(?:nurse|doctor|surgeon|dentist|vet|veterinarian|lawyer|attorney|paralegal|teacher|professor|lecturer|tutor|engineer|developer|programmer|designer|architect|artist|painter|sculptor|photographer|filmmaker|director|actor|actress|dancer|musician|pianist|guitarist|violinist|singer|songwriter|producer|writer|author|journalist|reporter|editor|poet|novelist|blogger|librarian|translator|interpreter|scientist|researcher|biologist|chemist|physicist|mathematician|statistician|analyst|accountant|auditor|bookkeeper|banker|economist|consultant|manager|supervisor|administrator|assistant|secretary|receptionist|cashier|salesperson|realtor|broker|marketer|recruiter|entrepreneur|founder|chef|cook|baker|barista|bartender|waiter|waitress|butcher|farmer|gardener|florist|carpenter|plumber|electrician|mechanic|welder|builder|contractor|driver|pilot|captain|sailor|firefighter|paramedic|soldier|officer|detective|policeman|policewoman|guard|coach|trainer|athlete|therapist|counselor|counsellor|psychologist|psychiatrist|physiotherapist|pharmacist|optometrist|midwife|caregiver|nanny|social worker|student|intern|retiree|tailor|seamstress|jeweler|potter|curator|historian|archaeologist|geologist|astronomer|meteorologist|technician|operator|specialist|coordinator|planner|illustrator|animator|streamer|beekeeper|stylist|hairdresser|barber|volunteer coordinator)$/iu;

/** Ages, trades, diets: what someone is. */
function beingOf(clause: Clause): readonly SaidOfSubject[] | null {
  const old =
    /^(?:am|is|are|(?:just |have |has )?turned|am turning) (\d{1,3})(?: years old| years of age)?(?: (?:today|yesterday|last \w+|this \w+|now))?$/iu.exec(
      clause.predicate,
    );
  if (old?.[1] !== undefined && !clause.isNegative) return [one(attributeNamed('age'), old[1], false, true)];
  const is = /^(?:am|is|became|have become|has become|am working as|trained as) (?:an? )(.+)$/iu.exec(clause.predicate);
  if (is?.[1] === undefined) return null;
  const value = shortValue(is[1].replace(/ (?:at|for|by|in|from|and|of|with) .*$/iu, ''));
  if (value === null) return [];
  if (/^(?:strict |lifelong )?(?:vegetarian|vegan|pescatarian)$/iu.test(value)) {
    return [one(attributeNamed('diet'), value, clause.isNegative, clause.isCorrection)];
  }
  if (
    !trades.test(value) ||
    /^(?:good|great|bad|better|terrible|big|natural|real|true|excellent|amazing|talented|wonderful|fantastic|avid|little|fellow|huge|former|future|fast|quick|slow)\b/iu.test(
      value,
    )
  )
    return [];
  return [one(attributeNamed('occupation'), value, clause.isNegative, clause.isCorrection)];
}

/** "B instead of A", "not A but B", "B, not A". */
function withoutInstead(object: string): { readonly value: string; readonly instead: string | null } {
  const butNot = /^not (.{1,60}?),? but (.+)$/iu.exec(object);
  if (butNot !== null) return { value: butNot[2] ?? '', instead: shortValue(butNot[1] ?? '') };
  const instead = /^(.{1,80}?)(?:,? (?:instead of|rather than)|,? not|,? and not) (.+)$/iu.exec(object);
  if (instead !== null) return { value: instead[1] ?? '', instead: shortValue(instead[2] ?? '') };
  return { value: object, instead: null };
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
