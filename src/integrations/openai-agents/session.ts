import { createHash } from 'node:crypto';
import { EcphoryError } from '../../memory/errors.ts';
import { limits } from '../../memory/limits.ts';
import type { MemoryService } from '../../memory/service.ts';
import { itemJson, itemOfJson, messageInputOf } from './item.ts';
import { type Entry, type LoggedItem, newSessionLog } from './session-log.ts';

export interface SessionOptions {
  readonly namespace: string;
  /** The conversation. At random if left out. */
  readonly sessionId?: string;
}

/**
 * `Session` of the OpenAI Agents SDK, with its atomic transactions, by structure: neither running nor compiling this
 * needs the package.
 */
export interface AgentSession<Item> {
  getSessionId(): Promise<string>;
  /** Oldest first; with a limit the last of them. */
  getItems(limit?: number): Promise<Item[]>;
  addItems(items: Item[]): Promise<void>;
  popItem(): Promise<Item | undefined>;
  /** Archives: out of the session and of recall, but not lost. */
  clearSession(): Promise<void>;
  /**
   * All of it or nothing, and at most once for an `operationId`.
   *
   * @throws EcphoryError `invalid`, `conflict` when the suffix is another, or `key_reused`; then nothing was changed.
   */
  applyHistoryTransaction(args: HistoryTransactionArgs<Item>): Promise<void>;
}

export interface HistoryTransactionArgs<Item> {
  readonly operationId: string;
  readonly transaction:
    | { readonly type: 'append_items'; readonly items: Item[] }
    | { readonly type: 'replace_suffix'; readonly expectedSuffix: Item[]; readonly replacement: Item[] };
}

/**
 * One conversation of an agent, kept in the memory: `newSession<AgentInputItem>(memory, ...)`. Its items come back exactly
 * as they were, in every process that names the session; and each is a memory, so that other conversations find what was
 * said by searching the namespace. An item that someone deletes from the memory is out of the session too.
 */
export function newSession<Item extends object = Readonly<Record<string, unknown>>>(
  memory: MemoryService,
  options: SessionOptions,
): AgentSession<Item> {
  const { namespace, sessionId = crypto.randomUUID() } = options;
  const log = newSessionLog(memory, { namespace, sessionId });

  return {
    getSessionId: async () => sessionId,
    async getItems(limit) {
      if (limit !== undefined && limit <= 0) return [];
      return (await log.items(limit)).map(itemOf);
    },
    async addItems(items) {
      const entries = items.map(entryItemOf);
      for (let start = 0; start < entries.length; start += limits.messagesPerAdd) {
        const some = entries.slice(start, start + limits.messagesPerAdd);
        await log.write(async () => ({ items: some, cut: null }));
      }
    },
    async popItem() {
      let popped: LoggedItem | undefined;
      await log.write(async () => {
        [popped] = await log.items(1);
        return popped === undefined ? null : { items: [], cut: popped.at };
      });
      return popped === undefined ? undefined : itemOf(popped);
    },
    async clearSession() {
      await log.write(async () => ({ items: [], cut: 0, clears: true }));
    },
    async applyHistoryTransaction(args) {
      const { id, digest, expected, added } = checkedTransaction(args);
      await log.write(async (): Promise<Entry | null> => {
        const known = await log.digestOf(id);
        if (known === digest) return null;
        if (known !== null) {
          throw new EcphoryError('key_reused', `The operation ${id} was another transaction before.`);
        }
        const suffix = expected.length === 0 ? [] : await log.items(expected.length);
        if (suffix.length < expected.length || suffix.some(({ json }, index) => json !== expected[index])) {
          throw new EcphoryError('conflict', 'The history does not end with the items that were expected.');
        }
        return { items: added, cut: suffix[0]?.at ?? null, operation: { id, digest } };
      });
    },
  };

  /** Only what `addItems` was given is in the log. */
  function itemOf({ json }: LoggedItem): Item {
    return itemOfJson(json) as Item;
  }
}

function entryItemOf(item: object): Entry['items'][number] {
  return { json: itemJson(item), message: messageInputOf(item) };
}

/** @throws EcphoryError `invalid`, `too_large` */
function checkedTransaction<Item extends object>({ operationId, transaction }: HistoryTransactionArgs<Item>) {
  if (typeof operationId !== 'string' || operationId.trim() === '' || operationId.length > limits.nameCharacters) {
    throw new EcphoryError('invalid', `An operationId is 1 to ${limits.nameCharacters} characters, not all spaces.`);
  }
  if (transaction.type !== 'append_items' && transaction.type !== 'replace_suffix') {
    throw new EcphoryError('invalid', 'A transaction is append_items or replace_suffix.');
  }
  const appends = transaction.type === 'append_items';
  const expected = (appends ? [] : transaction.expectedSuffix).map(itemJson);
  const added = (appends ? transaction.items : transaction.replacement).map(entryItemOf);
  if (added.length > limits.messagesPerAdd) {
    throw new EcphoryError('too_large', `One transaction adds at most ${limits.messagesPerAdd} items.`);
  }
  const words = [transaction.type, expected, added.map(({ json }) => json)];
  const digest = createHash('sha256').update(JSON.stringify(words)).digest('base64url');
  return { id: operationId, digest, expected, added };
}
