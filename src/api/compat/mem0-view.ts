import { createHash } from 'node:crypto';
import type { Hit, Memory, MemoryVersion } from '../../memory/service.ts';
import { entityIdsOf, entityNames, expirationKey, ownMetadata } from './mem0-entity.ts';

/** A memory in mem0's words. What mem0 has and we have not is null or empty. */
export function memoryView(memory: Memory): Readonly<Record<string, unknown>> {
  return {
    id: memory.id,
    memory: memory.text,
    ...idsView(memory),
    actor_id: memory.name,
    role: memory.role,
    // mem0 tells equal texts by it; it guards nothing.
    hash: createHash('md5').update(memory.text).digest('hex'),
    metadata: ownMetadata(memory.metadata),
    categories: memory.tags,
    created_at: memory.createdAt,
    updated_at: memory.revisedAt,
    expiration_date: memory.metadata[expirationKey] ?? null,
  };
}

export function hitView(hit: Hit): Readonly<Record<string, unknown>> {
  return { ...memoryView(hit.memory), score: hit.score };
}

/** What was stored: one memory for one message, verbatim. */
export function addedView(id: string, text: string): Readonly<Record<string, unknown>> {
  return { id, memory: text, event: 'ADD', data: { memory: text } };
}

/** Oldest first; versions in which a caller changed nothing (keywords that a pass derived) are left out. */
export function historyView(memory: Memory, versions: readonly MemoryVersion[]): readonly object[] {
  const entries: object[] = [];
  let before: MemoryVersion | null = null;
  for (const version of versions) {
    if (before !== null && isSame(before, version)) continue;
    entries.push({
      id: `${memory.id}:${version.version}`,
      memory_id: memory.id,
      input: [],
      old_memory: before?.text ?? null,
      new_memory: version.text,
      ...idsView(memory),
      metadata: ownMetadata(version.metadata),
      categories: version.tags,
      event: before === null ? 'ADD' : 'UPDATE',
      created_at: memory.createdAt,
      updated_at: version.at,
      is_deleted: false,
    });
    before = version;
  }
  return entries;
}

function isSame(before: MemoryVersion, version: MemoryVersion): boolean {
  const said = ({ text, metadata, tags }: MemoryVersion) => JSON.stringify([text, metadata, tags]);
  return said(before) === said(version);
}

function idsView(memory: Memory): Readonly<Record<string, string | null>> {
  const ids = entityIdsOf(memory);
  return Object.fromEntries(entityNames.map((name) => [name, ids[name] ?? null]));
}
