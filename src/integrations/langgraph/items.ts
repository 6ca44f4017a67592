import type { Item, SearchItem, SearchOperation } from '@langchain/langgraph-checkpoint';
import { EcphoryError, isEcphoryError } from '../../memory/errors.ts';
import { limits } from '../../memory/limits.ts';
import type { ListInput, Memory, MemoryService } from '../../memory/service.ts';
import type { IndexedFields } from './indexed-text.ts';
import { memoryFilter, passes } from './item-filter.ts';
import { labelsOf, placeOf } from './place.ts';
import { type ItemNote, itemFields, itemNote, storedItem } from './stored-item.ts';
import { eraseIfThere, newValueParts } from './value-parts.ts';

export interface NewItem {
  readonly namespace: readonly string[];
  readonly key: string;
  readonly value: unknown;
  readonly fields: IndexedFields;
}

/** An item that passed every check and is ready to be written. */
export interface PreparedItem {
  readonly place: string;
  readonly key: string;
  readonly note: ItemNote;
  readonly parts: readonly string[];
}

/** LangGraph's items as memories under one root. */
export interface Items {
  get(namespace: readonly string[], key: string): Promise<Item | null>;
  /** Throws what is wrong with it; writes nothing. */
  prepare(item: NewItem): PreparedItem;
  put(item: PreparedItem): Promise<void>;
  /** For good, with its history. */
  erase(namespace: readonly string[], key: string): Promise<void>;
  /** Best first for a query, then the rest; newest first without one. */
  search(operation: SearchOperation): Promise<SearchItem[]>;
  /** Every namespace that holds an item and begins with these labels, in no order. */
  namespaces(prefix: readonly string[]): Promise<string[][]>;
}

export function newItems(memory: MemoryService, root: string): Items {
  const parts = newValueParts(memory, root);

  return {
    async get(namespace, key) {
      for (let triesLeft = limits.storeTries; triesLeft > 0; triesLeft -= 1) {
        const [newest] = await notesOf(placeOf(root, namespace), key);
        if (newest === undefined) return null;
        const item = await itemOf(newest);
        if (item !== null) return item;
      }
      return null;
    },
    prepare({ namespace, key, value, fields }) {
      return { place: placeOf(root, namespace), key, ...itemNote(key, value, fields) };
    },
    async put(item) {
      const partIds = item.parts.length === 0 ? [] : await parts.add(item.parts);
      try {
        await putNote(item, partIds.length === 0 ? item.note : withParts(item.note, partIds));
      } catch (error) {
        await parts.erase(partIds);
        throw error;
      }
    },
    async erase(namespace, key) {
      await eraseAll(await notesOf(placeOf(root, namespace), key));
    },
    async search({ namespacePrefix, filter, limit = 10, offset = 0, query }) {
      const read = {
        namespace: `${placeOf(root, namespacePrefix)}/**`,
        filter: memoryFilter(filter),
        end: offset + limit,
      };
      const found = new Map<string, SearchItem>();
      if (query !== undefined && query.trim() !== '' && read.end > 0) await collectHits({ ...read, query });
      if (found.size < read.end) await collectNewest();
      return [...found.values()].slice(offset, read.end);

      async function collectHits(input: { namespace: string; filter: ListInput['filter']; query: string }) {
        const { hits } = await memory.search({
          namespace: input.namespace,
          query: input.query.toWellFormed().replaceAll('\0', ' ').slice(0, limits.queryCharacters),
          filter: { $and: [input.filter ?? {}, { [itemFields.unindexed]: { $exists: false } }] },
          // Of a filter some may not pass what only we can judge.
          limit: filter === undefined ? Math.min(read.end, limits.searchLimit) : limits.searchLimit,
        });
        for (const hit of hits) {
          if (found.size >= read.end) return;
          await collect(hit.memory, hit.score);
        }
      }

      async function collectNewest() {
        for await (const note of notes({ namespace: read.namespace, filter: read.filter })) {
          if (found.size >= read.end) return;
          await collect(note, undefined);
        }
      }

      async function collect(note: Memory, score: number | undefined) {
        const id = `${note.namespace}\n${storedItem(note)?.key}`;
        if (found.has(id)) return;
        const item = await itemOf(note);
        if (item === null || !passes(item.value, filter ?? {})) return;
        found.set(id, score === undefined ? item : { ...item, score });
      }
    },
    async namespaces(prefix) {
      const places = new Set<string>();
      const namespace = `${placeOf(root, prefix)}/**`;
      for await (const note of notes({ namespace, filter: memoryFilter(undefined) })) places.add(note.namespace);
      return [...places].map((place) => labelsOf(root, place));
    },
  };

  async function putNote(item: PreparedItem, note: ItemNote): Promise<void> {
    for (let triesLeft = limits.storeTries; ; triesLeft -= 1) {
      const [newest, ...older] = await notesOf(item.place, item.key);
      if (newest === undefined) return add(item, note);
      try {
        await memory.update(newest.id, note);
      } catch (error) {
        // Deleted between the two: it is to be added after all.
        if (triesLeft > 1 && isEcphoryError(error) && error.code === 'not_found') continue;
        throw error;
      }
      await parts.erase(partIdsOf(newest));
      return eraseAll(older);
    }
  }

  /**
   * Two who put one new key at the same time both find nothing and both add. Whoever looks last sees both, and only
   * the one with the highest id, the newest, stays; until then readers take it too.
   */
  async function add({ place, key }: PreparedItem, note: ItemNote): Promise<void> {
    await memory.add({ namespace: place, origin: 'agent', ...note });
    const [, ...older] = await notesOf(place, key);
    await eraseAll(older);
  }

  /** The parts first: were it cut short, nothing of the value would stay behind, and the item reads as deleted. */
  async function eraseAll(notesToErase: readonly Memory[]): Promise<void> {
    for (const note of notesToErase) {
      await parts.erase(partIdsOf(note));
      await eraseIfThere(memory, note.id);
    }
  }

  /** The notes that keep one item, newest first: one, except in the moment of a race. */
  async function notesOf(place: string, key: string): Promise<readonly Memory[]> {
    const { data } = await memory.list({ namespace: place, filter: { [itemFields.key]: key }, limit: 10 });
    return data.toSorted((left, right) => (left.id < right.id ? 1 : -1));
  }

  async function* notes(input: Pick<ListInput, 'namespace' | 'filter'>): AsyncGenerator<Memory> {
    let cursor: string | null = null;
    do {
      const page: Awaited<ReturnType<MemoryService['list']>> = await memory.list({
        ...input,
        limit: limits.pageLimit,
        ...(cursor !== null && { cursor }),
      });
      yield* page.data;
      cursor = page.nextCursor;
    } while (cursor !== null);
  }

  async function itemOf(note: Memory): Promise<Item | null> {
    const stored = storedItem(note);
    if (stored === null) return null;
    const value = 'value' in stored ? stored.value : await parts.read(stored.partIds);
    if (value === null) return null;
    return {
      namespace: labelsOf(root, note.namespace),
      key: stored.key,
      value,
      createdAt: dateOf(note.createdAt),
      updatedAt: dateOf(note.revisedAt),
    };
  }
}

function withParts({ text, metadata }: ItemNote, partIds: readonly string[]): ItemNote {
  return { text, metadata: { ...metadata, [itemFields.parts]: partIds } };
}

function partIdsOf(note: Memory): readonly string[] {
  const stored = storedItem(note);
  return stored !== null && 'partIds' in stored ? stored.partIds : [];
}

function dateOf(time: string): Date {
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) throw new EcphoryError('internal', `${time} is no time.`);
  return date;
}
