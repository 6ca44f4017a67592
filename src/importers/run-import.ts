import { createHash } from 'node:crypto';
import type { Json, Metadata } from '../memory/episode.ts';
import { isEcphoryError } from '../memory/errors.ts';
import { limits } from '../memory/limits.ts';
import { noteStates } from '../memory/note.ts';
import type { AddMessagesInput, Memory, MemoryService } from '../memory/service.ts';
import type { ImportFormat } from './formats.ts';
import type { ImportUnit } from './import-unit.ts';
import { portions } from './portion.ts';

/** Where a unit is to live, and with which metadata. */
export type Place = (unit: ImportUnit) => { readonly namespace: string; readonly metadata: Metadata };

export interface ImportOptions {
  readonly format: ImportFormat;
  readonly place: Place;
  /** Looks for what is there already, and stores nothing. */
  readonly isDryRun: boolean;
  /** Asked between groups of units: what was stored by then stays, and the next run goes on after it. */
  readonly isStopped: () => boolean;
  onProgress(done: number, total: number): void;
}

export interface ImportResult {
  /** Of units; a unit is a memory, or a conversation (a part of it, when it is long). */
  readonly units: number;
  readonly stored: number;
  readonly storedMemories: number;
  /** Stored by an earlier run, or said twice in the file. */
  readonly known: number;
  readonly failed: readonly { readonly unit: number; readonly why: string }[];
  readonly isComplete: boolean;
}

/** Marks the first memory of a unit. It stands for all of them, since a unit is stored together or not at all. */
export const importKey = 'import_key';

/**
 * Adds units to a memory, each at most once: its key is a hash of what it says and where it goes. The key is the
 * idempotency key of the add, and stays in the metadata of its first memory, so that a run that was broken off can be
 * repeated at any time later.
 *
 * @throws EcphoryError when the memory does not answer; what a unit alone is to blame for is in `failed`
 */
export async function runImport(
  memory: MemoryService,
  units: readonly ImportUnit[],
  options: ImportOptions,
): Promise<ImportResult> {
  const seen = new Set<string>();
  const failed: { unit: number; why: string }[] = [];
  const parts = units.flatMap(portions);
  const items = parts.flatMap((unit, index) => {
    try {
      return [{ item: itemOf(unit, options), index }];
    } catch (error) {
      noteFailure(error, index);
      return [];
    }
  });
  let [stored, storedMemories, known, done] = [0, 0, 0, 0];
  for (let start = 0; start < items.length && !options.isStopped(); start += limits.importGroup) {
    const group = items.slice(start, start + limits.importGroup);
    const held = await heldOf(memory, group);
    await Promise.all(lanesOf(group).map((lane) => runLane(lane, held)));
    done = start + group.length;
    options.onProgress(done, items.length);
  }
  return { units: parts.length, stored, storedMemories, known, failed, isComplete: done === items.length };

  /** One after the other: what was said later is stored later. */
  async function runLane(lane: readonly Placed[], held: ReadonlyMap<string, Memory>): Promise<void> {
    for (const { item, index } of lane) {
      const isRepeated = seen.has(item.key);
      seen.add(item.key);
      const before = held.get(item.key);
      if (isRepeated || before !== undefined) known += 1;
      try {
        if (isRepeated || options.isDryRun) {
          if (!isRepeated && before === undefined) countStored(item);
        } else if (before === undefined) {
          const { memories } = await memory.add(item.input, { idempotencyKey: item.key });
          countStored(item);
          const [first] = memories;
          if (first !== undefined) await setValidity(memory, first.id, item.unit);
        } else if (before.validAt === null && before.invalidAt === null) {
          // An earlier run was broken off between the two.
          await setValidity(memory, before.id, item.unit);
        }
      } catch (error) {
        noteFailure(error, index);
      }
    }
  }

  /** What the unit alone is to blame for; anything else ends the run. */
  function noteFailure(error: unknown, unit: number): void {
    if (!isEcphoryError(error) || (error.code !== 'invalid' && error.code !== 'too_large')) throw error;
    failed.push({ unit, why: error.message });
  }

  function countStored(item: ImportItem): void {
    stored += 1;
    storedMemories += item.input.messages.length;
  }
}

interface ImportItem {
  readonly key: string;
  readonly unit: ImportUnit;
  readonly input: AddMessagesInput;
}

interface Placed {
  readonly item: ImportItem;
  /** Among the parts of all units. */
  readonly index: number;
}

function itemOf(unit: ImportUnit, { format, place }: ImportOptions): ImportItem {
  const { namespace, metadata } = place(unit);
  const key = `import-${createHash('sha256')
    .update(canonical([format, namespace, unit]))
    .digest('hex')
    .slice(0, 40)}`;
  const messages = unit.messages.map((message, index) => ({
    ...message,
    origin: 'import' as const,
    ...(index === 0 && { metadata: { ...message.metadata, [importKey]: key } }),
  }));
  const { sessionId, tags } = unit;
  return {
    key,
    unit,
    input: {
      namespace,
      messages,
      metadata: { ...metadata, imported_from: format },
      ...(sessionId !== undefined && { sessionId }),
      ...(tags !== undefined && { tags: tags.map(fitting).slice(0, limits.tagsPerNote) }),
    },
  };
}

function fitting(tag: string): string {
  return tag.slice(0, limits.tagCharacters).toWellFormed();
}

/** JSON that does not depend on the order in which keys were set. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, field: Json) => {
    if (field === null || typeof field !== 'object' || Array.isArray(field)) return field;
    return Object.fromEntries(Object.entries(field).sort(([left], [right]) => (left < right ? -1 : 1)));
  });
}

/** What of a group is there already, whatever became of it since. */
async function heldOf(memory: MemoryService, group: readonly Placed[]): Promise<ReadonlyMap<string, Memory>> {
  const held = new Map<string, Memory>();
  for (const namespace of new Set(group.map(({ item }) => item.input.namespace))) {
    const keys = group.filter(({ item }) => item.input.namespace === namespace).map(({ item }) => item.key);
    const { data } = await memory.list({
      namespace,
      filter: { [importKey]: { $in: [...new Set(keys)] } },
      states: noteStates,
      limit: limits.pageLimit,
    });
    for (const one of data) {
      const key = one.metadata[importKey];
      if (typeof key === 'string') held.set(key, one);
    }
  }
  return held;
}

/** What may be stored side by side: each session is a lane, and so is each unit without one. */
function lanesOf(group: readonly Placed[]): readonly (readonly Placed[])[] {
  const lanes = new Map<string, Placed[]>();
  for (const placed of group) {
    const { sessionId, namespace } = placed.item.input;
    const name = sessionId === undefined ? placed.item.key : `${namespace}\n${sessionId}`;
    const lane = lanes.get(name);
    if (lane === undefined) lanes.set(name, [placed]);
    else lane.push(placed);
  }
  return [...lanes.values()];
}

async function setValidity(memory: MemoryService, id: string, { validity }: ImportUnit): Promise<void> {
  if (validity === undefined || Object.keys(validity).length === 0) return;
  await memory.update(id, validity);
}
