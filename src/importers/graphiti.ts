import type { Json } from '../memory/episode.ts';
import { EcphoryError } from '../memory/errors.ts';
import type { ImportUnit, JsonObject, Parsed, Skipped } from './import-unit.ts';
import { contentText, isObject, listIn, nameIn, objectsIn, parseJsonFile, present, textIn, timeIn } from './reading.ts';

/**
 * A graph of Graphiti or Zep as JSON: episodes (what was told), edges (facts with the times between which they held),
 * nodes (entities with a summary), and messages of Zep's threads, under the names that their APIs and dumps use.
 */
export function parseGraphiti(text: string): Parsed {
  const file = parseJsonFile(text);
  const graph = isObject(file) ? file : { episodes: file };
  const found = sections.filter(([name]) => Array.isArray(graph[name]));
  if (found.length === 0) {
    const names = sections.map(([name]) => name).join(', ');
    throw new EcphoryError('invalid', `A graph of Graphiti or Zep is an object with lists under one of: ${names}.`);
  }
  const nameOf = new Map(
    [...objectsIn(graph, 'nodes'), ...objectsIn(graph, 'entity_nodes'), ...objectsIn(graph, 'entities')].map((node) => [
      node.uuid,
      nameIn(node, 'name'),
    ]),
  );
  const skipped: Skipped[] = [];
  const units = found.flatMap(([name, unitOf]) =>
    listIn(graph, name).flatMap((item, index) => {
      const unit = isObject(item) ? unitOf(item, nameOf) : null;
      if (unit === null) skipped.push({ at: `/${name}/${index}`, why: 'It has no text.' });
      return unit === null ? [] : [unit];
    }),
  );
  return { units, skipped };
}

type Names = ReadonlyMap<Json | undefined, string | null>;
type UnitOf = (item: JsonObject, names: Names) => ImportUnit | null;

/** What was told first, then what was made of it. */
const sections: readonly (readonly [string, UnitOf])[] = [
  ['episodes', episodeUnit],
  ['episodic_nodes', episodeUnit],
  ['messages', messageUnit],
  ['nodes', nodeUnit],
  ['entity_nodes', nodeUnit],
  ['entities', nodeUnit],
  ['edges', factUnit],
  ['entity_edges', factUnit],
  ['facts', factUnit],
];

function episodeUnit(episode: JsonObject): ImportUnit | null {
  // Zep's episodes of a thread are messages.
  if (typeof episode.role_type === 'string') return messageUnit(episode);
  const content = contentText(episode.content) ?? textIn(episode, 'episode_body');
  if (content === null) return null;
  const timestamp = timeIn(episode, 'valid_at', 'reference_time', 'created_at');
  const sessionId = nameIn(episode, 'thread_id') ?? nameIn(episode, 'session_id');
  return {
    ...(sessionId !== null && { sessionId }),
    metadata: present({
      ...origin(episode),
      source: textIn(episode, 'source_description'),
      name: nameIn(episode, 'name'),
    }),
    messages: [{ content, ...(timestamp !== null && { timestamp }) }],
  };
}

function messageUnit(message: JsonObject): ImportUnit | null {
  const content = contentText(message.content);
  if (content === null) return null;
  const role = message.role_type ?? message.role;
  const name = nameIn(message, 'name') ?? (message.role_type === undefined ? null : nameIn(message, 'role'));
  const timestamp = timeIn(message, 'created_at');
  const sessionId = nameIn(message, 'thread_id') ?? nameIn(message, 'session_id');
  return {
    ...(sessionId !== null && { sessionId }),
    metadata: present(origin(message)),
    messages: [
      {
        content,
        ...((role === 'user' || role === 'assistant' || role === 'system' || role === 'tool') && { role }),
        ...(name !== null && { name }),
        ...(timestamp !== null && { timestamp }),
      },
    ],
  };
}

function nodeUnit(node: JsonObject): ImportUnit | null {
  const summary = textIn(node, 'summary');
  const name = nameIn(node, 'name');
  if (summary === null) return null;
  const timestamp = timeIn(node, 'created_at');
  const labels = listIn(node, 'labels').filter((label): label is string => typeof label === 'string' && label !== '');
  return {
    ...(labels.length > 0 && { tags: [...new Set(labels)] }),
    metadata: present({ ...origin(node), entity: name }),
    messages: [{ content: name === null ? summary : `${name}: ${summary}`, ...(timestamp !== null && { timestamp }) }],
  };
}

function factUnit(edge: JsonObject, names: Names): ImportUnit | null {
  const content = textIn(edge, 'fact') ?? textIn(edge, 'content');
  if (content === null) return null;
  const validAt = timeIn(edge, 'valid_at');
  // A fact that a newer one took the place of has only the time when that was noticed.
  const invalidAt = timeIn(edge, 'invalid_at', 'expired_at');
  const timestamp = validAt ?? timeIn(edge, 'created_at');
  return {
    metadata: present({
      ...origin(edge),
      relation: nameIn(edge, 'name'),
      subject: names.get(edge.source_node_uuid) ?? null,
      object: names.get(edge.target_node_uuid) ?? null,
    }),
    messages: [{ content, ...(timestamp !== null && { timestamp }) }],
    validity: { ...(validAt !== null && { validAt }), ...(invalidAt !== null && { invalidAt }) },
  };
}

function origin(item: JsonObject): JsonObject {
  return present({ graph_id: nameIn(item, 'uuid'), graph_group: nameIn(item, 'group_id') });
}
