import { checkedCount, checkQuery, requireTime } from './encoding/check-input.ts';
import { EcphoryError } from './memory/errors.ts';
import { parseFilter } from './memory/filter.ts';
import { reinforcedMemory } from './memory/forgetting.ts';
import { limits } from './memory/limits.ts';
import type { RecalledNote } from './memory/recall.ts';
import { parseReadScope, type Tenant } from './memory/scope.ts';
import type {
  ContextInput,
  ContextMemory,
  ContextResult,
  MemoryService,
  SearchInput,
  SearchResult,
} from './memory/service.ts';
import type { LoadTokenCounter } from './memory/tokens.ts';
import { contextText, hitsWithNeighbours, type UsedMemory } from './retrieval/context-text.ts';
import { factsAnswerOf, searchResultOf } from './search-result.ts';
import type { ServiceParts } from './service-parts.ts';

export interface ReadingParts extends Pick<ServiceParts, 'store' | 'recall' | 'analyzer' | 'curve' | 'clock'> {
  readonly loadCounter: LoadTokenCounter;
}

/** Cue in: hits, or text for a prompt. */
export function newReading(parts: ReadingParts): (tenant: Tenant) => Pick<MemoryService, 'search' | 'context'> {
  return (tenant) => ({
    search: (input) => search(tenant, input),
    context: (input) => context(tenant, input),
  });

  async function search(tenant: Tenant, input: SearchInput): Promise<SearchResult> {
    const read = parseReadScope(tenant, input.namespace);
    const recalled = await parts.recall.search(read, {
      ...recallQueryOf(input),
      limit: checkedCount(input.limit, { byDefault: limits.searchLimitDefault, max: limits.searchLimit }),
      explain: input.explain ?? false,
      answerOrder: true,
      includeArchived: input.includeArchived ?? false,
    });
    if (input.reinforce === true) await reinforce(recalled.hits);
    return searchResultOf(recalled);
  }

  async function context(tenant: Tenant, input: ContextInput): Promise<ContextResult> {
    const read = parseReadScope(tenant, input.namespace);
    const query = { ...recallQueryOf(input), explain: false, answerOrder: false, includeArchived: false };
    const tokensMax = checkedTokens(input.maxTokens);
    const gate = input.gate === true ? await parts.recall.need(read, input.query) : null;
    if (gate?.isNeeded === false) {
      return {
        text: '',
        memories: [],
        tokens: 0,
        dropped: { folded: 0, room: 0 },
        confidence: null,
        gate,
        degraded: [],
      };
    }
    const [{ hits, confidence, facts, degraded }, standing, counter] = await Promise.all([
      parts.recall.search(read, { ...query, limit: contextHits(tokensMax) }),
      parts.recall.standing?.(read, query),
      parts.loadCounter(),
    ]);
    const ids = hits.slice(0, hitsWithNeighbours).map(({ stored }) => stored.note.id);
    const around =
      input.neighbours === false ? [] : await parts.recall.neighbours?.(read, { ...query, ids, radius: 1 });
    const { text, tokens, used, dropped } = contextText({
      cue: input.query,
      hits,
      around: around ?? [],
      standing: standing ?? [],
      facts,
      tokensMax,
      order: input.order ?? 'chronological',
      how: {
        now: parts.clock(),
        asOf: query.asOf,
        namespaces: read.subtree,
        fullIds: input.includeSources ?? false,
      },
      analyzer: parts.analyzer,
      counter,
      random: (bytes) => crypto.getRandomValues(bytes),
    });
    return {
      text,
      memories: used.map((one) => contextMemoryOf(one, input)),
      tokens,
      dropped,
      confidence,
      ...(gate !== null && { gate }),
      ...(facts !== null && { facts: factsAnswerOf(facts) }),
      degraded,
    };
  }

  /** What a search and a context ask alike. */
  function recallQueryOf(input: SearchInput | ContextInput) {
    checkQuery(input.query);
    return {
      text: input.query,
      filter: input.filter === undefined ? null : parseFilter(input.filter),
      asOf: input.asOf === undefined ? null : requireTime(input.asOf, '/as_of'),
      queryAt:
        input.queryTimestamp === undefined ? parts.clock() : requireTime(input.queryTimestamp, '/query_timestamp'),
    };
  }

  /** A use, not a sighting: only when the caller says that the hits were used. */
  async function reinforce(hits: readonly RecalledNote[]): Promise<void> {
    const at = parts.clock();
    await Promise.all(
      hits.map(({ stored: { note } }) => {
        const importance = note.derived?.importance ?? note.importance;
        const retention = reinforcedMemory(parts.curve, { retention: note.retention, importance }, at, 'good');
        return parts.store.apply(note.scope, [
          { kind: 'note-used', noteId: note.id, retention, use: { at, grade: 'good' } },
        ]);
      }),
    );
  }
}

function checkedTokens(tokens: number = limits.contextTokensDefault): number {
  if (Number.isInteger(tokens) && tokens >= limits.contextTokensMin && tokens <= limits.contextTokens) return tokens;
  throw new EcphoryError(
    'invalid',
    `A context has ${limits.contextTokensMin} to ${limits.contextTokens} tokens, a whole number.`,
    { pointer: '/max_tokens' },
  );
}

/** As many as can fit were they short, and some more for those that say the same. */
function contextHits(tokensMax: number): number {
  return Math.min(limits.searchLimit, 16 + Math.ceil(tokensMax / 20));
}

function contextMemoryOf(
  { stored, isNeighbour, isStanding, isCut }: UsedMemory,
  { includeSources }: ContextInput,
): ContextMemory {
  const { id, sources } = stored.note;
  const by = isStanding ? 'standing' : isNeighbour ? 'neighbour' : 'hit';
  return { id, by, isCut, ...(includeSources === true && { sources }) };
}
