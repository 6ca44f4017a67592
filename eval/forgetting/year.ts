import { parseAdd } from '../../src/api/schemas.ts';
import type { Json } from '../../src/memory/episode.ts';
import type { Conversation, Question, Turn } from '../datasets/dataset.ts';
import { newRandom } from '../facts/random.ts';
import { addRequests } from '../ingest.ts';
import { chatter } from './chatter.ts';
import { openRecordedMemory, scope, type Written } from './memory.ts';

const dayMs = 86_400_000;
const monthMs = 30.4375 * dayMs;
const months = 12;

/** Months after the last session at which questions are asked. */
export const askedAfterMonths = [1, 3, 6, 9, 12] as const;

export interface YearOptions {
  readonly seed: number;
  /** Unrelated notes for each turn of the conversation. */
  readonly volume: number;
}

/** A conversation and the year after it, as it was written: to be lived through again under every policy. */
export interface Year {
  readonly conversation: Conversation;
  readonly written: readonly Written[];
  /** Ends of the months, milliseconds since 1970: when forgetting runs, and after some of which questions are asked. */
  readonly months: readonly number[];
  /** The month, from 1, from which on a question is asked, again and again. */
  readonly firstAsked: ReadonlyMap<Question, number>;
  /** Memory id to turn id. */
  readonly turnOf: ReadonlyMap<string, string>;
  /** All notes at the end, those of passes aside. */
  readonly notes: number;
  /** Mean importance that passes gave to notes of the conversation and to the others. */
  readonly importance: { readonly conversation: number; readonly unrelated: number };
}

/**
 * Lives through the year once, forgetting nothing: sessions at their dates, then a year of unrelated talk, the worker's passes
 * after each session. Through the service, with a clock that stands at the time of what is said.
 */
export async function yearOf(conversation: Conversation, { seed, volume }: YearOptions): Promise<Year> {
  const memory = openRecordedMemory();
  try {
    const turnOf = new Map<string, string>();
    const turns = conversation.sessions.flatMap((session) => session.turns);
    let time = Date.UTC(2024, 0, 1);
    for (const [index, session] of conversation.sessions.entries()) {
      time = Math.max(timeOf(session.turns) ?? time + dayMs, time);
      for (const [id, turn] of await add({ ...conversation, sessions: [session] }, `s${index}`)) turnOf.set(id, turn);
    }
    const end = time;
    const unrelated = chatter({
      seed,
      turns: volume * turns.length,
      from: end + dayMs,
      until: end + months * monthMs - dayMs,
      voices: voicesOf(turns),
    });
    for (const [index, session] of unrelated.entries()) {
      time = Math.max(timeOf(session.turns) ?? time, time);
      await add({ id: '', questions: [], sessions: [session] }, `c${index}`, index % sessionsPerDrain === 0);
    }
    await memory.drained();
    const random = newRandom(seed);
    return {
      conversation,
      written: memory.written,
      months: Array.from({ length: months }, (_, month) => end + (month + 1) * monthMs),
      firstAsked: new Map(conversation.questions.map((question) => [question, random.pick(askedAfterMonths)])),
      turnOf,
      ...(await measured(turnOf)),
    };

    async function add(part: Conversation, session: string, isDrained = true): Promise<[string, string][]> {
      memory.setTime(time);
      const pairs: [string, string][] = [];
      for (const { body, turns: sent } of addRequests(part, scope.namespace)) {
        const named = 'session_id' in body ? { ...body, session_id: session } : body;
        const { memories } = await memory.service.add(parseAdd(JSON.parse(JSON.stringify(named)) as Json));
        memories.forEach(({ id }, index) => {
          pairs.push([id, sent[index]?.id ?? '']);
        });
      }
      if (isDrained) await memory.drained();
      return pairs;
    }
  } finally {
    await memory.close();
  }

  async function measured(turnOf: ReadonlyMap<string, string>): Promise<Pick<Year, 'notes' | 'importance'>> {
    const sums = { conversation: 0, unrelated: 0 };
    const counts = { conversation: 0, unrelated: 0 };
    for (let after = 0; ; ) {
      const rows = await memory.store.workingRows({ ...scope, subtree: false }, after, 1_000);
      for (const { id, importance } of rows) {
        const of = turnOf.has(id) ? 'conversation' : 'unrelated';
        sums[of] += importance;
        counts[of] += 1;
      }
      const last = rows.at(-1);
      if (last === undefined) break;
      after = last.order;
    }
    return {
      notes: counts.conversation + counts.unrelated,
      importance: {
        conversation: sums.conversation / counts.conversation,
        unrelated: sums.unrelated / counts.unrelated,
      },
    };
  }
}

/** Passes over unrelated talk run after this many sessions: some days of it. */
const sessionsPerDrain = 5;

function timeOf(turns: readonly Turn[]): number | null {
  const times = turns.flatMap(({ timestamp }) => (timestamp === null ? [] : [Date.parse(timestamp)]));
  return times.length === 0 ? null : Math.max(...times);
}

/** Those who talk in the conversation, each once, in the order of their first turns. */
function voicesOf(turns: readonly Turn[]): readonly Pick<Turn, 'speaker' | 'role'>[] {
  const voices = new Map(turns.map(({ speaker, role }) => [`${speaker}\n${role}`, { speaker, role }]));
  return [...voices.values()];
}
