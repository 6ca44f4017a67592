import { z } from 'zod';
import { consolidated } from './consolidated.ts';
import type { Conversation, Counts, Dataset, Question, Turn } from './datasets/dataset.ts';
import { newTally } from './datasets/dataset.ts';
import { addRequests } from './ingest.ts';
import type { Progress } from './progress.ts';
import type { ServerClient } from './server/client.ts';

/** Hits asked for: what recall@25 needs when a long message comes back in parts. */
export const searchLimit = 50;

/** A data set's questions with what the server returned for each. */
export interface Evaluation {
  readonly rows: readonly AnsweredQuestion[];
  /** One request each, milliseconds as the client sees them. */
  readonly addMs: readonly number[];
  readonly searchMs: readonly number[];
  readonly memories: number;
  readonly turnsOf: AddedConversations['turnsOf'];
  /** What the server said went without: reason to count of answers. */
  readonly degraded: Counts;
}

export interface AnsweredQuestion {
  readonly conversation: Conversation;
  readonly question: Question;
  /**
   * Turn ids, best first, one entry a hit. A hit that is no turn of this conversation stands there as `?` and its id:
   * it took a place.
   */
  readonly ranked: readonly string[];
  /** What the server said of its own answer, 0 to 1; left out by what says nothing of the kind. */
  readonly confidence?: number;
}

const addSchema = z.object({ memories: z.array(z.object({ id: z.string() })), embedding: z.string() });
const searchSchema = z.object({
  hits: z.array(z.object({ memory: z.object({ id: z.string() }) })),
  confidence: z.number().optional(),
  degraded: z.array(z.string()).default([]),
});

/**
 * Sends every conversation through `POST /v1/memories`, each to its own namespace, then every question through
 * `POST /v1/search`. What is gold stays here: the server sees words, speakers, roles and times, and names of
 * namespaces and sessions that are ordinals. `reinforce` is never set, so that no question changes what the next one finds.
 */
export async function evaluate(dataset: Dataset, client: ServerClient, progress: Progress): Promise<Evaluation> {
  const added = await addConversations(dataset, client, progress);
  const asked = await askQuestions(dataset, added, client, progress);
  const memories = [...added.turnsOf.values()].reduce((sum, ids) => sum + ids.size, 0);
  const degraded = newTally();
  for (const [reason, times] of [...Object.entries(added.degraded), ...Object.entries(asked.degraded)]) {
    degraded.add(reason, times);
  }
  const { turnsOf, addMs } = added;
  return { rows: asked.rows, addMs, searchMs: asked.searchMs, memories, turnsOf, degraded: degraded.counts() };
}

/** Conversations that a server holds. */
export interface AddedConversations {
  /** By conversation: memory id to turn id. */
  readonly turnsOf: ReadonlyMap<Conversation, ReadonlyMap<string, string>>;
  readonly addMs: readonly number[];
  readonly degraded: Counts;
}

export async function addConversations(
  dataset: Dataset,
  client: ServerClient,
  progress: Progress,
): Promise<AddedConversations> {
  const degraded = newTally();
  const addMs: number[] = [];
  const turnsOf = new Map<Conversation, ReadonlyMap<string, string>>();

  progress.start(
    'Adding turns',
    count(dataset, ({ sessions }) => sessions.flatMap((session) => session.turns)),
  );
  for (const [position, conversation] of dataset.conversations.entries()) {
    const turnIds = new Map<string, string>();
    for (const { path, body, turns } of addRequests(conversation, namespaceOf(dataset, position))) {
      const reply = await client.post(path, body);
      const { memories, embedding } = addSchema.parse(reply.body);
      if (memories.length !== turns.length) throw new Error(`${turns.length} sent, ${memories.length} stored.`);
      memories.forEach(({ id }, index) => {
        turnIds.set(id, turnAt(turns, index).id);
      });
      if (embedding === 'pending') degraded.add('embedding pending at add');
      addMs.push(reply.elapsedMs);
      progress.advance(new Set(turns).size);
    }
    turnsOf.set(conversation, turnIds);
  }
  progress.finish();
  // What passes make of a conversation is part of what is asked, and a worker at work would be part of what is timed.
  await consolidated(
    client,
    dataset.conversations.map((_conversation, position) => namespaceOf(dataset, position)),
    progress,
  );
  return { turnsOf, addMs, degraded: degraded.counts() };
}

/**
 * Asks a server that holds the conversations. May be repeated, with other questions of the same conversations: asking
 * changes nothing.
 */
export async function askQuestions(
  dataset: Dataset,
  { turnsOf }: Pick<AddedConversations, 'turnsOf'>,
  client: ServerClient,
  progress: Progress,
): Promise<Pick<Evaluation, 'rows' | 'searchMs' | 'degraded'>> {
  const degraded = newTally();
  const searchMs: number[] = [];
  const rows: AnsweredQuestion[] = [];
  progress.start(
    'Asking questions',
    count(dataset, ({ questions }) => questions),
  );
  for (const [position, conversation] of dataset.conversations.entries()) {
    for (const question of conversation.questions) {
      const reply = await client.post('/v1/search', {
        ...searchBody(dataset, position, question),
        limit: searchLimit,
      });
      const answer = searchSchema.parse(reply.body);
      const ranked = answer.hits.map(({ memory }) => turnsOf.get(conversation)?.get(memory.id) ?? `?${memory.id}`);
      for (const reason of answer.degraded) degraded.add(reason);
      const { confidence } = answer;
      rows.push({ conversation, question, ranked, ...(confidence !== undefined && { confidence }) });
      searchMs.push(reply.elapsedMs);
      progress.advance();
    }
  }
  progress.finish();
  return { rows, searchMs, degraded: degraded.counts() };
}

export interface SearchBody {
  readonly namespace: string;
  readonly query: string;
  readonly query_timestamp?: string;
}

/** What is asked of the server for one question of the conversation at `position`. */
export function searchBody(dataset: Dataset, position: number, question: Question): SearchBody {
  return {
    namespace: namespaceOf(dataset, position),
    query: question.text,
    ...(question.askedAt !== null && { query_timestamp: question.askedAt }),
  };
}

/** An ordinal: benchmarks' own ids can name the answer. */
function namespaceOf(dataset: Dataset, position: number): string {
  return `eval/${dataset.name}/${position + 1}`;
}

function turnAt(turns: readonly Turn[], index: number): Turn {
  const turn = turns[index];
  if (turn === undefined) throw new RangeError(`No turn ${index}.`);
  return turn;
}

function count(dataset: Dataset, partsOf: (conversation: Conversation) => readonly unknown[]): number {
  return dataset.conversations.reduce((sum, conversation) => sum + partsOf(conversation).length, 0);
}
