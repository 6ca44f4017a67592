import type { Embedder, EmbedPurpose, GuardedEmbedder } from '../memory/embedder.ts';
import { EcphoryError, isEcphoryError } from '../memory/errors.ts';
import { limits } from '../memory/limits.ts';
import { type GuardClock, systemClock, withinDeadline } from './deadline.ts';

export interface GuardOptions {
  readonly clock?: GuardClock;
  /** Uniform over [0, 1), for jitter. */
  readonly random?: () => number;
}

/**
 * The one door to any embedder: splits texts into batches, one after the other, holds the whole call to one
 * deadline that even an embedder that hangs or ignores its signal cannot outlast, checks every answer and
 * scales it to unit length.
 *
 * An embedder says that trying again may help by failing with an `EcphoryError` that has `retryAfterMs`; the
 * guard then waits that long plus a capped, fully jittered exponential back-off, if the deadline allows it.
 *
 * @throws EcphoryError `invalid` at once, when the embedder's dimensions are not within limits.
 */
export function guard(embedder: Embedder, options: GuardOptions = {}): GuardedEmbedder {
  const clock = options.clock ?? systemClock;
  const random = options.random ?? Math.random;
  const { id, dimensions } = embedder;
  if (!Number.isInteger(dimensions) || dimensions < 1 || dimensions > limits.vectorDimensions) {
    throw new EcphoryError(
      'invalid',
      `Embedder ${id} has ${dimensions} dimensions; 1 to ${limits.vectorDimensions} are possible.`,
    );
  }
  let closing: Promise<void> | null = null;

  return {
    id,
    class: embedder.class,
    dimensions,
    async embed(texts, purpose, deadlineMs) {
      if (closing !== null) throw new EcphoryError('unavailable', `Embedder ${id} is closed.`);
      if (texts.length === 0) return [];
      const endsAt = clock.now() + deadlineMs;
      return withinDeadline({ clock, deadlineMs, who: `Embedder ${id}` }, (signal) =>
        embedBatches({ embedder, clock, random, purpose, signal, endsAt }, texts),
      );
    },
    close() {
      closing ??= embedder.close?.() ?? Promise.resolve();
      return closing;
    },
  };
}

interface Call {
  readonly embedder: Embedder;
  readonly clock: GuardClock;
  readonly random: () => number;
  readonly purpose: EmbedPurpose;
  readonly signal: AbortSignal;
  /** On the clock. */
  readonly endsAt: number;
}

async function embedBatches(call: Call, texts: readonly string[]): Promise<readonly Float32Array[]> {
  const batchMax = Math.max(1, call.embedder.batchMax);
  const vectors: Float32Array[] = [];
  for (let start = 0; start < texts.length && !call.signal.aborted; start += batchMax) {
    const batch = texts.slice(start, start + batchMax);
    vectors.push(...unitVectors(call.embedder, batch.length, await embedBatch(call, batch)));
  }
  return vectors;
}

async function embedBatch(call: Call, batch: readonly string[]): Promise<readonly Float32Array[]> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await call.embedder.embed(batch, call.purpose, call.signal);
    } catch (error) {
      const failure = asUnavailable(call.embedder.id, error);
      if (failure.retryAfterMs === null || tries >= limits.embedderTriesMax || call.signal.aborted) throw failure;
      const pauseMs = failure.retryAfterMs + backoffMs(tries, call.random());
      // Waiting for a deadline that is sure to pass would only make the caller late.
      if (call.clock.now() + pauseMs >= call.endsAt) throw failure;
      await call.clock.wait(pauseMs, call.signal);
    }
  }
}

/**
 * Full jitter: uniform between 0 and the capped exponential, so that callers who failed together do not come
 * back together (Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015).
 */
export function backoffMs(tries: number, uniform: number): number {
  return uniform * Math.min(limits.embedderBackoffMsMax, limits.embedderBackoffMs * 2 ** (tries - 1));
}

function asUnavailable(id: string, error: unknown): EcphoryError {
  if (isEcphoryError(error)) return error;
  return new EcphoryError('unavailable', `Embedder ${id} failed: ${error instanceof Error ? error.name : 'unknown'}.`, {
    cause: error,
  });
}

function unitVectors(embedder: Embedder, count: number, answer: readonly Float32Array[]): Float32Array[] {
  if (!Array.isArray(answer) || answer.length !== count) {
    const came = Array.isArray(answer) ? `${answer.length} vectors` : 'no list of vectors';
    throw wrongAnswer(embedder, `expected ${count} vectors for ${count} texts, got ${came}`);
  }
  return answer.map((vector, index) => unitVector(embedder, vector, index));
}

function unitVector(embedder: Embedder, vector: Float32Array, index: number): Float32Array {
  if (!(vector instanceof Float32Array)) throw wrongAnswer(embedder, `vector ${index} is not a Float32Array`);
  if (vector.length !== embedder.dimensions) {
    throw wrongAnswer(
      embedder,
      `expected ${embedder.dimensions} dimensions, got ${vector.length} in vector ${index}; is it another model?`,
    );
  }
  let squares = 0;
  for (let i = 0; i < vector.length; i += 1) {
    const value = vector[i]!;
    if (!Number.isFinite(value)) {
      throw wrongAnswer(embedder, `expected finite numbers, got ${value} at ${i} of vector ${index}`);
    }
    squares += value * value;
  }
  if (squares === 0) throw wrongAnswer(embedder, `expected a direction, got all zeros in vector ${index}`);
  const norm = Math.sqrt(squares);
  const unit = new Float32Array(vector.length);
  for (let i = 0; i < vector.length; i += 1) unit[i] = vector[i]! / norm;
  return unit;
}

function wrongAnswer(embedder: Embedder, what: string): EcphoryError {
  return new EcphoryError('unavailable', `Embedder ${embedder.id} gave a wrong answer: ${what}.`);
}
