/**
 * What a reranker's scores do to a ranking. The first `limits.rerankNotes` hits are shown to it, and
 *
 *     score' = score · (1 + boost · s),  s in 0..1 what the reranker says of the note
 *
 * so that a note passes another only when its own score is at least 1 / (1 + boost) of the other's, a reranker that
 * finds nothing (all s near 0) changes nothing, and whatever was not shown stays below, in its order, with its score:
 * factors are never less than 1. Cost n log n for n shown.
 */
import type { Explanation } from '../memory/explanation.ts';
import type { NoteId } from '../memory/ids.ts';
import type { StoredNote } from '../memory/store.ts';

/** A bound, which no experiment has set: a note that the reranker is sure of counts double, and none counts less. */
export const rerankBoost = 1;

export interface Rerankable {
  readonly id: NoteId;
  readonly score: number;
  readonly explanation: Explanation | null;
}

export interface RerankInput<Hit extends Rerankable> {
  /** Best first. */
  readonly hits: readonly Hit[];
  /** The reranker's, 0 to 1, of the hits it was shown, which stand first. */
  readonly scores: ReadonlyMap<NoteId, number>;
  /** The reranker's id, for explanations. */
  readonly by: string;
}

/** Best first; equal scores by note id. */
export function reranked<Hit extends Rerankable>({ hits, scores, by }: RerankInput<Hit>): readonly Hit[] {
  const shown: Hit[] = [];
  const rest: Hit[] = [];
  for (const hit of hits) {
    const said = scores.get(hit.id);
    if (said === undefined) rest.push(hit);
    else shown.push(boosted(hit, said, by));
  }
  shown.sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1));
  return [...shown, ...rest];
}

function boosted<Hit extends Rerankable>(hit: Hit, said: number, by: string): Hit {
  const factor = 1 + rerankBoost * said;
  const score = hit.score * factor;
  if (hit.explanation === null) return { ...hit, score };
  const step = { step: 'rerank', factor, detail: `${by} gives it ${said.toFixed(3)} of 1` };
  return { ...hit, score, explanation: { ...hit.explanation, steps: [...hit.explanation.steps, step], score } };
}

/** What of a note a reranker reads: who spoke, and what. */
export function rerankText({ note, episode }: StoredNote): string {
  return episode?.speaker == null ? note.text : `${episode.speaker}: ${note.text}`;
}
