import { setImmediate } from 'node:timers/promises';

/** UTF-16 units computed in one turn of the event loop: 3 to 30 ms for the hashed embedder, by how many words repeat. */
const charactersPerTurn = 32_768;

/**
 * One vector per text from a synchronous computation, letting the event loop turn now and then, so that a
 * batch of long texts neither stalls other requests nor outlasts the guard's deadline.
 */
export async function computeEach(
  texts: readonly string[],
  signal: AbortSignal,
  compute: (text: string) => Float32Array,
): Promise<readonly Float32Array[]> {
  const vectors: Float32Array[] = [];
  let characters = 0;
  for (const text of texts) {
    characters += text.length;
    if (vectors.length > 0 && characters > charactersPerTurn) {
      await setImmediate();
      signal.throwIfAborted();
      characters = text.length;
    }
    vectors.push(compute(text));
  }
  return vectors;
}
