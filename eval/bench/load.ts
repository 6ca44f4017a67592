import type { Progress } from '../progress.ts';
import type { ServerClient } from '../server/client.ts';
import { processorTimeMs } from '../server/footprint.ts';
import { type Percentiles, percentiles } from '../statistics.ts';
import type { Host } from './host.ts';
import { type GeneratedNote, type Language, newTextSource, type TextSource } from './text.ts';

/** Notes in one `POST /v1/memories/batch`. */
export const notesPerBatch = 100;

export interface Timings extends Percentiles {
  readonly perSecond: number;
  /** Processor time of the server per request, milliseconds; null where it cannot be read. */
  readonly processorMs: number | null;
}

/** Sends bodies over so many connections, each sending its next when its last is answered. */
export async function send(
  { client, pid }: Pick<Host, 'client' | 'pid'>,
  path: string,
  bodies: readonly Buffer[],
  clients = 1,
): Promise<Timings> {
  const elapsed: number[] = [];
  const queue = bodies.values();
  const usedBefore = await processorTimeMs(pid);
  const startedAt = performance.now();
  await Promise.all(
    Array.from({ length: clients }, async () => {
      for (const body of queue) {
        const reply = await client.post(path, body);
        elapsed.push(reply.elapsedMs);
      }
    }),
  );
  const seconds = (performance.now() - startedAt) / 1_000;
  const usedAfter = await processorTimeMs(pid);
  const processorMs = usedBefore === null || usedAfter === null ? null : (usedAfter - usedBefore) / bodies.length;
  return { ...percentiles(elapsed), perSecond: bodies.length / seconds, processorMs };
}

export interface FillOptions {
  readonly client: ServerClient;
  readonly language: Language;
  readonly progress: Progress;
  readonly namespace: string;
  readonly notes: number;
  readonly seed: number;
}

/** Fills a namespace by batches, one after another. Gives notes a second. */
export async function fill(options: FillOptions): Promise<number> {
  const { client, progress, namespace, notes } = options;
  const source = newTextSource(options.language, options.seed);
  let spentMs = 0;
  progress.start(`Adding to ${namespace}`, notes);
  for (let done = 0; done < notes; done += notesPerBatch) {
    const count = Math.min(notesPerBatch, notes - done);
    // Made here, not beforehand: 100,000 notes as text would fill this process.
    const reply = await client.post('/v1/memories/batch', batchBody(noteItems(namespace, source, count)));
    spentMs += reply.elapsedMs;
    progress.advance(count);
  }
  progress.finish();
  return (1_000 * notes) / spentMs;
}

export function noteItems(namespace: string, source: TextSource, count: number): readonly object[] {
  return Array.from({ length: count }, () => item(namespace, source.note()));
}

export function batchBody(items: readonly object[]): Buffer {
  return json({ items });
}

export function addBodies(namespace: string, source: TextSource, count: number): readonly Buffer[] {
  return noteItems(namespace, source, count).map(json);
}

export function searchBodies(namespace: string, source: TextSource, count: number): readonly Buffer[] {
  return Array.from({ length: count }, () => json({ namespace, query: source.query(), limit: 10 }));
}

function item(namespace: string, note: GeneratedNote): object {
  const { text, speaker, timestamp, session } = note;
  return { namespace, session_id: `session-${session}`, text, name: speaker, timestamp };
}

function json(value: object): Buffer {
  return Buffer.from(JSON.stringify(value));
}
