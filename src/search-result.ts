import { memoryOf } from './encoding/view.ts';
import type { Recalled, RecalledNote, RecalledSequence } from './memory/recall.ts';
import type { Hit, SearchResult, Sequence } from './memory/service.ts';
import { formatTime } from './memory/time.ts';

/** What was recalled as callers see it. */
export function searchResultOf({ hits, confidence, sequence, degraded }: Recalled): SearchResult {
  return {
    hits: hits.map(hitOf),
    confidence,
    ...(sequence !== null && { sequence: sequenceOf(sequence) }),
    degraded,
  };
}

function hitOf(hit: RecalledNote): Hit {
  const memory = memoryOf(hit.stored);
  return {
    score: hit.score,
    ...(hit.copies !== undefined && { copies: hit.copies }),
    memory,
    ...(hit.explanation !== null && { explanation: hit.explanation }),
  };
}

function sequenceOf({ kind, episodes, answer, elapsedMs, abstained }: RecalledSequence): Sequence {
  return {
    kind,
    episodes: episodes.map(({ noteId, at }) => ({ memoryId: noteId, at: formatTime(at) })),
    answer,
    ...(elapsedMs !== null && { elapsedMs }),
    abstained,
  };
}
