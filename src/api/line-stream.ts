import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';

/**
 * Sends lines as they come, no faster than they are read. What fails on the way cuts the connection: an answer that ends well
 * is whole, and one that was cut has no last line.
 */
export async function sendLines(
  request: IncomingMessage,
  response: ServerResponse,
  lines: AsyncIterable<string>,
): Promise<void> {
  response.statusCode = 200;
  response.setHeader('Content-Type', 'application/x-ndjson; charset=utf-8');
  if (request.method === 'HEAD') {
    response.end();
    return;
  }
  const gone = new AbortController();
  const stop = () => gone.abort();
  response.once('close', stop);
  try {
    for await (const line of lines) {
      if (gone.signal.aborted) return;
      if (response.write(`${line}\n`)) continue;
      await once(response, 'drain', { signal: gone.signal });
    }
    response.end();
  } catch (error) {
    if (!gone.signal.aborted) throw error;
  } finally {
    response.off('close', stop);
  }
}
