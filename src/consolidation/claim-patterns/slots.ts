import { notNames } from '../../language/clause-subjects.ts';
import { isEmptyValue, leadingName, shortValue } from './value.ts';

/** What kind of words stand where a verb says its value. */
export type Slot =
  | 'place'
  | 'organisation'
  | 'school'
  | 'person'
  | 'trade'
  | 'thing'
  | 'vehicle'
  | 'language'
  | 'instrument'
  | 'sport'
  | 'pursuit'
  | 'taste'
  | 'matters'
  | 'field'
  | 'product'
  | 'deed'
  | 'date';

/** The values that the words after a verb give a slot; none when they are of another kind. */
export function slotValues(slot: Slot, text: string): readonly string[] {
  if (slot === 'language' || slot === 'instrument' || slot === 'matters')
    return listed(text).flatMap((one) => valueIn(slot, one) ?? []);
  return [valueIn(slot, text) ?? []].flat();
}

function valueIn(slot: Slot, text: string): string | null {
  switch (slot) {
    case 'place':
      return place(text);
    case 'organisation':
      return organisation(text);
    case 'school':
      return school(text);
    case 'person':
      return person(text);
    case 'trade':
      return trade(text, false);
    case 'thing':
      return thing(text, belongings);
    case 'vehicle':
      return vehicle(text);
    case 'language':
      return (
        /^(?:\p{Lu}\p{Ll}+(?:ish|ese|ian|an|ch|ic|ew|eek|ai|ali|indi|du|in|ili|ish Sign Language)|Hindi|Urdu|Thai|Dutch|Greek|Latin|Mandarin|Swahili|Tagalog|Farsi|ASL)$/u.exec(
          bare(text),
        )?.[0] ?? null
      );
    case 'instrument':
      return instruments.exec(bare(text).replace(/^(?:the|an?|my|both) /iu, ''))?.[0] ?? null;
    case 'sport':
      return sports.exec(bare(text))?.[1] ?? null;
    case 'pursuit':
      return pursuit(text);
    case 'taste':
      return taste(text);
    case 'matters':
      return phrase(text, 3);
    case 'field':
      return field(text);
    case 'product':
      return product(text);
    case 'deed':
      return deed(text);
    case 'date':
      return (
        /^(?:(?:\p{L}+day,? )?(?:january|february|march|april|may|june|july|august|september|october|november|december) \d{1,2}(?:st|nd|rd|th)?(?:,? \d{4})?|(?:the )?\d{1,2}(?:st|nd|rd|th)?(?: of)? (?:january|february|march|april|may|june|july|august|september|october|november|december)(?:,? \d{4})?)/iu.exec(
          text,
        )?.[0] ?? null
      );
  }
}

function bare(text: string): string {
  return shortValue(text) ?? '';
}

