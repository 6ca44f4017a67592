import { charactersPerToken, type FactQuestion, type FactSet } from './fact-set.ts';
import { newNamer } from './names.ts';
import { newRandom } from './random.ts';

type Kind = 'person' | 'city' | 'country' | 'company' | 'work';

interface Relation {
  readonly of: Kind;
  /** The kind of its values, or the values themselves. */
  readonly to: Kind | readonly string[];
  readonly states: (subject: string, value: string) => string;
  readonly asks: (subject: string) => string;
  /** A phrase for its value, to ask further about. */
  readonly phrase: (subject: string) => string;
}

const religions = ['Buddhism', 'Islam', 'Hinduism', 'Judaism', 'Sikhism', 'Catholicism'];
const languages = ['Latvian', 'Swahili', 'Quechua', 'Welsh', 'Tamil', 'Catalan', 'Finnish', 'Basque'];
const continents = ['Africa', 'Asia', 'Europe', 'Oceania', 'South America', 'North America'];
const sports = ['cricket', 'handball', 'curling', 'rugby', 'badminton', 'fencing', 'lacrosse'];

/** Statements and questions in the manner of FactConsolidation, which takes them from MQuAKE. */
const relations: readonly Relation[] = [
  {
    of: 'person',
    to: 'person',
    states: (s, v) => `${s} is married to ${v}.`,
    asks: (s) => `Who is ${s} married to?`,
    phrase: (s) => `the spouse of ${s}`,
  },
  {
    of: 'person',
    to: 'country',
    states: (s, v) => `${s} is a citizen of ${v}.`,
    asks: (s) => `Which country is ${s} a citizen of?`,
    phrase: (s) => `the country that ${s} is a citizen of`,
  },
  {
    of: 'person',
    to: 'company',
    states: (s, v) => `${s} is employed by ${v}.`,
    asks: (s) => `Who is the employer of ${s}?`,
    phrase: (s) => `the employer of ${s}`,
  },
  {
    of: 'person',
    to: 'city',
    states: (s, v) => `${s} was born in the city of ${v}.`,
    asks: (s) => `In which city was ${s} born?`,
    phrase: (s) => `the birthplace of ${s}`,
  },
  {
    of: 'person',
    to: religions,
    states: (s, v) => `${s} is affiliated with the religion of ${v}.`,
    asks: (s) => `Which religion is ${s} affiliated with?`,
    phrase: (s) => `the religion of ${s}`,
  },
  {
    of: 'person',
    to: sports,
    states: (s, v) => `${s} is associated with the sport of ${v}.`,
    asks: (s) => `Which sport is ${s} associated with?`,
    phrase: (s) => `the sport of ${s}`,
  },
  {
    of: 'person',
    to: languages,
    states: (s, v) => `${s} speaks the language of ${v}.`,
    asks: (s) => `What language does ${s} speak?`,
    phrase: (s) => `the language of ${s}`,
  },
  {
    of: 'work',
    to: 'person',
    states: (s, v) => `The author of ${s} is ${v}.`,
    asks: (s) => `Who is the author of ${s}?`,
    phrase: (s) => `the author of ${s}`,
  },
  {
    of: 'work',
    to: languages,
    states: (s, v) => `${s} was written in the language of ${v}.`,
    asks: (s) => `In which language was ${s} written?`,
    phrase: (s) => `the language of ${s}`,
  },
  {
    of: 'company',
    to: 'person',
    states: (s, v) => `${s} was founded by ${v}.`,
    asks: (s) => `Who founded ${s}?`,
    phrase: (s) => `the founder of ${s}`,
  },
  {
    of: 'company',
    to: 'person',
    states: (s, v) => `The chief executive officer of ${s} is ${v}.`,
    asks: (s) => `Who is the chief executive officer of ${s}?`,
    phrase: (s) => `the chief executive officer of ${s}`,
  },
  {
    of: 'company',
    to: 'city',
    states: (s, v) => `The headquarters of ${s} is located in the city of ${v}.`,
    asks: (s) => `Where is the headquarters of ${s} located?`,
    phrase: (s) => `the headquarters of ${s}`,
  },
  {
    of: 'country',
    to: 'city',
    states: (s, v) => `The capital of ${s} is ${v}.`,
    asks: (s) => `What is the capital of ${s}?`,
    phrase: (s) => `the capital of ${s}`,
  },
  {
    of: 'country',
    to: 'person',
    states: (s, v) => `The name of the current head of state in ${s} is ${v}.`,
    asks: (s) => `Who is the current head of state of ${s}?`,
    phrase: (s) => `the head of state of ${s}`,
  },
  {
    of: 'country',
    to: languages,
    states: (s, v) => `The official language of ${s} is ${v}.`,
    asks: (s) => `What is the official language of ${s}?`,
    phrase: (s) => `the official language of ${s}`,
  },
  {
    of: 'country',
    to: continents,
    states: (s, v) => `${s} is located in the continent of ${v}.`,
    asks: (s) => `Which continent is ${s} located in?`,
    phrase: (s) => `the continent of ${s}`,
  },
];

