import type { CallbackManagerForRetrieverRun } from '@langchain/core/callbacks/manager';
import { Document } from '@langchain/core/documents';
import { BaseRetriever, type BaseRetrieverInput } from '@langchain/core/retrievers';
import type { Hit, MemoryService, SearchInput } from '../../memory/service.ts';

export interface EcphoryRetrieverOptions
  extends BaseRetrieverInput,
    Pick<SearchInput, 'namespace' | 'limit' | 'filter' | 'asOf' | 'includeArchived'> {
  readonly memory: MemoryService;
}

/** What a document says of the memory that it is. Times are ISO 8601 in UTC. */
export interface RetrievedMetadata extends Record<string, unknown> {
  readonly id: string;
  /** For ordering within this answer; not a probability. */
  readonly score: number;
  readonly namespace: string;
  readonly kind: string;
  /** Id of the episode that it rests on; null when it rests on none. */
  readonly source: string | null;
  readonly sources: readonly string[];
  readonly origin: string;
  readonly trust: number;
  readonly session_id: string | null;
  readonly speaker: string | null;
  readonly role: string | null;
  readonly happened_at: string | null;
  readonly created_at: string;
  readonly valid_from: string | null;
  readonly valid_until: string | null;
  readonly version: number;
  readonly tags: readonly string[];
  /** The caller's own. */
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** Search as a LangChain retriever: best first, one document per memory. */
export class EcphoryRetriever extends BaseRetriever<RetrievedMetadata> {
  static override lc_name(): string {
    return 'EcphoryRetriever';
  }

  override lc_namespace = ['ecphory', 'retrievers'];
  readonly #memory: MemoryService;
  readonly #search: Omit<SearchInput, 'query'>;

  constructor({ memory, namespace, limit, filter, asOf, includeArchived, ...base }: EcphoryRetrieverOptions) {
    super(base);
    this.#memory = memory;
    this.#search = {
      namespace,
      ...(limit !== undefined && { limit }),
      ...(filter !== undefined && { filter }),
      ...(asOf !== undefined && { asOf }),
      ...(includeArchived !== undefined && { includeArchived }),
    };
  }

  override async _getRelevantDocuments(
    query: string,
    _runManager?: CallbackManagerForRetrieverRun,
  ): Promise<Document<RetrievedMetadata>[]> {
    const { hits } = await this.#memory.search({ ...this.#search, query });
    return hits.map(documentOf);
  }
}

function documentOf({ memory, score }: Hit): Document<RetrievedMetadata> {
  return new Document({
    id: memory.id,
    pageContent: memory.text,
    metadata: {
      id: memory.id,
      score,
      namespace: memory.namespace,
      kind: memory.kind,
      source: memory.sources[0] ?? null,
      sources: memory.sources,
      origin: memory.origin,
      trust: memory.trust,
      session_id: memory.sessionId,
      speaker: memory.name,
      role: memory.role,
      happened_at: memory.timestamp,
      created_at: memory.createdAt,
      valid_from: memory.validAt,
      valid_until: memory.invalidAt,
      version: memory.version,
      tags: memory.tags,
      metadata: memory.metadata,
    },
  });
}
