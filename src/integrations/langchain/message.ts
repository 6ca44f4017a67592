import {
  type BaseMessage,
  mapChatMessagesToStoredMessages,
  mapStoredMessagesToChatMessages,
  type StoredMessage,
} from '@langchain/core/messages';
import type { Role } from '../../memory/episode.ts';
import { limits } from '../../memory/limits.ts';
import type { Memory, MessageInput } from '../../memory/service.ts';

/** The key of a memory's metadata that holds the message exactly. */
export const messageField = 'langchain.message';

/**
 * A message to remember: its text is what searches find; the whole of it (tool calls, ids, parts that are no text) is
 * kept beside as JSON, where it fits. A message too large for that comes back as its text.
 */
export function inputOf(message: BaseMessage): MessageInput {
  const role = roleOf(message);
  return {
    content: textOf(message) || placeholderOf(message),
    ...(role !== null && { role }),
    ...(message.name !== undefined && message.name.trim() !== '' && { name: message.name }),
    metadata: { [messageField]: storedOf(message) },
  };
}

/** The message that a memory keeps, or null for a memory that is none. */
export function messageOf(memory: Memory): BaseMessage | null {
  const { [messageField]: stored } = memory.metadata;
  if (typeof stored !== 'string') return null;
  // Written by `inputOf` and by nobody else; an unknown type is refused in here.
  const parsed = JSON.parse(unescaped(stored)) as StoredMessage;
  // A message that was too large to be kept whole has no content here.
  const data = typeof parsed.data.content === 'string' || Array.isArray(parsed.data.content);
  const whole = data ? parsed : { ...parsed, data: { ...parsed.data, content: memory.text } };
  return mapStoredMessagesToChatMessages([whole])[0] ?? null;
}

/** The words of a message, without images, reasoning and calls of tools. */
export function textOf(message: BaseMessage): string {
  return message.text.toWellFormed().replaceAll('\0', ' ').trim().slice(0, limits.textCharacters);
}

function roleOf(message: BaseMessage): Role | null {
  switch (message.type) {
    case 'human':
      return 'user';
    case 'ai':
      return 'assistant';
    case 'system':
    case 'developer':
      return 'system';
    case 'tool':
    case 'function':
      return 'tool';
    default:
      return null;
  }
}

function placeholderOf(message: BaseMessage): string {
  const calls: readonly unknown[] =
    'tool_calls' in message && Array.isArray(message.tool_calls) ? message.tool_calls : [];
  const names = calls.flatMap((call) =>
    typeof call === 'object' && call !== null && 'name' in call ? [String(call.name)] : [],
  );
  return names.length > 0 ? `(called ${names.join(', ')})` : '(no text)';
}

function storedOf(message: BaseMessage): string {
  const [stored] = mapChatMessagesToStoredMessages([message]);
  if (stored === undefined) throw new Error('A message could not be stored.');
  const whole = escaped(JSON.stringify(stored));
  if (new TextEncoder().encode(JSON.stringify({ [messageField]: whole })).length <= limits.metadataBytes) return whole;
  const { type, data } = stored;
  const { id, name, role, tool_call_id } = data;
  return escaped(JSON.stringify({ type, data: { id, name, role, tool_call_id } }));
}

/** JSON without a backslash, which checks of metadata would read as an escape of their own. */
function escaped(json: string): string {
  return json.replaceAll('~', '~0').replaceAll('\\', '~1');
}

function unescaped(text: string): string {
  return text.replaceAll('~1', '\\').replaceAll('~0', '~');
}
