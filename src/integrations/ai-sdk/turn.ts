import { limits } from '../../memory/limits.ts';
import type { MessageInput } from '../../memory/service.ts';
import { type ModelCall, type PromptMessage, textOf } from './model-call.ts';

/** What the user said last, before the model was called for the first time; empty when there is none. */
export function lastSaid(prompt: readonly PromptMessage[]): string {
  const last = prompt.findLast(({ role }) => role === 'user');
  return last === undefined ? '' : textOf(last);
}

/**
 * Whether this is the first call of the model in a run. The calls after it, which answer what tools gave, come with the
 * same words of the user.
 */
export function isFirstCall(prompt: readonly PromptMessage[]): boolean {
  return prompt.at(-1)?.role === 'user';
}

/**
 * What one call of the model adds to the conversation: what the user said, in the first call of a run, and what the
 * model answered in words. So nothing is kept twice when a run takes many calls, and nothing is lost when it stops at a
 * call of a tool. An answer that was asked for as JSON is for a program and is not kept.
 */
export function newMessages({ prompt, responseFormat }: ModelCall, answer: string): readonly MessageInput[] {
  const messages: MessageInput[] = [];
  if (isFirstCall(prompt)) {
    const before = prompt.findLastIndex(({ role }) => role !== 'user');
    for (const message of prompt.slice(before + 1)) messages.push({ role: 'user', content: keptText(textOf(message)) });
  }
  if (responseFormat?.type !== 'json') messages.push({ role: 'assistant', content: keptText(answer) });
  return messages.filter(({ content }) => content !== '').slice(-limits.messagesPerAdd);
}

function keptText(text: string): string {
  return text.toWellFormed().replaceAll('\0', ' ').trim().slice(0, limits.textCharacters).toWellFormed();
}
