import { readdir } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
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

const messageSchema = z.object({
  role: z.enum(['user', 'assistant', 'system']),
  id: z.union([z.number(), z.string()]).transform(String),
  content: z.string(),
  time_anchor: z.string().nullish(),
});

const chatSchema = z.array(z.object({ turns: z.array(z.array(messageSchema)), time_anchor: z.string().nullish() }));

const probeSchema = z.object({
  question: z.string(),
  answer: answerSchema.nullish(),
  ideal_answer: answerSchema.nullish(),
  ideal_response: answerSchema.nullish(),
  ideal_summary: answerSchema.nullish(),
  source_chat_ids: z.unknown().optional(),
  rubric: z.array(answerSchema).nullish(),
});

const probesSchema = z.record(z.string(), z.array(probeSchema));

type Chat = z.infer<typeof chatSchema>;
type Probe = z.infer<typeof probeSchema>;

/** One chat's two files, as read. */
export interface BeamChat {
  readonly id: string;
  readonly chat: unknown;
  readonly probingQuestions: unknown;
}

/**
 * BEAM (Tavakoli et al. 2025): folders with `chat.json` and `probing_questions.json`, anywhere below `directory`.
 * A batch is a session; the ten abilities are the categories.
 */
export async function loadBeam(directory: string, options: LoadOptions = {}): Promise<Dataset> {
  const folders = await chatFolders(directory);
  if (folders.length === 0) throw new Error(`No folder below ${directory} holds a chat.json.`);
  const chats: BeamChat[] = [];
  for (const folder of folders) {
    chats.push({
      id: relative(directory, folder) || basename(folder),
      chat: await readJson(join(folder, 'chat.json'), z.unknown()),
      probingQuestions: await readJson(join(folder, 'probing_questions.json'), z.unknown()),
    });
  }
  return parseBeam(chats, options);
}

export function parseBeam(chats: readonly BeamChat[], options: LoadOptions = {}): Dataset {
  const skipped = newTally();
  const repaired = newTally();
  const conversations = chats.map(({ id, chat, probingQuestions }): Conversation => {
    const sessions = parseSessions(checkShape(`${id} chat`, chat, chatSchema), repaired);
    const turns = sessions.flatMap((session) => session.turns);
    const known = new Set(turns.map((turn) => turn.id));
    const askedAt = turns.at(-1)?.timestamp ?? null;
    const abilities = checkShape(`${id} probing questions`, probingQuestions, probesSchema);
    const questions = Object.entries(abilities).flatMap(([ability, probes]) =>
      probes.flatMap((probe, index): Question[] => {
        const gold = usableSources(probe, known, repaired);
        if (gold.length === 0 && options.withoutEvidence !== true) {
          skipped.add(ability === 'abstention' ? 'abstention' : 'no usable source message');
          return [];
        }
        const category = { name: ability, number: null };
        const text = cleanText(probe.question);
        return [
          {
            id: `${id}/${ability}/${index}`,
            text,
            category,
            gold,
            answer: answerOf(probe),
            askedAt,
            ...(ability === 'knowledge_update' && updateOf(probe, gold, turns)),
            ...(probe.rubric != null && { rubric: probe.rubric }),
            ...(ability === 'abstention' && { isUnanswerable: true as const }),
          },
        ];
      }),
    );
    return { id, sessions, questions };
  });
  return { name: 'beam', conversations, skipped: skipped.counts(), repaired: repaired.counts() };
}

async function chatFolders(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { withFileTypes: true });
  if (entries.some((entry) => entry.name === 'chat.json')) return [directory];
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  names.sort((left, right) => left.localeCompare(right, 'en', { numeric: true }));
  const nested = await Promise.all(names.map((name) => chatFolders(join(directory, name))));
  return nested.flat();
}

/** The date stands on a batch's first message only; it holds for what follows, until the next one. */
function parseSessions(chat: Chat, repaired: Tally): Session[] {
  let start: Date | null = null;
  let seconds = 0;
  return chat.map((batch): Session => {
    const turns = batch.turns.flat().flatMap((message) => {
      const anchor: string | null = message.time_anchor ?? null;
      if (anchor !== null) {
        start = parseAnchor(anchor);
        seconds = 0;
      }
      const text = stripMarker(cleanText(message.content));
      if (text.length < cleanText(message.content).length) repaired.add('generator marker stripped');
      if (text === '') {
        repaired.add('empty turn left out');
        return [];
      }
      const timestamp = secondsAfter(start, seconds);
      seconds += 1;
      return [{ id: message.id, text, speaker: null, role: message.role, timestamp }];
    });
    return { isDialogue: true, turns };
  });
}

/**
 * Messages end in where the generator's plan put them: ` ->-> 1,3`, ` ->-> 2,N/A`, ` ->-> 5,14)`. Users' do nearly
 * always; assistants' do where the model copied it.
 */
export function stripMarker(text: string): string {
  return text.replace(/\s*->->\s*[\d\s,]*(?:N\/A)?[\d\s,]*\)?\s*$/i, '');
}

/** `March-15-2024`, at noon UTC, so that no time zone makes another day of it. @throws Error for anything else. */
export function parseAnchor(text: string): Date {
  const match = /^\s*([A-Za-z]+)-(\d{1,2})-(\d{4})\s*$/.exec(text);
  const [, month, day, year] = match ?? [];
  const date = utcDate({ year, month, day, hour: 12 });
  if (date === null) throw new Error(`Not a BEAM date: ${JSON.stringify(text)}`);
  return date;
}

/** The ids come as a list, as lists by name (`{original_info: [4], updated_info: [8]}`), and once as a list in a list. */
function usableSources(probe: Probe, known: ReadonlySet<string>, repaired: Tally): readonly string[] {
  const gold = new Set<string>();
  for (const id of flatIds(probe.source_chat_ids)) {
    if (known.has(id)) gold.add(id);
    else repaired.add('dangling source message dropped');
  }
  return [...gold];
}

/**
 * The newest evidence by the order of messages: the one group of ids, of those that the file gives (`updated_info` beside
 * `original_info`), that ends last; of ids without groups the last one. What stands in no later message is older. Nothing
 * when all evidence is one message.
 */
function updateOf(probe: Probe, gold: readonly string[], turns: readonly Turn[]): Pick<Question, 'update'> {
  const places = new Map(turns.map(({ id }, place) => [id, place]));
  const placeOf = (id: string): number => places.get(id) ?? -1;
  const sources = probe.source_chat_ids;
  const isGrouped = typeof sources === 'object' && sources !== null && !Array.isArray(sources);
  const groups = (isGrouped ? Object.values(sources).map(flatIds) : gold.map((id) => [id]))
    .map((ids) => ids.filter((id) => gold.includes(id)))
    .filter((ids) => ids.length > 0)
    .sort((a, b) => Math.max(...a.map(placeOf)) - Math.max(...b.map(placeOf)));
  const newest = groups.at(-1) ?? [];
  const older = gold.filter((id) => !newest.includes(id));
  return newest.length === 0 || older.length === 0 ? {} : { update: { newest, older } };
}

function flatIds(sources: unknown): readonly string[] {
  if (typeof sources === 'number' || typeof sources === 'string') return [String(sources)];
  if (typeof sources !== 'object' || sources === null) return [];
  return Object.values(sources).flatMap(flatIds);
}

/** Instruction and preference questions have none of the four: they are judged by rubric. */
function answerOf(probe: Probe): string | null {
  return probe.answer ?? probe.ideal_answer ?? probe.ideal_response ?? probe.ideal_summary ?? null;
}
