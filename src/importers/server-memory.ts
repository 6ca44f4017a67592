import type { Json } from '../memory/episode.ts';
import { EcphoryError } from '../memory/errors.ts';
import type { ImportUnit, JsonObject, Parsed, Skipped } from './import-unit.ts';
import { heldText, isObject, listIn, nameIn, present } from './reading.ts';

/**
 * The file of the MCP reference server `server-memory`: an entity or a relation a line. Each observation becomes a
 * memory that names its entity, for a note must be understood by itself.
 */
export function parseServerMemory(text: string): Parsed {
  const units: ImportUnit[] = [];
  const skipped: Skipped[] = [];
  text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .forEach((line, index) => {
      if (line.trim() === '') return;
      const at = `line ${index + 1}`;
      const item = itemOf(line);
      const found = item === null ? [] : unitsOf(item);
      if (found.length === 0) skipped.push({ at, why: item === null ? notJson : whyNothing(item) });
      else units.push(...found);
    });
  if (units.length === 0 && skipped.every(({ why }) => why === notJson || why === notOfIt)) {
    throw new EcphoryError('invalid', 'A file of server-memory has one JSON object a line: an entity or a relation.');
  }
  return { units, skipped };
}

const notJson = 'It is not JSON.';
const notOfIt = 'It is neither an entity nor a relation.';

function itemOf(line: string): JsonObject | null {
  try {
    const item = JSON.parse(line) as Json;
    return isObject(item) ? item : null;
  } catch {
    return null;
  }
}

function unitsOf(item: JsonObject): ImportUnit[] {
  if (item.type === 'entity') return observations(item);
  const [from, to, relation] = [nameIn(item, 'from'), nameIn(item, 'to'), nameIn(item, 'relationType')];
  if (item.type !== 'relation' || from === null || to === null || relation === null) return [];
  return [
    {
      metadata: { subject: from, relation, object: to },
      messages: [{ content: `${from} ${relation.replaceAll('_', ' ')} ${to}` }],
    },
  ];
}

function observations(entity: JsonObject): ImportUnit[] {
  const name = nameIn(entity, 'name');
  const kind = nameIn(entity, 'entityType');
  if (name === null) return [];
  return listIn(entity, 'observations').flatMap((observation) => {
    const content = typeof observation === 'string' ? heldText(observation) : null;
    if (content === null) return [];
    return [
      {
        ...(kind !== null && { tags: [kind] }),
        metadata: present({ entity: name, entity_type: kind }),
        messages: [{ content: `${name}: ${content}` }],
      },
    ];
  });
}

function whyNothing(item: JsonObject): string {
  if (item.type === 'entity') return 'The entity has no observation.';
  return item.type === 'relation' ? 'The relation is not complete.' : notOfIt;
}
