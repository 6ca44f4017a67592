import { factOf, memoryOf } from './encoding/view.ts';
import type { FactsAnswer } from './memory/knowledge.ts';
import type { Recalled, RecalledFact, RecalledFacts, RecalledNote, RecalledSequence } from './memory/recall.ts';
import type { Hit, SearchResult, Sequence } from './memory/service.ts';
import { formatTime } from './memory/time.ts';

/** What was recalled as callers see it. */
export function searchResultOf({ hits, confidence, sequence, facts, archived, degraded }: Recalled): SearchResult {
  return {
    hits: hits.map(hitOf),
    confidence,
    ...(sequence !== null && { sequence: sequenceOf(sequence) }),
    ...(facts !== null && { facts: factsAnswerOf(facts) }),
    ...(archived.length > 0 && { archived }),
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

/** Recalled facts as callers see them. */
export function factsAnswerOf({ answers }: RecalledFacts): FactsAnswer {
  return {
    answers: answers.flatMap(({ path, earlier, disputed }: RecalledFact) => {
      const last = path.at(-1);
      if (last === undefined) return [];
      const against = disputed.map(({ note }) => note.id);
      const steps = path.map((step) => factOf(step, step === last ? against : []));
      const { value, polarity, validAt, invalidAt } = factOf(last);
      return [
        {
          value,
          polarity,
          since: validAt,
          until: invalidAt,
          path: steps,
          earlier: earlier.map((one) => factOf(one)),
          disputed: disputed.map((one) => factOf(one, [last.note.id])),
        },
      ];
    }),
  };
}
