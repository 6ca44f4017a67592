import { newAnalyzer } from '../../src/encoding/analyzer.ts';
import type { Change } from '../../src/memory/change.ts';
import { fsrs } from '../../src/memory/forgetting.ts';
import { newIdSource } from '../../src/memory/ids.ts';
import { parseNamespace, parseTenant, type Scope } from '../../src/memory/scope.ts';
import type { MemoryService } from '../../src/memory/service.ts';
import type { Store } from '../../src/memory/store.ts';
import { newRecall } from '../../src/retrieval/search.ts';
import type { SignalWeights } from '../../src/retrieval/weights.ts';
import { newWorkingSets } from '../../src/retrieval/working-sets.ts';
import { newEcphory } from '../../src/service.ts';
import { openInMemoryStore } from '../../src/store/in-memory.ts';
import { newConsolidation } from '../../src/worker-passes.ts';

/** What was written at one moment. */
export interface Written {
  readonly at: number;
  readonly changes: readonly Change[];
}

export const scope: Scope = { tenant: parseTenant('eval'), namespace: parseNamespace('eval/year') };

/** One memory whose clock is set by hand: the service over the reference store, without an embedder. */
export interface DatedMemory {
  readonly service: MemoryService;
  readonly store: Store;
  /** The clock stands at this time until it is set again; it is never set back. */
  setTime(at: number): void;
  now(): number;
  close(): Promise<void>;
}

/** With a worker, and an account of all that was written by whom ever. */
export interface RecordedMemory extends DatedMemory {
  readonly written: readonly Written[];
  /** Resolves when the worker owes nothing. */
  drained(): Promise<void>;
}

export function openDatedMemory(weights?: SignalWeights): DatedMemory {
  const { clock, setTime } = newHandClock();
  const store = openInMemoryStore({ clock });
  return {
    ...serviceOver(store, clock, weights),
    store,
    setTime,
    now: clock,
  };
}

export function openRecordedMemory(): RecordedMemory {
  const { clock, setTime } = newHandClock();
  const opened = openInMemoryStore({ clock });
  const written: Written[] = [];
  const store: Store = {
    ...opened,
    async apply(of, changes, options) {
      const applied = await opened.apply(of, changes, options);
      const lasting = changes.filter(({ kind }) => kind !== 'cursor-advanced');
      if (lasting.length > 0) written.push({ at: clock(), changes: lasting });
      return applied;
    },
  };
  const worker = newConsolidation({
    store,
    embedder: null,
    model: null,
    tokensPerDay: 0,
    clock,
    onNotice: (message, cause) => {
      throw new Error(message, { cause });
    },
  });
  const base = serviceOver(store, clock);
  return {
    ...base,
    store,
    written,
    setTime,
    now: clock,
    drained: () => worker.drained(),
    async close() {
      await worker.close();
      await base.close();
    },
  };
}

function newHandClock(): { readonly clock: () => number; readonly setTime: (at: number) => void } {
  let time = 0;
  return {
    clock: () => time,
    setTime(at) {
      time = Math.max(time, at);
    },
  };
}

function serviceOver(
  store: Store,
  clock: () => number,
  weights?: SignalWeights,
): Pick<DatedMemory, 'service' | 'close'> {
  const analyzer = newAnalyzer();
  const workingSets = newWorkingSets({ store, analyzer, snapshots: null });
  const recall = newRecall({
    store,
    vectors: null,
    embedder: null,
    analyzer,
    workingSets,
    clock,
    ...(weights !== undefined && { weights }),
  });
  const ecphory = newEcphory({
    store,
    recall,
    analyzer,
    embedder: null,
    curve: fsrs,
    ids: newIdSource(clock),
    clock,
    onNotice: () => undefined,
  });
  return {
    service: ecphory.forTenant(scope.tenant),
    async close() {
      await ecphory.close();
      await workingSets.settled();
      await store.close();
    },
  };
}
