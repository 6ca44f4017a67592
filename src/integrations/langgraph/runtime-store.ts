import type { BaseStore } from '@langchain/langgraph-checkpoint';

/**
 * The store that a graph was compiled with, from the runtime of a tool, node or middleware. LangChain gives it the
 * type of another, older `BaseStore` there.
 *
 * @throws Error when the graph has no store.
 */
export function storeOf(runtime: { readonly store?: unknown }): BaseStore {
  const { store } = runtime;
  if (isStore(store)) return store;
  throw new Error('There is no store here. Give one: compile({ store }) or createAgent({ store }).');
}

function isStore(store: unknown): store is BaseStore {
  if (typeof store !== 'object' || store === null) return false;
  return ['get', 'put', 'search', 'delete'].every((name) => name in store);
}
