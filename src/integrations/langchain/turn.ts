import type { BaseMessage } from '@langchain/core/messages';
import { limits } from '../../memory/limits.ts';
import type { MessageInput } from '../../memory/service.ts';
import { textOf } from './message.ts';

export interface Turn {
  readonly messages: readonly MessageInput[];
  /** The same for the same turn, so that a run that is repeated stores it once; null when its messages have no ids. */
  readonly idempotencyKey: string | null;
}

/**
 * What the user said last and what the agent answered, as words: calls of tools and their results are left out, because
 * they are not what was said. Null when there is nothing to remember.
 */
export function rememberedTurn(messages: readonly BaseMessage[]): Turn | null {
  const last = messages.findLastIndex((message) => message.type === 'human');
  if (last === -1) return null;
  // Several messages of the user in a row are one turn.
  const before = messages.slice(0, last).findLastIndex((message) => message.type !== 'human');
  const said = messages
    .slice(before + 1)
    .filter((message) => (message.type === 'human' || message.type === 'ai') && textOf(message) !== '');
  if (!said.some((message) => message.type === 'human')) return null;
  const kept = said.slice(0, limits.messagesPerAdd);
  return { messages: kept.map(inputOf), idempotencyKey: keyOf(kept[0]?.id, kept.at(-1)?.id) };
}

/** A key is printable ASCII without spaces; an application may give ids that are not. */
function keyOf(first: string | undefined, last: string | undefined): string | null {
  if (first === undefined || last === undefined) return null;
  const key = `turn-${first}-${last}`;
  return /^[\x21-\x7e]+$/.test(key) && key.length <= limits.idempotencyKeyCharacters ? key : null;
}

function inputOf(message: BaseMessage): MessageInput {
  const { name } = message;
  return {
    content: textOf(message),
    role: message.type === 'human' ? 'user' : 'assistant',
    ...(message.type === 'human' && name !== undefined && name.trim() !== '' && { name }),
  };
}
