import { charactersPerToken, type FactMessage, type FactQuestion, type FactSet } from './fact-set.ts';
import { independentRelations } from './independent-templates.ts';
import { newNamer } from './names.ts';
import { naturalRelations, smallTalk, type Wordings } from './natural-templates.ts';
import { newRandom } from './random.ts';

/** How the facts of a set are worded: as the rules were developed with, held out from that, or written apart from both. */
export const wordingGroups = ['developed', 'held_out', 'independent'] as const;
export type WordingGroup = (typeof wordingGroups)[number];

/** A relation with the wordings of one group. */
export interface WordedRelation {
  readonly name: string;
  readonly to: 'person' | 'city' | 'company' | readonly string[];
  /** Of the one who speaks; empty when nobody says that of themselves. */
  readonly own: Wordings;
  readonly others: (s: string) => Wordings;
  readonly asks: (s: string | null) => string;
  /** For a question about its value; null when that leads nowhere. */
  readonly phrase: ((s: string | null) => string) | null;
}

interface Saying {
  readonly relation: WordedRelation;
  /** Null: the one who speaks. */
  readonly subject: string | null;
  readonly value: string;
  readonly text: string;
  readonly at: number;
}

const start = Date.UTC(2023, 0, 2, 9);
const hourMs = 3_600_000;
const messagesPerSession = 6;
/** Of a hundred sessions, those that arrive out of order. */
const latePercent = 20;

/**
 * The same kind of facts inside ordinary chat: said in passing, in the first and third person, corrected, with sessions that
 * arrive late but say when they were.
 */
export function naturalSet(tokens: number, seed: number, group: WordingGroup): FactSet {
  const random = newRandom(seed);
  const namer = newNamer(random);
  const count = Math.max(8, Math.round(tokens / 700));
  const people = Array.from({ length: count }, () => namer.person());
  const companies = Array.from({ length: Math.max(4, Math.round(count / 2)) }, () => namer.company());
  const cities = Array.from({ length: Math.max(8, count) }, () => namer.city());
  const relations = relationsOf(group);
  const slots: { readonly relation: WordedRelation; readonly subject: string | null }[] = relations.flatMap(
    (relation) => {
      const subjects = relation.name === 'headquarters' ? companies : people;
      const own = relation.own.first.length > 0 ? [{ relation, subject: null }] : [];
      const others = relation.others('').first.length > 0 ? subjects.map((subject) => ({ relation, subject })) : [];
      return [...own, ...others];
    },
  );
  const sayings = slots.flatMap((slot) => sayingsOf(slot)).sort((one, other) => one.at - other.at);
  const current = new Map<string, string>();
  for (const { relation, subject, value } of sayings) current.set(`${relation.name}\n${subject}`, value);
  return { messages: messagesOf(sayings), questions: questionsOf(), facts: sayings.length };

  function sayingsOf({ relation, subject }: { relation: WordedRelation; subject: string | null }): Saying[] {
    const wordings = subject === null ? relation.own : relation.others(subject);
    const pool =
      typeof relation.to !== 'string'
        ? relation.to
        : relation.to === 'person'
          ? people
          : relation.to === 'city'
            ? cities
            : companies;
    const values = random
      .shuffled(pool.filter((value) => value !== subject))
      .slice(0, wordings.changed.length === 0 ? 1 : 1 + random.below(3));
    let at = start + random.below(2_000) * hourMs;
    return values.map((v, index) => {
      const w = values[index - 1] ?? '';
      const text = random.pick(index === 0 ? wordings.first : wordings.changed)({ v, w });
      at += (24 + random.below(1_500)) * hourMs;
      return { relation, subject, value: v, text, at };
    });
  }

  function messagesOf(said: readonly Saying[]): readonly FactMessage[] {
    const perMessage = Math.max(0, Math.round((tokens * charactersPerToken) / said.length / 40) - 2);
    const messages = said.map(({ text, at }, index): FactMessage => {
      const around = Array.from({ length: Math.min(perMessage, 40) }, () => random.pick(smallTalk));
      const before = random.below(around.length + 1);
      return {
        text: [...around.slice(0, before), text, ...around.slice(before)].join(' '),
        session: `chat ${Math.floor(index / messagesPerSession)}`,
        role: 'user',
        timestamp: new Date(at).toISOString(),
      };
    });
    const sessions = Array.from({ length: Math.ceil(messages.length / messagesPerSession) }, (_, index) =>
      messages.slice(index * messagesPerSession, (index + 1) * messagesPerSession),
    );
    const late = sessions.filter(() => random.below(100) < latePercent);
    return [...sessions.filter((session) => !late.includes(session)), ...random.shuffled(late)].flat();
  }

  function questionsOf(): FactQuestion[] {
    const single: FactQuestion[] = [];
    const double: FactQuestion[] = [];
    for (const { relation, subject } of slots) {
      const value = current.get(`${relation.name}\n${subject}`) ?? '';
      single.push({ text: relation.asks(subject), answer: value, hops: 1 });
      if (relation.phrase === null) continue;
      const phrase = relation.phrase(subject);
      for (const next of relations) {
        const answer = current.get(`${next.name}\n${value}`);
        if (answer !== undefined) double.push({ text: next.asks(phrase), answer, hops: 2 });
      }
    }
    return [...single, ...random.shuffled(double).slice(0, 150)];
  }
}

function relationsOf(group: WordingGroup): readonly WordedRelation[] {
  if (group === 'independent') return independentRelations;
  if (group === 'developed') return naturalRelations;
  return naturalRelations.map((relation) => ({
    ...relation,
    own: relation.ownHeldOut,
    others: relation.othersHeldOut,
  }));
}
