import type { Metadata } from '../../memory/episode.ts';
import { EcphoryError } from '../../memory/errors.ts';
import { limits } from '../../memory/limits.ts';
import type { Memory } from '../../memory/service.ts';

/** How an item of a session lies in the metadata of its memory. */
export const sessionFields = {
  /** Its place in the session's log, from 0; no two memories of a session have the same. */
  at: 'session.at',
  /** The item as JSON. */
  item: 'session.item',
  /** Ids of the memories that hold the JSON of a large item, in order. */
  parts: 'session.parts',
  /** In those: which one it is. */
  part: 'session.part',
  /** The items from this place on, up to this memory's own, are no longer part of the session. */
  cut: 'session.cut',
  /** True where the whole session was cleared. */
  cleared: 'session.cleared',
  /** Of the first memory that a transaction made: who asked for it, and for what. */
  operation: 'session.operation',
  digest: 'session.digest',
  /** At random, so that no two writes are the same request, even of the same items. */
  write: 'session.write',
} as const;

export interface SessionNote {
  readonly id: string;
  readonly at: number;
  readonly item: StoredItem | null;
  readonly cut: number | null;
}

export type StoredItem =
  | { readonly kind: 'whole'; readonly packed: string }
  | { readonly kind: 'parts'; readonly ids: readonly string[] };

/** Null for a memory that is no part of a session. */
export function sessionNote({ id, metadata }: Memory): SessionNote | null {
  const { [sessionFields.at]: at, [sessionFields.cut]: cut } = metadata;
  if (typeof at !== 'number') return null;
  return { id, at, item: storedItem(metadata), cut: typeof cut === 'number' ? cut : null };
}

/** JSON without a backslash, which checks of metadata would read as an escape of their own. */
export function packed(json: string): string {
  return json.replaceAll('~', '~0').replaceAll('\\', '~1');
}

export function unpacked(text: string): string {
  return text.replaceAll('~1', '\\').replaceAll('~0', '~');
}

/** Whether a packed item has room in the metadata of one memory, beside the other fields. */
export function fitsInMetadata(text: string): boolean {
  return new TextEncoder().encode(JSON.stringify(text)).length <= limits.metadataBytes - 2_048;
}

/**
 * A packed item as texts of memories. Each stands between two bars, so that none is blank and none loses a space.
 *
 * @throws EcphoryError `too_large`
 */
export function partsOf(text: string): readonly string[] {
  const parts: string[] = [];
  for (let start = 0; start < text.length; ) {
    let end = Math.min(start + limits.sessionPartCharacters, text.length);
    // A part must not end between the halves of a surrogate pair.
    if (/[\ud800-\udbff]/.test(text.charAt(end - 1))) end -= 1;
    parts.push(`|${text.slice(start, end)}|`);
    start = end;
  }
  if (parts.length <= limits.sessionItemParts) return parts;
  throw new EcphoryError(
    'too_large',
    `An item takes ${text.length} characters as JSON; a session keeps at most ${limits.sessionItemParts * limits.sessionPartCharacters}.`,
  );
}

export function joined(parts: readonly string[]): string {
  return parts.map((part) => part.slice(1, -1)).join('');
}

function storedItem(metadata: Metadata): StoredItem | null {
  const { [sessionFields.item]: item, [sessionFields.parts]: parts } = metadata;
  if (typeof item === 'string') return { kind: 'whole', packed: item };
  if (!Array.isArray(parts)) return null;
  return { kind: 'parts', ids: parts.filter((id) => typeof id === 'string') };
}
