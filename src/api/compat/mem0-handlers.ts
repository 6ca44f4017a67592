import type { Json } from '../../memory/episode.ts';
import { EcphoryError, isEcphoryError } from '../../memory/errors.ts';
import type { Clock } from '../../memory/ids.ts';
import { limits } from '../../memory/limits.ts';
import { noteStates } from '../../memory/note.ts';
import type { Memory, MemoryService } from '../../memory/service.ts';
import { type EntityIds, entityIdsOf, expirationKey, isBelowRoot, metadataWith, namespaceOf } from './mem0-entity.ts';
import { type Selection, selectionOf } from './mem0-filters.ts';
import {
  type AddBody,
  entityIdsIn,
  type ListBody,
  messagesOf,
  type SearchBody,
  timeOf,
  type UpdateBody,
} from './mem0-schemas.ts';
import { addedView, historyView, hitView, memoryView } from './mem0-view.ts';

const dayMs = 86_400_000;

/** Stores each message verbatim; `infer` and its instructions change nothing, for what follows from messages is found later. */
export async function addMemories(memory: MemoryService, body: AddBody): Promise<readonly object[]> {
  const ids = entityIdsIn(body);
  const expirationDate = body.expiration_date ?? null;
  const invalidAt = expirationDate === null ? null : endOf(expirationDate);
  const messages = messagesOf(body);
  const { memories } = await memory.add({
    namespace: namespaceOf(ids),
    messages,
    metadata: metadataWith(body.metadata ?? {}, ids, expirationDate),
    ...(ids.run_id !== undefined && { sessionId: ids.run_id }),
  });
  if (invalidAt !== null) {
    await Promise.all(memories.map(({ id }) => memory.update(id, { invalidAt })));
  }
  return memories.map(({ id }, index) => addedView(id, messages[index]?.content ?? ''));
}

/** `threshold` and `rerank` are of mem0's own scores and models: ours only say which hit is better than which. */
export async function searchMemories(memory: MemoryService, body: SearchBody): Promise<readonly object[]> {
  if (body.show_expired === true) {
    throw new EcphoryError('invalid', 'What is expired is shown in listings, not found by searches.', {
      pointer: '/show_expired',
    });
  }
  const queryTimestamp = timeOf(body.reference_date, '/reference_date');
  const { hits } = await memory.search({
    ...selectionIn(body),
    query: body.query,
    limit: Math.min(body.top_k ?? body.limit ?? limits.searchLimitDefault, limits.searchLimit),
    ...(queryTimestamp !== null && { queryTimestamp }),
  });
  const fields = body.fields ?? null;
  return hits.map((hit) => (fields === null ? hitView(hit) : picked(hitView(hit), fields)));
}

export interface Mem0Page {
  readonly memories: readonly object[];
  /** Of all pages; counted to `limits.mem0Counted` only. */
  readonly count: number;
  readonly hasMore: boolean;
}

/** Newest first. Pages by number are walked to, for a listing of ours only goes from one to the next. */
export async function listMemories(
  memory: MemoryService,
  body: ListBody,
  options: { readonly page: number; readonly pageSize: number; readonly clock: Clock },
): Promise<Mem0Page> {
  const between = {
    ...(typeof body.start_date === 'string' && { gte: body.start_date }),
    ...(typeof body.end_date === 'string' && { lte: body.end_date }),
  };
  const dated = Object.keys(between).length === 0 ? [] : [{ created_at: between }];
  const selection = selectionIn(body, dated);
  const now = new Date(options.clock()).toISOString();
  const wanted = body.show_expired === true ? selection : narrowed(selection, { $not: { invalid_at: { $lte: now } } });
  const start = (options.page - 1) * options.pageSize;
  const memories: object[] = [];
  let count = 0;
  let cursor: string | null = null;
  do {
    const page = await memory.list({ ...wanted, limit: limits.pageLimit, ...(cursor !== null && { cursor }) });
    for (const one of page.data) {
      if (count >= start && memories.length < options.pageSize) memories.push(memoryView(one));
      count += 1;
    }
    cursor = page.nextCursor;
  } while (cursor !== null && count < Math.max(start + options.pageSize + 1, limits.mem0Counted));
  return { memories, count, hasMore: count > start + options.pageSize };
}

/** @throws EcphoryError `not_found` also for what mem0's clients did not store, or deleted */
export async function memoryOf(memory: MemoryService, id: string): Promise<Memory> {
  const found = await memory.get(id);
  if (!isBelowRoot(found.namespace) || found.state === 'archived') throw notFound();
  return found;
}

