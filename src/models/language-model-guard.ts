import { EcphoryError, type ErrorCode, isEcphoryError } from '../memory/errors.ts';
import type { LanguageModel, ModelAnswer } from '../memory/language-model.ts';
import { type CircuitBreaker, type CircuitState, newCircuitBreaker } from './circuit-breaker.ts';

/** A language model that is left alone while it fails, and whose use is counted. */
export interface GuardedLanguageModel extends LanguageModel {
  circuit(): CircuitState;
  /** Since it was opened, of every tenant. */
  usage(): ModelUsage;
}

export interface ModelUsage {
  readonly calls: number;
  /** Calls that failed, by error code; those that the open circuit kept back are `kept`. */
  readonly failures: Readonly<Partial<Record<ErrorCode | 'kept', number>>>;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** In the currency of the prices; 0 when there are none. */
  readonly cost: number;
}

/** For a million tokens each, in any one currency. */
export interface ModelPrices {
  readonly input: number;
  readonly output: number;
}

export interface LanguageModelGuardOptions {
  readonly breaker?: CircuitBreaker;
  readonly prices?: ModelPrices | null;
}

/**
 * The one door to a language model: what fails like an endpoint that is down opens the circuit, and while that is open a
 * call fails at once as `unavailable` with `retryAfterMs`. A request that the model refused, or that its caller gave up,
 * says nothing of the endpoint.
 */
export function guardLanguageModel(
  model: LanguageModel,
  options: LanguageModelGuardOptions = {},
): GuardedLanguageModel {
  const breaker = options.breaker ?? newCircuitBreaker({ now: () => performance.now() });
  const prices = options.prices ?? { input: 0, output: 0 };
  const failures: Partial<Record<ErrorCode | 'kept', number>> = {};
  let calls = 0;
  let inputTokens = 0;
  let outputTokens = 0;

  return {
    id: model.id,
    async complete(request) {
      const waitMs = breaker.admit();
      if (waitMs !== null) {
        failures.kept = (failures.kept ?? 0) + 1;
        throw new EcphoryError('unavailable', `Language model ${model.id} failed too often and is left alone.`, {
          retryAfterMs: waitMs,
        });
      }
      calls += 1;
      const answer = await model.complete(request).catch((error: unknown) => {
        throw counted(error, request.signal?.aborted === true);
      });
      breaker.succeeded();
      count(answer);
      return answer;
    },
    close: () => model.close(),
    circuit: () => breaker.state(),
    usage: () => ({
      calls,
      failures: { ...failures },
      inputTokens,
      outputTokens,
      cost: (inputTokens * prices.input + outputTokens * prices.output) / 1_000_000,
    }),
  };

  function counted(error: unknown, isGivenUp: boolean): unknown {
    const code = isEcphoryError(error) ? error.code : 'internal';
    failures[code] = (failures[code] ?? 0) + 1;
    if (isGivenUp || code === 'invalid') breaker.passed();
    else breaker.failed(isEcphoryError(error) ? (error.retryAfterMs ?? 0) : 0);
    return error;
  }

  function count(answer: ModelAnswer): void {
    inputTokens += answer.inputTokens;
    outputTokens += answer.outputTokens;
  }
}
