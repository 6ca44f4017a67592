import type { AccessLog } from '../memory/activation.ts';
import type { PackedPostings } from './postings.ts';
import { type ColumnsOf, newColumns, resized } from './working-set-columns.ts';
import type { PackedIds } from './working-set-ids.ts';

/** What it takes to make a working set again. Arrays are copies. */
export interface PackedWorkingSet {
  readonly analyzer: string;
  readonly slots: ColumnsOf<typeof slotTypes>;
  readonly ids: PackedIds;
  readonly text: PackedPostings;
  readonly context: PackedPostings;
  /** By slot, of notes that were used. */
  readonly accesses: readonly (readonly [number, AccessLog])[];
  readonly terms: readonly string[];
  readonly sessions: readonly string[];
  readonly speakers: readonly string[];
  readonly places: readonly string[];
}

export const slotTypes = {
  present: Uint8Array,
  order: Float64Array,
  kind: Uint8Array,
  state: Uint8Array,
  role: Int8Array,
  trust: Uint8Array,
  question: Uint8Array,
  version: Uint32Array,
  session: Int32Array,
  speaker: Int32Array,
  place: Int32Array,
  eventAt: Float64Array,
  createdAt: Float64Array,
  validAt: Float64Array,
  invalidAt: Float64Array,
  expiredAt: Float64Array,
  lastUsedAt: Float64Array,
  expiresAt: Float64Array,
  pinned: Uint8Array,
  importance: Float32Array,
  stability: Float32Array,
  words: Uint32Array,
  previous: Int32Array,
  next: Int32Array,
  firstUnit: Uint32Array,
  unitCount: Uint32Array,
  contextUnit: Int32Array,
} as const;

export const slotColumnNames = Object.keys(slotTypes) as (keyof typeof slotTypes)[];

/** Copies of the first `size` entries of each column. */
export function packedSlots(slots: ColumnsOf<typeof slotTypes>, size: number): ColumnsOf<typeof slotTypes> {
  const { columns } = newColumns(slotTypes);
  for (const name of slotColumnNames) copy(name);
  return columns;

  function copy<Name extends keyof typeof slotTypes>(name: Name): void {
    columns[name] = resized(slots[name], size);
  }
}
