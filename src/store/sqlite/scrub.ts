import { closeSync, fsyncSync, openSync, readSync, statSync, writeSync } from 'node:fs';
import { limits } from '../../memory/limits.ts';
import type { Connection } from './driver.ts';

/**
 * Zeros the unused middle of the file's pages that hold content: leaves of tables, and all pages of indexes.
 *
 * `secure_delete` overwrites a row where it is deleted, but when SQLite moves rows between neighbouring pages to
 * balance its tree, the copies they leave behind stay in the old page's unallocated region. Of 340 texts erased among
 * many, one in five runs left one there. VACUUM would remove them by writing the whole file anew; this writes only
 * those bytes. To SQLite they mean nothing (https://sqlite.org/fileformat2.html, 1.6: the region between the cell
 * pointers and the cell content area), provided that nobody writes the page meanwhile: see `scrubSlice`.
 */
export interface Scrubber {
  /**
   * Goes through the file once, in slices that hold the process for about 10 ms each. `emptyLog` moves all of the
   * write-ahead log into the file and says whether it could; `wait` is awaited between slices.
   * Resolves with false when the log could not be emptied, or the connection was closed.
   */
  scrub(emptyLog: () => boolean, wait: () => Promise<void>): Promise<boolean>;
  /** After the connection was closed: closing a file drops every lock that this process has on it. */
  close(): void;
}

/**
 * By the first byte of a page, how long its header is: of the pages that, besides overflow pages, have content. An index
 * has it on inner pages, too; a table with row ids has only numbers there.
 */
const headerBytes: ReadonlyMap<number | undefined, number> = new Map([
  [0x0d, 8], // leaf of a table
  [0x0a, 8], // leaf of an index
  [0x02, 12], // inner page of an index
]);

export function newScrubber(connection: Connection, path: string): Scrubber {
  const file = openSync(path, 'r+');
  const pageBytes = Number(connection.pragma('page_size', { simple: true }));
  const slice = Buffer.alloc(Math.floor(limits.scrubSliceBytes / pageBytes) * pageBytes);

  return {
    async scrub(emptyLog, wait) {
      let isChanged = false;
      for (let offset = 0; connection.open; offset += slice.length) {
        const outcome = scrubSlice(offset, emptyLog);
        if (outcome === null) return false;
        isChanged ||= outcome.isChanged;
        if (outcome.isLast) break;
        await wait();
      }
      if (isChanged) fsyncSync(file);
      return connection.open;
    },
    close: () => closeSync(file),
  };

  /**
   * Nothing else can write the file during this: the log is empty, the write transaction keeps it empty, and whatever
   * is written to the file comes from the log. Null when a reader keeps the log from being emptied.
   */
  function scrubSlice(offset: number, emptyLog: () => boolean): { isChanged: boolean; isLast: boolean } | null {
    if (!emptyLog()) return null;
    connection.exec('BEGIN IMMEDIATE');
    try {
      if ((statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0) return null;
      const bytes = readSync(file, slice, 0, slice.length, offset);
      let isChanged = false;
      // The first page holds the schema and begins otherwise; nothing of a memory is in it.
      for (let at = offset === 0 ? pageBytes : 0; at + pageBytes <= bytes; at += pageBytes) {
        isChanged = scrubPage(slice.subarray(at, at + pageBytes), offset + at) || isChanged;
      }
      return { isChanged, isLast: bytes < slice.length };
    } finally {
      connection.exec('ROLLBACK');
      // SQLite's own copies of the pages still have the old bytes and must not be written back.
      connection.pragma('shrink_memory');
    }
  }

  /** Every other page begins with another byte: overflow and free pages with a zero. */
  function scrubPage(page: Buffer, offset: number): boolean {
    const header = headerBytes.get(page[0]);
    if (header === undefined) return false;
    const from = header + 2 * page.readUInt16BE(3);
    const to = page.readUInt16BE(5);
    if (to > pageBytes || from >= to || isZero(page, from, to)) return false;
    writeSync(file, Buffer.alloc(to - from), 0, to - from, offset + from);
    return true;
  }
}

function isZero(page: Buffer, from: number, to: number): boolean {
  for (let index = from; index < to; index += 1) {
    if (page[index] !== 0) return false;
  }
  return true;
}
