/** What a form of a verb can be: "worked" is a past and a participle, "put" anything but a gerund. */
export interface VerbForm {
  readonly lemma: string;
  readonly isBase: boolean;
  readonly isThird: boolean;
  readonly isPast: boolean;
  readonly isParticiple: boolean;
  readonly isGerund: boolean;
}

/** The verbs that a word can be a form of, by its lower-case letters; null for a word that is none of the lexicon's. */
export function verbFormOf(word: string): VerbForm | null {
  lexicon ??= formsByWord();
  return lexicon.get(word) ?? regularForm(word);
}

/** A verb that nobody listed still ends a clause: "retrained and became". Its lemma is the word itself. */
function regularForm(word: string): VerbForm | null {
  if (
    !/^[a-z]{3,}(?:[^e]ed|ing)$/.test(word) ||
    /(?:thing|during|evening|morning|building|wedding|hundred|spring|sibling)$/.test(word)
  )
    return null;
  const isGerund = word.endsWith('ing');
  return { lemma: word, ...none, isGerund, isPast: !isGerund, isParticiple: !isGerund };
}

let lexicon: ReadonlyMap<string, VerbForm> | null = null;

/**
 * Verbs of having, being, going, beginning and ending that tell something lasting of whoever does them, by class (after the
 * classes of VerbNet), and those that lead to another verb. Irregular ones as `lemma/past/participle`.
 */
const verbs = `
live reside dwell stay settle move relocate emigrate immigrate migrate transfer come/came/come go/went/gone return leave/left/left
base locate call make/made/made grow/grew/grown raise bear/bore/born hail originate
work join start begin/began/begun accept land secure take/took/taken get/got/gotten|got hire recruit employ resign quit/quit/quit
retire freelance intern volunteer report promote fire serve run/ran/run own manage found open launch co-found
study attend graduate enroll enrol major earn complete finish receive hold/held/held specialize train teach/taught/taught
marry remarry wed date engage divorce split/split/split separate propose see/saw/seen meet/met/met tie
speak/spoke/spoken play root cheer follow support practice practise learn
drive/drove/driven ride/rode/ridden buy/bought/bought purchase adopt rescue acquire inherit order pick sell/sold/sold donate
lose/lost/lost trade swap have/had/had keep/kept/kept rent lease use switch change convert migrate upgrade replace name
love like enjoy adore prefer hate dislike detest despise
plan intend decide aim book schedule sign turn become/became/become diagnose suffer stop give/gave/given end wind/wound/wound
increase decrease raise lower reduce bump extend push reschedule update set/set/set cut/cut/cut drop rise/rose/risen climb fall/fell/fallen
jump shift adjust revise double reach hit/hit/hit sit/sat/sat stand/stood/stood amount equal cost/cost/cost total
say/said/said tell/told/told think/thought/thought know/knew/known feel need want hope seem look try mention say ask read/read/read write/wrote/written visit collect win/won/won try watch see/saw/seen record publish bake cook plant paint
belong commute identify consider feel/felt/felt steal/stole/stolen arrive head coach lead/led/led direct help care pass welcome
`;

function formsByWord(): ReadonlyMap<string, VerbForm> {
  const forms = new Map<string, VerbForm>();
  const put = (word: string, lemma: string, form: Partial<VerbForm>): void => {
    const before = forms.get(word) ?? { lemma, ...none };
    // Of two verbs that share a form, the one whose past it is: "found" is of "find" and "found" only by its own base.
    forms.set(word, { ...before, ...form });
  };
  for (const entry of verbs.trim().split(/\s+/)) {
    const [lemma = '', past, participle = past] = entry.split('/');
    put(lemma, lemma, { isBase: true });
    put(thirdOf(lemma), lemma, { isThird: true });
    put(gerundOf(lemma), lemma, { isGerund: true });
    for (const form of (past ?? pastOf(lemma)).split('|')) put(form, lemma, { isPast: true });
    for (const form of (participle ?? pastOf(lemma)).split('|')) put(form, lemma, { isParticiple: true });
  }
  forms.set('wed', { lemma: 'wed', ...none, isBase: true, isPast: true, isParticiple: true });
  return forms;
}

const none = { isBase: false, isThird: false, isPast: false, isParticiple: false, isGerund: false };

function thirdOf(lemma: string): string {
  if (lemma === 'have') return 'has';
  if (/[^aeiou]y$/.test(lemma)) return `${lemma.slice(0, -1)}ies`;
  return /(?:s|x|z|ch|sh|o)$/.test(lemma) ? `${lemma}es` : `${lemma}s`;
}

function pastOf(lemma: string): string {
  if (lemma.endsWith('e')) return `${lemma}d`;
  if (/[^aeiou]y$/.test(lemma)) return `${lemma.slice(0, -1)}ied`;
  return `${doubled(lemma)}ed`;
}

function gerundOf(lemma: string): string {
  if (lemma.endsWith('ie')) return `${lemma.slice(0, -2)}ying`;
  if (/[^eo]e$/.test(lemma)) return `${lemma.slice(0, -1)}ing`;
  return `${doubled(lemma)}ing`;
}

/** A short verb that ends in one vowel and one consonant doubles it: planned, running. */
function doubled(lemma: string): string {
  const isDoubled =
    /^[^aeiou]*[aeiou][bdgklmnprt]$/.test(lemma) || /(?:^|[^aeiou])(?:transfer|enrol|resign)$/.test(lemma);
  return isDoubled && !lemma.endsWith('resign') ? `${lemma}${lemma.at(-1)}` : lemma;
}
