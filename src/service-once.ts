import type { CarryOutOnce, ReceiptOf } from './idempotency.ts';
import { type Namespace, parseNamespace, type Tenant } from './memory/scope.ts';
import type { MemoryService, WriteOptions } from './memory/service.ts';
import type { Store } from './memory/store.ts';
import type { FeedbackResult } from './memory/upkeep.ts';

export interface OnceParts {
  readonly store: Pick<Store, 'apply'>;
  readonly once: CarryOutOnce;
}

/**
 * Idempotency keys for what is no addition. A receipt holds ids and numbers, never a text, so that erasure is real: a repeat is
 * answered with the thing as it is now. The receipt follows what it is of in a step of its own; a crash between the two has a
 * repeat do it again, which comes to the same but for a use that then counts twice, and an end "now" that is a moment later.
 */
export function onceOnly(memory: MemoryService, tenant: Tenant, { store, once }: OnceParts): MemoryService {
  return {
    ...memory,
    restore: (id, options) =>
      thing(
        { route: 'restore', input: id, options },
        () => memory.restore(id),
        (known) => memory.get(known),
      ),
    invalidate: (id, input, options) =>
      thing(
        { route: 'invalidate', input: [id, input ?? null], options },
        () => memory.invalidate(id, input),
        (known) => memory.get(known),
      ),
    feedback: (input, options) =>
      once({ tenant, route: 'feedback', input, options }, async (receiptOf: ReceiptOf<FeedbackResult>) => {
        const result = await memory.feedback(input);
        await keep(receiptOf, result);
        return result;
      }),
    async consolidate(input, { wait, onProgress, signal, ...options } = {}) {
      const waiting = {
        ...(wait !== undefined && { wait }),
        ...(onProgress !== undefined && { onProgress }),
        ...(signal !== undefined && { signal }),
      };
      const asked = { route: 'consolidate', input, options };
      return thing(
        asked,
        () => memory.consolidate(input, waiting),
        (known) => memory.operation(known),
      );
    },
    retryOperation: (id, options) =>
      thing(
        { route: 'retry', input: id, options },
        () => memory.retryOperation(id),
        (known) => memory.operation(known),
      ),
    cancelOperation: (id, options) =>
      thing(
        { route: 'cancel', input: id, options },
        () => memory.cancelOperation(id),
        (known) => memory.operation(known),
      ),
    revertRun: (id, options) =>
      thing(
        { route: 'revert', input: id, options },
        () => memory.revertRun(id),
        async (known) => {
          const { answers: _, ...run } = await memory.run(known);
          return run;
        },
      ),
  };

  /** For what has an id: the receipt is that, and a repeat looks it up. */
  async function thing<Thing extends { readonly id: string }>(
    write: { readonly route: string; readonly input: unknown; readonly options: WriteOptions | undefined },
    carryOut: () => Promise<Thing>,
    look: (id: string) => Promise<Thing>,
  ): Promise<Thing> {
    const first: { thing?: Thing } = {};
    const made = await once({ tenant, ...write }, async (receiptOf: ReceiptOf<{ readonly id: string }>) => {
      const done = await carryOut();
      first.thing = done;
      await keep(receiptOf, { id: done.id });
      return { id: done.id };
    });
    return first.thing ?? look(made.id);
  }

  async function keep<Result>(receiptOf: ReceiptOf<Result>, result: Result): Promise<void> {
    const receipt = receiptOf?.(result);
    // Receipts are the tenant's: nothing is written to this namespace.
    if (receipt !== undefined) await store.apply({ tenant, namespace: anyNamespace() }, [], { receipt });
  }
}

function anyNamespace(): Namespace {
  return parseNamespace('receipts');
}
