import { EcphoryError } from '../memory/errors.ts';
import type { MessageInput } from '../memory/service.ts';
import type { ImportUnit, JsonObject, Parsed, Skipped } from './import-unit.ts';
import { contentText, isObject, listIn, nameIn, objectsIn, parseJsonFile, present, textIn, timeIn } from './reading.ts';

/** Claude's `conversations.json`: what was said, and texts that a person pasted in as attachments. */
export function parseClaude(text: string): Parsed {
  const file = parseJsonFile(text);
  const conversations = Array.isArray(file) ? file : isObject(file) ? listIn(file, 'conversations') : [];
  if (!conversations.some((one) => isObject(one) && Array.isArray(one.chat_messages))) {
    throw new EcphoryError(
      'invalid',
      'A Claude export is the file conversations.json: a list of objects with "chat_messages".',
    );
  }
  const units: ImportUnit[] = [];
  const skipped: Skipped[] = [];
  conversations.forEach((conversation, index) => {
    const messages = isObject(conversation) ? objectsIn(conversation, 'chat_messages').flatMap(messagesOf) : [];
    if (!isObject(conversation) || messages.length === 0) {
      skipped.push({ at: `/${index}`, why: 'Nothing was said in it.' });
      return;
    }
    const id = nameIn(conversation, 'uuid') ?? `conversation ${index + 1}`;
    units.push({
      sessionId: `claude ${id}`,
      metadata: present({ conversation_title: nameIn(conversation, 'name') }),
      messages,
    });
  });
  return { units, skipped };
}

function messagesOf(message: JsonObject): MessageInput[] {
  const role = roleOf(message);
  if (role === null) return [];
  const timestamp = timeIn(message, 'created_at');
  const time = timestamp === null ? {} : { timestamp };
  const attached = objectsIn(message, 'attachments').flatMap((attachment) => {
    const content = textIn(attachment, 'extracted_content');
    const name = nameIn(attachment, 'file_name');
    return content === null ? [] : [{ role, content: name === null ? content : `${name}:\n${content}`, ...time }];
  });
  // `text` holds thoughts and tool calls flattened into it; `content` tells them apart, but old exports have none.
  const said = objectsIn(message, 'content').length > 0 ? contentText(message.content) : textIn(message, 'text');
  return said === null ? attached : [...attached, { role, content: said, ...time }];
}

function roleOf(message: JsonObject): 'user' | 'assistant' | null {
  if (message.sender === 'human' || message.sender === 'user') return 'user';
  return message.sender === 'assistant' ? 'assistant' : null;
}
