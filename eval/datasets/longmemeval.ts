import { z } from 'zod';
import {
  answerSchema,
  type Conversation,
  checkShape,
  cleanText,
  type Dataset,
  type LoadOptions,
  newTally,
  type Question,
  readJson,
  type Session,
  secondsAfter,
  type Tally,
} from './dataset.ts';
import { utcDate } from './dates.ts';

const turnSchema = z.object({
  role: z.enum(['user', 'assistant', 'system']),
  content: z.string(),
  has_answer: z.boolean().nullish(),
});

const recordSchema = z.object({
  question_id: z.string(),
  question_type: z.string(),
  question: z.string(),
  question_date: z.string().nullish(),
  answer: answerSchema.nullish(),
  answer_session_ids: z.array(z.string()).default([]),
  haystack_session_ids: z.array(z.string()),
  haystack_dates: z.array(z.string()),
  haystack_sessions: z.array(z.array(turnSchema)),
});

type LongMemEvalRecord = z.infer<typeof recordSchema>;

/** A session with what the benchmark knows of it. The id stops here: gold ones contain the word "answer". */
interface HaystackSession {
  readonly start: Date;
  readonly isGold: boolean;
  readonly turns: LongMemEvalRecord['haystack_sessions'][number];
}

/**
 * LongMemEval (Wu et al. 2024), official schema: `longmemeval_s.json`, `_m`, `_oracle`. Every record brings its own
 * haystack, so every question is a conversation of its own. Evidence is the turns with `has_answer`.
 *
 * Turns are named by position, `session:turn` after sorting by date: no id of the file leaves this function.
 */
export async function loadLongMemEval(path: string, options: LoadOptions = {}): Promise<Dataset> {
  return parseLongMemEval(await readJson(path, z.unknown()), path, options);
}

export function parseLongMemEval(json: unknown, source = 'longmemeval', options: LoadOptions = {}): Dataset {
  const skipped = newTally();
  const repaired = newTally();
  const conversations = checkShape(source, json, z.array(recordSchema)).flatMap((record): Conversation[] => {
    // An abstention question asks for what is not there: it has an answer, but no evidence to be recalled.
    if (isAbstention(record) && options.withoutEvidence !== true) {
      skipped.add('abstention');
      return [];
    }
    const haystack = sortByDate(`${source} ${record.question_id}`, record);
    const question = parseQuestion(record, haystack);
    if (question.gold.length === 0 && options.withoutEvidence !== true) {
      skipped.add('no turn is marked as evidence');
      return [];
    }
    const sessions = haystack.map((session, position) => parseSession(session, position, repaired));
    return [{ id: record.question_id, sessions, questions: [question] }];
  });
  return { name: 'longmemeval', conversations, skipped: skipped.counts(), repaired: repaired.counts() };
}

function isAbstention({ question_id }: LongMemEvalRecord): boolean {
  return question_id.includes('_abs');
}

function sortByDate(source: string, record: LongMemEvalRecord): HaystackSession[] {
  const { haystack_sessions: sessions, haystack_dates: dates, haystack_session_ids: ids } = record;
  if (dates.length !== sessions.length || ids.length !== sessions.length) {
    throw new Error(`${source} has ${sessions.length} sessions, ${dates.length} dates and ${ids.length} ids.`);
  }
  const gold = new Set(record.answer_session_ids);
  return sessions
    .map((turns, index) => ({
      start: parseLongMemEvalDate(dates[index] ?? ''),
      isGold: gold.has(ids[index] ?? ''),
      turns,
    }))
    .sort((left, right) => left.start.getTime() - right.start.getTime());
}

function parseQuestion(record: LongMemEvalRecord, haystack: readonly HaystackSession[]): Question {
  const gold = haystack.flatMap((session, position) =>
    session.turns.flatMap((turn, index) =>
      turn.has_answer === true && cleanText(turn.content) !== '' ? [turnId(position, index)] : [],
    ),
  );
  const positions = [...haystack.keys()].filter((position) => haystack[position]?.isGold === true);
  const userSide = positions.filter((position) =>
    haystack[position]?.turns.some((turn) => turn.role === 'user' && turn.has_answer === true),
  );
  return {
    id: record.question_id,
    text: cleanText(record.question),
    category: { name: record.question_type, number: null },
    gold,
    answer: record.answer ?? null,
    askedAt: record.question_date ? parseLongMemEvalDate(record.question_date).toISOString() : null,
    goldSessions: { all: positions, userSide },
    ...(isAbstention(record) && { isUnanswerable: true as const }),
  };
}

function parseSession(session: HaystackSession, position: number, repaired: Tally): Session {
  const turns = session.turns.flatMap((turn, index) => {
    const text = cleanText(turn.content);
    if (text === '') {
      repaired.add('empty turn left out');
      return [];
    }
    const timestamp = secondsAfter(session.start, index);
    return [{ id: turnId(position, index), text, speaker: null, role: turn.role, timestamp }];
  });
  return { isDialogue: true, turns };
}

function turnId(session: number, turn: number): string {
  return `${session}:${turn}`;
}

/** `2023/05/30 (Tue) 23:40`, taken as UTC. @throws Error for anything else. */
export function parseLongMemEvalDate(text: string): Date {
  const match = /^\s*(\d{4})\/(\d{2})\/(\d{2})\s*(?:\([A-Za-z]+\))?\s*(\d{2}):(\d{2})\s*$/.exec(text);
  const [, year, month, day, hour, minute] = match ?? [];
  const date = utcDate({ year, month, day, hour: Number(hour), minute });
  if (date === null) throw new Error(`Not a LongMemEval date: ${JSON.stringify(text)}`);
  return date;
}
