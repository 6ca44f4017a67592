/**
 * A language model that answers in JSON. Its answer is data to check, never an order: it has no tools, sees notes as fenced data
 * under handles `n1..nk`, and nothing it says is applied that a pure check has not let pass.
 *
 * Every failure is an `EcphoryError`: `unavailable` (down, or the circuit is open), `timeout`, `rate_limited` with
 * `retryAfterMs`, `too_large` (the answer was over its limit), `invalid` (it refused the request for good).
 */
export interface LanguageModel {
  /** `model@host`: said with everything that it made. */
  readonly id: string;
  complete(request: ModelRequest): Promise<ModelAnswer>;
  close(): Promise<void>;
}

export interface ModelRequest {
  /** Which prompt, with its version, such as `construct-note/1`. */
  readonly prompt: string;
  readonly system: string;
  readonly user: string;
  /** JSON schema (draft 2020-12) of the answer: a strict one, every field required. */
  readonly schema: { readonly name: string; readonly json: object };
  readonly answerTokensMax: number;
  readonly signal?: AbortSignal;
}

export interface ModelAnswer {
  /** The answer as it came, not parsed. */
  readonly text: string;
  readonly inputTokens: number;
  readonly outputTokens: number;
}
