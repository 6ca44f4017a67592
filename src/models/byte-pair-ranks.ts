import { readFile } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';

/** A vocabulary of byte-pair encoding: which runs of bytes are tokens, and which pair is merged first. */
export interface BytePairRanks {
  /** The rank of `bytes[start..end)`, -1 when it is no token. */
  rankOf(bytes: Uint8Array, start: number, end: number): number;
}

/**
 * Reads a `.tiktoken` file: lines of a token's bytes in base 64, a space and its rank, ranks ascending from 0.
 *
 * 200,000 lines are read in slices of at most about 5 ms, so that a server answers meanwhile, into one hash table over the
 * bytes (FNV-1a, open addressing): 8 MB and nothing for the collector, where a map of strings takes 60.
 *
 * @throws Error when a line is not of that form.
 */
export async function readBytePairRanks(path: string): Promise<BytePairRanks> {
  const file = await readFile(path);
  // Four characters are three bytes, and every line has at least a space, a digit and its end besides.
  const pool = new Uint8Array(Math.ceil((file.length * 3) / 4));
  let starts = new Uint32Array(1 << 16);
  let count = 0;
  let used = 0;
  let at = 0;
  let sliceEnd = performance.now() + sliceMs;
  while (at < file.length) {
    const from = used;
    let bits = 0;
    let width = 0;
    for (; at < file.length && file[at] !== space; at += 1) {
      const digit = digits[file[at]!]!;
      if (digit === padding) continue;
      if (digit === wrong) throw new Error(`${path} is no list of tokens: line ${count + 1}.`);
      bits = ((bits << 6) | digit) & 0xffff;
      width += 6;
      if (width >= 8) {
        width -= 8;
        pool[used] = (bits >> width) & 0xff;
        used += 1;
      }
    }
    let rank = 0;
    for (at += 1; at < file.length && file[at] !== lineFeed; at += 1) rank = rank * 10 + file[at]! - zero;
    at += 1;
    if (rank !== count || used === from) throw new Error(`${path} is no list of tokens: line ${count + 1}.`);
    if (count + 1 >= starts.length) {
      const longer = new Uint32Array(starts.length * 2);
      longer.set(starts);
      starts = longer;
    }
    starts[count] = from;
    count += 1;
    starts[count] = used;
    if (count % linesPerLook === 0 && performance.now() > sliceEnd) {
      await setImmediate();
      sliceEnd = performance.now() + sliceMs;
    }
  }
  return hashed(pool.slice(0, used), starts.slice(0, count + 1), count);
}

const sliceMs = 3;
/** Looking at the clock costs as much as a line. */
const linesPerLook = 32;
const space = 0x20;
const lineFeed = 0x0a;
const zero = 0x30;

const wrong = 255;
const padding = 254;
/** What a base-64 character is worth. */
const digits = Uint8Array.from({ length: 256 }, (_, code) => {
  if (code === 0x3d) return padding;
  const value = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'.indexOf(String.fromCharCode(code));
  return value < 0 ? wrong : value;
});

async function hashed(pool: Uint8Array, starts: Uint32Array, count: number): Promise<BytePairRanks> {
  let size = 1 << 10;
  while (size < 2 * count) size *= 2;
  const mask = size - 1;
  /** Rank + 1, 0 for none. */
  const table = new Uint32Array(size);
  let sliceEnd = performance.now() + sliceMs;
  for (let rank = 0; rank < count; rank += 1) {
    let place = hashOf(pool, starts[rank]!, starts[rank + 1]!) & mask;
    while (table[place] !== 0) place = (place + 1) & mask;
    table[place] = rank + 1;
    if (rank % linesPerLook === 0 && performance.now() > sliceEnd) {
      await setImmediate();
      sliceEnd = performance.now() + sliceMs;
    }
  }
  return {
    rankOf(bytes, start, end) {
      for (let place = hashOf(bytes, start, end) & mask; ; place = (place + 1) & mask) {
        const held = table[place]!;
        if (held === 0) return -1;
        if (isThere(held - 1, bytes, start, end)) return held - 1;
      }
    },
  };

  function isThere(rank: number, bytes: Uint8Array, start: number, end: number): boolean {
    const from = starts[rank]!;
    if (starts[rank + 1]! - from !== end - start) return false;
    for (let offset = 0; offset < end - start; offset += 1) {
      if (pool[from + offset] !== bytes[start + offset]) return false;
    }
    return true;
  }
}

/** FNV-1a over bytes (Fowler, Noll, Vo), its bits mixed once more as the low ones choose the place. */
function hashOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let at = start; at < end; at += 1) hash = Math.imul(hash ^ bytes[at]!, 0x01000193);
  return (hash ^ (hash >>> 15)) >>> 0;
}
