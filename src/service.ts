import { type Backfill, newBackfill } from './encoding/backfill.ts';
import { checkAdd, checkQuery, checkUpdate, requireTime } from './encoding/check-input.ts';
import { remember } from './encoding/remember.ts';
import { revise } from './encoding/revise.ts';
import { memoryOf, versionOf } from './encoding/view.ts';
import { newIdempotency, type ReceiptOf } from './idempotency.ts';
import type { Analyzer } from './memory/analyzer.ts';
import type { Change } from './memory/change.ts';
import type { GuardedEmbedder } from './memory/embedder.ts';
import { EcphoryError, isEcphoryError } from './memory/errors.ts';
import { type Filter, parseFilter } from './memory/filter.ts';
import { type ForgettingCurve, reinforced } from './memory/forgetting.ts';
import type { Clock, IdSource, NoteId } from './memory/ids.ts';
import { limits } from './memory/limits.ts';
import type { Recall, RecalledNote } from './memory/recall.ts';
import { parseNamespace, parseReadScope, type Scope, type Tenant } from './memory/scope.ts';
import type {
  AddInput,
  AddResult,
  BatchItemResult,
  BatchResult,
  ContextInput,
  ContextMemory,
  ContextResult,
  DeleteOptions,
  ListInput,
  Memory,
  MemoryService,
  SearchInput,
  SearchResult,
  UpdateInput,
  UpdateOptions,
} from './memory/service.ts';
import type { Receipt, Store, StoredNote } from './memory/store.ts';
import type { LoadTokenCounter } from './memory/tokens.ts';
import { newTokenCounterLoader } from './models/token-counter.ts';
import { contextText, hitsWithNeighbours, type UsedMemory } from './retrieval/context-text.ts';
import { searchResultOf } from './search-result.ts';

export interface ServiceParts {
  readonly store: Store;
  readonly recall: Recall;
  readonly analyzer: Analyzer;
  /** Null when no vectors are kept. */
  readonly embedder: GuardedEmbedder | null;
  readonly curve: ForgettingCurve;
  readonly ids: IdSource;
  readonly clock: Clock;
  /** For contexts; `o200k_base` when left out. */
  readonly loadTokenCounter?: LoadTokenCounter;
  /** Told of failures that no caller waits for. */
  readonly onNotice: (message: string, cause: unknown) => void;
}

/** The memory of every tenant, in process. */
export interface Ecphory {
  /** Everything the tenant can do. There is no other way in. */
  forTenant(tenant: Tenant): MemoryService;
  readonly backfill: Backfill | null;
  /** Stops background work. The parts stay open: who opened them closes them. */
  close(): Promise<void>;
}

