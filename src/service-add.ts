import { checkAdd } from './encoding/check-input.ts';
import { remember } from './encoding/remember.ts';
import type { CarryOutOnce, ReceiptOf } from './idempotency.ts';
import type { Change } from './memory/change.ts';
import { EcphoryError, isEcphoryError } from './memory/errors.ts';
import { limits } from './memory/limits.ts';
import { parseNamespace, type Scope, type Tenant } from './memory/scope.ts';
import type { AddInput, AddResult, BatchItemResult, BatchResult, MemoryService } from './memory/service.ts';
import type { Receipt } from './memory/store.ts';
import type { EmbedPassages, ServiceParts } from './service-parts.ts';

export interface AddParts extends Pick<ServiceParts, 'store' | 'analyzer' | 'embedder' | 'curve' | 'ids' | 'clock'> {
  readonly embed: EmbedPassages;
  readonly once: CarryOutOnce;
}

/** Experience in: one add, or many of them. */
export function newAdding(parts: AddParts): (tenant: Tenant) => Pick<MemoryService, 'add' | 'addBatch'> {
  const { store, embedder, embed, once } = parts;

  return (tenant) => ({
    add: (input, options) =>
      once({ tenant, route: 'add', input, options }, (receiptOf: ReceiptOf<AddResult>) =>
        addOne(tenant, input, receiptOf),
      ),
    addBatch: (items, options) =>
      once({ tenant, route: 'batch', input: items, options }, async (receiptOf: ReceiptOf<BatchResult>) => {
        const result = { results: await addMany(tenant, items) };
        // Each item is atomic by itself, so the receipt of the whole follows in a step of its own.
        await keepReceipt(tenant, items, receiptOf?.(result) ?? null);
        return result;
      }),
  });

  async function addOne(tenant: Tenant, input: AddInput, receiptOf: ReceiptOf<AddResult>): Promise<AddResult> {
    const [result] = await addAll(tenant, [input], receiptOf);
    if (result === undefined) throw new EcphoryError('internal', 'An add had no result.');
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  }

  async function addMany(tenant: Tenant, items: readonly AddInput[]): Promise<readonly BatchItemResult[]> {
    if (items.length === 0) throw new EcphoryError('invalid', 'At least one item is needed.', { pointer: '/items' });
    if (items.length > limits.itemsPerBatch) {
      throw new EcphoryError('too_large', `A batch holds at most ${limits.itemsPerBatch} items.`, {
        pointer: '/items',
      });
    }
    const results = await addAll(tenant, items, null);
    return results.map((result, index) => {
      if (result.status === 'fulfilled') return { status: 'stored', ...result.value };
      if (!isEcphoryError(result.reason) || result.reason.code === 'internal') throw result.reason;
      const { code, message, faults } = result.reason;
      const pointer = `/items/${index}${faults[0]?.pointer ?? ''}`;
      return { status: 'failed', error: { code, detail: message, pointer } };
    });
  }

  /** One embedding call for all; each item its own transaction, which group commit lets share an fsync. */
  async function addAll(
    tenant: Tenant,
    inputs: readonly AddInput[],
    receiptOf: ReceiptOf<AddResult>,
  ): Promise<readonly PromiseSettledResult<AddResult>[]> {
    const now = parts.clock();
    const plans = await Promise.all(inputs.map((input) => planned(tenant, input, now)));
    const texts = plans.flatMap((plan) => ('items' in plan ? plan.items.map((item) => item.embeddingText) : []));
    const vectors = await embed(texts);
    let taken = 0;
    return Promise.allSettled(
      plans.map(async (plan): Promise<AddResult> => {
        if ('error' in plan) throw plan.error;
        const changes: Change[] = [...plan.changes];
        for (const { noteId } of plan.items) {
          const vector = vectors?.[taken++];
          if (embedder === null || vector === undefined) continue;
          changes.push({ kind: 'note-embedded', noteId, version: 1, derivation: 0, embedder: embedder.id, vector });
        }
        const result: AddResult = {
          memories: plan.items.map((item) => ({ id: item.noteId, episodeId: item.episodeId })),
          embedding: embedder === null ? 'off' : vectors === null ? 'pending' : 'ready',
        };
        const receipt = receiptOf?.(result);
        const applied = await store.apply(plan.scope, changes, receipt === undefined ? {} : { receipt });
        return applied.replayed === null ? result : (JSON.parse(applied.replayed.answer) as AddResult);
      }),
    );
  }

  async function planned(tenant: Tenant, input: AddInput, now: number) {
    try {
      checkAdd(input);
      const scope: Scope = { tenant, namespace: parseNamespace(input.namespace) };
      const { keptDays } = await store.policies.effective(scope);
      return { scope, ...remember(scope, input, { ...parts, now, keptDays }) };
    } catch (error) {
      return { error };
    }
  }

  async function keepReceipt(tenant: Tenant, items: readonly AddInput[], receipt: Receipt | null): Promise<void> {
    const [first] = items;
    if (receipt === null || first === undefined) return;
    await store.apply({ tenant, namespace: parseNamespace(first.namespace) }, [], { receipt });
  }
}
