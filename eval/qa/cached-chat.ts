import { createHash } from 'node:crypto';
import type { Chat, ChatReply, ChatRequest } from './chat.ts';
import type { Journal } from './journal.ts';

/** Asks only what has not been asked before: the same request to the same model is answered from the journal. */
export function newCachedChat(chat: Chat, journal: Pick<Journal, 'reply' | 'keepReply'>): Chat {
  return {
    ...chat,
    async complete(request) {
      const hash = requestHash(chat, request);
      const kept = journal.reply(hash);
      if (kept !== null) return kept;
      const reply: ChatReply = await chat.complete(request);
      await journal.keepReply(hash, reply);
      return reply;
    },
  };
}

/** Of everything that goes into a reply; the key is not part of it. */
function requestHash({ url, model }: Chat, { messages, tokensMax }: ChatRequest): string {
  return createHash('sha256').update(JSON.stringify({ url, model, messages, tokensMax })).digest('hex');
}
