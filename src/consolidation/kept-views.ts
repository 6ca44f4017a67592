import type { FeedKind } from '../memory/change.ts';
import { limits } from '../memory/limits.ts';
import { readScope, type Scope, scopeKey } from '../memory/scope.ts';
import type { Store } from '../memory/store.ts';
import type { GrowingScopeView } from './scope-view.ts';

/** Views of scopes between jobs, so that a conversation that goes on is not read from its beginning with every turn. */
export interface KeptViews {
  /** The view of the scope as it is now. Whoever takes it has it alone, and gives it back only when nothing went wrong. */
  take(scope: Scope): Promise<TakenView>;
  giveBack(taken: TakenView): void;
}

export interface TakenView {
  readonly view: GrowingScopeView;
  /** The head of the scope's feed from which on changes must be looked at before it is used again. */
  readonly head: number;
}

export interface KeptViewsParts {
  readonly store: Pick<Store, 'head' | 'feed'>;
  /** Reads a scope's notes that are not due. */
  readonly load: (scope: Scope) => Promise<GrowingScopeView>;
}

/** What takes away or alters something that a view has folded in. */
const spoiling: readonly FeedKind[] = ['note-revised', 'note-state-set', 'erased', 'run-reverted'];

export function newKeptViews({ store, load }: KeptViewsParts): KeptViews {
  const kept = new Map<string, TakenView>();

  return {
    async take(scope) {
      const key = scopeKey(readScope(scope));
      const found = kept.get(key);
      kept.delete(key);
      const head = await store.head(readScope(scope));
      if (found !== undefined && (await holds(scope, found))) return { view: found.view, head };
      return { view: await load(scope), head };
    },
    giveBack(taken) {
      kept.set(scopeKey(readScope(taken.view.scope)), taken);
      let notes = 0;
      for (const { view } of kept.values()) notes += view.size;
      // The least recently used first: a map keeps the order in which its entries came.
      for (const [key, { view }] of kept) {
        if (kept.size <= limits.consolidationViews && notes <= limits.consolidationViewNotes) break;
        kept.delete(key);
        notes -= view.size;
      }
    },
  };

  async function holds(scope: Scope, { head }: TakenView): Promise<boolean> {
    const entries = await store.feed(readScope(scope), head, limits.consolidationViewEntries);
    if (entries.length === limits.consolidationViewEntries) return false;
    return !entries.some(({ kind }) => spoiling.includes(kind));
  }
}