const chunkTokens = 512;
const updatedShare = 0.4;
const charactersPerFact = 52;

/** Numbered facts of about so many tokens; of two about one thing the one with the larger number holds. */
export function structuredSet(tokens: number, seed: number, questionsPerHop: number): FactSet {
  const random = newRandom(seed);
  const namer = newNamer(random);
  const wanted = Math.round((tokens * charactersPerToken) / charactersPerFact);
  // Sixteen relations over five kinds of things: each thing has a handful of facts.
  const things = Math.max(12, Math.round(wanted / (4 * (1 + updatedShare))));
  const pool: Record<Kind, string[]> = { person: [], city: [], country: [], company: [], work: [] };
  const kinds: readonly Kind[] = [
    'person',
    'person',
    'person',
    'company',
    'company',
    'work',
    'work',
    'country',
    'city',
  ];
  for (let index = 0; index < things; index += 1) {
    const kind = kinds[index % kinds.length] ?? 'person';
    pool[kind].push(namer[kind]());
  }
  const current = new Map<string, string>();
  const stated: {
    readonly key: string;
    readonly relation: Relation;
    readonly subject: string;
    readonly value: string;
  }[] = [];
  const slots = random.shuffled(
    relations.flatMap((relation, index) =>
      pool[relation.of].map((subject) => ({ key: `${index}\n${subject}`, relation, subject })),
    ),
  );
  for (const slot of slots) {
    if (stated.length >= wanted) break;
    const values = random
      .shuffled(typeof slot.relation.to === 'string' ? pool[slot.relation.to] : slot.relation.to)
      .filter((value) => value !== slot.subject);
    const said = random.below(100) < updatedShare * 100 ? 2 : 1;
    for (const value of values.slice(0, said)) stated.push({ ...slot, value });
  }
  const lines = random.shuffled(stated).map((fact, serial) => {
    current.set(fact.key, fact.value);
    return `${serial}. ${fact.relation.states(fact.subject, fact.value)}`;
  });
  return {
    messages: chunks(lines).map((text) => ({ text, session: 'facts', role: 'user', timestamp: null })),
    questions: questions(),
    facts: lines.length,
  };

  function questions(): FactQuestion[] {
    const single: FactQuestion[] = [];
    const double: FactQuestion[] = [];
    for (const { key, relation, subject } of random.shuffled(slots.filter(({ key }) => current.has(key)))) {
      const value = current.get(key) ?? '';
      if (single.length < questionsPerHop) single.push({ text: relation.asks(subject), answer: value, hops: 1 });
      const [next] = random.shuffled(
        [...relations.entries()].filter(([index, { of }]) => of === relation.to && current.has(`${index}\n${value}`)),
      );
      if (next === undefined || double.length >= questionsPerHop) continue;
      double.push({
        text: next[1].asks(relation.phrase(subject)),
        answer: current.get(`${next[0]}\n${value}`) ?? '',
        hops: 2,
      });
    }
    return [...single, ...double];
  }
}

function chunks(lines: readonly string[]): readonly string[] {
  const texts: string[] = [];
  let text = '';
  for (const line of lines) {
    if (text !== '' && text.length + line.length > chunkTokens * charactersPerToken) {
      texts.push(text);
      text = '';
    }
    text += `${text === '' ? '' : '\n'}${line}`;
  }
  return [...texts, text];
}
