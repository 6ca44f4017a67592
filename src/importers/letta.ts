import type { Json } from '../memory/episode.ts';
import { EcphoryError } from '../memory/errors.ts';
import type { MessageInput } from '../memory/service.ts';
import type { ImportUnit, JsonObject, Parsed, Skipped } from './import-unit.ts';
import {
  contentText,
  heldText,
  isObject,
  nameIn,
  objectsIn,
  parseJsonFile,
  present,
  textIn,
  timeIn,
} from './reading.ts';

/**
 * A Letta agent file (`.af`): its memory blocks, its archival passages and what was said. Both shapes: one agent with
 * `core_memory`, and `agents` beside `blocks`. Tools, settings and system prompts are no memories.
 */
export function parseLetta(text: string): Parsed {
  const file = parseJsonFile(text);
  if (
    !isObject(file) ||
    !(Array.isArray(file.agents) || Array.isArray(file.core_memory) || Array.isArray(file.blocks))
  ) {
    throw new EcphoryError('invalid', 'A Letta agent file is an object with "agents" and "blocks", or "core_memory".');
  }
  const agents = Array.isArray(file.agents) ? objectsIn(file, 'agents') : [file];
  const skipped: Skipped[] = [];
  const units = [
    ...[...objectsIn(file, 'blocks'), ...agents.flatMap((agent) => objectsIn(agent, 'core_memory'))].flatMap(blockUnit),
    ...agents
      .flatMap((agent) => [...objectsIn(agent, 'passages'), ...objectsIn(agent, 'archival_memory')])
      .flatMap(passageUnit),
    ...agents.flatMap((agent, index) => conversationUnit(agent, `/agents/${index}`, skipped)),
  ];
  return { units, skipped };
}

function blockUnit(block: JsonObject): ImportUnit[] {
  const content = textIn(block, 'value')?.trim();
  if (content === undefined) return [];
  const label = nameIn(block, 'label');
  return [
    {
      ...(label !== null && { tags: [label] }),
      metadata: present({ letta_block: label, description: textIn(block, 'description')?.slice(0, 1_000) }),
      messages: [{ content }],
    },
  ];
}

function passageUnit(passage: JsonObject): ImportUnit[] {
  const content = textIn(passage, 'text') ?? textIn(passage, 'content');
  const timestamp = timeIn(passage, 'created_at');
  return content === null ? [] : [{ messages: [{ content, ...(timestamp !== null && { timestamp }) }] }];
}

function conversationUnit(agent: JsonObject, at: string, skipped: Skipped[]): ImportUnit[] {
  const messages: MessageInput[] = [];
  objectsIn(agent, 'messages').forEach((message, index) => {
    const said = saidIn(message);
    if (said === null) skipped.push({ at: `${at}/messages/${index}`, why: 'It is not something that was said.' });
    else messages.push(said);
  });
  if (messages.length === 0) return [];
  const name = nameIn(agent, 'name');
  const first = messages[0]?.timestamp ?? '';
  return [
    {
      sessionId: `letta ${[name ?? 'agent', first].join(' ')}`.trim(),
      metadata: present({ letta_agent: name }),
      messages,
    },
  ];
}

/** Null for system prompts, heartbeats, and what tools were asked and answered. */
function saidIn(message: JsonObject): MessageInput | null {
  const timestamp = timeIn(message, 'created_at', 'date');
  const time = timestamp === null ? {} : { timestamp };
  const content = contentText(message.content) ?? textIn(message, 'text');
  if (message.role === 'user') {
    const text = content === null ? null : unpacked(content);
    return text === null ? null : { role: 'user', content: text, ...time };
  }
  if (message.role !== 'assistant') return null;
  // An agent of MemGPT's kind speaks by a tool; what stands beside it are its thoughts.
  const spoken = objectsIn(message, 'tool_calls').flatMap(spokenBy);
  if (spoken.length > 0) return { role: 'assistant', content: spoken.join('\n'), ...time };
  if (objectsIn(message, 'tool_calls').length > 0 || content === null) return null;
  return { role: 'assistant', content, ...time };
}

/** Letta packs what a user says, and its own heartbeats, as JSON: `{"type": "user_message", "message": "..."}`. */
function unpacked(content: string): string | null {
  if (!content.startsWith('{')) return content;
  const packed = parsedOrNull(content);
  if (!isObject(packed) || typeof packed.type !== 'string') return content;
  return packed.type === 'user_message' ? textIn(packed, 'message') : null;
}

function spokenBy(call: JsonObject): string[] {
  const named = isObject(call.function) ? call.function : call;
  if (named.name !== 'send_message' || typeof named.arguments !== 'string') return [];
  const given = parsedOrNull(named.arguments);
  const text = isObject(given) && typeof given.message === 'string' ? heldText(given.message) : null;
  return text === null ? [] : [text];
}

function parsedOrNull(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return null;
  }
}
