import {
  BaseStore,
  type GetOperation,
  type Item,
  type ListNamespacesOperation,
  type Operation,
  type OperationResults,
  type PutOperation,
  type SearchItem,
  type SearchOperation,
  validateNamespace,
} from '@langchain/langgraph-checkpoint';
import { EcphoryError } from '../../memory/errors.ts';
import { limits } from '../../memory/limits.ts';
import type { MemoryService } from '../../memory/service.ts';
import type { IndexedFields } from './indexed-text.ts';
import { type Items, newItems, type PreparedItem } from './items.ts';
import { knownPrefix, listedNamespaces } from './namespace-match.ts';
import { checkKey } from './stored-item.ts';

export type { IndexedFields } from './indexed-text.ts';
export { decodeLabel, encodeLabel } from './label.ts';
export { storeOf } from './runtime-store.ts';

export interface EcphoryStoreOptions {
  /** In process, or a client. */
  readonly memory: MemoryService;
  /** The namespace of Ecphory under which all items live; `langgraph` if left out. */
  readonly root?: string;
  /**
   * What of a value queries may find it by: paths, or false for nothing; `["$"]`, all of it, if left out. A `put` may
   * say otherwise for its item, but not inside a graph, where LangGraph does not pass it on: hence the function.
   */
  readonly index?: IndexedFields | ((namespace: readonly string[], key: string) => IndexedFields);
}

/**
 * LangGraph's long-term memory in Ecphory: for `compile({ store })` and `createAgent({ store })`, in place of
 * `InMemoryStore` or `PostgresStore`.
 *
 * Reads of a batch see what was before it; of its puts to one key the last one counts. Nothing of a batch is written
 * when one of its operations is not valid. Deleting erases for good; what was archived in Ecphory (`DELETE
 * /v1/memories/{id}`, restorable) is not seen here either. Without a query items come newest first. With one, those
 * that were found come first, with a score that only orders them; then the rest, without a score.
 * `listNamespaces` reads every item below its prefix, and cannot be called inside a graph, where LangGraph refuses it.
 */
export class EcphoryStore extends BaseStore {
  readonly #items: Items;
  readonly #fieldsOf: (namespace: readonly string[], key: string) => IndexedFields;
  /** The last write of each item that is under way: those of one process wait for each other. */
  readonly #writes = new Map<string, Promise<void>>();

  constructor({ memory, root = 'langgraph', index = ['$'] }: EcphoryStoreOptions) {
    super();
    this.#items = newItems(memory, root);
    this.#fieldsOf = typeof index === 'function' ? index : () => index;
  }

  override async batch<Operations extends Operation[]>(operations: Operations): Promise<OperationResults<Operations>> {
    const reads = operations.map((operation) => this.#prepareRead(operation));
    const writes = new Map<string, () => Promise<void>>();
    for (const operation of operations) {
      if (!isPut(operation)) continue;
      const item = [...operation.namespace, operation.key].join('\0');
      writes.set(item, this.#prepareWrite(operation));
    }
    const results = await Promise.all(reads.map((read) => read?.() ?? null));
    await this.#writeAll([...writes]);
    // The results are in the order of the operations, each of its operation's kind.
    return results as OperationResults<Operations>;
  }

  /** Checks the operation, and gives what reads it; null for a write. */
  #prepareRead(operation: Operation): (() => Promise<Item | SearchItem[] | string[][] | null>) | null {
    if (isPut(operation)) return null;
    if (isGet(operation)) {
      const { namespace, key } = operation;
      validateNamespace(namespace, { allowReservedRoot: true });
      checkKey(key);
      return () => this.#items.get(namespace, key);
    }
    if (isSearch(operation)) {
      validateNamespace(operation.namespacePrefix, { allowEmpty: true, allowReservedRoot: true });
      checkPage(operation);
      return () => this.#items.search(operation);
    }
    const listing: ListNamespacesOperation = operation;
    checkPage(listing);
    return async () => listedNamespaces(await this.#items.namespaces(knownPrefix(listing)), listing);
  }

  #prepareWrite({ namespace, key, value, index }: PutOperation): () => Promise<void> {
    validateNamespace(namespace, { allowReservedRoot: true });
    checkKey(key);
    if (value === null) return () => this.#items.erase(namespace, key);
    const fields = index ?? this.#fieldsOf(namespace, key);
    const item: PreparedItem = this.#items.prepare({ namespace, key, value, fields });
    return () => this.#items.put(item);
  }

  async #writeAll(writes: readonly (readonly [string, () => Promise<void>])[]): Promise<void> {
    for (let start = 0; start < writes.length; start += limits.storeWritesAtOnce) {
      const some = writes.slice(start, start + limits.storeWritesAtOnce);
      await Promise.all(some.map(([item, write]) => this.#inTurn(item, write)));
    }
  }

  async #inTurn(item: string, write: () => Promise<void>): Promise<void> {
    const before = this.#writes.get(item) ?? Promise.resolve();
    // Whoever made the write before hears of its failure; this one goes on.
    const turn = before.catch(() => {}).then(write);
    this.#writes.set(item, turn);
    try {
      await turn;
    } finally {
      if (this.#writes.get(item) === turn) this.#writes.delete(item);
    }
  }
}

/** Operations are told apart by their shape, as LangGraph does. */
function isPut(operation: Operation): operation is PutOperation {
  return 'namespace' in operation && 'value' in operation;
}

function isGet(operation: Operation): operation is GetOperation {
  return 'namespace' in operation && 'key' in operation && !('value' in operation);
}

function isSearch(operation: Operation): operation is SearchOperation {
  return 'namespacePrefix' in operation;
}

function checkPage({ limit, offset }: { readonly limit?: number; readonly offset?: number }): void {
  for (const [name, count] of Object.entries({ limit, offset })) {
    if (count === undefined || (Number.isInteger(count) && count >= 0)) continue;
    throw new EcphoryError('invalid', `${name} is a whole number, 0 or more; not ${count}.`, { pointer: `/${name}` });
  }
}
