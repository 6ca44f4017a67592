import { z } from 'zod';
import type { ServerClient } from '../server/client.ts';
import type { FactQuestion, FactSet } from './fact-set.ts';

export interface FactScore {
  readonly asked: number;
  readonly right: number;
}

export interface Measured {
  readonly single: FactScore;
  readonly double: FactScore;
  readonly wrong: readonly {
    readonly question: string;
    readonly expected: string;
    readonly got: string | null;
    readonly held?: readonly string[];
  }[];
  readonly consolidationMs: number;
}

/** Stores a set through the server, waits until it is consolidated, asks, and scores the first answer to each question. */
export async function measureFacts(set: FactSet, namespace: string, client: ServerClient): Promise<Measured> {
  for (const message of set.messages) {
    await client.post('/v1/memories', {
      namespace,
      session_id: message.session,
      text: message.text,
      role: message.role,
      ...(message.timestamp !== null && { timestamp: message.timestamp }),
    });
  }
  const startedAt = performance.now();
  await consolidated(namespace, client);
  const consolidationMs = Math.round(performance.now() - startedAt);
  const wrong: Measured['wrong'][number][] = [];
  const counts = { 1: { asked: 0, right: 0 }, 2: { asked: 0, right: 0 } };
  for (const question of set.questions) {
    const got = await firstAnswer(question, namespace, client);
    const count = counts[question.hops];
    count.asked += 1;
    if (got !== null && isRight(got, question.answer)) count.right += 1;
    else wrong.push({ question: question.text, expected: question.answer, got });
  }
  return { single: counts[1], double: counts[2], wrong, consolidationMs };
}

const operationSchema = z.object({ id: z.string(), state: z.string() });
const searchSchema = z.object({ facts: z.object({ answers: z.array(z.object({ value: z.string() })) }).optional() });

async function consolidated(namespace: string, client: ServerClient): Promise<void> {
  let operation = operationSchema.parse((await client.post('/v1/consolidations', { namespace })).body);
  while (['queued', 'waiting', 'running'].includes(operation.state)) {
    await new Promise((resolve) => setTimeout(resolve, pollMs));
    operation = operationSchema.parse((await client.get(`/v1/operations/${operation.id}`)).body);
  }
  if (operation.state !== 'done') throw new Error(`The consolidation ended as ${operation.state}.`);
}

const pollMs = 100;

async function firstAnswer({ text }: FactQuestion, namespace: string, client: ServerClient): Promise<string | null> {
  const { body } = await client.post('/v1/search', { namespace, query: text, limit: 1 });
  return searchSchema.parse(body).facts?.answers[0]?.value ?? null;
}

/** As MemoryAgentBench scores FactConsolidation: the expected answer is part of the given one, both normalised as in SQuAD. */
export function isRight(got: string, expected: string): boolean {
  return normalised(got).includes(normalised(expected));
}

/** Lower case, no punctuation, no articles, one space between words. */
function normalised(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s]/gu, '')
    .replace(/\b(?:a|an|the)\b/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}
