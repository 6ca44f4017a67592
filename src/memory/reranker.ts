/**
 * A model that reads the cue and one text together and says how well the text answers it. Slow, so that only the
 * first hits of a ranking are shown to it. Implementations only compute; batching, the deadline and the check of
 * every answer are in `models/rerank-guard.ts`.
 */
export interface Reranker {
  /** For people: it stands in explanations and in what is degraded. */
  readonly id: string;
  /** Texts per call. */
  readonly pairsMax: number;
  /** One score per text, in order, 0 (does not answer) to 1 (does). May reject, may hang: the caller guards. */
  score(query: string, texts: readonly string[], signal: AbortSignal): Promise<readonly number[]>;
  close?(): Promise<void>;
}

/** A reranker behind its guard: batched, with a deadline, every answer checked to be one number of 0 to 1 per text. */
export interface GuardedReranker {
  readonly id: string;
  /** @throws EcphoryError `timeout` after `deadlineMs`; `unavailable` with what was wrong with the answer. */
  score(query: string, texts: readonly string[], deadlineMs: number): Promise<readonly number[]>;
  close(): Promise<void>;
}
