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
  type Turn,
} from './dataset.ts';
import { utcDate } from './dates.ts';

/** LoCoMo (Maharana et al. 2024), `locomo10.json`. Category numbers as in its code; many reports permute the names. */
export const locomoCategories: ReadonlyMap<number, string> = new Map([
  [1, 'multi_hop'],
  [2, 'temporal'],
  [3, 'open_domain'],
  [4, 'single_hop'],
  [5, 'adversarial'],
]);

const turnSchema = z.object({
  speaker: z.string(),
  dia_id: z.string(),
  text: z.string(),
  blip_caption: z.string().optional(),
});

const questionSchema = z.object({
  question: z.string(),
  // Nearly all rows of category 5 have only `adversarial_answer`: the wrong answer that a reader may be lured into.
  answer: answerSchema.nullish(),
  adversarial_answer: answerSchema.nullish(),
  evidence: z.union([z.string(), z.array(z.string())]).nullish(),
  category: z.number(),
});

const fileSchema = z.array(
  z.object({ sample_id: z.string(), conversation: z.record(z.string(), z.unknown()), qa: z.array(questionSchema) }),
);

type Row = z.infer<typeof questionSchema>;

/** @throws Error when the file is not LoCoMo's schema. */
export async function loadLocomo(path: string, options: LoadOptions = {}): Promise<Dataset> {
  return parseLocomo(await readJson(path, z.unknown()), path, options);
}

export function parseLocomo(json: unknown, source = 'locomo', options: LoadOptions = {}): Dataset {
  const skipped = newTally();
  const repaired = newTally();
  const conversations = checkShape(source, json, fileSchema).map(({ sample_id, conversation, qa }): Conversation => {
    const sessions = parseSessions(`${source} ${sample_id}`, conversation, repaired);
    const turns = sessions.flatMap((session) => session.turns);
    const known = new Set(turns.map((turn) => turn.id));
    // The benchmark gives no date for a question; it is asked when the last session is over.
    const askedAt = turns.at(-1)?.timestamp ?? null;
    const questions = qa.flatMap((row, index): Question[] => {
      const gold = usableEvidence(row, known, repaired);
      if (gold.length === 0 && options.withoutEvidence !== true) {
        skipped.add(listOf(row).length === 0 ? 'no evidence given' : 'no usable evidence');
        return [];
      }
      const name = locomoCategories.get(row.category) ?? `category_${row.category}`;
      return [
        {
          id: `${sample_id}/${index}`,
          text: cleanText(row.question),
          category: { name, number: row.category },
          gold,
          answer: row.answer ?? null,
          askedAt,
          ...(row.adversarial_answer != null && { lure: row.adversarial_answer }),
          ...(row.category === 5 && { isUnanswerable: true as const }),
        },
      ];
    });
    return { id: sample_id, sessions, questions };
  });
  return { name: 'locomo', conversations, skipped: skipped.counts(), repaired: repaired.counts() };
}

function parseSessions(source: string, conversation: Record<string, unknown>, repaired: Tally): Session[] {
  // Dates stand there for sessions that do not; only sessions count.
  const numbers = Object.keys(conversation)
    .map((key) => /^session_(\d+)$/.exec(key)?.[1])
    .filter((digits) => digits !== undefined)
    .map(Number)
    .sort((left, right) => left - right);
  return numbers.map((number) => {
    const key = `session_${number}`;
    const date = conversation[`${key}_date_time`];
    const start = typeof date === 'string' ? parseLocomoDate(date) : null;
    const turns = checkShape(`${source} ${key}`, conversation[key], z.array(turnSchema)).map(
      (turn, index): Turn => ({
        id: turn.dia_id,
        text: withCaption(turn.text, turn.blip_caption),
        speaker: turn.speaker,
        role: null,
        timestamp: secondsAfter(start, index),
      }),
    );
    const spoken = turns.filter((turn) => turn.text !== '');
    if (spoken.length < turns.length) repaired.add('empty turn left out', turns.length - spoken.length);
    return { isDialogue: true, turns: spoken };
  });
}

/** What the other person sees: the words, and the picture by its caption. */
function withCaption(text: string, caption: string | undefined): string {
  const words = cleanText(text);
  const picture = caption === undefined ? '' : `[image: ${cleanText(caption)}]`;
  return [words, picture].filter((part) => part !== '').join('\n');
}

/** `1:56 pm on 8 May, 2023`, taken as UTC. @throws Error for anything else. */
export function parseLocomoDate(text: string): Date {
  const match = /^\s*(\d{1,2}):(\d{2})\s*([ap]m)\s+on\s+(\d{1,2})\s+([A-Za-z]+),?\s+(\d{4})\s*$/i.exec(text);
  const [, hour, minute, half, day, month, year] = match ?? [];
  const date = utcDate({ year, month, day, hour: (Number(hour) % 12) + (/pm/i.test(half ?? '') ? 12 : 0), minute });
  if (date === null) throw new Error(`Not a LoCoMo date: ${JSON.stringify(text)}`);
  return date;
}

function listOf(row: Row): readonly string[] {
  return typeof row.evidence === 'string' ? [row.evidence] : (row.evidence ?? []);
}

function usableEvidence(row: Row, known: ReadonlySet<string>, repaired: Tally): readonly string[] {
  const gold = new Set<string>();
  for (const entry of listOf(row)) {
    const ids = parseEvidence(entry);
    if (ids.length === 0) repaired.add('malformed evidence dropped');
    else if (ids.length > 1 || ids[0] !== entry) repaired.add('malformed evidence repaired');
    for (const id of ids) {
      if (known.has(id)) gold.add(id);
      else repaired.add('dangling evidence dropped');
    }
  }
  return [...gold];
}

/**
 * The turn ids in one entry of `evidence`. The file holds `D8:6; D9:17`, `D9:1 D4:4 D4:6`, `D:11:26` (meaning D11:26),
 * `D30:05` (meaning D30:5) and a bare `D` (meaning nothing).
 */
export function parseEvidence(entry: string): readonly string[] {
  return [...entry.matchAll(/D\s*:?\s*(\d+)\s*:\s*(\d+)/gi)].map(
    ([, session, turn]) => `D${Number(session)}:${Number(turn)}`,
  );
}