function isName(value: string): boolean {
  const [first = ''] = value.replace(/^(?:the|an?) /iu, '').split(' ');
  return /^[\p{Lu}\p{N}]/u.test(first) && !notNames.has(first.toLowerCase().replace(/'s$/u, ''));
}

/** "Porto", "the Bay Area", "a small flat in Porto". */
function place(text: string): string | null {
  const direct = named(text);
  if (direct !== null && !/'s$/u.test(direct) && !/^\d/.test(direct)) return direct;
  const within = /^(?:[\p{Ll}'-]+ ){1,7}(?:in|near|outside(?: of)?|of|called) (?=(?:the )?\p{Lu})(.+)$/u.exec(
    bare(text),
  );
  return within === null || /\b(?:from|with|for|to|at)\b/u.test(within[0].slice(0, -(within[1]?.length ?? 0)))
    ? null
    : named(within[1] ?? '');
}

function named(text: string): string | null {
  const short = bare(text);
  const name = leadingName(short);
  if (!isName(name) || !/^(?:(?:the|an?|el|la|le|los|las) )?[\p{Lu}\p{N}]/u.test(short)) return null;
  return name.split(' ').length <= 6 ? name : null;
}

function organisation(text: string): string | null {
  const name = named(
    text.replace(
      /^(?:a |an |the )?(?:[\p{Ll}-]+ ){0,3}(?:company|firm|startup|start-up|agency|studio) (?:called|named) /iu,
      '',
    ),
  );
  if (name === null || isHeadedBy(text, name, gatherings) || /^\d/.test(name)) return null;
  return /^(?:an?) /iu.test(name) || /^[\p{Lu}]\.?$/u.test(name) ? null : name;
}

function isHeadedBy(text: string, name: string, heads: RegExp): boolean {
  return heads.test(text.slice(text.indexOf(name) + name.length));
}

const gatherings =
  /^(?:'s)? (?:[\p{Ll}-]+ ){0,2}(?:class|classes|club|group|gym|team|program|programme|meeting|course|community|church|choir|band|league|challenge|workshop|webinar|call|session|support|page|server|app|project|event|festival|show|api)\b/iu;

const schooling =
  /\b(?:University|College|School|Institute|Academy|Conservatory|Polytechnic|MIT|UCLA|NYU|USC|Harvard|Stanford|Yale|Oxford|Cambridge|Princeton|Berkeley|Columbia|Cornell|Brown|Duke|Caltech|UC|LSE)\b/u;

export function isSchool(name: string): boolean {
  return schooling.test(name);
}

function school(text: string): string | null {
  const name = named(text);
  return name === null || isHeadedBy(text, name, gatherings) ? null : name;
}

function person(text: string): string | null {
  const name = named(text)?.replace(/ (?:and|of|for) .*$/u, '') ?? null;
  if (name === null || /^(?:the|an?) |\d/iu.test(name) || name.split(' ').length > 4) return null;
  return isHeadedBy(text, name, /^(?:'s)? ?(?:group|team|community|show)\b/iu) ? null : name.replace(/'s$/u, '');
}

const tradeEnd =
  /(?:nurse|doctor|surgeon|dentist|vet|lawyer|attorney|paralegal|professor|engineer|artist|architect|chef|cook|barista|pilot|captain|firefighter|paramedic|coach|nanny|midwife|student|intern|tailor|potter|mechanic|analyst|accountant|assistant|consultant|technician|counselor|counsellor|therapist|freelancer|salesperson|worker|guard|clerk|teacher|manager|developer|designer|writer|author|editor|producer|director|programmer|researcher|scientist|librarian|musician|photographer|filmmaker|actor|actress|dancer|singer|painter|pharmacist|electrician|plumber|carpenter|driver|trainer|instructor|tutor|translator|interpreter|journalist|reporter|veterinarian|psychologist|psychiatrist|biologist|chemist|physicist|economist|historian|recruiter|realtor|broker|banker|baker|bartender|waiter|waitress|farmer|gardener|florist|butcher|barber|hairdresser|stylist|entrepreneur|founder|owner|officer|detective|soldier|administrator|coordinator|specialist|supervisor|planner|illustrator|animator|strategist|planner|lead|postdoc|receptionist|cashier|welder|builder|contractor|auditor|curator|geologist|astronomer|caregiver|operator|representative|secretary|lecturer|novelist|poet|blogger|ceo|cto|cfo|vp|marketer|beekeeper|seamstress|jeweler)$/iu;

/** "A senior nurse at the clinic" is a senior nurse. Loosely anything that stands after "works as". */
export function trade(text: string, isLoose: boolean): string | null {
  const value = shortValue(text.replace(/^(?:now |currently )?(?:an?|the|their|its|our) /iu, ''))?.replace(
    / (?:at|for|by|in|from|and|of|with|on|based|here|there|over|living|working|specializing|who|earning|since) .*$/iu,
    '',
  );
  if (value === undefined || isEmptyValue(value) || value.split(' ').length > 5) return null;
  if (judged.test(value)) return null;
  return tradeEnd.test(value) ||
    (isLoose && /^[\p{L} /-]+$/u.test(value) && !/^(?:team|part|result|way|kid|child|gift)\b/iu.test(value))
    ? value
    : null;
}

const judged =
  /^(?:good|great|bad|better|best|terrible|big|natural|real|true|excellent|amazing|talented|wonderful|fantastic|avid|little|fellow|huge|former|future|fast|quick|slow|strong|visual|perfect|key|major|team|born|big-time)\b/iu;

const ownable =
  'dog|cat|puppy|pup|kitten|parrot|hamster|rabbit|bunny|turtle|tortoise|horse|fish|goldfish|snake|guinea pig|bird|lizard|gecko|ferret|chickens?|car|truck|van|suv|convertible|bike|bicycle|motorcycle|motorbike|scooter|skateboard|surfboard|kayak|boat|camper|house|apartment|flat|condo|cabin|cottage|guitar|piano|violin|ukulele|keyboard|drum kit|camera|lens|tripod|laptop|desktop|computer|pc|tablet|phone|smartphone|smartwatch|watch|headphones|speakers?|tv|telescope|drone|printer|console|monitor|mouse|router|e-?reader|kindle|kids?|children|sons?|daughters?|sisters?|brothers?|siblings?|twins|dogs|cats|horses|cars|bikes|tattoos?|sofa|couch|passport|guest room|home office|recorder|pair of shoes|desk|chair|table|bed|mattress|rug|lamp|bookshelf|fridge|refrigerator|oven|stove|air fryer|blender|mixer|pot|skillet|grill|vacuum|washing machine|dryer|coffee machine|espresso machine|coffee maker|knife|knives|backpack|suitcase|bag|purse|handbag|wallet|tent|sleeping bag|shoes|sneakers|boots|jacket|coat|dress|suit|ring|necklace|bracelet|earrings|vase|painting|figurines?|collection|vinyl|records|record player|plants?|garden|greenhouse|tank|aquarium|treadmill|dumbbells|yoga mat|racket|helmet|bakery|cafe|restaurant|shop|store|studio|company|business|salon|farm|gym|startup|agency|podcast|blog|channel|website';

const belongings = new RegExp(`\\b(?:${ownable})$`, 'iu');

/** "A used Honda Civic", "two dogs", "my grandmother's violin". */
function thing(text: string, heads: RegExp): string | null {
  const determined =
    /^(?:myself |himself |herself |ourselves |us |back |(?:her|him|them|me) (?=an? ))?((?:(?:an?|one|two|three|four|five|six|seven|eight|nine|ten|\d+|my|our|his|her|their|some|another|the|this) )(?:(?:brand )?new |own )?(?:pair of |set of )?)(.+)$/iu.exec(
      text,
    );
  const isBare =
    determined === null &&
    /^(?:[\p{L}-]+ )?(?:shoes|headphones|figurines|chickens|records|dumbbells|knives|sneakers|boots)\b/iu.test(text);
  if (determined === null && !isBare) return null;
  const head = new RegExp(
    `^((?:[\\p{L}\\p{N}'&+.-]+ ){0,4}?(?:${ownable}))(?=$|[,.;!?]| (?:and|now|from|for|with|at|last|yesterday|today|this|too|as|in|on|that|who|which|to|named|called|because|since|so|two|three|four|five|six|when|he|she|it|i|we|but|recently|earlier|back|when|a|about|off|via|through|online|after|before|over|during|of)\\b)`,
    'iu',
  ).exec(determined?.[2] ?? text)?.[1];
  const named = head === undefined ? branded(determined?.[2] ?? '') : null;
  const words = head ?? named;
  if (words === null || words === undefined) return null;
  if (/\b(?:of|to|that|like|look|great|good|nice|fun|time|hard|blast|at|in|on|for|with|and)\b/iu.test(words))
    return null;
  if (head !== undefined && !heads.test(head)) return null;
  const count = /^(?:one|two|three|four|five|six|seven|eight|nine|ten|\d+) /iu.exec(determined?.[1] ?? '')?.[0] ?? '';
  return `${/^one /iu.test(count) ? '' : count}${words}`;
}

/** A make that only has its name: "Fitbit Charge 3". */
function branded(text: string): string | null {
  const name =
    /^((?:[\p{Ll}]+ )?(?:\d{4} )?(?:Toyota|Honda|Ford|Tesla|Mazda|Subaru|Volvo|BMW|Audi|Mercedes|Volkswagen|Nissan|Hyundai|Kia|Jeep|Fiat|Skoda|Renault|Peugeot|Chevy|Chevrolet|Porsche|Lexus|Vespa|Fitbit|iPhone|iPad|MacBook|Macbook|Kindle|Garmin|Nikon|Canon|Sony|Fujifilm|Samsung|Galaxy|Pixel|Nintendo|PlayStation|Xbox|Dyson|Instant Pot|Roomba|Fender|Gibson|Yamaha|Apple Watch|KitchenAid|Peloton|GoPro|Lenovo|Dell|Bose)(?: [\p{Lu}\p{N}][\p{L}\p{N}-]*){0,4})/u.exec(
      text,
    )?.[1];
  if (name === undefined) return null;
  const next = text.slice(name.length).trim().split(/\s+/u)[0] ?? '';
  return next === '' ||
    /^[,.;!?]|^(?:and|to|for|with|from|at|in|on|last|that|which|because|since|but|so|when|this|yesterday|a|the|recently|[\p{Ll}]+)$/u.test(
      next,
    )
    ? name
    : null;
}

/** What is driven: nearly always a make, with its article. */
function vehicle(text: string): string | null {
  const match = /^(?:(?:around |about )?in )?(?:an?|my|our|his|her|the) (?:(?:brand )?new |own |old )?(.+)$/iu.exec(
    text,
  );
  const value =
    shortValue(match?.[1] ?? '')?.replace(/ (?:with|to|from|at|in|on|and|for|that|which) .*$/iu, '') ?? null;
  if (
    value === null ||
    value.split(' ').length > 5 ||
    !/\p{Lu}|\b(?:car|truck|van|suv|hybrid|sedan|convertible|minivan|hatchback|motorcycle|motorbike|scooter)$/u.test(
      value,
    )
  )
    return null;
  return isEmptyValue(value) ? null : value;
}

const instruments =
  /^(?:[a-z]+ )?(?:piano|guitar|violin|cello|drums?|flute|clarinet|trumpet|saxophone|sax|ukulele|harp|organ|viola|bass|banjo|trombone|accordion|oboe|harmonica|keyboards?|mandolin|recorder)$/iu;
const sports =
  /^((?:[a-z]+ )?(?:basketball|soccer|football|tennis|baseball|hockey|volleyball|golf|rugby|cricket|badminton|squash|chess|softball|lacrosse|ping pong|table tennis|pickleball|frisbee|water polo|poker|d&d|video games|board games))(?: .*)?$/iu;

function pursuit(text: string): string | null {
  const value = phrase(text.replace(/^(?:up |into |to |the |some )+/iu, ''), 4);
  if (
    value === null ||
    !/^[\p{Ll}]+ing\b|^(?:yoga|pottery|photography|karate|judo|ballet|origami|calligraphy|ceramics|pilates|chess|meditation|guitar|piano|violin|ukulele|drums)\b/u.test(
      value,
    )
  )
    return null;
  return /^(?:going|being|having|getting|doing|making|looking|feeling|seeing|working|thinking|using|trying|taking|planning|wondering|something|nothing|everything|anything|talking|living|saying|coming|putting|worrying|noticing|spring|evening|morning|implementing|researching|considering|preparing|losing|experiencing|focusing|setting|receiving)\b/iu.test(
    value,
  )
    ? null
    : value;
}

function taste(text: string): string | null {
  const value =
    shortValue(text)?.replace(/ (?:with|as|in|at|on|for|after|during|before|when|too|so) .*$/iu, '') ?? null;
  if (value === null || isEmptyValue(value) || value.split(' ').length > 5) return null;
  if (/^(?:am|is|are|was|were|has|have|will|would|better|best|well|clear|too|much)\b/iu.test(value)) return null;
  // "A safe, inviting place", "clear, measurable goals": a comma between adjectives is no end.
  const isCutShort =
    text.startsWith(`${value},`) &&
    (/ (?:a|an|the) [\p{L}-]+$/u.test(value) || !/^[\p{L}-]+(?:ing|s)\b/u.test(value)) &&
    !/^[^,]+,(?:[^,]+,)* (?:and|or|but)\b/u.test(text);
  return isCutShort || momentary.test(value) || !/^[\p{L}\p{N}]/u.test(value) ? null : value;
}

/** "I love seeing you", "I like the idea": of the moment. */
const momentary =
  /^(?:the|an?|that|having|being|seeing|hearing|knowing|getting|some|every|any|each|all|both|more|most|one|when|what|how|going to) |\b(?:his|my|our|you|your|yours|it|this|that|these|those|them|him|her|me|us|here|there|how|what|when|idea|ideas|to|he|she|they|i|we|suggestions?|tips?|advice|sound|way|help|look|thing|things|one|ones|part|vibe|vibes|everything|something|someone|seeing)\b/iu;

function phrase(text: string, wordsMax: number): string | null {
  const value =
    shortValue(text)?.replace(
      / (?:with|as|in|at|on|for|after|during|before|when|too|so|to|from|by|and|using|every) .*$/iu,
      '',
    ) ?? null;
  return value === null || isEmptyValue(value) || value.split(' ').length > wordsMax ? null : value;
}

function field(text: string): string | null {
  const value = shortValue(text)?.replace(/ (?:at|from|in|with|and then|as|to|on|for) .*$/iu, '') ?? null;
  return value === null ||
    isEmptyValue(value) ||
    value.split(' ').length > 4 ||
    /\b(?:my|his|her|your|the|hard|abroad)\b/iu.test(value)
    ? null
    : value;
}

/** Tools have names: "Flask", "VS Code", "version 3.1". */
function product(text: string): string | null {
  const value = named(text);
  return value === null || value.split(' ').length > 4 || /^(?:the|an?) |'s$/iu.test(value) ? null : value;
}

function deed(text: string): string | null {
  const value = text
    .replace(/[,;:(\u2013\u2014].*$/u, '')
    .replace(/ (?:and|but|so|because|since|which|while|when|if|as) .*$/iu, '')
    .replace(/[.!\s]+$/u, '');
  const words = value.split(' ').length;
  if (
    words < 2 ||
    words > deedWords ||
    /^(?:do|be|keep|try|see|think|let|check|look|give|need|want|take|continue|focus|say|tell|show|help|hang|enjoy|have (?:a|so|some|to|it)|go (?:with|for|over|through|ahead|back|all)|start with|stick|ask|assume|make (?:my|our|sure|a|it|some)|need|chat|limit|miss|rock) ?\b|\bdreams?\b|\b(?:you|your|it|this|that|them|these|those|here|there|how|what|whether|one|some more)\b/iu.test(
      value,
    )
  )
    return null;
  return value;
}

const deedWords = 12;

/** "Spanish, French and a bit of Dutch". */
function listed(text: string): readonly string[] {
  const end = text.search(/[.;:(]| (?:but|because|so|which|that|who|since|while|at|with|in|for|to|from|when) /u);
  return (end < 0 ? text : text.slice(0, end))
    .split(/,? (?:and|&|or) |, /u)
    .map((part) =>
      part
        .replace(/^(?:fluent|fluently|basic|native|both|also|some|a (?:little|bit)(?: of)?|the) /iu, '')
        .replace(/ (?:fluently|well|now|too|natively)$/iu, '')
        .trim(),
    )
    .filter((part) => part !== '');
}

export { deed as deedIn, organisation as organisationIn, person as personIn, place as placeIn };
