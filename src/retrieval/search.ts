import type { Analyzer } from '../memory/analyzer.ts';
import type { GuardedEmbedder } from '../memory/embedder.ts';
import type { Explanation } from '../memory/explanation.ts';
import type { Clock, NoteId } from '../memory/ids.ts';
import { limits } from '../memory/limits.ts';
import type { Recall, Recalled, RecalledNote, RecallQuery } from '../memory/recall.ts';
import { covers, type ReadScope } from '../memory/scope.ts';
import type { Store, StoredNote, VectorAnswer, VectorSearch } from '../memory/store.ts';
import { analyseCue, type Cue } from './cue.ts';
import { detailOf } from './detail.ts';
import { eligibleSlots } from './eligible.ts';
import { explanationOf } from './explain.ts';
import { newKinds } from './kinds.ts';
import { newNeighbours } from './neighbours.ts';
import { type RankedSlot, type Ranking, rank } from './rank.ts';
import { type SignalWeights, signalWeights, vectorWeights } from './weights.ts';
import type { WorkingSet } from './working-set.ts';
import type { WorkingSets } from './working-sets.ts';

export interface RecallParts {
  readonly store: Pick<Store, 'matching' | 'notes'>;
  /** Null: no vectors are searched. */
  readonly vectors: Pick<VectorSearch, 'nearest'> | null;
  readonly embedder: GuardedEmbedder | null;
  readonly analyzer: Analyzer;
  readonly workingSets: Pick<WorkingSets, 'get'>;
  readonly weights?: SignalWeights;
  readonly clock: Clock;
}

/** The only file of retrieval that awaits: it gathers, pure code ranks, it reads the notes once. */
export function newRecall(parts: RecallParts): Recall {
  const { store, analyzer, workingSets, clock } = parts;
  const weights = parts.weights ?? signalWeights;
  const vectorChannel = newVectorChannel(parts, weights.vectors);
  const weightsUsed = { ...weights, vectors: vectorChannel.weight };
  const kinds = newKinds(analyzer);

  return { search, neighbours: newNeighbours(parts) };

  async function search(read: ReadScope, query: RecallQuery): Promise<Recalled> {
    const [nearest, passing, set] = await Promise.all([
      vectorChannel.nearest(read, query),
      query.filter === null ? null : store.matching(read, query.filter),
      workingSets.get(read),
    ]);
    // Nothing is awaited from here until the ranking is made: the set's arrays hold still.
    const cue = analyseCue(query.text, analyzer, set);
    const eligible = eligibleSlots({
      set,
      asOf: query.asOf,
      now: clock(),
      includeArchived: query.includeArchived,
      passing,
    });
    const ranking = rank({
      set,
      cue,
      analyzer,
      kinds,
      eligible,
      similarities: similaritiesOf(set, nearest.hits, eligible),
      weights: weightsUsed,
      limit: query.limit,
    });
    const found = ranking.hits.map((hit) => ({
      id: set.idOf(hit.slot),
      score: hit.score,
      explanation: query.explain ? explained(set, cue, ranking, hit) : null,
    }));
    const stored = await store.notes(
      read.tenant,
      found.map(({ id }) => id),
    );
    return { hits: hitsOf(read, found, stored), degraded: nearest.degraded };
  }
}

interface Nearest {
  readonly hits: VectorAnswer['hits'];
  readonly degraded: readonly string[];
}

interface VectorChannel {
  /** 0 when it is not run. */
  readonly weight: number;
  nearest(read: ReadScope, query: RecallQuery): Promise<Nearest>;
}

const nothingNear: Nearest = { hits: [], degraded: [] };

function newVectorChannel({ vectors, embedder }: RecallParts, weight: number): VectorChannel {
  const total = embedder === null ? 0 : weight * vectorWeights[embedder.class];
  if (vectors === null || embedder === null || total === 0) return { weight: 0, nearest: async () => nothingNear };
  return {
    weight: total,
    async nearest(read, query) {
      try {
        // An embedder reads a page at most; what is asked is in the beginning of what is longer.
        const text = query.text.slice(0, limits.textCharacters);
        const [vector] = await embedder.embed([text], 'query', limits.embeddingDeadlineMs);
        if (vector === undefined) return nothingNear;
        const limit = Math.max(vectorHits, 2 * query.limit);
        const answer = await vectors.nearest(read, { embedder: embedder.id, vector, limit });
        return { hits: answer.hits, degraded: answer.degraded === null ? [] : [`vectors: ${answer.degraded}`] };
      } catch (error) {
        return { hits: [], degraded: [`vectors: ${error instanceof Error ? error.message : String(error)}`] };
      }
    },
  };
}

/** Candidates that vectors may bring in by themselves; past these, words decide. */
const vectorHits = 100;

function similaritiesOf(
  set: WorkingSet,
  hits: VectorAnswer['hits'],
  eligible: Uint8Array,
): ReadonlyMap<number, number> {
  const similarities = new Map<number, number>();
  for (const { noteId, similarity } of hits) {
    const slot = set.slotOf(noteId);
    if (slot >= 0 && eligible[slot] === 1) similarities.set(slot, similarity);
  }
  return similarities;
}

function explained(set: WorkingSet, cue: Cue, { signals }: Ranking, hit: RankedSlot): Explanation {
  return explanationOf({
    position: hit.position,
    signals,
    steps: hit.steps,
    score: hit.score,
    detailOf: (name) => detailOf(name, set, cue, hit.slot),
  });
}

interface Found {
  readonly id: NoteId;
  readonly score: number;
  readonly explanation: Explanation | null;
}

/** What the store gives is what counts: a note erased meanwhile, or of another scope, is no hit. */
function hitsOf(read: ReadScope, found: readonly Found[], stored: readonly StoredNote[]): readonly RecalledNote[] {
  const byId = new Map(stored.map((one) => [one.note.id, one]));
  return found.flatMap(({ id, score, explanation }) => {
    const one = byId.get(id);
    return one === undefined || !covers(read, one.note.scope) ? [] : [{ stored: one, score, explanation }];
  });
}