export function newEcphory(parts: ServiceParts): Ecphory {
  const { store, embedder } = parts;
  const backfill =
    embedder === null
      ? null
      : newBackfill({
          store,
          embedder,
          onFailure: (error, retryInMs) => parts.onNotice(`Embedding failed; next try in ${retryInMs} ms.`, error),
        });
  backfill?.wake();
  const once = newIdempotency(parts);
  const loadCounter = parts.loadTokenCounter ?? newTokenCounterLoader();

  return {
    forTenant: (tenant) => serviceOf(tenant),
    backfill,
    close: async () => backfill?.close(),
  };

  function serviceOf(tenant: Tenant): MemoryService {
    return {
      add: (input, options) =>
        once({ tenant, route: 'add', input, options }, (receipt: ReceiptOf<AddResult>) =>
          addOne(tenant, input, receipt),
        ),
      addBatch: (items, options) =>
        once({ tenant, route: 'batch', input: items, options }, async (receiptOf: ReceiptOf<BatchResult>) => {
          const result = { results: await addMany(tenant, items) };
          // Each item is atomic by itself, so the receipt of the whole follows in a step of its own.
          await keepReceipt(tenant, items, receiptOf?.(result) ?? null);
          return result;
        }),
      search: (input) => search(tenant, input),
      context: (input) => context(tenant, input),
      get: async (id) => memoryOf(await load(tenant, id)),
      list: (input) => list(tenant, input),
      update: (id, input, options) => update(tenant, id, input, options),
      delete: (id, options) => remove(tenant, id, options),
      async history(id) {
        const versions = await store.history(tenant, id as NoteId);
        if (versions.length === 0) throw notFound();
        return versions.map(versionOf);
      },
      async restore(id) {
        const { note } = await load(tenant, id);
        if (note.state !== 'active') {
          const at = parts.clock();
          await store.apply(note.scope, [
            { kind: 'note-state-set', noteId: note.id, state: 'active', reason: null, at },
          ]);
        }
        return memoryOf(await load(tenant, id));
      },
    };
  }

  async function addOne(tenant: Tenant, input: AddInput, receiptOf: ReceiptOf<AddResult>): Promise<AddResult> {
    const [result] = await addAll(tenant, [input], receiptOf);
    if (result === undefined) throw new EcphoryError('internal', 'An add had no result.');
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  }

  async function addMany(tenant: Tenant, items: readonly AddInput[]): Promise<readonly BatchItemResult[]> {
    if (items.length === 0) throw new EcphoryError('invalid', 'At least one item is needed.', { pointer: '/items' });
    if (items.length > limits.itemsPerBatch) {
      throw new EcphoryError('too_large', `A batch holds at most ${limits.itemsPerBatch} items.`, {
        pointer: '/items',
      });
    }
    const results = await addAll(tenant, items, null);
    return results.map((result, index) => {
      if (result.status === 'fulfilled') return { status: 'stored', ...result.value };
      if (!isEcphoryError(result.reason) || result.reason.code === 'internal') throw result.reason;
      const { code, message, faults } = result.reason;
      const pointer = `/items/${index}${faults[0]?.pointer ?? ''}`;
      return { status: 'failed', error: { code, detail: message, pointer } };
    });
  }

  /** One embedding call for all; each item its own transaction, which group commit lets share an fsync. */
  async function addAll(
    tenant: Tenant,
    inputs: readonly AddInput[],
    receiptOf: ReceiptOf<AddResult>,
  ): Promise<readonly PromiseSettledResult<AddResult>[]> {
    const now = parts.clock();
    const plans = inputs.map((input) => {
      try {
        checkAdd(input);
        const scope: Scope = { tenant, namespace: parseNamespace(input.namespace) };
        return { scope, ...remember(scope, input, { ...parts, now }) };
      } catch (error) {
        return { error };
      }
    });
    const texts = plans.flatMap((plan) => ('items' in plan ? plan.items.map((item) => item.embeddingText) : []));
    const vectors = await embed(texts);
    let taken = 0;
    return Promise.allSettled(
      plans.map(async (plan): Promise<AddResult> => {
        if ('error' in plan) throw plan.error;
        const changes: Change[] = [...plan.changes];
        for (const { noteId } of plan.items) {
          const vector = vectors?.[taken++];
          if (embedder === null || vector === undefined) continue;
          changes.push({ kind: 'note-embedded', noteId, version: 1, embedder: embedder.id, vector });
        }
        const result: AddResult = {
          memories: plan.items.map((item) => ({ id: item.noteId, episodeId: item.episodeId })),
          embedding: embedder === null ? 'off' : vectors === null ? 'pending' : 'ready',
        };
        const receipt = receiptOf?.(result);
        const applied = await store.apply(plan.scope, changes, receipt === undefined ? {} : { receipt });
        return applied.replayed === null ? result : (JSON.parse(applied.replayed.answer) as AddResult);
      }),
    );
  }

  /** Null when the embedder did not answer in time: the write goes on, and the backfill makes up for it. */
  async function embed(texts: readonly string[]): Promise<readonly Float32Array[] | null> {
    if (embedder === null || texts.length === 0) return null;
    try {
      return await embedder.embed(texts, 'passage', limits.embeddingDeadlineMs);
    } catch (error) {
      parts.onNotice('Embedding failed; stored without, the vectors follow.', error);
      backfill?.wake();
      return null;
    }
  }

  async function keepReceipt(tenant: Tenant, items: readonly AddInput[], receipt: Receipt | null): Promise<void> {
    const [first] = items;
    if (receipt === null || first === undefined) return;
    await store.apply({ tenant, namespace: parseNamespace(first.namespace) }, [], { receipt });
  }

  async function search(tenant: Tenant, input: SearchInput): Promise<SearchResult> {
    const read = parseReadScope(tenant, input.namespace);
    const recalled = await parts.recall.search(read, {
      ...recallQueryOf(input),
      limit: checkedLimit(input.limit, limits.searchLimitDefault, limits.searchLimit),
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
    const [{ hits, confidence, degraded }, counter] = await Promise.all([
      parts.recall.search(read, { ...query, limit: contextHits(tokensMax) }),
      loadCounter(),
    ]);
    const ids = hits.slice(0, hitsWithNeighbours).map(({ stored }) => stored.note.id);
    const around =
      input.neighbours === false ? [] : await parts.recall.neighbours?.(read, { ...query, ids, radius: 1 });
    const { text, tokens, used, dropped } = contextText({
      cue: input.query,
      hits,
      around: around ?? [],
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
      degraded,
    };
  }

  /** What a search and a context ask alike. */
  function recallQueryOf(input: SearchInput | ContextInput) {
    checkQuery(input.query);
    return {
      text: input.query,
      filter: filterOf(input),
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
        const retention = reinforced(parts.curve, note.retention, at, 'good');
        return store.apply(note.scope, [{ kind: 'note-used', noteId: note.id, retention }]);
      }),
    );
  }

  async function list(tenant: Tenant, input: ListInput) {
    const page = await store.list(parseReadScope(tenant, input.namespace), {
      limit: checkedLimit(input.limit, limits.pageLimitDefault, limits.pageLimit),
      cursor: input.cursor ?? null,
      filter: filterOf(input),
      states: input.states ?? ['active'],
    });
    return { data: page.data.map(memoryOf), nextCursor: page.nextCursor };
  }

  async function update(tenant: Tenant, id: string, input: UpdateInput, options: UpdateOptions = {}): Promise<Memory> {
    checkUpdate(input);
    // Without an expected version the last writer wins: try again on the version that came in between.
    for (let triesLeft = options.ifVersion === undefined ? 5 : 1; ; triesLeft -= 1) {
      const stored = await load(tenant, id, options.ifVersion);
      const revised = revise(stored, input, { analyzer: parts.analyzer, now: parts.clock() });
      const vectors = await embed([revised.embeddingText]);
      const changes: Change[] = [revised.change];
      const vector = vectors?.[0];
      if (embedder !== null && vector !== undefined) {
        const { version } = revised;
        changes.push({ kind: 'note-embedded', noteId: stored.note.id, version, embedder: embedder.id, vector });
      }
      try {
        await store.apply(stored.note.scope, changes);
        return memoryOf(await load(tenant, id));
      } catch (error) {
        if (triesLeft <= 1 || !isEcphoryError(error) || error.code !== 'stale') throw error;
      }
    }
  }

  async function remove(tenant: Tenant, id: string, options: DeleteOptions = {}) {
    const { note } = await load(tenant, id, options.ifVersion);
    if (options.hard === true) {
      const applied = await store.apply(note.scope, [{ kind: 'erased', noteIds: [note.id] }]);
      return { id, state: 'erased' as const, erased: applied.erased };
    }
    const at = parts.clock();
    await store.apply(note.scope, [
      { kind: 'note-state-set', noteId: note.id, state: 'archived', reason: 'deleted', at },
    ]);
    return { id, state: 'archived' as const, erased: [] };
  }

  async function load(tenant: Tenant, id: string, ifVersion?: number): Promise<StoredNote> {
    const stored = await store.note(tenant, id as NoteId);
    if (stored === null) throw notFound();
    if (ifVersion !== undefined && stored.note.version !== ifVersion) {
      throw new EcphoryError('stale', `The memory is at version ${stored.note.version}, not ${ifVersion}.`);
    }
    return stored;
  }
}

/** The same words for an id that never was and one of another tenant. */
function notFound(): EcphoryError {
  return new EcphoryError('not_found', 'There is no memory with this id.');
}

function filterOf(input: { readonly filter?: SearchInput['filter'] }): Filter | null {
  return input.filter === undefined ? null : parseFilter(input.filter);
}

function checkedLimit(limit: number | undefined, byDefault: number, max: number): number {
  if (limit === undefined) return byDefault;
  if (!Number.isInteger(limit) || limit < 1 || limit > max) {
    throw new EcphoryError('invalid', `The limit is a whole number from 1 to ${max}.`, { pointer: '/limit' });
  }
  return limit;
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

function contextMemoryOf({ stored, isNeighbour, isCut }: UsedMemory, { includeSources }: ContextInput): ContextMemory {
  const { id, sources } = stored.note;
  const by = isNeighbour ? 'neighbour' : 'hit';
  return { id, by, isCut, ...(includeSources === true && { sources }) };
}
