import { limits } from '../memory/limits.ts';
import type { MessageInput } from '../memory/service.ts';
import type { ImportUnit } from './import-unit.ts';

/**
 * A unit as units that one add can hold each: long texts are parted at the last paragraph, line, sentence or word that
 * fits, long conversations between messages. Joined again, the parts are the text, but for a part of blanks alone.
 */
export function portions(unit: ImportUnit): ImportUnit[] {
  const messages = unit.messages.flatMap((message) =>
    textParts(message.content).map((content): MessageInput => ({ ...message, content })),
  );
  const found: ImportUnit[] = [];
  let part: MessageInput[] = [];
  let characters = 0;
  for (const message of messages) {
    const isFull =
      part.length >= limits.messagesPerAdd || characters + message.content.length > limits.importCharacters;
    if (isFull && part.length > 0) {
      found.push({ ...unit, messages: part });
      part = [];
      characters = 0;
    }
    part.push(message);
    characters += message.content.length;
  }
  if (part.length > 0) found.push({ ...unit, messages: part });
  return found;
}

function textParts(text: string): string[] {
  const parts: string[] = [];
  let rest = text;
  while (rest.length > limits.textCharacters) {
    const end = endWithin(rest);
    parts.push(rest.slice(0, end));
    rest = rest.slice(end);
  }
  return [...parts, rest].filter((part) => part.trim() !== '');
}

function endWithin(text: string): number {
  const window = text.slice(0, limits.textCharacters);
  for (const seam of ['\n\n', '\n', '. ', ' ']) {
    const at = window.lastIndexOf(seam);
    if (at > limits.textCharacters / 2) return at + seam.length;
  }
  // Not between the two halves of one character.
  const last = window.charCodeAt(window.length - 1);
  return last >= 0xd800 && last <= 0xdbff ? window.length - 1 : window.length;
}
