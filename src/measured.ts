import type { Metrics, Stage } from './api/metrics.ts';
import type { GuardedEmbedder } from './memory/embedder.ts';
import type { RunStore } from './memory/job.ts';
import type { GuardedReranker } from './memory/reranker.ts';
import type { Store, VectorSearch } from './memory/store.ts';
import type { ModelPrices } from './models/language-model-guard.ts';
import type { WorkingSets } from './retrieval/working-sets.ts';

/** Parts as they are, whose calls are timed: recall itself knows nothing of it. */
export function newMeasured(metrics: Metrics) {
  let isVectorSearchDegraded = false;

  return {
    isVectorSearchDegraded: () => isVectorSearchDegraded,

    embedder: (embedder: GuardedEmbedder): GuardedEmbedder => ({
      ...embedder,
      embed: (texts, purpose, deadlineMs) =>
        timed(`embed_${purpose}`, () => embedder.embed(texts, purpose, deadlineMs)),
    }),

    reranker: (reranker: GuardedReranker): GuardedReranker => ({
      ...reranker,
      score: (query, texts, deadlineMs) => timed('rerank', () => reranker.score(query, texts, deadlineMs)),
    }),

    vectors: (vectors: Pick<VectorSearch, 'nearest'>): Pick<VectorSearch, 'nearest'> => ({
      async nearest(read, query) {
        const answer = await timed('vectors', () => vectors.nearest(read, query));
        isVectorSearchDegraded = answer.degraded !== null;
        return answer;
      },
    }),

    workingSets: (workingSets: Pick<WorkingSets, 'get'>): Pick<WorkingSets, 'get'> => ({
      get: (read) => timed('working_set', () => workingSets.get(read)),
    }),

    /** The store as recall reads it. */
    notes: (store: Store): Store => ({
      ...store,
      notes: (tenant, ids) => timed('read_notes', () => store.notes(tenant, ids)),
    }),

    /** The worker keeps each answer of the model before it is applied: there it is counted, with what it cost. */
    runs: (runs: RunStore, prices: ModelPrices | null): RunStore => ({
      ...runs,
      async record(record) {
        await runs.record(record);
        const { inputTokens, outputTokens } = record;
        const { input, output } = prices ?? { input: 0, output: 0 };
        metrics.model({ inputTokens, outputTokens, cost: (inputTokens * input + outputTokens * output) / 1_000_000 });
      },
    }),
  };

  async function timed<Result>(stage: Stage, work: () => Promise<Result>): Promise<Result> {
    const startedAt = performance.now();
    try {
      const result = await work();
      metrics.stage(stage, performance.now() - startedAt, 'done');
      return result;
    } catch (error) {
      metrics.stage(stage, performance.now() - startedAt, 'failed');
      throw error;
    }
  }
}
