import { open } from 'node:fs/promises';
import { indexParameters } from './index-parameters.ts';

/**
 * Checks the head of a graph file against what it should be. The library believes its head: one that promises more
 * or wider points than there are is read, and searched, beyond its memory.
 *
 * Layout of hnswlib 0.8, uint64 little-endian each: offset of the lowest layer, room, points, bytes of a point,
 * offset of its label, offset of its vector.
 *
 * @throws Error that says what is wrong.
 */
export async function assertGraphHeader(
  path: string,
  expected: { readonly points: number; readonly dimensions: number },
): Promise<void> {
  const head = Buffer.alloc(48);
  const handle = await open(path, 'r');
  try {
    await handle.read(head, 0, head.length, 0);
  } finally {
    await handle.close();
  }
  const { points, dimensions } = expected;
  const links = indexParameters.m * 2 * 4 + 4;
  const label = links + dimensions * 4;
  const wanted = [0, points, points, label + 8, label, links];
  const found = wanted.map((_, index) => head.readBigUInt64LE(index * 8));
  if (found.some((value, index) => value !== BigInt(wanted[index]!))) {
    throw new Error(`The graph begins with ${found.join(', ')}, not with ${wanted.join(', ')}.`);
  }
}
