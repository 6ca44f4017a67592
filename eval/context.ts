import { z } from 'zod';
import { limits } from '../src/memory/limits.ts';
import type { Conversation, Dataset, Question, Turn } from './datasets/dataset.ts';
import { type AddedConversations, searchBody } from './evaluate.ts';
import type { Progress } from './progress.ts';
import type { ServerClient } from './server/client.ts';
import { mean, percentiles } from './statistics.ts';
import { fixed, table } from './table.ts';

/** What a prompt costs, and how much of the evidence is in it: recall per token is what a user pays for. */
export interface TokenRecall {
  /** Mean fraction of a question's evidence whose text is in the context, whole. */
  readonly recall: number;
  /** Fraction of questions with all of it. */
  readonly all: number;
  /** `recall` if a message of which only the best parts are in the context counted, too. The truth is between. */
  readonly recall_with_parts: number;
  /** Means over questions. */
  readonly tokens: number;
  readonly memories: number;
  readonly p50_ms: number | null;
}

/** By limit of tokens. */
export type ByTokens = Readonly<Record<string, TokenRecall>>;

export const tokenLimits = [500, 1_000, 2_000, 4_000] as const;

const contextSchema = z.object({
  text: z.string(),
  memories: z.array(z.object({ id: z.string(), is_cut: z.boolean() })),
  tokens: z.number(),
});
type Context = z.infer<typeof contextSchema>;

/** Asks every question for a context of each size, of a server that holds the conversations. */
export async function contextRecall(
  dataset: Dataset,
  { turnsOf }: Pick<AddedConversations, 'turnsOf'>,
  client: ServerClient,
  progress: Progress,
): Promise<ByTokens> {
  const questions = dataset.conversations.reduce((sum, conversation) => sum + conversation.questions.length, 0);
  progress.start('Asking for contexts', questions * tokenLimits.length);
  const results = new Map<string, TokenRecall>();
  for (const maxTokens of tokenLimits) {
    const asked: Asked[] = [];
    for (const [position, conversation] of dataset.conversations.entries()) {
      for (const question of conversation.questions) {
        const body = { ...searchBody(dataset, position, question), max_tokens: maxTokens };
        const reply = await client.post('/v1/context', body);
        const context = contextSchema.parse(reply.body);
        const turns = turnsOf.get(conversation) ?? new Map<string, string>();
        asked.push({ ...evidenceIn(context, question, conversation, turns), context, elapsedMs: reply.elapsedMs });
        progress.advance();
      }
    }
    results.set(String(maxTokens), tokenRecall(asked));
  }
  progress.finish();
  return Object.fromEntries(results);
}

/** The same for people. */
export function contextTable(byTokens: ByTokens): string {
  return table(
    ['context of at most', 'recall', 'all', 'with parts', 'tokens', 'memories', 'p50 ms'],
    Object.entries(byTokens).map(([limit, scores]) => [
      `${limit} tokens`,
      ...[scores.recall, scores.all, scores.recall_with_parts].map((value) => fixed(value, 3)),
      fixed(scores.tokens, 0),
      fixed(scores.memories, 1),
      fixed(scores.p50_ms, 1),
    ]),
  );
}

interface Evidence {
  /** Fractions of the question's evidence. */
  readonly whole: number;
  readonly some: number;
}

interface Asked extends Evidence {
  readonly context: Context;
  readonly elapsedMs: number;
}

/** A turn counts as whole when the server says that it used all of it and its words are there, one after the other. */
export function evidenceIn(
  context: Pick<Context, 'text' | 'memories'>,
  question: Pick<Question, 'gold'>,
  conversation: Pick<Conversation, 'sessions'>,
  turnIds: ReadonlyMap<string, string>,
): Evidence {
  const turns = new Map(conversation.sessions.flatMap((session) => session.turns.map((turn) => [turn.id, turn])));
  const shown = wordsOf(context.text);
  const some = new Set<string>();
  const whole = new Set<string>();
  for (const { id, is_cut } of context.memories) {
    const turn = turns.get(turnIds.get(id) ?? '');
    if (turn === undefined) continue;
    some.add(turn.id);
    if (!is_cut && isThere(turn, shown)) whole.add(turn.id);
  }
  const gold = [...new Set(question.gold)];
  const fraction = (found: ReadonlySet<string>) => gold.filter((id) => found.has(id)).length / gold.length;
  return { whole: fraction(whole), some: fraction(some) };
}

/** A message longer than the service stores in one is stored in parts, and any part counts as the message. */
function isThere(turn: Turn, shown: string): boolean {
  const words = wordsOf(turn.text);
  return shown.includes(words) || turn.text.length > limits.textCharacters;
}

/** Letters and digits alone: a context breaks lines otherwise, and takes out what shows nothing. */
function wordsOf(text: string): string {
  const visible = text.replace(/\p{Default_Ignorable_Code_Point}/gu, '').toLowerCase();
  return (visible.match(/[\p{L}\p{N}]+/gu) ?? []).join(' ');
}

function tokenRecall(asked: readonly Asked[]): TokenRecall {
  return {
    recall: mean(asked.map(({ whole }) => whole)),
    all: mean(asked.map(({ whole }) => (whole === 1 ? 1 : 0))),
    recall_with_parts: mean(asked.map(({ some }) => some)),
    tokens: mean(asked.map(({ context }) => context.tokens)),
    memories: mean(asked.map(({ context }) => context.memories.length)),
    p50_ms: percentiles(asked.map(({ elapsedMs }) => elapsedMs)).p50,
  };
}
