import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { TokenCounter } from '../../src/memory/tokens.ts';
import type { SearchBody } from '../evaluate.ts';
import { RefusedError, type ServerClient } from '../server/client.ts';

/** What a reader is given to answer from. */
export interface Evidence {
  /** As the server wrote it for a prompt. */
  readonly text: string;
  /** The same, memory by memory, in the order of the text. */
  readonly items: readonly EvidenceItem[];
  readonly tokens: number;
  readonly route: '/v1/context' | '/v1/search';
}

export interface EvidenceItem {
  readonly date: string;
  readonly text: string;
}

const contextSchema = z.object({ text: z.string(), tokens: z.number() });
const searchSchema = z.object({
  hits: z.array(
    z.object({
      memory: z.object({
        text: z.string(),
        name: z.string().nullish(),
        role: z.string().nullish(),
        timestamp: z.string().nullish(),
      }),
    }),
  ),
});

/** Asks `POST /v1/context`; a server that has no such route is searched, and what fits the budget is written likewise. */
export function newEvidenceReader(client: ServerClient, tokensMax: number, counter: TokenCounter) {
  let hasContext = true;

  return async (question: SearchBody): Promise<Evidence> => {
    if (hasContext) {
      const context = await fromContext(question);
      if (context !== null) return context;
      hasContext = false;
    }
    return fromSearch(question);
  };

  async function fromContext(question: SearchBody): Promise<Evidence | null> {
    try {
      const { body } = await client.post('/v1/context', { ...question, max_tokens: tokensMax });
      const { text, tokens } = contextSchema.parse(body);
      return { text: withSteadyFence(text), items: itemsOf(text), tokens, route: '/v1/context' };
    } catch (error) {
      if (error instanceof RefusedError && [404, 405].includes(error.status)) return null;
      throw error;
    }
  }

  async function fromSearch(question: SearchBody): Promise<Evidence> {
    const { body } = await client.post('/v1/search', { ...question, limit: hitsMax });
    const found: { readonly at: string; readonly item: EvidenceItem; readonly rank: number }[] = [];
    let tokens = 0;
    for (const [rank, { memory }] of searchSchema.parse(body).hits.entries()) {
      const who = memory.name ?? memory.role ?? null;
      const item = {
        date: (memory.timestamp ?? '').slice(0, 10),
        text: who === null ? memory.text : `${who}: ${memory.text}`,
      };
      const cost = counter.count(lineOf(item, 100));
      if (tokens + cost > tokensMax) continue;
      tokens += cost;
      found.push({ at: memory.timestamp ?? '', item, rank });
    }
    found.sort((left, right) => left.at.localeCompare(right.at, 'en') || left.rank - right.rank);
    const items = found.map(({ item }) => item);
    return { text: items.map((item, index) => lineOf(item, index + 1)).join('\n'), items, tokens, route: '/v1/search' };
  }
}

/** More than fit any budget that is asked for. */
const hitsMax = 100;

function lineOf({ date, text }: EvidenceItem, place: number): string {
  return `[${place}] ${date} ${text}`;
}

/**
 * The memories of a context: a line that begins with `#` says the day, one with `[` begins a memory, one set in goes on
 * with it. Every line's beginning is the server's own, so that no memory can look like another.
 */
export function itemsOf(text: string): readonly EvidenceItem[] {
  const items: { date: string; text: string }[] = [];
  let date = '';
  for (const line of text.split('\n')) {
    const last = items.at(-1);
    if (line.startsWith('# ')) date = line.slice(2);
    else if (line.startsWith('[')) items.push({ date, text: line.replace(/^\[[^\]]*\]\s*/, '') });
    else if (line.startsWith('  ') && last !== undefined) last.text += `\n${line.trim()}`;
  }
  return items;
}

/** A fence is drawn anew for every answer; made from what it encloses, it makes equal requests of equal contexts. */
function withSteadyFence(text: string): string {
  const fence = /^<memories (\S+)>$/m.exec(text)?.[1];
  if (fence === undefined) return text;
  const bare = text.replaceAll(fence, '');
  return text.replaceAll(fence, createHash('sha256').update(bare).digest('hex').slice(0, fence.length));
}
