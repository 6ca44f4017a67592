import type { Json } from '../memory/episode.ts';
import { EcphoryError } from '../memory/errors.ts';
import type { ImportUnit, JsonObject, Parsed, Skipped } from './import-unit.ts';
import { heldText, isObject, listIn, parseJsonFile, present, textIn, timeIn } from './reading.ts';

/**
 * mem0: a list of memories, as `getAll` and exports give them, bare or under `results`, `memories` or `data`; or one
 * memory a line.
 */
export function parseMem0(text: string): Parsed {
  const memories = memoriesOf(text);
  const units: ImportUnit[] = [];
  const skipped: Skipped[] = [];
  memories.forEach((memory, index) => {
    const unit = isObject(memory) ? unitOf(memory) : null;
    if (unit === null) skipped.push({ at: `/${index}`, why: 'It has no text under "memory".' });
    else units.push(unit);
  });
  return { units, skipped };
}

function memoriesOf(text: string): readonly Json[] {
  const lines = text.trim().split(/\r?\n/);
  if (lines.length > 1 && lines.every((line) => line.trim() === '' || /^\s*\{.*\}\s*$/.test(line))) {
    return lines.filter((line) => line.trim() !== '').map(parseJsonFile);
  }
  const file = parseJsonFile(text);
  if (Array.isArray(file)) return file as readonly Json[];
  if (isObject(file)) {
    const name = ['results', 'memories', 'data'].find((candidate) => Array.isArray(file[candidate]));
    if (name !== undefined) return listIn(file, name);
    if (typeof file.memory === 'string') return [file];
  }
  throw new EcphoryError('invalid', 'An export of mem0 is a list of memories, or an object with one under "results".');
}

function unitOf(memory: JsonObject): ImportUnit | null {
  const text = [memory.memory, memory.text, memory.content].find((value) => typeof value === 'string');
  const content = typeof text === 'string' ? heldText(text) : null;
  if (content === null) return null;
  const timestamp = timeIn(memory, 'timestamp', 'created_at', 'createdAt');
  const categories = [...new Set(listIn(memory, 'categories').filter((tag): tag is string => typeof tag === 'string'))];
  const owner = ownerOf(memory);
  const expires = textIn(memory, 'expiration_date') ?? textIn(memory, 'expirationDate');
  const invalidAt = expires === null ? null : dayAfter(expires);
  return {
    ...(categories.length > 0 && { tags: categories }),
    ...(isObject(memory.metadata) && { metadata: memory.metadata }),
    ...(owner.run_id !== undefined && { sessionId: owner.run_id }),
    messages: [{ content, ...(timestamp !== null && { timestamp }) }],
    owner,
    ...(invalidAt !== null && { validity: { invalidAt } }),
  };
}

/** The platform writes `user_id`, its client `userId`. */
function ownerOf(memory: JsonObject): Readonly<Record<string, string>> {
  const owner = present({
    user_id: textIn(memory, 'user_id') ?? textIn(memory, 'userId'),
    agent_id: textIn(memory, 'agent_id') ?? textIn(memory, 'agentId'),
    app_id: textIn(memory, 'app_id') ?? textIn(memory, 'appId'),
    run_id: textIn(memory, 'run_id') ?? textIn(memory, 'runId'),
  });
  return owner as Readonly<Record<string, string>>;
}

/** It holds through its last day. */
function dayAfter(date: string): string | null {
  const start = Date.parse(`${date.slice(0, 10)}T00:00:00Z`);
  return Number.isNaN(start) ? null : new Date(start + 86_400_000).toISOString();
}