export async function updateMemory(memory: MemoryService, id: string, body: UpdateBody): Promise<object> {
  if (body.timestamp !== undefined && body.timestamp !== null) {
    throw new EcphoryError('invalid', 'When something happened is not rewritten; delete it and add it again.', {
      pointer: '/timestamp',
    });
  }
  const before = await memoryOf(memory, id);
  const text = body.text ?? body.data ?? body.memory ?? undefined;
  const own = body.metadata ?? undefined;
  const expires = body.expiration_date;
  if (text === undefined && own === undefined && expires === undefined) {
    throw new EcphoryError('invalid', 'Give text, metadata or expiration_date.', { pointer: '/text' });
  }
  const after = await memory.update(id, {
    ...(text !== undefined && { text }),
    ...((own !== undefined || expires !== undefined) && { metadata: revisedMetadata(before, own, expires) }),
    ...(expires !== undefined && { invalidAt: expires === null ? null : endOf(expires) }),
  });
  return { ...memoryView(after), text: after.text };
}

/** As in mem0, what is deleted is gone: erased, not archived. */
export async function deleteMemory(memory: MemoryService, id: string): Promise<void> {
  await memoryOf(memory, id);
  await memory.delete(id, { hard: true });
}

/** Erases every memory of what `ids` name together: at least one entity, so never everything. */
export async function deleteEntity(memory: MemoryService, ids: EntityIds): Promise<number> {
  const selection = selectionOf({ ...ids });
  const found: string[] = [];
  let cursor: string | null = null;
  do {
    const input = { ...selection, states: noteStates, limit: limits.pageLimit };
    const page = await memory.list(cursor === null ? input : { ...input, cursor });
    found.push(...page.data.map(({ id }) => id));
    cursor = page.nextCursor;
  } while (cursor !== null);
  // Side by side, erasures share a commit; one after the other each waits for its own.
  for (let start = 0; start < found.length; start += limits.mem0Erased) {
    await Promise.all(found.slice(start, start + limits.mem0Erased).map((id) => erase(memory, id)));
  }
  return found.length;
}

async function erase(memory: MemoryService, id: string): Promise<void> {
  try {
    await memory.delete(id, { hard: true });
  } catch (error) {
    // It went with one that it rested on, or another caller was faster.
    if (!isEcphoryError(error) || error.code !== 'not_found') throw error;
  }
}

export async function historyOf(memory: MemoryService, id: string): Promise<readonly object[]> {
  return historyView(await memoryOf(memory, id), await memory.history(id));
}

function selectionIn(body: ListBody | SearchBody, more: readonly { readonly [key: string]: Json }[] = []): Selection {
  const beside = [...more];
  if (body.metadata !== undefined && body.metadata !== null) beside.push({ metadata: body.metadata });
  const categories = body.categories ?? [];
  if (categories.length > 0) beside.push({ categories: { in: categories } });
  return selectionOf(body.filters ?? {}, [{ ...entityIdsIn(body) }, ...beside]);
}

function narrowed(selection: Selection, filter: Json): Selection {
  return {
    namespace: selection.namespace,
    filter: selection.filter === undefined ? filter : { $and: [selection.filter, filter] },
  };
}

function revisedMetadata(before: Memory, own: Memory['metadata'] | undefined, expires: string | null | undefined) {
  const kept = before.metadata[expirationKey];
  const expirationDate = expires === undefined ? (typeof kept === 'string' ? kept : null) : expires;
  const ids = entityIdsOf(before);
  if (own !== undefined) return metadataWith(own, ids, expirationDate);
  const { [expirationKey]: _, ...rest } = before.metadata;
  return expirationDate === null ? rest : { ...rest, [expirationKey]: expirationDate };
}

/** It holds through its last day, in UTC. @throws EcphoryError `invalid` */
function endOf(date: string): string {
  const start = Date.parse(`${date}T00:00:00Z`);
  if (Number.isNaN(start)) {
    throw new EcphoryError('invalid', 'There is no such day.', { pointer: '/expiration_date' });
  }
  return new Date(start + dayMs).toISOString();
}

function picked(view: Readonly<Record<string, unknown>>, fields: readonly string[]): object {
  return Object.fromEntries(Object.entries(view).filter(([name]) => name === 'id' || fields.includes(name)));
}

function notFound(): EcphoryError {
  return new EcphoryError('not_found', 'There is no memory with this id.');
}
