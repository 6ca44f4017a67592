import { z } from 'zod';
import { limits } from '../src/memory/limits.ts';
import type { TokenCounter } from '../src/memory/tokens.ts';
import { newTokenCounterLoader } from '../src/models/token-counter.ts';
import type { Conversation, Dataset, Question, Turn } from './datasets/dataset.ts';
import { type AddedConversations, type SearchBody, searchBody, searchLimit } from './evaluate.ts';
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

/** By category: the evidence in a context, and in the hits of a search alone in as many tokens. */
export interface CategoryTokenRecall {
  readonly n: number;
  readonly context: number;
  readonly context_with_parts: number;
  /** Whole hits, best first, until one does not fit; and going on with those that do. */
  readonly search: number;
  readonly search_what_fits: number;
}

export interface ContextScores {
  readonly byTokens: ByTokens;
  /** By limit of tokens, then by category. */
  readonly byCategory: Readonly<Record<string, Readonly<Record<string, CategoryTokenRecall>>>>;
}

const searchSchema = z.object({
  hits: z.array(
    z.object({
      memory: z.object({
        id: z.string(),
        text: z.string(),
        timestamp: z.string().nullable(),
        name: z.string().nullable(),
        role: z.string().nullable(),
      }),
    }),
  ),
});
type SearchHits = z.infer<typeof searchSchema>['hits'];

/** Asks every question for a context of each size, of a server that holds the conversations. */
export async function contextRecall(
  dataset: Dataset,
  { turnsOf }: Pick<AddedConversations, 'turnsOf'>,
  client: ServerClient,
  progress: Progress,
  sizes: readonly number[] = tokenLimits,
): Promise<ContextScores> {
  const questions = dataset.conversations.reduce((sum, conversation) => sum + conversation.questions.length, 0);
  progress.start('Asking for contexts', questions * sizes.length);
  const counter = await newTokenCounterLoader()();
  const results = new Map<string, TokenRecall>();
  const byCategory = new Map<string, Readonly<Record<string, CategoryTokenRecall>>>();
  const hitsOf = new Map<Question, SearchHits>();
  for (const maxTokens of sizes) {
    const asked: Asked[] = [];
    for (const [position, conversation] of dataset.conversations.entries()) {
      for (const question of conversation.questions) {
        const body = { ...searchBody(dataset, position, question), max_tokens: maxTokens };
        const reply = await client.post('/v1/context', body);
        const context = contextSchema.parse(reply.body);
        const turns = turnsOf.get(conversation) ?? new Map<string, string>();
        const hits = hitsOf.get(question) ?? (await searchHits(client, searchBody(dataset, position, question)));
        hitsOf.set(question, hits);
        const inHits = (isFirst: boolean): number =>
          evidenceIn(hitsWithin(hits, { maxTokens, counter, isFirst }), question, conversation, turns).whole;
        asked.push({
          ...evidenceIn(context, question, conversation, turns),
          question,
          search: inHits(true),
          searchWhatFits: inHits(false),
          context,
          elapsedMs: reply.elapsedMs,
        });
        progress.advance();
      }
    }
    results.set(String(maxTokens), tokenRecall(asked));
    byCategory.set(String(maxTokens), categoryRecall(asked));
  }
  progress.finish();
  return { byTokens: Object.fromEntries(results), byCategory: Object.fromEntries(byCategory) };
}

async function searchHits(client: ServerClient, body: SearchBody): Promise<SearchHits> {
  return searchSchema.parse((await client.post('/v1/search', { ...body, limit: searchLimit })).body).hits;
}

/** What someone has who puts hits into a prompt, one line after the other. */
function hitsWithin(
  hits: SearchHits,
  how: { readonly maxTokens: number; readonly counter: TokenCounter; readonly isFirst: boolean },
): Pick<Context, 'text' | 'memories'> {
  const lines: string[] = [];
  const memories: { id: string; is_cut: boolean }[] = [];
  let left = how.maxTokens;
  for (const { memory } of hits) {
    const { id, text, timestamp, name, role } = memory;
    const line = `[${lines.length + 1}] ${timestamp?.slice(0, 10) ?? ''} ${name ?? role ?? ''}: ${text}\n`;
    const tokens = how.counter.count(line);
    if (tokens > left && how.isFirst) break;
    if (tokens > left) continue;
    left -= tokens;
    lines.push(line);
    memories.push({ id, is_cut: false });
  }
  return { text: lines.join(''), memories };
}

function categoryRecall(asked: readonly Asked[]): Readonly<Record<string, CategoryTokenRecall>> {
  const names = [...new Set(asked.map(({ question }) => question.category.name))];
  return Object.fromEntries(
    names.map((name) => {
      const those = asked.filter(({ question }) => question.category.name === name);
      return [
        name,
        {
          n: those.length,
          context: mean(those.map(({ whole }) => whole)),
          context_with_parts: mean(those.map(({ some }) => some)),
          search: mean(those.map(({ search }) => search)),
          search_what_fits: mean(those.map(({ searchWhatFits }) => searchWhatFits)),
        },
      ];
    }),
  );
}

/** The same for people, of one size. */
export function categoryTable(limit: string, scores: Readonly<Record<string, CategoryTokenRecall>>): string {
  return table(
    [`${limit} tokens`, 'n', 'context', 'with parts', 'search', 'what fits'],
    Object.entries(scores).map(([name, { n, context, context_with_parts: parts, search, search_what_fits: fits }]) => [
      name,
      String(n),
      ...[context, parts, search, fits].map((value) => fixed(value, 3)),
    ]),
  );
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
  readonly question: Question;
  /** Of the question's evidence in the hits alone. */
  readonly search: number;
  readonly searchWhatFits: number;
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
