import { EcphoryError } from '../memory/errors.ts';
import type { MessageInput } from '../memory/service.ts';
import type { ImportUnit, JsonObject, Parsed, Skipped } from './import-unit.ts';
import { contentText, isObject, listIn, nameIn, parseJsonFile, present, timeIn } from './reading.ts';

/**
 * ChatGPT's `conversations.json`. A conversation is a tree, for every edit and retry is kept: what counts is the
 * branch that was last shown, from `current_node` up to the root.
 */
export function parseChatGpt(text: string): Parsed {
  const file = parseJsonFile(text);
  const conversations = Array.isArray(file) ? file : isObject(file) ? listIn(file, 'conversations') : [];
  if (!conversations.some((one) => isObject(one) && isObject(one.mapping))) {
    throw new EcphoryError(
      'invalid',
      'A ChatGPT export is the file conversations.json: a list of objects with "mapping".',
    );
  }
  const units: ImportUnit[] = [];
  const skipped: Skipped[] = [];
  conversations.forEach((conversation, index) => {
    const messages = isObject(conversation) ? branchOf(conversation).flatMap(messageOf) : [];
    if (!isObject(conversation) || messages.length === 0) {
      skipped.push({ at: `/${index}`, why: 'Nothing was said in it.' });
      return;
    }
    const id = nameIn(conversation, 'conversation_id') ?? nameIn(conversation, 'id') ?? `conversation ${index + 1}`;
    units.push({
      sessionId: `chatgpt ${id}`,
      metadata: present({ conversation_title: nameIn(conversation, 'title') }),
      messages,
    });
  });
  return { units, skipped };
}

/** From the root down. */
function branchOf(conversation: JsonObject): JsonObject[] {
  const mapping = isObject(conversation.mapping) ? conversation.mapping : {};
  const branch: JsonObject[] = [];
  const seen = new Set<string>();
  let id = typeof conversation.current_node === 'string' ? conversation.current_node : lastOf(mapping);
  while (id !== null && !seen.has(id)) {
    seen.add(id);
    const node = mapping[id];
    if (!isObject(node)) break;
    if (isObject(node.message)) branch.push(node.message);
    id = typeof node.parent === 'string' ? node.parent : null;
  }
  return branch.reverse();
}

/** Old exports name no current node: the last leaf is what was added last. */
function lastOf(mapping: JsonObject): string | null {
  const leaves = Object.entries(mapping).filter(([, node]) => isObject(node) && listIn(node, 'children').length === 0);
  return leaves.at(-1)?.[0] ?? null;
}

/** What a person or the assistant said; not what tools, plugins and settings were told. */
function messageOf(message: JsonObject): MessageInput[] {
  const author = isObject(message.author) ? message.author.role : null;
  const details = isObject(message.metadata) ? message.metadata : {};
  const content = isObject(message.content) ? message.content : {};
  if (author !== 'user' && author !== 'assistant') return [];
  if (details.is_visually_hidden_from_conversation === true || details.is_user_system_message === true) return [];
  if (message.recipient !== undefined && message.recipient !== 'all') return [];
  if (content.content_type !== 'text' && content.content_type !== 'multimodal_text') return [];
  const text = contentText(content.parts);
  const timestamp = timeIn(message, 'create_time');
  return text === null ? [] : [{ role: author, content: text, ...(timestamp !== null && { timestamp }) }];
}
