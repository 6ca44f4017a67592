import type { ExportInput, ExportLines, ImportResult } from '../memory/exchange.ts';
import { limits } from '../memory/limits.ts';
import { withQuery } from './address.ts';
import { chunksOf } from './event-reader.ts';
import { type ClientOptions, isRecord, openStream, parsed, type Send } from './send.ts';

/** The lines of an export as they come. @throws EcphoryError also when it breaks off: then there was no line of type `end` */
export async function* exportedLines(options: ClientOptions, input: ExportInput): AsyncGenerator<string> {
  const body = await openStream(options, withQuery('/v1/export', input), 'application/x-ndjson');
  const decoder = new TextDecoder();
  let rest: string[] = [];
  for await (const chunk of chunksOf(body)) {
    const [first = '', ...more] = decoder.decode(chunk, { stream: true }).split('\n');
    rest.push(first);
    const last = more.pop();
    if (last === undefined) continue;
    yield rest.join('');
    yield* more;
    rest = [last];
  }
  const end = rest.join('');
  if (end !== '') yield end;
}

/**
 * Sends the lines of an export in parts, one after the other, each with the lines before it that say what it is. A part that
 * nobody answered is sent again: what is there already stays as it is.
 */
export async function importLines(send: Send, lines: ExportLines): Promise<ImportResult> {
  const namespaces = new Set<string>();
  const sums = { memories: 0, skipped: 0, links: 0 };
  /** The header, then the namespace that the lines are of. */
  let opening: readonly string[] = [];
  let part: string[] = [];
  let characters = 0;
  for await (const line of lines) {
    if (line.trim() === '') continue;
    const type = /^\{"type":"(?:header|namespace)"/.test(line) ? typeOf(line) : null;
    if (type === 'header') opening = [line];
    if (type === 'namespace') opening = [...opening.slice(0, 1), line];
    part.push(line);
    characters += line.length;
    if (characters >= limits.exportPartBytes) await sendPart();
  }
  if (part.length > opening.length || characters > 0) await sendPart();
  return { namespaces: [...namespaces], ...sums };

  async function sendPart(): Promise<void> {
    const text = part.join('\n');
    const result = await send<ImportResult>({ method: 'POST', path: '/v1/import', lines: text, isRepeatable: true });
    for (const namespace of result.namespaces) namespaces.add(namespace);
    sums.memories += result.memories;
    sums.skipped += result.skipped;
    sums.links += result.links;
    part = [...opening];
    characters = 0;
  }
}

function typeOf(line: string): unknown {
  const value = parsed(line);
  return isRecord(value) ? value.type : null;
}
