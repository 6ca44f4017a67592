import { EcphoryError, isEcphoryError } from '../../memory/errors.ts';
import type { MemoryService } from '../../memory/service.ts';
import { type ItemValue, itemFields, unpacked } from './stored-item.ts';

/**
 * Values that are too large for one note's metadata, kept in notes of their own. Those live beside the root of the
 * store, not under it, so that no search and no listing of items meets them.
 */
export interface ValueParts {
  /** @returns their ids, in order */
  add(parts: readonly string[]): Promise<readonly string[]>;
  /** Null when a part is gone: the value was replaced or deleted meanwhile. */
  read(ids: readonly string[]): Promise<ItemValue | null>;
  erase(ids: readonly string[]): Promise<void>;
}

export function newValueParts(memory: MemoryService, root: string): ValueParts {
  const namespace = `${root}-parts`;
  return {
    async add(parts) {
      const { results } = await memory.addBatch(
        parts.map((part, index) => ({
          namespace,
          text: `(part ${index + 1} of ${parts.length})`,
          origin: 'agent',
          metadata: { [itemFields.part]: part },
        })),
      );
      const ids = results.flatMap((result) => (result.status === 'stored' ? result.memories.map(({ id }) => id) : []));
      const failed = results.find((result) => result.status === 'failed');
      if (failed === undefined) return ids;
      await this.erase(ids);
      throw new EcphoryError('unavailable', `A part of the value was not stored: ${failed.error.detail}`);
    },
    async read(ids) {
      const parts = await Promise.all(ids.map((id) => partOf(id)));
      return parts.includes(null) ? null : unpacked(parts.join(''));
    },
    async erase(ids) {
      await Promise.all(ids.map((id) => eraseIfThere(memory, id)));
    },
  };

  async function partOf(id: string): Promise<string | null> {
    try {
      const { [itemFields.part]: part } = (await memory.get(id)).metadata;
      return typeof part === 'string' ? part : null;
    } catch (error) {
      if (isEcphoryError(error) && error.code === 'not_found') return null;
      throw error;
    }
  }
}

/** Erases for good; what is gone already is no error. */
export async function eraseIfThere(memory: MemoryService, id: string): Promise<void> {
  try {
    await memory.delete(id, { hard: true });
  } catch (error) {
    if (!isEcphoryError(error) || error.code !== 'not_found') throw error;
  }
}
