import type { NoteId } from '../memory/ids.ts';
import { limits } from '../memory/limits.ts';
import type { GuardedReranker } from '../memory/reranker.ts';
import { covers, type ReadScope } from '../memory/scope.ts';
import type { Store } from '../memory/store.ts';
import { type Rerankable, reranked, rerankText } from './rerank.ts';

export interface Reranking {
  /** How many hits to rank for a search that wants `limit`: what is to be reranked must be there. */
  hitsFor(limit: number): number;
  /** All the hits given, in another order at most. A reranker that fails or is late changes nothing, and is named. */
  rerank<Hit extends Rerankable>(read: ReadScope, cue: string, hits: readonly Hit[]): Promise<RerankedHits<Hit>>;
}

export interface RerankedHits<Hit> {
  readonly hits: readonly Hit[];
  readonly degraded: readonly string[];
}

export interface RerankingParts {
  readonly store: Pick<Store, 'notes'>;
  /** Null or left out: nothing is read or asked, and rankings stay as they are. */
  readonly reranker?: GuardedReranker | null;
}

/** Shows the first hits of a ranking to a reranker: reads their texts, asks, and leaves the arithmetic to `rerank.ts`. */
export function newReranking({ store, reranker }: RerankingParts): Reranking {
  if (reranker == null)
    return { hitsFor: (limit) => limit, rerank: async (_read, _cue, hits) => ({ hits, degraded: [] }) };
  return {
    hitsFor: (limit) => Math.max(limit, limits.rerankNotes),
    async rerank(read, cue, hits) {
      const shown = hits.slice(0, limits.rerankNotes).map(({ id }) => id);
      const stored = (await store.notes(read.tenant, shown)).filter(({ note }) => covers(read, note.scope));
      try {
        const said = await reranker.score(cue, stored.map(rerankText), limits.rerankDeadlineMs);
        const scores = new Map<NoteId, number>();
        for (const [index, { note }] of stored.entries()) scores.set(note.id, said[index] ?? 0);
        return { hits: reranked({ hits, scores, by: reranker.id }), degraded: [] };
      } catch (error) {
        return { hits, degraded: [`rerank: ${error instanceof Error ? error.message : String(error)}`] };
      }
    },
  };
}
