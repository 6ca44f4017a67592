import { BaseListChatMessageHistory } from '@langchain/core/chat_history';
import type { BaseMessage } from '@langchain/core/messages';
import { limits } from '../../memory/limits.ts';
import type { Memory, MemoryService } from '../../memory/service.ts';
import { inputOf, messageField, messageOf } from './message.ts';

export interface EcphoryChatHistoryOptions {
  readonly memory: MemoryService;
  readonly namespace: string;
  readonly sessionId: string;
}

/**
 * One conversation, for `RunnableWithMessageHistory` and its like. What is added is at the same time long-term memory:
 * other conversations find it by searching the namespace. `clear` archives, so that it is out of recall but not lost.
 */
export class EcphoryChatHistory extends BaseListChatMessageHistory {
  override lc_namespace = ['ecphory', 'chat_history'];
  readonly #memory: MemoryService;
  readonly #namespace: string;
  readonly #sessionId: string;

  constructor({ memory, namespace, sessionId }: EcphoryChatHistoryOptions) {
    super();
    this.#memory = memory;
    this.#namespace = namespace;
    this.#sessionId = sessionId;
  }

  /** Oldest first. */
  override async getMessages(): Promise<BaseMessage[]> {
    const notes = await this.#notes();
    return notes.flatMap((note) => messageOf(note) ?? []);
  }

  override async addMessage(message: BaseMessage): Promise<void> {
    await this.addMessages([message]);
  }

  /** All or none of them, up to the number that one write takes. */
  override async addMessages(messages: BaseMessage[]): Promise<void> {
    for (let start = 0; start < messages.length; start += limits.messagesPerAdd) {
      const some = messages.slice(start, start + limits.messagesPerAdd);
      await this.#memory.add({ namespace: this.#namespace, sessionId: this.#sessionId, messages: some.map(inputOf) });
    }
  }

  override async clear(): Promise<void> {
    for (const { id } of await this.#notes()) await this.#memory.delete(id);
  }

  async #notes(): Promise<readonly Memory[]> {
    const notes: Memory[] = [];
    let cursor: string | null = null;
    do {
      const page: Awaited<ReturnType<MemoryService['list']>> = await this.#memory.list({
        namespace: this.#namespace,
        filter: { session_id: this.#sessionId, [messageField]: { $exists: true } },
        limit: limits.pageLimit,
        ...(cursor !== null && { cursor }),
      });
      notes.push(...page.data);
      cursor = page.nextCursor;
    } while (cursor !== null);
    return notes.reverse();
  }
}
