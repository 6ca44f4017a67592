/**
 * What an embedder's vectors know, because fusion weights are measured per class: `lexical` compares letters
 * and words, `static` averages word vectors, `sentence` is a trained sentence model.
 */
export type EmbedderClass = 'lexical' | 'static' | 'sentence';

/**
 * Text to vectors. Implementations only compute; batching, the deadline and the check of every answer are in
 * `models/embed.ts`, once for all.
 */
export interface Embedder {
  /** Names the vectors, for example `hashed-384-v1`: two embedders with one id must be interchangeable. */
  readonly id: string;
  readonly class: EmbedderClass;
  readonly dimensions: number;
  /** Texts per call. */
  readonly batchMax: number;
  /** One vector per text, in order. Not necessarily of unit length. May reject, may hang: the caller guards. */
  embed(texts: readonly string[], purpose: EmbedPurpose, signal: AbortSignal): Promise<readonly Float32Array[]>;
  close?(): Promise<void>;
}

/** Some models want a question prefixed otherwise than a passage. */
export type EmbedPurpose = 'passage' | 'query';

/**
 * An embedder behind its guard (`models/embed.ts`): batched, with a deadline, every answer checked to be one
 * finite, non-zero vector of the right dimensions per text, scaled to unit length.
 */
export interface GuardedEmbedder {
  readonly id: string;
  readonly class: EmbedderClass;
  readonly dimensions: number;
  /** @throws EcphoryError `timeout` after `deadlineMs`; `unavailable` with what was wrong with the answer. */
  embed(texts: readonly string[], purpose: EmbedPurpose, deadlineMs: number): Promise<readonly Float32Array[]>;
  close(): Promise<void>;
}
