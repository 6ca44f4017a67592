import type { Slot } from './slots.ts';

/**
 * What a verb with certain words after it says of its subject (frames in the sense of VerbNet). `state` holds while it is said
 * of the present, `begin` and `end` are events that came about, `always` can be said in any tense: one is born once.
 */
export interface Frame {
  readonly verbs: string;
  /** A pattern's source for what follows the verb; the value stands after it, the one before in the group `was`. */
  readonly after: string;
  readonly attribute: string;
  readonly means: 'state' | 'begin' | 'end' | 'always';
  readonly slot: Slot;
  readonly isPassive?: true;
}

const ways =
  '(?:(?:over|back|down|up|out|away|across|permanently|house|together|here|officially|overseas|abroad|closer) )*';
const post =
  '(?:an? |the |my |his |her |their )?(?:[\\p{L}-]+ ){0,3}?(?:job|position|role|offer|gig|contract|post|internship|work)(?: offer)?';
const relation = '(?:an?|my|our|the|his|her) (?:new )?';

/** The first that fits is meant, for each attribute. */
export const frames: readonly Frame[] = [
  {
    verbs: 'live reside dwell',
    after: `${ways}(?:in|at|near|outside(?: of)?) `,
    attribute: 'residence',
    means: 'state',
    slot: 'place',
  },
  {
    verbs: 'base locate',
    isPassive: true,
    after: '(?:in|out of|at) ',
    attribute: 'residence',
    means: 'state',
    slot: 'place',
  },
  {
    verbs: 'be',
    after: '(?:settled |now )?(?:based|living|residing) (?:in|out of) ',
    attribute: 'residence',
    means: 'state',
    slot: 'place',
  },
  {
    verbs: 'move relocate emigrate immigrate migrate transfer return',
    after: `${ways}(?:from (?<was>\\p{Lu}.{1,50}?) )?(?:in)?to `,
    attribute: 'residence',
    means: 'begin',
    slot: 'place',
  },
  { verbs: 'settle', after: '(?:down |back )?(?:in|into) ', attribute: 'residence', means: 'begin', slot: 'place' },
  { verbs: 'come go', after: 'to live in ', attribute: 'residence', means: 'begin', slot: 'place' },
  {
    verbs: 'make',
    after: '(?:my|our|his|her|their|a) (?:new )?home in ',
    attribute: 'residence',
    means: 'begin',
    slot: 'place',
  },
  { verbs: 'call', after: '(?=.{2,40} home\\b)', attribute: 'residence', means: 'state', slot: 'place' },
  {
    verbs: 'bear',
    isPassive: true,
    after: '(?:and raised )?(?:in|at) ',
    attribute: 'birthplace',
    means: 'always',
    slot: 'place',
  },
  { verbs: 'bear', isPassive: true, after: 'on ', attribute: 'birthday', means: 'always', slot: 'date' },
  { verbs: 'bear', isPassive: true, after: 'and raised in ', attribute: 'hometown', means: 'always', slot: 'place' },
  { verbs: 'raise', isPassive: true, after: '(?:up )?in ', attribute: 'hometown', means: 'always', slot: 'place' },
  { verbs: 'grow', after: 'up (?:in|near|around) ', attribute: 'hometown', means: 'always', slot: 'place' },
  { verbs: 'be', after: '(?:originally )?from ', attribute: 'hometown', means: 'state', slot: 'place' },
  { verbs: 'come hail', after: '(?:originally )?from ', attribute: 'hometown', means: 'state', slot: 'place' },

  {
    verbs: 'work intern volunteer',
    after: '(?:[\\p{Ll}-]+ )?(?:for|at|with|over at) ',
    attribute: 'employer',
    means: 'state',
    slot: 'organisation',
  },
  {
    verbs: 'work',
    after: '(?:[\\p{Ll}-]+ )?as .{2,40}? (?:for|at|with) ',
    attribute: 'employer',
    means: 'state',
    slot: 'organisation',
  },
  {
    verbs: 'be',
    after: '(?:employed|working) (?:by|at|with|for) ',
    attribute: 'employer',
    means: 'state',
    slot: 'organisation',
  },
  {
    verbs: 'be',
    after: `an? ${'(?:[\\p{L}-]+ ){0,4}'}(?:engineer|nurse|manager|developer|designer|analyst|teacher|consultant|director|producer|writer|editor|researcher|scientist|professor|assistant|coordinator|lawyer|intern|architect|accountant) (?:at|for|with) `,
    attribute: 'employer',
    means: 'state',
    slot: 'organisation',
  },
  {
    verbs: 'be',
    after: 'with (?=\\p{Lu}.{2,40} (?:for|since) )',
    attribute: 'employer',
    means: 'state',
    slot: 'organisation',
  },
  {
    verbs: 'employ hire recruit',
    isPassive: true,
    after: '(?:[\\p{Ll}]+ )?(?:by|at|with) ',
    attribute: 'employer',
    means: 'begin',
    slot: 'organisation',
  },
  {
    verbs: 'get',
    after: '(?:hired|recruited|employed|headhunted|poached) (?:by|at) ',
    attribute: 'employer',
    means: 'begin',
    slot: 'organisation',
  },
  { verbs: 'join', after: '(?:up with )?', attribute: 'employer', means: 'begin', slot: 'organisation' },
  {
    verbs: 'start begin',
    after: `(?:out |work |${post} )?(?:at|with) `,
    attribute: 'employer',
    means: 'begin',
    slot: 'organisation',
  },
  {
    verbs: 'start begin',
    after: `(?:work|${post})? ?as .{2,50}? (?:at|for|with) `,
    attribute: 'employer',
    means: 'begin',
    slot: 'organisation',
  },
  {
    verbs: 'get land accept secure take start find have receive',
    after: `${post} (?:as .{2,40}? )?(?:at|with|from) `,
    attribute: 'employer',
    means: 'begin',
    slot: 'organisation',
  },
  {
    verbs: 'quit resign',
    after: '(?:(?:from )?(?:my|his|her|their) (?:job|position|role) (?:at|with) |from |(?=\\p{Lu}))',
    attribute: 'employer',
    means: 'end',
    slot: 'organisation',
  },
  {
    verbs: 'leave',
    after: '(?:my|his|her|their) (?:job|position|role) (?:at|with) ',
    attribute: 'employer',
    means: 'end',
    slot: 'organisation',
  },
  { verbs: 'fire', isPassive: true, after: '(?:from|by) ', attribute: 'employer', means: 'end', slot: 'organisation' },
  {
    verbs: 'work intern volunteer freelance',
    after: '(?:[\\p{Ll}-]+ )?(?:.{0,40}? )?as an? ',
    attribute: 'occupation',
    means: 'state',
    slot: 'trade',
  },
  {
    verbs: 'start begin',
    after: `(?:working |work |${post} )?.{0,30}?as an? `,
    attribute: 'occupation',
    means: 'begin',
    slot: 'trade',
  },
  {
    verbs: 'get land accept take',
    after: `${post} as (?:an? )?`,
    attribute: 'occupation',
    means: 'begin',
    slot: 'trade',
  },
  { verbs: 'become', after: '(?:an?|the) (?:new )?', attribute: 'occupation', means: 'begin', slot: 'trade' },
  {
    verbs: 'promote',
    isPassive: true,
    after: 'to (?:an? |the )?',
    attribute: 'occupation',
    means: 'begin',
    slot: 'trade',
  },
  {
    verbs: 'get',
    after: '(?:promoted to|hired as|a promotion to) (?:an? |the )?',
    attribute: 'occupation',
    means: 'begin',
    slot: 'trade',
  },
  {
    verbs: 'make earn',
    after: '(?:a|my|his|her|their) living as (?:an? )?',
    attribute: 'occupation',
    means: 'state',
    slot: 'trade',
  },
  { verbs: 'be', after: '(?:an? |the )', attribute: 'occupation', means: 'state', slot: 'trade' },
  { verbs: 'report', after: 'to ', attribute: 'boss', means: 'state', slot: 'person' },

  {
    verbs: 'graduate',
    after: '(?:[\\p{Ll}-]+ )?(?:.{0,60}? )?from ',
    attribute: 'education',
    means: 'always',
    slot: 'school',
  },
  { verbs: 'study', after: '(?:.{0,50}? )?(?:at )(?:the )?', attribute: 'education', means: 'always', slot: 'school' },
  {
    verbs: 'attend',
    after: '(?=(?:the )?(?:\\p{Lu}[\\p{L}.-]* (?:of )?){0,5}(?:University|College|School|Institute|Academy))',
    attribute: 'education',
    means: 'always',
    slot: 'school',
  },
  { verbs: 'enroll enrol', after: '(?:.{0,40}? )?(?:at) ', attribute: 'education', means: 'always', slot: 'school' },
  {
    verbs: 'go',
    after:
      'to (?:college |university |school )?(?:at )?(?=(?:the )?(?:\\p{Lu}[\\p{L}.-]* ){0,4}(?:University|College|Institute|Academy))',
    attribute: 'education',
    means: 'always',
    slot: 'school',
  },
  {
    verbs: 'have get earn complete finish receive hold',
    after:
      "(?:an?|my|his|her|the) (?:.{0,50}?) (?:degree|phd|mba|diploma|bachelor's|master's)(?: in .{2,40}?)? (?:from|at) ",
    attribute: 'education',
    means: 'always',
    slot: 'school',
  },
  { verbs: 'major specialize', after: 'in ', attribute: 'major', means: 'always', slot: 'field' },
  {
    verbs: 'graduate have get earn complete finish receive hold',
    after: "(?:.{0,20}?)(?:degree|phd|bachelor's|master's|mba|diploma) in ",
    attribute: 'major',
    means: 'always',
    slot: 'field',
  },

  { verbs: 'marry', isPassive: true, after: 'to ', attribute: 'spouse', means: 'state', slot: 'person' },
  { verbs: 'marry remarry wed', after: '(?:,? ?to )?', attribute: 'spouse', means: 'begin', slot: 'person' },
  { verbs: 'get', after: '(?:re)?married to ', attribute: 'spouse', means: 'begin', slot: 'person' },
  { verbs: 'tie', after: 'the knot with ', attribute: 'spouse', means: 'begin', slot: 'person' },
  { verbs: 'divorce', after: '', attribute: 'spouse', means: 'end', slot: 'person' },
  { verbs: 'engage', isPassive: true, after: 'to ', attribute: 'fiance', means: 'state', slot: 'person' },
  { verbs: 'get', after: 'engaged to ', attribute: 'fiance', means: 'begin', slot: 'person' },
  {
    verbs: 'date see',
    after: '(?:a (?:guy|girl|man|woman|nurse) (?:named|called) )?',
    attribute: 'partner',
    means: 'state',
    slot: 'person',
  },
  { verbs: 'split', after: '(?:up )?with ', attribute: 'partner', means: 'end', slot: 'person' },

  { verbs: 'speak', after: '', attribute: 'language', means: 'state', slot: 'language' },
  {
    verbs: 'be',
    after: '(?:fluent|bilingual|trilingual) in ',
    attribute: 'language',
    means: 'state',
    slot: 'language',
  },
  { verbs: 'play practice practise', after: '(?:the )?', attribute: 'instrument', means: 'state', slot: 'instrument' },
  { verbs: 'play', after: '', attribute: 'sport', means: 'state', slot: 'sport' },
  { verbs: 'root cheer', after: 'for ', attribute: 'favourite team', means: 'state', slot: 'product' },
  {
    verbs: 'be',
    after: '(?:[\\p{Ll}]+ )?(?:allergic|intolerant) to ',
    attribute: 'allergy',
    means: 'state',
    slot: 'matters',
  },
  {
    verbs: 'have',
    after: '(?:an? )?(?:[\\p{Ll}]+ )?allerg(?:y|ies) to ',
    attribute: 'allergy',
    means: 'state',
    slot: 'matters',
  },
  {
    verbs: 'have',
    after: '(?:an? )?(?:severe |bad |mild )?(?=[\\p{Ll}]+ allergy\\b)',
    attribute: 'allergy',
    means: 'state',
    slot: 'matters',
  },
  {
    verbs: 'diagnose',
    isPassive: true,
    after: 'with ',
    attribute: 'health condition',
    means: 'begin',
    slot: 'matters',
  },
  { verbs: 'suffer', after: 'from ', attribute: 'health condition', means: 'state', slot: 'matters' },
  { verbs: 'drive', after: '', attribute: 'car', means: 'state', slot: 'vehicle' },
  {
    verbs: 'trade swap',
    after: '(?:in )?(?:my|our|his|her|the) (?:old )?(?<was>.{2,30}?) (?:in )?for ',
    attribute: 'car',
    means: 'begin',
    slot: 'vehicle',
  },

  { verbs: 'have own keep', after: '', attribute: 'possession', means: 'state', slot: 'thing' },
  {
    verbs: 'buy purchase get adopt rescue acquire inherit order pick receive',
    after: '(?:up )?(?:from .{2,20} )?',
    attribute: 'possession',
    means: 'begin',
    slot: 'thing',
  },
  { verbs: 'run manage', after: `(?=${relation})`, attribute: 'possession', means: 'state', slot: 'thing' },
  {
    verbs: 'open found launch start',
    after: `(?=${relation})`,
    attribute: 'possession',
    means: 'begin',
    slot: 'thing',
  },
  {
    verbs: 'sell donate lose',
    after: '(?:off )?(?=(?:my|our|his|her|their) )',
    attribute: 'possession',
    means: 'end',
    slot: 'thing',
  },
  {
    verbs: 'give',
    after: '(?:away|up) (?=(?:my|our|his|her|their) )',
    attribute: 'possession',
    means: 'end',
    slot: 'thing',
  },

  { verbs: 'love like enjoy adore', after: '', attribute: 'likes', means: 'state', slot: 'taste' },
  {
    verbs: 'prefer',
    after: '(?=.+? (?:to|over|rather than|instead of) |.+$)',
    attribute: 'likes',
    means: 'state',
    slot: 'taste',
  },
  {
    verbs: 'be',
    after:
      '(?:an? )?(?:[\\p{Ll}-]+ )?(?:fan of|fond of|crazy about|(?:really |very |super )?into|obsessed with|passionate about|keen on|addicted to) ',
    attribute: 'likes',
    means: 'state',
    slot: 'taste',
  },
  { verbs: 'start begin', after: '(?=[\\p{Ll}]+ing\\b)', attribute: 'hobby', means: 'begin', slot: 'pursuit' },
  {
    verbs: 'take',
    after:
      '(?:up |an? (?:[\\p{Ll}]+ ){0,2}?(?=(?:yoga|pottery|dance|cooking|painting|photography|karate|ceramics|pilates) class))',
    attribute: 'hobby',
    means: 'begin',
    slot: 'pursuit',
  },
  { verbs: 'get', after: '(?:back )?into ', attribute: 'hobby', means: 'begin', slot: 'pursuit' },
  { verbs: 'pick', after: 'up ', attribute: 'hobby', means: 'begin', slot: 'pursuit' },
  { verbs: 'learn practice practise', after: '(?:how to |to )?', attribute: 'hobby', means: 'state', slot: 'pursuit' },

  { verbs: 'use', after: '', attribute: 'uses', means: 'state', slot: 'product' },
  {
    verbs: 'switch change convert migrate',
    after: '(?:over )?(?:from (?<was>.{2,40}?) )?to (?:using )?',
    attribute: 'uses',
    means: 'begin',
    slot: 'product',
  },
  { verbs: 'plan intend aim', after: '(?:on (?=[\\p{Ll}]+ing )|to )', attribute: 'plan', means: 'state', slot: 'deed' },
  { verbs: 'decide', after: 'to ', attribute: 'plan', means: 'begin', slot: 'deed' },
];

/** Tastes that are denials: "hates tea". */
export const distastes = 'hate dislike detest despise';
