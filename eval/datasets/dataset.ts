import { readFile } from 'node:fs/promises';
import type { ZodType } from 'zod';
import { z } from 'zod';
import type { Role } from '../../src/memory/episode.ts';

/** What every loader makes of its benchmark. What is marked "harness only" never reaches the server. */
export interface Dataset {
  readonly name: string;
  readonly conversations: readonly Conversation[];
  /** Questions that are not asked: reason to count. */
  readonly skipped: Counts;
  /** Evidence and turns that the file names but that cannot be used, and repairs: what was done to how many. */
  readonly repaired: Counts;
}

/** One memory of its own: everything that its questions may draw on, in its own namespace. */
export interface Conversation {
  /** The benchmark's name for it. Harness only. */
  readonly id: string;
  /** In order of time. */
  readonly sessions: readonly Session[];
  readonly questions: readonly Question[];
}

export interface Session {
  /** Whether its turns follow one another; false for a document, which is sent as one text without a session. */
  readonly isDialogue: boolean;
  readonly turns: readonly Turn[];
}

export interface Turn {
  /** What gold evidence names, unique in its conversation. Harness only. */
  readonly id: string;
  readonly text: string;
  /** Who spoke, by name. */
  readonly speaker: string | null;
  readonly role: Role | null;
  /** ISO 8601, UTC. */
  readonly timestamp: string | null;
}

export interface Question {
  /** Harness only. */
  readonly id: string;
  readonly text: string;
  readonly category: Category;
  /** Ids of the turns that hold the evidence; at least one, unless `LoadOptions` ask for more. Harness only. */
  readonly gold: readonly string[];
  /** Of the evidence, what states the newest value and what an older one, where the benchmark asks for an update. Harness only. */
  readonly update?: { readonly newest: readonly string[]; readonly older: readonly string[] };
  /** Harness only. */
  readonly answer: string | null;
  /** When it is asked, ISO 8601, UTC. */
  readonly askedAt: string | null;
  /** What a good answer states, one point each, where the benchmark judges by points. Harness only. */
  readonly rubric?: readonly string[];
  /** A wrong answer that the conversation seems to give. Harness only. */
  readonly lure?: string;
  /** The right answer is that it was never said. Harness only. */
  readonly isUnanswerable?: true;
  /** For benchmarks that judge sessions: positions of the gold sessions among the conversation's. Harness only. */
  readonly goldSessions?: GoldSessions;
}

/** What a loader keeps. */
export interface LoadOptions {
  /**
   * Also questions without evidence: nobody can say how much of it was found, but answers to them can be judged. Left
   * out by default.
   */
  readonly withoutEvidence?: boolean;
}

export interface GoldSessions {
  readonly all: readonly number[];
  /** Those with evidence in something that the user said: all that LongMemEval's own index holds. */
  readonly userSide: readonly number[];
}

export interface Category {
  readonly name: string;
  /** The benchmark's number for it, where it has one. */
  readonly number: number | null;
}

export type Counts = Readonly<Record<string, number>>;

/** Counts things by name. */
export interface Tally {
  readonly add: (name: string, count?: number) => void;
  readonly counts: () => Counts;
}

export function newTally(): Tally {
  const counts = new Map<string, number>();
  return {
    add: (name, count = 1) => counts.set(name, (counts.get(name) ?? 0) + count),
    counts: () => Object.fromEntries(counts),
  };
}

/** Reads a JSON file and checks its shape. @throws Error that names the file and the first thing wrong with it. */
export async function readJson<Value>(path: string, schema: ZodType<Value>): Promise<Value> {
  const text = await readFile(path, 'utf8');
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new Error(`${path} is not JSON.`, { cause });
  }
  return checkShape(path, json, schema);
}

/** @throws Error that names `source` and the first thing wrong. */
export function checkShape<Value>(source: string, value: unknown, schema: ZodType<Value>): Value {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new Error(`${source} is not in the expected form: at /${issue?.path.join('/')}: ${issue?.message}`);
}

/** Answers come as texts and as numbers; both become text. */
export const answerSchema = z
  .union([z.string(), z.number(), z.boolean(), z.array(z.unknown())])
  .transform((value) => (typeof value === 'string' ? value : JSON.stringify(value)));

/** Takes out what no store may hold: U+0000 and halves of surrogate pairs. */
export function cleanText(text: string): string {
  return text.toWellFormed().replaceAll('\u0000', '').trim();
}

/** Timestamps a second apart, so that turns of one session keep their order. */
export function secondsAfter(start: Date | null, seconds: number): string | null {
  return start === null ? null : new Date(start.getTime() + seconds * 1_000).toISOString();
}

/** The first so many questions, and only the conversations that they draw on. */
export function limitQuestions(dataset: Dataset, count: number): Dataset {
  let left = count;
  const conversations = dataset.conversations.flatMap((conversation) => {
    const questions = conversation.questions.slice(0, left);
    left -= questions.length;
    return questions.length === 0 ? [] : [{ ...conversation, questions }];
  });
  const asked = conversations.reduce((sum, { questions }) => sum + questions.length, 0);
  const all = dataset.conversations.reduce((sum, { questions }) => sum + questions.length, 0);
  const skipped = asked === all ? dataset.skipped : { ...dataset.skipped, 'over the limit asked for': all - asked };
  return { ...dataset, conversations, skipped };
}

/**
 * The questions that have neither answer nor evidence, of a set that was loaded with `withoutEvidence`. Conversations keep
 * their places and lose their turns: they are for asking a server that holds them.
 */
export function unanswerablePart(dataset: Dataset): Dataset {
  const conversations = dataset.conversations.map((conversation) => ({
    ...conversation,
    sessions: [],
    questions: conversation.questions.filter(
      ({ isUnanswerable, gold }) => isUnanswerable === true && gold.length === 0,
    ),
  }));
  return { ...dataset, conversations };
}
