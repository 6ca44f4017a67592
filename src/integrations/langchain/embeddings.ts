import { Embeddings, type EmbeddingsInterface } from '@langchain/core/embeddings';
import type { Embedder, EmbedderClass, EmbedPurpose, GuardedEmbedder } from '../../memory/embedder.ts';
import { limits } from '../../memory/limits.ts';

/** An embedder of ours as LangChain's `Embeddings`. */
export function embeddingsOf(embedder: Embedder | GuardedEmbedder): Embeddings {
  return new EmbedderEmbeddings(embedder);
}

export interface EmbedderDetails {
  /** Names the vectors, such as `openai-text-embedding-3-small`: change it with the model, and all is embedded anew. */
  readonly id: string;
  /** Of every vector; asked of the model once when left out. */
  readonly dimensions?: number;
  /** `sentence` if left out. */
  readonly class?: EmbedderClass;
  /** Texts per call; 96 if left out. */
  readonly batchMax?: number;
}

/** LangChain's `Embeddings` as an embedder of ours. It has no way to stop a call: after a signal its answer is dropped. */
export async function embedderOf(
  embeddings: EmbeddingsInterface<readonly number[]>,
  details: EmbedderDetails,
): Promise<Embedder> {
  return {
    id: details.id,
    class: details.class ?? 'sentence',
    dimensions: details.dimensions ?? (await embeddings.embedQuery('dimensions')).length,
    batchMax: details.batchMax ?? 96,
    async embed(texts, purpose, signal) {
      signal.throwIfAborted();
      const vectors = await vectorsOf(embeddings, texts, purpose);
      signal.throwIfAborted();
      return vectors.map((vector) => Float32Array.from(vector));
    },
  };
}

class EmbedderEmbeddings extends Embeddings {
  readonly #embedder: Embedder | GuardedEmbedder;

  constructor(embedder: Embedder | GuardedEmbedder) {
    super({});
    this.#embedder = embedder;
  }

  override embedDocuments(documents: string[]): Promise<number[][]> {
    return this.#embed(documents, 'passage');
  }

  override async embedQuery(document: string): Promise<number[]> {
    const [vector] = await this.#embed([document], 'query');
    if (vector === undefined) throw new Error(`${this.#embedder.id} gave no vector.`);
    return vector;
  }

  async #embed(texts: readonly string[], purpose: EmbedPurpose): Promise<number[][]> {
    const vectors: Float32Array[] = [];
    if ('batchMax' in this.#embedder) {
      const { batchMax } = this.#embedder;
      for (let start = 0; start < texts.length; start += batchMax) {
        const signal = AbortSignal.timeout(limits.embedderTimeoutMs);
        vectors.push(...(await this.#embedder.embed(texts.slice(start, start + batchMax), purpose, signal)));
      }
    } else {
      vectors.push(...(await this.#embedder.embed(texts, purpose, limits.embedderTimeoutMs)));
    }
    return vectors.map((vector) => Array.from(vector));
  }
}

function vectorsOf(
  embeddings: EmbeddingsInterface<readonly number[]>,
  texts: readonly string[],
  purpose: EmbedPurpose,
): Promise<(readonly number[])[]> {
  // Only `embedQuery` knows what a query is to a model that tells the two apart.
  if (purpose === 'query') return Promise.all(texts.map((text) => embeddings.embedQuery(text)));
  return embeddings.embedDocuments([...texts]);
}
