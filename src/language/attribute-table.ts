import { kinRows } from './kin-rows.ts';

/** One line of the table: an attribute and the words that people have for it. Patterns are regular expressions' sources. */
export interface AttributeRow {
  readonly name: string;
  /** Whether a person or thing has several at a time. */
  readonly isMultiple?: true;
  /** "my N is V", "the N of S is V", "who is S's N". */
  readonly nouns: string;
  /** "S verb V". */
  readonly verbs?: string;
  /** "V verb S", the other way round: "Tolstoy wrote War and Peace". */
  readonly reversed?: string;
  /** What asks for it without naming it. `~` stands for whom or what is asked about. */
  readonly asked?: string;
}

const be = "(?:is|was|are|were|am|'s|'m|'re|has been|have been)";
const now = '(?:currently |now |presently |still )?';
/** Longer and more special ones first: the first that matches is meant. */
export const attributeRows: readonly AttributeRow[] = [
  {
    name: 'headquarters',
    nouns:
      'headquarters?|head office|main office|hq|headquarters location|headquarters city|city of headquarters|location of headquarters|seat',
    verbs: `${be} ${now}headquartered (?:in|at)(?: the city of)?|(?:has|have|had) (?:its|their) (?:headquarters|head office|main office) (?:in|at)|runs its operations from|(?:moved|relocated) its (?:headquarters|head office|main office) to`,
    asked:
      'where (?:is|are|was|were) ~ (?:headquartered|based)|(?:city|country|town|place) (?:is|are) ~ (?:headquartered|based)|headquartered',
  },
  {
    name: 'birthplace',
    nouns:
      'birthplace|place of birth|birth place|city of birth|birth city|town of birth|native city|country of birth|hometown at birth',
    verbs: `${be} born (?:in|at)(?: the (?:city|town|village) of)?|came into the world in|entered the world in`,
    asked: `where ~ (?:was|were) born|where (?:was|were) ~ born|(?:city|town|place|country|village) (?:was|were) ~ born|born in`,
  },
  {
    name: 'hometown',
    nouns: 'hometown|home town|native town',
    asked: 'where (?:did|was|were) ~ (?:grow up|raised)|where (?:is|are|am) ~ (?:originally )?from|grew up',
  },
  {
    name: 'death place',
    nouns: 'death place|place of death|city of death|deathplace|country of death',
    verbs: 'died (?:in|at)(?: the (?:city|town) of)?|passed away in|drew (?:his|her|their) last breath in',
    asked: `where ~ (?:died|passed away)|where did ~ (?:die|pass away)|(?:city|town|place|country) did ~ (?:die|pass away)`,
  },
  {
    name: 'birthday',
    nouns: 'birthday|date of birth|birth date|birthdate',
    verbs: `${be} born on`,
    asked: 'when (?:was|were) ~ born|when (?:is|was) ~ birthday',
  },
  {
    name: 'citizenship',
    nouns: 'citizenship|nationality|country of citizenship|country of nationality|home country|nation of citizenship',
    verbs: `${be} ${now}(?:a |an )?(?:citizen|national)s? of|holds? (?:the )?citizenship of|(?:holds?|carr(?:y|ies)) (?:a |the )?passport (?:of|from)|became a citizen of`,
    asked: `(?:citizen|national) of|(?:country|nation) (?:is|was|does) ~ (?:from|come from|belong to|hold)|what passport does`,
  },
  {
    name: 'country of origin',
    nouns: 'country of origin|country it was created in|origin country|national origin',
    verbs: `${be} (?:created|made|invented|produced) in the (?:country|nation) of|originated in|originates? from|comes? from the country of|${be} originally from`,
    asked: `(?:country|nation) (?:was|did|does|is|were) ~ (?:created|made|originate|invented|produced|originally from|come from)|where did ~ originate`,
  },
  {
    name: 'place of foundation',
    nouns:
      'place of foundation|founding city|place of formation|city of foundation|location of formation|birthplace of the company|city of origin',
    verbs: `${be} (?:founded|established|formed|started|set up) in the (?:city|town|country) of|${be} (?:founded|established|formed) in(?= \\p{Lu})|had its beginnings in`,
    asked: `(?:city|town|place|country) was ~ (?:founded|established|formed)|where was ~ (?:founded|established|formed)`,
  },
  {
    name: 'residence',
    nouns:
      'residence|place of residence|home city|home town now|city of residence|where .{0,30} lives|current city|home address|address',
    verbs: `(?:lives?|lived|resides?|resided|dwells?) ${now}(?:in|at)(?: the city of)?|${be} ${now}living in|${be} ${now}residing in|(?:have|has|had|'ve) (?:just |recently |now |finally |since )?(?:moved|relocated) (?:back |over |down |up |out )?to|(?:moved|relocated) (?:back |over |down |up |out )?(?:from [\\p{L} ]{2,40} )?to|(?:has |have |'ve )?settled (?:down )?in|makes? (?:his|her|their|my) home in|calls? (?=[\\p{L} ]{2,40} home)|${be} ${now}based in`,
    asked: `(?:where|in which|that) ~ (?:now |currently )?(?:lives?|resides?|is based|is living)|where (?:do|does|did|is|are|am|was|were) ~ (?:currently |now )?(?:live|reside|living|stay|based|move|moved)|(?:city|town|country|place|state|neighbou?rhood) (?:do|does|did|is|are|am) ~ (?:currently |now )?(?:live|reside|living|based|move)|call home`,
  },
  {
    name: 'employer',
    nouns: 'employer|company|workplace|place of work|place of employment',
    verbs: `(?:works?|worked) ${now}(?:for|at)|${be} ${now}employed (?:by|at|with)|${be} ${now}working (?:for|at)|(?:got|took|landed|accepted|started|began|has|have|'ve got) (?:a |an |my |his |her |their )?(?:new )?(?:job|position|role) (?:at|with)|(?:started|began) (?:working|work) (?:at|for)|${be} on the payroll of|(?:has |have |'ve )?(?:joined) (?=(?:the )?\\p{Lu})|draws? (?:a |his |her |their )?(?:salary|paycheck|pay) from`,
    asked: `(?:where|that|which) ~ (?:now |currently )?(?:works?|is employed|is working)|where (?:do|does|did|is|are) ~ (?:currently |now )?(?:work|employed|working)|(?:who|whom|company|organi[sz]ation|firm|employer) (?:do|does|did|is|are|was) ~ (?:currently |now )?(?:work|working|employed)|who employs|(?:works? for|employed by)`,
  },
  {
    name: 'work location',
    nouns: 'work location|city of work|work city',
    verbs: `(?:works?|worked|${be} working) in the (?:city|town) of|(?:has|have|had) (?:his|her|their|its) (?:workplace|office) in|commutes? to an office in`,
    asked: `(?:city|town|place) (?:do|does|did) ~ work(?: in)?`,
  },
  {
    name: 'occupation',
    nouns: 'occupation|profession|job|job title|line of work|field of work|career|trade|field|vocation|kind of work',
    verbs: `(?:works?|worked|${be} working) ${now}(?:as|in the field of)(?: an?)?|${be} ${now}employed as(?: an?)?|earns? (?:a|his|her|their|my) living as(?: an?)?|makes? (?:a|his|her|their|my) living as(?: an?)?|${be} by profession(?: an?)?`,
    asked: `what (?:do|does|did) ~ do(?: for (?:a living|work))?|(?:kind|type|sort|line|field) of work (?:do|does|did)|(?:field|profession) (?:do|does|did|is|are) ~ (?:work|active|in)|what is ~ by profession`,
  },
  {
    name: 'position played',
    nouns: 'position played|playing position|position|role on the team|field position',
    verbs: `plays? (?:in )?(?:the |at the )?position of|plays? as(?: an?)?|lines? up (?:as|at)(?: an?)?`,
    asked: `(?:position|role) (?:do|does|did) ~ play|what position`,
  },
  {
    name: 'sport',
    nouns: 'sport|sport played|associated sport|athletic discipline',
    verbs: `${be} ${now}associated with the sport of|plays? the sport of|competes? in the sport of|takes? part in the sport of`,
    asked: `(?:which|what) sports? (?:is|are|do|does|did|was)|sport (?:is|was) ~ associated|associated with what sport`,
  },
  {
    name: 'religion',
    nouns: 'religion|religious affiliation|faith|religious denomination',
    verbs: `${be} ${now}affiliated with the religion of|follows? the (?:religion|faith) of|practi[cs]es? the religion of|practi[cs]es?(?= (?:Islam|Christianity|Hinduism|Buddhism|Judaism|Catholicism|Sikhism))|${be} a (?:follower|believer|adherent) of|converted to|adheres? to(?: the faith of)?`,
    asked: `(?:religion|faith) (?:is|was|do|does|did)|affiliated with (?:what|which) religion`,
  },
  {
    name: 'official language',
    nouns: 'official languages?|national language|state language',
    asked: 'official language',
  },
  {
    name: 'original language',
    nouns: 'original language|language of the work|language of work|language of origin|original language of work',
    verbs: `${be} (?:originally )?(?:written|composed|published|filmed|shot) in the language of|${be} originally (?:written|in)(?: in)?`,
    asked: `language (?:is|was|were) ~ (?:originally )?(?:written|published|composed|made|filmed)`,
  },
  {
    name: 'language',
    isMultiple: true,
    nouns: 'languages?|native language|mother tongue|first language|language spoken|spoken language',
    verbs: `speaks?(?: the language of)?(?= \\p{Lu})|${be} (?:a native speaker|fluent) (?:of|in)|grew up speaking|communicates? in`,
    asked: `(?:language|languages|tongue) (?:do|does|did|is|are) ~ (?:speak|spoken|use|fluent|communicate)|what does ~ speak`,
  },
  {
    name: 'continent',
    nouns: 'continent|continent it is on',
    verbs: `${be} (?:located|situated|found)? ?(?:in|on) the continent of|lies (?:in|on) the continent of|belongs to the continent of`,
    asked: 'continent',
  },
  {
    name: 'capital',
    nouns: 'capital|capital city|seat of government',
    reversed: `${be} the capital(?: city)? of|serves as (?:the )?capital(?: city)? (?:of|for)`,
    asked: 'capital',
  },
  {
    name: 'head of state',
    nouns: 'head of state|current head of state|monarch|king|queen|president of the country|state leader',
    verbs: 'has as its head of state',
    asked: 'head of state',
  },
  {
    name: 'head of government',
    nouns:
      'head of government|head of the government|prime minister|premier|head of the .{1,50} government|mayor|governor',
    asked: 'head of (?:the )?(?:.{1,50} )?government|prime minister|mayor|governor',
  },
  {
    name: 'chief executive officer',
    nouns: 'chief executive officer|ceo|chief executive|managing director|c\\.?e\\.?o\\.?',
    asked: '(?:who|what person) (?:runs|leads|heads)',
  },
  { name: 'chairperson', nouns: 'chairperson|chairman|chairwoman|chair|chair of the board|president' },
  { name: 'director or manager', nouns: 'director or manager|manager of the institution' },
  {
    name: 'director',
    nouns: 'director|film director|filmmaker',
    verbs: `${be} directed by`,
    reversed: 'directed',
    asked: 'who directed',
  },
  {
    name: 'head coach',
    nouns: 'head coach|coach|trainer|team manager',
    verbs: `${be} (?:now )?(?:coached|managed|trained) by`,
    reversed: `coaches|${be} in charge of coaching`,
    asked: 'who coaches|coached by',
  },
  {
    name: 'author',
    nouns: 'author|writer|novelist|creator of the book',
    verbs: `${be} (?:written|authored|penned) by|came from the pen of`,
    reversed: 'wrote|authored|penned',
    asked: 'who (?:wrote|authored|penned)|written by (?:whom|which)',
  },
  {
    name: 'creator',
    nouns: 'creator|inventor|originator',
    verbs: `${be} (?:created|invented|designed|devised) by`,
    reversed: 'created|invented|designed|devised',
    asked: 'who (?:created|invented|designed|devised|made)|created by',
  },
  {
    name: 'developer',
    nouns: 'developer|development company',
    verbs: `${be} developed by`,
    reversed: 'developed',
    asked: '(?:who|(?:company|organi[sz]ation|studio|person)(?: that| which| who)?) developed|developed by',
  },
  {
    name: 'founder',
    nouns: 'founder|co-founder|cofounder',
    verbs: `${be} (?:founded|established|set up|started|co-founded) by|owes its founding to`,
    reversed: 'founded|established|set up|co-founded',
    asked: 'who (?:founded|established|started|set up)|founded by',
  },
  {
    name: 'producer',
    nouns:
      'producer|manufacturer|maker|company that (?:produced|produces|made|makes|manufactures|manufactured) it|production company',
    verbs: `${be} (?:produced|manufactured|made|built) by(?: the company)?`,
    reversed: 'produced|manufactures|produces|manufactured',
    asked:
      '(?:who|(?:company|organi[sz]ation|firm)(?: that| which)?) (?:is |was )?(?:produces?|produced|made|makes|manufactures?|manufactured|the producer)|(?:produced|manufactured|made) by',
  },
  {
    name: 'performer',
    nouns: 'performer|singer|recording artist|artist',
    verbs: `${be} (?:performed|sung|recorded) by`,
    reversed: 'performed|recorded|sang',
    asked: 'who (?:performed|sang|recorded|sings|performs)|performed by',
  },
  {
    name: 'broadcaster',
    nouns: 'broadcaster|original broadcaster|original network|tv network|network|television network|channel',
    verbs: `(?:${be} )?(?:originally |first )?(?:aired|broadcast|shown|premiered) (?:on|by)`,
    reversed: 'first broadcast|originally broadcast|originally aired',
    asked: 'broadcaster|(?:network|channel|station) (?:did|was|is|originally|first|aired|broadcast)',
  },
  {
    name: 'genre',
    nouns: 'genre|type of music|kind of music|music genre|style of music|musical genre|music style',
    verbs: `plays? the (?:type|kind|style|genre) of music (?:called|known as)?`,
    asked: '(?:type|kind|style|sort|genre) of music|genre',
  },
  {
    name: 'education',
    nouns:
      'education|alma mater|university|college|school|university attended|educational institution|univ\\p{L}{3,8}y',
    verbs: `${be} educated at|studied at|graduated from|attended(?= (?:the )?(?:[\\p{L}.'-]+ ){0,5}(?:University|College|School|Institute|Academy|Conservatory|Polytechnic))|went to (?:college|university|school) at|(?:${be} )?(?:studies|studying|enrolled|study) at|${be} an alum(?:nus|na|ni)? of|earned (?:a|his|her|their|my) degree (?:at|from)|received (?:his|her|their) education at`,
    asked: `(?:where|that|which) ~ (?:was educated|studied|attended|graduated|studies)|where (?:was|were|did|do|does|is|are) ~ (?:educated|study|studied|studying|go to (?:college|university|school)|graduate|enrolled)|(?:university|college|school|institution) (?:did|was|were|do|does|is|are) ~ (?:educated|attend|study|go|graduate|enrolled|from)|educated at`,
  },
  {
    name: 'notable work',
    nouns: 'notable work|best known work|most famous work|claim to fame',
    verbs: `${be} (?:most |best |widely )?(?:famous|known|renowned|celebrated|noted) for`,
    asked: '(?:famous|known|renowned|noted) for|notable work',
  },
  {
    name: 'spouse',
    nouns: 'spouse|wife|husband|married partner|better half|wedded partner',
    verbs: `${be} ${now}married to|(?:got|has|have) (?:been )?(?:re)?married (?:to )?(?=\\p{Lu})|(?:re)?married(?: to)?(?= \\p{Lu})|wed(?= \\p{Lu})|tied the knot with|exchanged vows with|walked down the aisle with`,
    asked: 'who (?:is|was|did|has|are|am|were) ~ (?:married|marry|wed|hitched)|married to|who married',
  },
  { name: 'fiance', nouns: 'fianc[eé]e?', verbs: `${be} (?:now )?engaged to|got engaged to`, asked: 'engaged to' },
  {
    name: 'partner',
    nouns: 'partner|girlfriend|boyfriend|significant other',
    verbs: `${be} (?:now )?(?:dating|seeing|going out with)(?= \\p{Lu})`,
    asked: 'who (?:is|are|am) ~ (?:dating|seeing|going out with)|dating',
  },
  { name: 'mother', nouns: 'mother|mom|mum|mama', asked: 'who gave birth to' },
  { name: 'father', nouns: 'father|dad|papa', reversed: `fathered` },
  { name: 'daughter', isMultiple: true, nouns: 'daughters?' },
  { name: 'son', isMultiple: true, nouns: 'sons?' },
  {
    name: 'child',
    isMultiple: true,
    nouns: 'child|children|kids?|offspring',
    verbs: `${be} the (?:parent|father|mother) of|gave birth to`,
    asked: 'children|child',
  },
  { name: 'sister', isMultiple: true, nouns: 'sisters?' },
  { name: 'brother', isMultiple: true, nouns: 'brothers?' },
  { name: 'sibling', isMultiple: true, nouns: 'siblings?', verbs: `${be} the (?:sibling|brother|sister) of` },
  { name: 'parent', isMultiple: true, nouns: 'parents?', verbs: `${be} the (?:child|son|daughter) of` },
  {
    name: 'boss',
    nouns: 'boss|supervisor|line manager|manager',
    verbs: 'reports? to',
    asked: 'who (?:do|does|did) ~ report to',
  },
  ...kinRows,
  { name: 'mentor', nouns: 'mentor|tutor' },
  { name: 'best friend', nouns: 'best friend|closest friend' },
  {
    name: 'roommate',
    isMultiple: true,
    nouns: 'roommates?|flatmates?|housemates?',
    verbs: 'shares? (?:a|an) (?:flat|apartment|house) with',
  },
  {
    name: 'team',
    nouns: 'team|club|sports team',
    verbs: `plays for|${be} (?:signed|traded|transferred) (?:by|to)|signed (?:with|for)|${be} (?:a )?members? of the sports team`,
    asked: '(?:team|club) (?:do|does|did|is|are) ~ (?:play|on|with|in)|who does ~ play for',
  },
  {
    name: 'instrument',
    isMultiple: true,
    nouns: 'instruments?|musical instruments?',
    verbs:
      'plays? the (?=(?:[a-z]+ )?(?:piano|guitar|violin|cello|drums|flute|clarinet|trumpet|saxophone|sax|ukulele|harp|organ|viola|bass|banjo|trombone|accordion|oboe|harmonica))',
    asked: 'instruments?',
  },
  {
    name: 'owner',
    nouns: 'owner|parent company|parent organi[sz]ation',
    verbs: `${be} (?:owned|acquired|bought) by|belongs to`,
    reversed: 'owns|acquired',
    asked: 'who (?:owns|acquired|bought)|owned by',
  },
  {
    name: 'composer',
    nouns: 'composer',
    verbs: `${be} composed by`,
    reversed: 'composed',
    asked: 'who composed|composed by',
  },
  {
    name: 'country',
    nouns: 'country|nation|country of location',
    verbs: `${be} (?:located|situated) in the (?:country|nation) of|${be} a (?:city|town|village|region|state|province) in(?= \\p{Lu})`,
    asked: `(?:country|nation) (?:is|was|does|do) ~ (?:located|situated|in|lie|belong)`,
  },
  {
    name: 'location',
    nouns: 'location|place|venue',
    verbs: `${be} (?:now )?(?:located|situated|held|found) (?:in|at)(?: the (?:city|town) of)?|lies in|takes place (?:in|at)`,
    asked: 'where (?:is|are|was) ~ (?:located|situated|held|found)|located in',
  },
  { name: 'age', nouns: 'age', asked: 'how old' },
  {
    name: 'name',
    nouns: 'name|full name|first name|last name|surname',
    verbs: `${be} (?:called|named)`,
    asked: 'what (?:is|are) ~ (?:called|named)',
  },
  { name: 'nickname', nouns: 'nickname|pet name' },
  { name: 'email', nouns: 'e-?mail|e-?mail address' },
  { name: 'phone number', nouns: 'phone|phone number|telephone number|mobile|mobile number|cell number' },
  {
    name: 'major',
    nouns: 'major|field of study|degree|course of study',
    verbs: `(?:${be} )?major(?:s|ed|ing)? in|(?:${be} )?study(?:ing)? (?=[a-z]+ at)`,
    asked: 'major in|(?:do|does|did) ~ study$',
  },
  {
    name: 'hobby',
    isMultiple: true,
    nouns: 'hobby|hobbies|pastimes?|interests?',
    asked: 'hobb(?:y|ies)|free time|for fun|spare time',
  },
  {
    name: 'likes',
    isMultiple: true,
    nouns: 'likes|preferences?',
    asked: '(?:do|does|did) ~ (?:like|love|enjoy|prefer)|fond of|(?:like|love|enjoy)s? (?:to|doing)',
  },
  { name: 'dislikes', isMultiple: true, nouns: 'dislikes', asked: '(?:do|does|did) ~ (?:dislike|hate|detest)' },
  {
    name: 'allergy',
    isMultiple: true,
    nouns: 'allerg(?:y|ies)',
    verbs: `${be} (?:severely |very |highly )?allergic to`,
    asked: 'allergic|allerg(?:y|ies)',
  },
  {
    name: 'health condition',
    isMultiple: true,
    nouns: 'health conditions?|medical conditions?|diagnosis',
    asked: 'diagnosed with|suffer from',
  },
  { name: 'diet', nouns: 'diet|dietary preference', verbs: `${be} (?:now )?on a`, asked: 'diet|vegetarian|vegan' },
  { name: 'pet', isMultiple: true, nouns: 'pets?', asked: '\\bpets?\\b' },
  { name: 'cat', isMultiple: true, nouns: 'cats?|kitten' },
  { name: 'dog', isMultiple: true, nouns: 'dogs?|puppy' },
  {
    name: 'possession',
    isMultiple: true,
    nouns: 'possessions?|belongings?',
    asked: '(?:do|does|did) ~ (?:own|have|possess|buy)',
  },
  {
    name: 'car',
    nouns: 'car|vehicle',
    verbs: 'drives? an? ',
    asked: '(?:car|vehicle) (?:do|does|did) ~ (?:drive|own|have)|(?:do|does) ~ drive',
  },
  {
    name: 'plan',
    isMultiple: true,
    nouns: 'plans?|intentions?',
    asked: '(?:do|does|is|are|am) ~ (?:plan|planning|going to|intend)',
  },
  { name: 'goal', isMultiple: true, nouns: 'goals?|aims?' },
];
