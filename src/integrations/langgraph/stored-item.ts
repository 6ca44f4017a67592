import type { Json, Metadata } from '../../memory/episode.ts';
import { EcphoryError } from '../../memory/errors.ts';
import { limits } from '../../memory/limits.ts';
import type { Memory } from '../../memory/service.ts';
import { type IndexedFields, indexedText } from './indexed-text.ts';

/** An item as the note that keeps it. */
export interface ItemNote {
  readonly text: string;
  readonly metadata: Metadata;
}

export type ItemValue = Readonly<Record<string, Json>>;

/** Where the parts of an item are in the metadata of its note. */
export const itemFields = {
  key: 'langgraph.key',
  /** The whole value in one text, when it cannot lie open: filters of the store cannot look into it. */
  packed: 'langgraph.packed',
  /** Ids of the notes that hold a large value. */
  parts: 'langgraph.parts',
  /** In such a note: its part of the packed value. */
  part: 'langgraph.part',
  /** True on an item that no query may find. */
  unindexed: 'langgraph.unindexed',
  /** Before the name of each top-level field of the value, so that filters can name it. */
  value: 'value.',
} as const;

/**
 * The note that keeps an item. The text is what queries find it by; key and value lie in the metadata, exactly,
 * because a text is for reading and would be cut, and because filters need the fields. A value that is too large for
 * metadata is given in `parts`, to be kept in notes of their own whose ids go into `langgraph.parts`.
 *
 * @throws EcphoryError `invalid` for a key or value that cannot be kept, `too_large` for one over its limit.
 */
export function itemNote(
  key: string,
  value: unknown,
  fields: IndexedFields,
): { readonly note: ItemNote; readonly parts: readonly string[] } {
  checkKey(key);
  const json = jsonOf(value);
  const parsed = JSON.parse(json) as Json;
  const text = indexedText(parsed, fields);
  const head = { [itemFields.key]: key, ...(text === null && { [itemFields.unindexed]: true }) };
  const noteOf = (rest: Metadata) => ({ text: text ?? unindexedText, metadata: { ...head, ...rest } });
  const open = mayLieOpen(parsed, json) ? noteOf(openFields(parsed)) : null;
  if (open !== null && fits(open.metadata)) return { note: open, parts: [] };
  const packed = pack(json);
  const whole = noteOf({ [itemFields.packed]: packed });
  if (open === null && fits(whole.metadata)) return { note: whole, parts: [] };
  return { note: noteOf({ [itemFields.packed]: '' }), parts: partsOf(key, packed) };
}

/** What a memory says of the item that it keeps, or null for a memory that is none. */
export type StoredItem = { readonly key: string } & (
  | { readonly value: ItemValue }
  /** Ids of the notes that hold the value, in order. */
  | { readonly partIds: readonly string[] }
);

export function storedItem(memory: Memory): StoredItem | null {
  const { [itemFields.key]: key, [itemFields.packed]: packed, [itemFields.parts]: partIds } = memory.metadata;
  if (typeof key !== 'string') return null;
  if (Array.isArray(partIds)) return { key, partIds: partIds.filter((id) => typeof id === 'string') };
  if (typeof packed === 'string') return { key, value: unpacked(packed) };
  const entries = Object.entries(memory.metadata).filter(([name]) => name.startsWith(itemFields.value));
  return {
    key,
    value: Object.fromEntries(entries.map(([name, field]) => [name.slice(itemFields.value.length), field])),
  };
}

/** The value that `pack` made the text of. */
export function unpacked(packed: string): ItemValue {
  return JSON.parse(packed.replaceAll('~1', '\\').replaceAll('~0', '~')) as ItemValue;
}

/** A note needs some text. Queries for it are kept away by `langgraph.unindexed`. */
const unindexedText = '(not indexed)';

/** @throws EcphoryError `invalid` */
export function checkKey(key: unknown): asserts key is string {
  if (typeof key !== 'string') throw new EcphoryError('invalid', `A key is a text, not ${typeof key}.`);
  if (key.length > limits.storeKeyCharacters) {
    throw new EcphoryError(
      'invalid',
      `A key is at most ${limits.storeKeyCharacters} characters; this one has ${key.length}.`,
    );
  }
  if (!key.isWellFormed() || key.includes('\0')) {
    throw new EcphoryError('invalid', 'A key must be well-formed Unicode without U+0000.');
  }
}

function jsonOf(value: unknown): string {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    throw new EcphoryError('invalid', 'The value of an item is an object, or null to delete it.');
  }
  let json: string | undefined;
  try {
    json = JSON.stringify(value);
  } catch (cause) {
    throw new EcphoryError('invalid', 'The value of an item must be JSON: no cycles, no bigints.', { cause });
  }
  if (json?.startsWith('{')) return json;
  throw new EcphoryError('invalid', 'The value of an item must be an object in JSON too; its toJSON says otherwise.');
}

/** Whether metadata of this shape is accepted everywhere and comes back the same. */
function mayLieOpen(value: Json, json: string): value is ItemValue {
  if (/\\u(?:0000|d[89a-f][0-9a-f]{2})/i.test(json) || json.includes('"__proto__"')) return false;
  if (depth(value) > openDepth) return false;
  const nameMax = limits.metadataKeyCharacters - itemFields.value.length;
  return value !== null && typeof value === 'object' && Object.keys(value).every((name) => name.length <= nameMax);
}

/** A body may nest `limits.jsonDepth` deep; the metadata is a few levels down in it, in a batch and in an answer. */
const openDepth = limits.jsonDepth - 8;

function depth(value: Json): number {
  if (value === null || typeof value !== 'object') return 0;
  return 1 + Object.values(value).reduce((deepest: number, field: Json) => Math.max(deepest, depth(field)), 0);
}

function openFields(value: ItemValue): Metadata {
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [itemFields.value + name, field]));
}

/** JSON without a backslash, which checks of metadata would read as an escape of their own. */
function pack(json: string): string {
  return json.replaceAll('~', '~0').replaceAll('\\', '~1');
}

function fits(metadata: Metadata): boolean {
  return new TextEncoder().encode(JSON.stringify(metadata)).length <= limits.metadataBytes;
}

/** @throws EcphoryError `too_large` */
function partsOf(key: string, packed: string): string[] {
  const parts: string[] = [];
  for (let start = 0; start < packed.length; ) {
    let end = Math.min(start + limits.storePartCharacters, packed.length);
    // A part must not end between the halves of a surrogate pair.
    if (/[\ud800-\udbff]/.test(packed.charAt(end - 1))) end -= 1;
    parts.push(packed.slice(start, end));
    start = end;
  }
  if (parts.length <= limits.storeValueParts) return parts;
  throw new EcphoryError(
    'too_large',
    `The value of "${key.slice(0, 40)}" takes ${packed.length} characters as JSON; at most ` +
      `${limits.storeValueParts * limits.storePartCharacters} are kept. Split it over several keys.`,
  );
}
