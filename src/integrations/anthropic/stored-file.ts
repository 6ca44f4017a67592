import type { Metadata } from '../../memory/episode.ts';
import { EcphoryError } from '../../memory/errors.ts';
import { limits } from '../../memory/limits.ts';
import type { Memory } from '../../memory/service.ts';
import { memoryPath } from './path.ts';

/** How a file lies in the metadata of its memory. */
export const fileFields = {
  path: 'path',
  /** Ids of the memories that hold the rest of a large file, in order. */
  parts: 'path.parts',
  /** In those: which part it is, from 2. */
  part: 'path.part',
  /** Of a large file as a whole, UTF-8. */
  bytes: 'path.bytes',
  /** The content of a file that is empty or all spaces, which a memory cannot be. */
  blank: 'path.blank',
  /** At random, so that no two creations are the same request, even of the same content. */
  made: 'path.made',
} as const;

/** A file as the memory that it is. The text of the memory is the text of the file, so it is found by its words. */
export interface StoredFile {
  readonly id: string;
  readonly version: number;
  readonly path: string;
  readonly bytes: number;
  /** Of the first part; all of it unless there are more. */
  readonly content: string;
  readonly partIds: readonly string[];
  readonly metadata: Metadata;
}

/** Null for a memory that is no file. */
export function storedFile(memory: Memory): StoredFile | null {
  const { [fileFields.path]: path, [fileFields.parts]: parts, [fileFields.bytes]: bytes } = memory.metadata;
  if (typeof path !== 'string' || !isPath(path)) return null;
  const content = contentOf(memory);
  return {
    id: memory.id,
    version: memory.version,
    path,
    bytes: typeof bytes === 'number' ? bytes : byteLength(content),
    content,
    partIds: Array.isArray(parts) ? parts.filter((id) => typeof id === 'string') : [],
    metadata: memory.metadata,
  };
}

/** Somebody may have given such a memory words since, and then those count. */
export function contentOf({ text, metadata }: Pick<Memory, 'text' | 'metadata'>): string {
  const blank = metadata[fileFields.blank];
  return typeof blank === 'string' && text === blankText ? blank : text;
}

/** What of a file goes into one memory. */
export interface FilePart {
  readonly text: string;
  readonly metadata: Metadata;
}

/**
 * A content as one part, or several if it is large, each of them cut after a line where it can be.
 *
 * @throws EcphoryError `too_large`
 */
export function partsOf(content: string): readonly FilePart[] {
  if (content.length > limits.memoryFileCharacters) {
    throw new EcphoryError(
      'too_large',
      `The file would have ${content.length} characters; at most ${limits.memoryFileCharacters} are kept. Split it over several files.`,
    );
  }
  const parts: FilePart[] = [];
  for (let start = 0; start < content.length || parts.length === 0; ) {
    const end = endOfPart(content, start);
    const text = content.slice(start, end);
    parts.push(
      text.trim() === '' ? { text: blankText, metadata: { [fileFields.blank]: text } } : { text, metadata: {} },
    );
    start = end;
  }
  return parts;
}

/** The metadata of a file's memory, with what else a caller keeps there. */
export function fileMetadata(
  file: { readonly path: string; readonly content: string; readonly partIds: readonly string[] },
  first: FilePart,
  others: Metadata = {},
): Metadata {
  const known: ReadonlySet<string> = new Set(Object.values(fileFields));
  return {
    ...Object.fromEntries(Object.entries(others).filter(([name]) => !known.has(name))),
    ...first.metadata,
    [fileFields.path]: file.path,
    ...(file.partIds.length > 0 && { [fileFields.parts]: file.partIds, [fileFields.bytes]: byteLength(file.content) }),
  };
}

const blankText = '(blank file)';

function endOfPart(content: string, start: number): number {
  const end = start + limits.memoryFilePartCharacters;
  if (end >= content.length) return content.length;
  const line = content.lastIndexOf('\n', end - 1) + 1;
  if (line > start + limits.memoryFilePartCharacters / 2) return line;
  // A part must not end between the halves of a surrogate pair.
  return /[\ud800-\udbff]/.test(content.charAt(end - 1)) ? end - 1 : end;
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}

function isPath(path: string): boolean {
  try {
    return memoryPath(path) === path;
  } catch {
    return false;
  }
}
