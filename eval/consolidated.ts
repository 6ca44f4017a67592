import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { loadConfig } from '../src/config.ts';
import type { Progress } from './progress.ts';
import { RefusedError, type ServerClient } from './server/client.ts';

const operationSchema = z.object({
  id: z.string(),
  state: z.enum(['queued', 'running', 'done', 'dead', 'cancelled']),
  error: z.string().nullish(),
});

/**
 * Waits until the server's worker owes nothing in these namespaces: asks it to consolidate each, which it does after whatever
 * it is at in there, and waits for the answers.
 *
 * @throws Error when one was given up.
 */
export async function consolidated(
  client: ServerClient,
  namespaces: readonly string[],
  progress: Progress,
): Promise<void> {
  if (loadConfig().consolidation === 'off') return;
  const waiting: string[] = [];
  for (const namespace of namespaces) {
    const reply = await client.post('/v1/consolidations', { namespace }).catch((error: unknown) => {
      if (error instanceof RefusedError && error.status === 404) return null;
      throw error;
    });
    if (reply === null) return;
    waiting.push(operationSchema.parse(reply.body).id);
  }
  progress.start('Consolidating', namespaces.length);
  while (waiting.length > 0) {
    const [id] = waiting;
    const { state, error } = operationSchema.parse((await client.get(`/v1/operations/${id}`)).body);
    if (state === 'dead' || state === 'cancelled') throw new Error(`Consolidation ended ${state}: ${error ?? ''}`);
    if (state === 'done') {
      waiting.shift();
      progress.advance();
    } else {
      await delay(pollMs);
    }
  }
  progress.finish();
}

const pollMs = 100;
