/** Ways of saying one thing. `s` is a name or null for the one who speaks; `v` the value, `w` the one before it. */
export interface Wordings {
  readonly first: readonly Wording[];
  /** Said when it is another one by now. */
  readonly changed: readonly Wording[];
}

export type Wording = (values: { readonly v: string; readonly w: string }) => string;

export interface NaturalRelation {
  readonly name: string;
  readonly to: 'person' | 'city' | 'company' | readonly string[];
  /** Of the one who speaks; empty when nobody says that of themselves. */
  readonly own: Wordings;
  readonly ownHeldOut: Wordings;
  readonly others: (s: string) => Wordings;
  readonly othersHeldOut: (s: string) => Wordings;
  readonly asks: (s: string | null) => string;
  readonly phrase: ((s: string | null) => string) | null;
}

const none: Wordings = { first: [], changed: [] };
const foods = ['ramen', 'paella', 'moussaka', 'pierogi', 'gumbo', 'falafel', 'goulash', 'risotto'];
const amounts = ['1,150', '1,400', '1,725', '2,050', '2,300', '2,675', '3,125', '900'];

export const naturalRelations: readonly NaturalRelation[] = [
  {
    name: 'residence',
    to: 'city',
    own: {
      first: [
        ({ v }) => `I live in ${v}, near the old market.`,
        ({ v }) => `My flat is tiny but I like living here, and I am based in ${v}.`,
        ({ v }) => `I moved to ${v} a while back.`,
      ],
      changed: [
        ({ v }) => `We finally moved to ${v}!`,
        ({ v, w }) => `I no longer live in ${w}, I live in ${v} now.`,
        ({ v }) => `Actually, I have relocated to ${v} for good.`,
      ],
    },
    ownHeldOut: {
      first: [({ v }) => `Home for me is ${v}.`, ({ v }) => `I have got a place in ${v}.`],
      changed: [
        ({ v, w }) => `We packed up and left ${w} for ${v}.`,
        ({ v }) => `I settled in ${v} in the end, boxes everywhere.`,
      ],
    },
    others: (s) => ({
      first: [({ v }) => `${s} lives in ${v} with two flatmates.`, ({ v }) => `By the way, ${s} is based in ${v}.`],
      changed: [
        ({ v }) => `${s} has moved to ${v}, can you believe it?`,
        ({ v, w }) => `${s} moved from ${w} to ${v}.`,
        ({ v }) => `Turns out ${s} lives in ${v} these days.`,
      ],
    }),
    othersHeldOut: (s) => ({
      first: [
        ({ v }) => `You will find ${s} in ${v} most of the year, that is home.`,
        ({ v }) => `${s}'s apartment is in ${v}.`,
      ],
      changed: [({ v, w }) => `${s} swapped ${w} for ${v}.`, ({ v }) => `${s} has made ${v} home now.`],
    }),
    asks: (s) => (s === null ? 'Where do I live now?' : `Where does ${s} live now?`),
    phrase: null,
  },
  {
    name: 'employer',
    to: 'company',
    own: {
      first: [
        ({ v }) => `I work at ${v}, mostly on the night shift.`,
        ({ v }) => `I am working for ${v} at the moment.`,
      ],
      changed: [
        ({ v }) => `Big news: I started a new job at ${v}.`,
        ({ v, w }) => `I don't work at ${w} any more, I joined ${v}.`,
        ({ v }) => `I accepted a position with ${v} and the commute is short.`,
      ],
    },
    ownHeldOut: {
      first: [({ v }) => `My paycheck comes from ${v}.`, ({ v }) => `My employer is ${v}.`],
      changed: [
        ({ v }) => `${v} hired me last week and I said yes.`,
        ({ v, w }) => `I handed in my notice at ${w} because ${v} made me an offer I took.`,
      ],
    },
    others: (s) => ({
      first: [
        ({ v }) => `${s} works for ${v}.`,
        ({ v }) => `${s} is employed at ${v}, I believe.`,
        ({ v }) => `You know ${s} has a job at ${v}.`,
      ],
      changed: [
        ({ v }) => `${s} got a new job at ${v}.`,
        ({ v, w }) => `${s} left ${w} and joined ${v}.`,
        ({ v }) => `${s} now works for ${v}.`,
      ],
    }),
    othersHeldOut: (s) => ({
      first: [({ v }) => `${s} earns a living at ${v}.`, ({ v }) => `${s}'s employer is ${v}.`],
      changed: [({ v }) => `${v} poached ${s}.`, ({ v }) => `${s} switched employers and is at ${v} now.`],
    }),
    asks: (s) => (s === null ? 'Which company do I work for?' : `Which company does ${s} work for?`),
    phrase: (s) => (s === null ? 'my employer' : `the employer of ${s}`),
  },
  {
    name: 'boss',
    to: 'person',
    own: {
      first: [({ v }) => `My boss is ${v}, very calm under pressure.`, ({ v }) => `I report to ${v}.`],
      changed: [({ v }) => `My new boss is ${v}.`, ({ v, w }) => `${w} is no longer my boss, ${v} is my boss now.`],
    },
    ownHeldOut: {
      first: [({ v }) => `The one who signs off my holidays is my boss ${v}.`, ({ v }) => `${v} is my line manager.`],
      changed: [({ v, w }) => `${v} took over from ${w} as my manager.`, ({ v }) => `I have a new supervisor, ${v}.`],
    },
    others: (s) => ({
      first: [({ v }) => `${s}'s boss is ${v}.`, ({ v }) => `${s} reports to ${v}.`],
      changed: [({ v }) => `${s}'s new boss is ${v}.`, ({ v }) => `Since the reshuffle, ${s} reports to ${v}.`],
    }),
    othersHeldOut: (s) => ({
      first: [({ v }) => `${v} manages ${s}.`, ({ v }) => `${v} is ${s}'s supervisor.`],
      changed: [({ v }) => `${v} is now ${s}'s manager.`, ({ v }) => `${s} has been put under ${v}.`],
    }),
    asks: (s) => (s === null ? 'Who is my boss?' : `Who is ${s}'s boss?`),
    phrase: (s) => (s === null ? 'my boss' : `${s}'s boss`),
  },
  {
    name: 'spouse',
    to: 'person',
    own: none,
    ownHeldOut: none,
    others: (s) => ({
      first: [
        ({ v }) => `${s} is married to ${v}.`,
        ({ v }) => `${s}'s husband is ${v}.`,
        ({ v }) => `${s} tied the knot with ${v}.`,
      ],
      changed: [
        ({ v }) => `${s} got married to ${v} in a tiny chapel.`,
        ({ v }) => `Actually ${s} is now married to ${v}.`,
      ],
    }),
    othersHeldOut: (s) => ({
      first: [({ v }) => `${s} and ${v} are husband and wife.`, ({ v }) => `${v} is ${s}'s wife.`],
      changed: [({ v }) => `${s} said "I do" to ${v}.`, ({ v }) => `${s} remarried, this time ${v}.`],
    }),
    asks: (s) => `Who is ${s ?? 'I'} married to?`,
    phrase: (s) => `the spouse of ${s ?? 'me'}`,
  },
  {
    name: 'favourite food',
    to: foods,
    own: {
      first: [({ v }) => `My favourite food is ${v}.`],
      changed: [
        ({ v }) => `My favourite food is ${v} now.`,
        ({ v, w }) => `My favourite food has changed from ${w} to ${v}.`,
      ],
    },
    ownHeldOut: {
      first: [({ v }) => `If I had to name a favourite food it is ${v}.`],
      changed: [({ v, w }) => `${v} has replaced ${w} as my favourite food.`],
    },
    others: (s) => ({
      first: [({ v }) => `${s}'s favourite food is ${v}.`],
      changed: [({ v }) => `${s}'s favourite food is ${v} now.`, ({ v }) => `The favourite food of ${s} is ${v}.`],
    }),
    othersHeldOut: (s) => ({
      first: [({ v }) => `For ${s}, the favourite food is ${v}.`],
      changed: [({ v }) => `${s} names ${v} as favourite food these days.`],
    }),
    asks: (s) => (s === null ? 'What is my favourite food?' : `What is the favourite food of ${s}?`),
    phrase: null,
  },
  {
    name: 'monthly budget',
    to: amounts,
    own: {
      first: [({ v }) => `My monthly budget is ${v} euros.`, ({ v }) => `I set my monthly budget to ${v} euros.`],
      changed: [
        ({ v, w }) => `I raised my monthly budget from ${w} to ${v} euros.`,
        ({ v }) => `My monthly budget is now ${v} euros.`,
        ({ v, w }) => `Correction: my monthly budget is ${v} euros, not ${w}.`,
      ],
    },
    ownHeldOut: {
      first: [({ v }) => `I keep to a monthly budget of ${v} euros.`],
      changed: [({ v }) => `As for the monthly budget, make that ${v} euros from here on.`],
    },
    others: () => none,
    othersHeldOut: () => none,
    asks: () => 'What is my monthly budget?',
    phrase: null,
  },
  {
    name: 'headquarters',
    to: 'city',
    own: none,
    ownHeldOut: none,
    others: (s) => ({
      first: [({ v }) => `${s} is headquartered in ${v}.`, ({ v }) => `The headquarters of ${s} is in ${v}.`],
      changed: [({ v }) => `${s} moved its headquarters to ${v}.`, ({ v }) => `${s} is now headquartered in ${v}.`],
    }),
    othersHeldOut: (s) => ({
      first: [({ v }) => `${s} has its main office in ${v}.`],
      changed: [({ v, w }) => `${s} shut its head office in ${w} and opened one in ${v}.`],
    }),
    asks: (s) => `Where is the headquarters of ${s ?? 'it'}?`,
    phrase: null,
  },
];

/** What people say around it. */
export const smallTalk: readonly string[] = [
  'The weather has been wild this week.',
  'Did you see the match last night?',
  'I could really use a coffee.',
  'Traffic was awful on the way home.',
  'Thanks for listening, as always.',
  'Would you like to hear something funny?',
  'If I lived by the sea I would swim every day.',
  'I wonder what the weekend will bring.',
  'The neighbours are renovating again, so much noise.',
  'I read half a book in one sitting.',
  'Maybe I should learn to juggle.',
  'Anyway, how was your day?',
];
