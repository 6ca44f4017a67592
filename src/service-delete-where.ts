import type { CarryOutOnce, ReceiptOf } from './idempotency.ts';
import type { Change } from './memory/change.ts';
import { isEcphoryError } from './memory/errors.ts';
import type { DeleteWhereInput, DeleteWhereResult } from './memory/exchange.ts';
import { type Filter, type FilterField, parseFilter } from './memory/filter.ts';
import type { NoteId } from './memory/ids.ts';
import { mayBecome } from './memory/lifecycle.ts';
import { limits } from './memory/limits.ts';
import type { Note } from './memory/note.ts';
import { parseReadScope, type ReadScope, type Scope, type Tenant } from './memory/scope.ts';
import type { MemoryService } from './memory/service.ts';
import type { ServiceParts } from './service-parts.ts';

export interface DeleteWhereParts extends Pick<ServiceParts, 'store' | 'clock'> {
  readonly once: CarryOutOnce;
}

/** Many memories away at once. Counts only, unless it is told to act; never beyond the namespaces that were named. */
export function newDeleteWhere(parts: DeleteWhereParts): (tenant: Tenant) => Pick<MemoryService, 'deleteWhere'> {
  const { store, clock, once } = parts;

  return (tenant) => ({
    deleteWhere: (input, options) =>
      once({ tenant, route: 'delete-where', input, options }, async (receiptOf: ReceiptOf<DeleteWhereResult>) => {
        const read = parseReadScope(tenant, input.namespace);
        const result = await deleteWhere(read, input);
        const receipt = receiptOf?.(result);
        if (receipt !== undefined) await store.apply(read, [], { receipt });
        return result;
      }),
  });

  async function deleteWhere(read: ReadScope, input: DeleteWhereInput): Promise<DeleteWhereResult> {
    const { dryRun = true, hard = false } = input;
    const asked = parseFilter(input.filter);
    const filter: Filter = { kind: 'and', filters: [asked, notDerived, ...(hard ? [] : [archivable])] };
    const ids = await store.matching(read, filter);
    const answer = { dryRun, matched: ids.length, sample: ids.slice(0, limits.deleteSample) };
    if (dryRun) return { ...answer, deleted: 0 };
    let deleted = 0;
    for (let start = 0; start < ids.length; start += limits.deleteSlice) {
      const slice = ids.slice(start, start + limits.deleteSlice);
      for (const notes of await byScope(read.tenant, slice)) {
        deleted += hard ? await erase(notes) : await archive(notes);
      }
      await turn();
    }
    return { ...answer, deleted };
  }

  /** As they are now: what was erased meanwhile is left out. */
  async function byScope(tenant: Tenant, ids: readonly NoteId[]): Promise<readonly (readonly Note[])[]> {
    const found = await store.notes(tenant, ids);
    const groups = new Map<string, Note[]>();
    for (const { note } of found) {
      const group = groups.get(note.scope.namespace);
      if (group === undefined) groups.set(note.scope.namespace, [note]);
      else group.push(note);
    }
    return [...groups.values()];
  }

  async function erase(notes: readonly Note[]): Promise<number> {
    const [first] = notes;
    if (first === undefined) return 0;
    const erased = await appliedOrEach(first.scope, notes, (some) => [
      { kind: 'erased', noteIds: some.map(({ id }) => id) },
    ]);
    return erased.reduce((sum, { erased: gone }) => sum + gone.length, 0);
  }

  async function archive(notes: readonly Note[]): Promise<number> {
    const wanted = notes.filter(({ state }) => state !== 'archived' && mayBecome(state, 'archived'));
    const [first] = wanted;
    if (first === undefined) return 0;
    const at = clock();
    const applied = await appliedOrEach(first.scope, wanted, (some) =>
      some.map(({ id }): Change => ({ kind: 'note-state-set', noteId: id, state: 'archived', reason: 'deleted', at })),
    );
    return applied.reduce((sum, { count }) => sum + count, 0);
  }

  /** Together, or one by one when one of them is not what it was any more: that one is left to whoever changed it. */
  async function appliedOrEach(scope: Scope, notes: readonly Note[], changesOf: (notes: readonly Note[]) => Change[]) {
    try {
      const { erased } = await store.apply(scope, changesOf(notes));
      return [{ erased, count: notes.length }];
    } catch (error) {
      if (!isChangedMeanwhile(error)) throw error;
    }
    const results: { readonly erased: readonly NoteId[]; readonly count: number }[] = [];
    for (const note of notes) {
      try {
        const { erased } = await store.apply(scope, changesOf([note]));
        results.push({ erased, count: 1 });
      } catch (error) {
        if (!isChangedMeanwhile(error)) throw error;
      }
    }
    return results;
  }
}

/** What passes derived goes with what it rests on, and is no memory to name. */
const notDerived: Filter = isField('ne', 'origin', 'derived');
/** What is archived is gone already; what is no longer true is kept as it is. */
const archivable: Filter = {
  kind: 'or',
  filters: [isField('eq', 'state', 'active'), isField('eq', 'state', 'quarantined')],
};

function isField(comparison: 'eq' | 'ne', name: FilterField, value: string): Filter {
  return { kind: 'compare', field: { kind: 'field', name }, comparison, value };
}

function isChangedMeanwhile(error: unknown): boolean {
  return isEcphoryError(error) && (error.code === 'not_found' || error.code === 'conflict');
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
